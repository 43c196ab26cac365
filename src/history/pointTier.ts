/** The full-rate tier of one owner (an engine, or the aggregate): columns in typed arrays, in chunks that are dropped whole. */

/** Points of one series in a chunk: ten minutes at Ray's ten seconds. */
const pointsPerChunk = 60;
/** An hour at one point a second; beyond, the oldest go. */
const maxChunks = 60;
export const maxTierPoints = maxChunks * pointsPerChunk;
/** Offsets from a chunk's base are 32-bit: 24 days. */
const maxOffsetMs = 2 ** 31 - 1;

interface Chunk {
  /** Unix ms; `at` is kept as an offset from it. */
  base: number;
  newest: number;
  slots: number;
  /** How many points each slot has here, and how many of them are on disk. */
  count: Uint8Array;
  written: Uint8Array;
  at: Int32Array;
  value: Float64Array;
  /** The spread; only of aggregates. */
  low: Float64Array | undefined;
  high: Float64Array | undefined;
}

/** NaN as a value is a gap, as a spread none. */
export type PointVisitor = (at: number, value: number, low: number, high: number) => void;

export class PointTier {
  private chunks: Chunk[] = [];
  /** From this time on (Unix ms) nothing has been dropped. */
  completeFrom = -Infinity;

  constructor(private readonly spread: boolean) {}

  get bytes(): number {
    let sum = 0;
    for (const { slots } of this.chunks) sum += slots * (2 + pointsPerChunk * (this.spread ? 28 : 12));
    return sum;
  }

  /** When the newest point of the oldest chunk was; undefined where there is no chunk that could be dropped. */
  get oldestChunkEnd(): number | undefined {
    return this.chunks.length > 1 ? this.chunks[0]?.newest : undefined;
  }

  /** The time of the first point; undefined where there is none. */
  get firstAt(): number | undefined {
    let first = Infinity;
    for (const { base, slots, count, at } of this.chunks.slice(0, 1))
      for (let slot = 0; slot < slots; slot++)
        if ((count[slot] ?? 0) > 0) first = Math.min(first, base + (at[slot * pointsPerChunk] ?? 0));
    return Number.isFinite(first) ? first : undefined;
  }

  get isEmpty(): boolean {
    return this.chunks.length === 0;
  }

  /** Adds a point, later than the slot's last. `slots` is how many a new chunk has room for. */
  put(slot: number, slots: number, at: number, value: number, low: number, high: number): void {
    let chunk = this.chunks.at(-1);
    if (
      !chunk ||
      slot >= chunk.slots ||
      chunk.count[slot] === pointsPerChunk ||
      Math.abs(at - chunk.base) > maxOffsetMs
    ) {
      chunk = this.newChunk(at, slots);
      this.chunks.push(chunk);
      if (this.chunks.length > maxChunks) this.dropOldest();
    }
    const index = slot * pointsPerChunk + (chunk.count[slot] ?? 0);
    chunk.count[slot] = (chunk.count[slot] ?? 0) + 1;
    chunk.at[index] = at - chunk.base;
    chunk.value[index] = value;
    if (chunk.low) chunk.low[index] = low;
    if (chunk.high) chunk.high[index] = high;
    chunk.newest = Math.max(chunk.newest, at);
  }

  /** Takes back the slot's points at and after `at`. */
  truncate(slot: number, at: number): void {
    for (let index = this.chunks.length - 1; index >= 0; index--) {
      const chunk = this.chunks[index] as Chunk;
      if (slot >= chunk.slots) continue;
      let count = chunk.count[slot] ?? 0;
      while (count > 0 && chunk.base + (chunk.at[slot * pointsPerChunk + count - 1] ?? 0) >= at) count--;
      chunk.count[slot] = count;
      chunk.written[slot] = Math.min(count, chunk.written[slot] ?? 0);
      if (count > 0) return;
    }
  }

  /** The slot's points in the order of time. */
  visit(slot: number, visitor: PointVisitor): void {
    for (const chunk of this.chunks) this.visitFrom(chunk, slot, 0, visitor);
  }

  /** Those that `markWritten` has not seen yet. */
  visitUnwritten(slot: number, visitor: PointVisitor): void {
    for (const chunk of this.chunks) this.visitFrom(chunk, slot, chunk.written[slot] ?? 0, visitor);
  }

  /** All that is here now is on disk. */
  markWritten(): void {
    for (const chunk of this.chunks) chunk.written.set(chunk.count);
  }

  /** Drops the chunks whose points are all before `time`. */
  dropBefore(time: number): void {
    while ((this.chunks[0]?.newest ?? Infinity) < time) this.dropOldest();
  }

  dropOldest(): void {
    const chunk = this.chunks.shift();
    if (chunk) this.completeFrom = Math.max(this.completeFrom, chunk.newest + 1);
  }

  private visitFrom(chunk: Chunk, slot: number, from: number, visitor: PointVisitor): void {
    if (slot >= chunk.slots) return;
    const first = slot * pointsPerChunk;
    const end = first + (chunk.count[slot] ?? 0);
    for (let index = first + from; index < end; index++)
      visitor(
        chunk.base + (chunk.at[index] ?? 0),
        chunk.value[index] ?? NaN,
        chunk.low?.[index] ?? NaN,
        chunk.high?.[index] ?? NaN,
      );
  }

  private newChunk(base: number, slots: number): Chunk {
    const cells = slots * pointsPerChunk;
    const column = (): Float64Array | undefined => (this.spread ? new Float64Array(cells) : undefined);
    return {
      base,
      newest: base,
      slots,
      count: new Uint8Array(slots),
      written: new Uint8Array(slots),
      at: new Int32Array(cells),
      value: new Float64Array(cells),
      low: column(),
      high: column(),
    };
  }
}

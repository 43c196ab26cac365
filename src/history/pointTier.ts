/** Every point of one subject, as columns in typed arrays, in chunks that are dropped as a whole. */

/** Points of one series in a chunk: ten minutes at Ray's report interval of ten seconds. */
const pointsPerChunk = 60;
/** An hour at one point a second. */
const maxChunks = 60;
/** Times are stored as 32-bit offsets from a chunk's base: 24 days. */
const maxOffsetMs = 2 ** 31 - 1;

interface Chunk {
  /** Unix ms. */
  base: number;
  /** Time of the newest point, Unix ms. */
  newest: number;
  slots: number;
  /** Points by slot. */
  count: Uint8Array;
  /** Points by slot that are on disk. */
  written: Uint8Array;
  /** Offsets from `base`. */
  at: Int32Array;
  value: Float64Array;
  /** Spread of the aggregate; a single subject has none. */
  low: Float64Array | undefined;
  high: Float64Array | undefined;
}

/** A point (Unix ms). A `value` of NaN is a gap; `low` and `high` are NaN if there is no spread. */
type PointVisitor = (at: number, value: number, low: number, high: number) => void;

/** The points of a subject. A slot is the number of one of its series; `slots` is how many a new chunk has room for. */
export class PointTier {
  private chunks: Chunk[] = [];
  /** From this time on (Unix ms) nothing has been dropped. */
  completeFrom = -Infinity;

  constructor(private readonly hasSpread: boolean) {}

  /** Of the typed arrays. */
  get bytes(): number {
    let sum = 0;
    for (const { slots } of this.chunks) sum += slots * (2 + pointsPerChunk * (this.hasSpread ? 28 : 12));
    return sum;
  }

  /** Time of the newest point of the oldest chunk; undefined if there is no chunk that can be dropped. */
  get oldestChunkEnd(): number | undefined {
    return this.chunks.length > 1 ? this.chunks[0]?.newest : undefined;
  }

  /** Time of the first point; undefined if there is none. */
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

  /** Adds a point, which must be later than the slot's last. The oldest chunk is dropped if there are too many. */
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

  /** Removes the slot's points at or after `at`. */
  truncate(slot: number, at: number): void {
    for (const chunk of [...this.chunks].reverse()) {
      if (slot >= chunk.slots) continue;
      let count = chunk.count[slot] ?? 0;
      while (count > 0 && chunk.base + (chunk.at[slot * pointsPerChunk + count - 1] ?? 0) >= at) count--;
      chunk.count[slot] = count;
      chunk.written[slot] = Math.min(count, chunk.written[slot] ?? 0);
      if (count > 0) return;
    }
  }

  /** Visits the slot's points, ascending in time. */
  visit(slot: number, visitor: PointVisitor): void {
    for (const chunk of this.chunks) visitChunk(chunk, slot, 0, visitor);
  }

  /** Visits the slot's points that are not on disk. */
  visitUnwritten(slot: number, visitor: PointVisitor): void {
    for (const chunk of this.chunks) visitChunk(chunk, slot, chunk.written[slot] ?? 0, visitor);
  }

  /** Marks all points as written to disk. */
  markWritten(): void {
    for (const chunk of this.chunks) chunk.written.set(chunk.count);
  }

  /** Drops the chunks whose points are all before `time`. */
  dropBefore(time: number): void {
    while ((this.chunks[0]?.newest ?? Infinity) < time) this.dropOldest();
  }

  /** Drops the oldest chunk. */
  dropOldest(): void {
    const chunk = this.chunks.shift();
    if (chunk) this.completeFrom = Math.max(this.completeFrom, chunk.newest + 1);
  }

  private newChunk(base: number, slots: number): Chunk {
    const cells = slots * pointsPerChunk;
    const spreadColumn = (): Float64Array | undefined => (this.hasSpread ? new Float64Array(cells) : undefined);
    return {
      base,
      newest: base,
      slots,
      count: new Uint8Array(slots),
      written: new Uint8Array(slots),
      at: new Int32Array(cells),
      value: new Float64Array(cells),
      low: spreadColumn(),
      high: spreadColumn(),
    };
  }
}

/** Visits a slot's points in one chunk, beginning with the one of index `from`. */
function visitChunk(chunk: Chunk, slot: number, from: number, visitor: PointVisitor): void {
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

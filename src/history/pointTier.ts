/** Every point of one subject, as columns in typed arrays, in chunks that are packed and dropped as a whole. */
import type { SignificantBits } from './packedNumbers';
import { packPoints, unpackPoints, type PointColumns } from './packedPoints';
import { bytesOf, removeSlot, type PackedSlots } from './packedSlots';
import type { PackingBudget } from './packingBudget';
import { roundToSingle } from './roundToSingle';

/** Points of one series in a chunk: five minutes at Ray's report interval of ten seconds. */
export const pointsPerChunk = 30;
/** An hour at one point a second. */
const maxChunks = 120;
/** Times are stored as 32-bit offsets from a chunk's base: 24 days. */
const maxOffsetMs = 2 ** 31 - 1;

/** Points as they are added. */
interface OpenColumns {
  /** Points by slot. */
  count: Uint8Array;
  /** Offsets from the base. */
  at: Int32Array;
  value: Float64Array;
  /** Spread of the aggregate; a single subject has none. */
  low: Float64Array | undefined;
  high: Float64Array | undefined;
}

interface Chunk {
  /** Unix ms. */
  base: number;
  /** Time of the newest point, Unix ms. */
  newest: number;
  slots: number;
  /** Points by slot that are on disk; undefined if all are. */
  written: Uint8Array | undefined;
  /** Undefined while the chunk is packed. */
  open: OpenColumns | undefined;
  packed: PackedSlots | undefined;
  /** Of the packed values. */
  digits: SignificantBits;
}

/** A point (Unix ms). A `value` of NaN is a gap; `low` and `high` are NaN if there is no spread. */
type PointVisitor = (at: number, value: number, low: number, high: number) => void;

/** How a tier of points is made. */
interface PointTierOptions {
  budget: PackingBudget;
  /** Whether points have a spread, as those of the aggregate. They stay exact, however little room there is. */
  hasSpread: boolean;
  /** Points of the first chunk, so that not all subjects pack at the same time; at most `pointsPerChunk`. */
  firstPoints: number;
}

/** The points of a subject. A slot is the number of one of its series; `slots` is how many a new chunk has room for. */
export class PointTier {
  private chunks: Chunk[] = [];
  /** From this time on (Unix ms) nothing has been dropped. */
  completeFrom = -Infinity;
  /** Most points of a series in the newest chunk. */
  private capacity: number;

  constructor(private readonly options: PointTierOptions) {
    this.capacity = options.firstPoints;
  }

  /** Time of the newest point of the oldest chunk; undefined if there is no chunk that can be dropped. */
  get oldestChunkEnd(): number | undefined {
    return this.chunks.length > 1 ? this.chunks[0]?.newest : undefined;
  }

  /** Time of the first point; undefined if there is none. */
  get firstAt(): number | undefined {
    const [chunk] = this.chunks;
    let first = Infinity;
    for (let slot = 0; chunk && slot < chunk.slots; slot++)
      first = Math.min(first, chunk.base + (this.columnsOf(chunk, slot)?.at[0] ?? Infinity));
    return Number.isFinite(first) ? first : undefined;
  }

  get isEmpty(): boolean {
    return this.chunks.length === 0;
  }

  /** Adds a point, which must be later than the slot's last. The oldest chunk is dropped if there are too many. */
  put(slot: number, slots: number, at: number, value: number, low: number, high: number): void {
    let chunk = this.chunks.at(-1);
    const isFull = chunk?.open?.count[slot] === this.capacity;
    if (isFull) this.capacity = pointsPerChunk;
    if (!chunk?.open || slot >= chunk.slots || isFull || Math.abs(at - chunk.base) > maxOffsetMs)
      chunk = this.addChunk(at, slots);
    const { open = this.open(chunk) } = chunk;
    const index = slot * pointsPerChunk + (open.count[slot] ?? 0);
    open.count[slot] = (open.count[slot] ?? 0) + 1;
    open.at[index] = at - chunk.base;
    open.value[index] = value;
    if (open.low) open.low[index] = low;
    if (open.high) open.high[index] = high;
    chunk.newest = Math.max(chunk.newest, at);
  }

  /** Removes the slot's points at or after `at`. */
  truncate(slot: number, at: number): void {
    for (const chunk of [...this.chunks].reverse()) {
      if (slot >= chunk.slots) continue;
      const times = this.columnsOf(chunk, slot)?.at ?? [];
      let count = times.length;
      while (count > 0 && chunk.base + (times[count - 1] ?? 0) >= at) count--;
      if (count === times.length && count > 0) return;
      if (chunk.packed && count === 0) removeSlot(chunk.packed, slot);
      else this.open(chunk).count[slot] = count;
      if (chunk.written) chunk.written[slot] = Math.min(count, chunk.written[slot] ?? 0);
      if (count > 0) return;
    }
  }

  /** Visits the slot's points, ascending in time. */
  visit(slot: number, visitor: PointVisitor): void {
    for (const chunk of this.chunks) this.visitChunk(chunk, slot, 0, visitor);
  }

  /** Visits the slot's points that are not on disk. */
  visitUnwritten(slot: number, visitor: PointVisitor): void {
    for (const chunk of this.chunks) if (chunk.written) this.visitChunk(chunk, slot, chunk.written[slot] ?? 0, visitor);
  }

  /** Marks all points as written to disk. */
  markWritten(): void {
    for (const chunk of this.chunks) {
      if (chunk.open) chunk.written?.set(chunk.open.count);
      else chunk.written = undefined;
    }
  }

  /** Drops the chunks whose points are all before `time`. */
  dropBefore(time: number): void {
    while ((this.chunks[0]?.newest ?? Infinity) < time) this.dropOldest();
  }

  /** Drops the oldest chunk. */
  dropOldest(): void {
    const chunk = this.chunks.shift();
    if (!chunk) return;
    this.options.budget.bytes -= chunkBytes(chunk);
    this.completeFrom = Math.max(this.completeFrom, chunk.newest + 1);
  }

  /** Times of the newest points of the packed chunks with more than `digits`, ascending. */
  endsAbove(digits: SignificantBits): number[] {
    return this.options.hasSpread
      ? []
      : this.chunks.flatMap(({ newest, packed, digits: own }) => (packed && own > digits ? [newest] : []));
  }

  /** Rounds the packed chunks whose newest point has this time to `digits`. */
  round(newest: number, digits: SignificantBits): void {
    for (const chunk of this.chunks)
      if (chunk.newest === newest && chunk.packed && chunk.digits > digits) this.pack(chunk, digits);
  }

  /** Adds a chunk, and packs those before it. */
  private addChunk(base: number, slots: number): Chunk {
    const { budget, hasSpread } = this.options;
    for (const chunk of this.chunks) if (chunk.open) this.pack(chunk, hasSpread ? 53 : budget.pointDigits);
    const open = newColumns(slots, hasSpread);
    const written = new Uint8Array(slots);
    const chunk: Chunk = { base, newest: base, slots, written, open, packed: undefined, digits: 53 };
    budget.bytes += chunkBytes(chunk);
    this.chunks.push(chunk);
    if (this.chunks.length > maxChunks) this.dropOldest();
    return chunk;
  }

  private pack(chunk: Chunk, digits: SignificantBits): void {
    const { budget } = this.options;
    budget.bytes -= chunkBytes(chunk);
    const none: PointColumns = { at: [], value: [], low: undefined, high: undefined };
    const columns = Array.from({ length: chunk.slots }, (_, slot) => this.columnsOf(chunk, slot) ?? none);
    chunk.packed = packPoints(columns, digits);
    if (chunk.open && chunk.written && isEqual(chunk.written, chunk.open.count)) chunk.written = undefined;
    chunk.open = undefined;
    chunk.digits = digits;
    budget.bytes += chunkBytes(chunk);
  }

  /** The columns of a chunk, which is unpacked if necessary. */
  private open(chunk: Chunk): OpenColumns {
    if (chunk.open) return chunk.open;
    const { budget, hasSpread } = this.options;
    budget.bytes -= chunkBytes(chunk);
    const open = newColumns(chunk.slots, hasSpread);
    for (let slot = 0; slot < chunk.slots; slot++) {
      const columns = this.columnsOf(chunk, slot);
      if (!columns) continue;
      open.count[slot] = columns.at.length;
      open.at.set(columns.at, slot * pointsPerChunk);
      open.value.set(columns.value, slot * pointsPerChunk);
      open.low?.set(columns.low ?? [], slot * pointsPerChunk);
      open.high?.set(columns.high ?? [], slot * pointsPerChunk);
    }
    chunk.written ??= open.count.slice();
    chunk.open = open;
    chunk.packed = undefined;
    budget.bytes += chunkBytes(chunk);
    return open;
  }

  /** The points of a slot in a chunk; undefined if it has none. */
  private columnsOf({ slots, open, packed, digits }: Chunk, slot: number): PointColumns | undefined {
    if (slot >= slots) return undefined;
    const { hasSpread } = this.options;
    if (packed) {
      const columns = unpackPoints(packed, slot, digits, hasSpread);
      return columns && digits < 53 ? { ...columns, value: columns.value.map(roundFraction) } : columns;
    }
    const first = slot * pointsPerChunk;
    const end = first + (open?.count[slot] ?? 0);
    if (!open || end === first) return undefined;
    const column = (numbers: Int32Array | Float64Array): number[] => Array.from(numbers.subarray(first, end));
    return {
      at: column(open.at),
      value: column(open.value),
      low: open.low && column(open.low),
      high: open.high && column(open.high),
    };
  }

  /** Visits a slot's points in one chunk, beginning with the one of index `from`. */
  private visitChunk(chunk: Chunk, slot: number, from: number, visitor: PointVisitor): void {
    const columns = this.columnsOf(chunk, slot);
    if (!columns) return;
    const { at, value, low, high } = columns;
    for (let index = from; index < at.length; index++)
      visitor(chunk.base + (at[index] ?? 0), value[index] ?? NaN, low?.[index] ?? NaN, high?.[index] ?? NaN);
  }
}

function newColumns(slots: number, hasSpread: boolean): OpenColumns {
  const cells = slots * pointsPerChunk;
  const spreadColumn = (): Float64Array | undefined => (hasSpread ? new Float64Array(cells) : undefined);
  return {
    count: new Uint8Array(slots),
    at: new Int32Array(cells),
    value: new Float64Array(cells),
    low: spreadColumn(),
    high: spreadColumn(),
  };
}

function chunkBytes({ slots, open, packed }: Chunk): number {
  const columns = open ? open.at.byteLength + open.value.byteLength * (open.low ? 3 : 1) + slots : 0;
  return slots + columns + (packed ? bytesOf(packed) : 0);
}

/** Whole numbers are packed exactly. */
const roundFraction = (value: number): number => (Number.isInteger(value) ? value : roundToSingle(value));

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => a.every((number, index) => number === b[index]);

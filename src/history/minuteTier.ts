/** Minutes of one subject: mean, lowest and highest of each, in chunks of an hour that are dropped as a whole. */
import { cellsPerSlot, columnsPerMinute, minutesPerChunk, packMinutes, unpackMinutes } from './packedMinutes';
import type { SignificantBits } from './packedNumbers';
import { bytesOf, removeSlot, type PackedSlots } from './packedSlots';
import type { PackingBudget } from './packingBudget';

/** Length of a minute, in ms. */
export const minuteMs = 60_000;
/** A chunk is packed when the newest minute is so many minutes later than its last one: measures may be late. */
const lateMinutes = 2;

/** The minute of a time in Unix ms, counted since 1970. */
export const minuteOf = (at: number): number => Math.floor(at / minuteMs);

interface Chunk {
  /** First minute, since 1970. */
  start: number;
  slots: number;
  /**
   * Slot by slot, within a slot minute by minute. Without a mean, nothing was measured in the minute; if its lowest is
   * Infinity then, a gap begins there. Undefined while the chunk is packed.
   */
  cells: Float32Array | undefined;
  packed: PackedSlots | undefined;
  /** Of the packed numbers. */
  digits: SignificantBits;
}

/** The points of the minute that is being filled. */
interface MinuteAccumulator {
  minute: number;
  count: number;
  sum: number;
  low: number;
  high: number;
}

/**
 * A minute (since 1970). `low` and `high` are NaN if there is no spread. `isGap`: a gap begins here; there are no
 * numbers.
 */
type MinuteVisitor = (minute: number, mean: number, low: number, high: number, isGap: boolean) => void;

/** The result of `choose`, or the other number if one of them is NaN. */
export const combineNumbers = (a: number, b: number, choose: (a: number, b: number) => number): number =>
  Number.isNaN(a) ? b : Number.isNaN(b) ? a : choose(a, b);

/** How a tier of minutes is made. */
interface MinuteTierOptions {
  budget: PackingBudget;
  /** Whether its numbers stay in single precision, however little room there is. */
  isExact: boolean;
  /** By how many minutes its chunks begin before the hour, so that not all subjects pack at the same time. */
  lead: number;
}

/**
 * The minutes of a subject. A slot is the number of one of its series; `slots` is how many a new chunk has room for.
 */
export class MinuteTier {
  private chunks: Chunk[] = [];
  /** By slot. */
  private readonly accumulators: (MinuteAccumulator | undefined)[] = [];
  /** Chunks that are not packed. */
  private openChunks = 0;

  constructor(private readonly options: MinuteTierOptions) {}

  /** The first minute (since 1970) of the oldest chunk; undefined if there is none that can be dropped. */
  get oldestMinute(): number | undefined {
    return this.chunks.length > 1 ? this.chunks[0]?.start : undefined;
  }

  /** The newest minute (since 1970) in which something was measured. */
  get newestMinute(): number | undefined {
    for (const chunk of [...this.chunks].reverse()) {
      let newest = -1;
      for (let slot = 0; slot < chunk.slots; slot++) {
        const cells = cellsOf(chunk, slot);
        for (let minute = minutesPerChunk - 1; cells && minute > newest; minute--)
          if (!Number.isNaN(cells[minute * columnsPerMinute])) newest = minute;
      }
      if (newest >= 0) return chunk.start + newest;
    }
    return undefined;
  }

  /** Whether something was measured, or a gap began, before `minute` (since 1970). */
  hasBefore(minute: number): boolean {
    return this.chunks.some((chunk) => {
      if (chunk.start >= minute) return false;
      for (let slot = 0; slot < chunk.slots; slot++) {
        const cells = cellsOf(chunk, slot)?.subarray(0, (minute - chunk.start) * columnsPerMinute);
        if (cells?.some((cell, index) => index % columnsPerMinute < 2 && !Number.isNaN(cell))) return true;
      }
      return false;
    });
  }

  get isEmpty(): boolean {
    return this.chunks.length === 0;
  }

  /** Adds a point (Unix ms) to its minute. `low` and `high` may be NaN. */
  put(slot: number, slots: number, at: number, value: number, low: number, high: number): void {
    const minute = minuteOf(at);
    let accumulator = this.accumulators[slot];
    if (!accumulator) this.accumulators[slot] = accumulator = { minute: NaN, count: 0, sum: 0, low: NaN, high: NaN };
    if (accumulator.minute !== minute) Object.assign(accumulator, { minute, count: 0, sum: 0, low: NaN, high: NaN });
    accumulator.count += 1;
    accumulator.sum += value;
    accumulator.low = combineNumbers(accumulator.low, low, Math.min);
    accumulator.high = combineNumbers(accumulator.high, high, Math.max);
    this.set(slot, slots, minute, accumulator.sum / accumulator.count, accumulator.low, accumulator.high);
  }

  /** Marks that nothing was measured after `minute` until the next point. It shows only if the next minute has none. */
  gapAfter(slot: number, slots: number, minute: number): void {
    const { start, cells } = this.openChunkOf(minute + 1, slots);
    const index = indexOf(slot, minute + 1 - start);
    if (Number.isNaN(cells[index] ?? NaN)) cells[index + 1] = Infinity;
  }

  /** Sets a complete minute, as from disk. */
  set(slot: number, slots: number, minute: number, mean: number, low: number, high: number): void {
    const { start, cells } = this.openChunkOf(minute, slots);
    const index = indexOf(slot, minute - start);
    cells[index] = mean;
    cells[index + 1] = low;
    cells[index + 2] = high;
    // Minutes that are read from disk come before those of the newest chunk, which is made of points.
    const wanted = start === this.chunks.at(-1)?.start ? 1 : 2;
    if (this.openChunks > wanted && minute >= start + lateMinutes) this.packAllBut(start);
  }

  /** Removes `minute` and all later ones of a slot. True if a later minute had something. */
  truncate(slot: number, minute: number): boolean {
    let hadLater = false;
    this.accumulators[slot] = undefined;
    for (const chunk of this.chunks) {
      if (slot >= chunk.slots || chunk.start + minutesPerChunk <= minute) continue;
      const cells = cellsOf(chunk, slot);
      if (!cells) continue;
      const from = Math.max(0, minute - chunk.start) * columnsPerMinute;
      for (let index = from; index < cellsPerSlot; index += columnsPerMinute)
        hadLater ||= chunk.start + index / columnsPerMinute > minute && !Number.isNaN(cells[index] ?? NaN);
      if (chunk.packed && from === 0) removeSlot(chunk.packed, slot);
      else this.open(chunk).fill(NaN, slot * cellsPerSlot + from, (slot + 1) * cellsPerSlot);
    }
    return hadLater;
  }

  /** Visits the minutes of a slot from `from` to before `to` that have something, ascending. */
  visit(slot: number, from: number, to: number, visitor: MinuteVisitor): void {
    for (const chunk of this.chunks) {
      if (slot >= chunk.slots || chunk.start >= to || chunk.start + minutesPerChunk <= from) continue;
      const cells = cellsOf(chunk, slot);
      if (!cells) continue;
      const end = Math.min(to - chunk.start, minutesPerChunk);
      for (let minute = Math.max(from - chunk.start, 0); minute < end; minute++) {
        const index = minute * columnsPerMinute;
        const mean = cells[index] ?? NaN;
        const low = cells[index + 1] ?? NaN;
        const isGap = Number.isNaN(mean) && low === Infinity;
        if (isGap || !Number.isNaN(mean)) visitor(chunk.start + minute, mean, low, cells[index + 2] ?? NaN, isGap);
      }
    }
  }

  /** Drops the chunks that end before `minute` (since 1970). */
  dropBefore(minute: number): void {
    while ((this.chunks[0]?.start ?? Infinity) + minutesPerChunk <= minute) this.dropOldest();
  }

  /** Drops the oldest chunk. */
  dropOldest(): void {
    const chunk = this.chunks.shift();
    if (!chunk) return;
    if (chunk.cells) this.openChunks -= 1;
    this.options.budget.bytes -= chunkBytes(chunk);
  }

  /** First minutes (since 1970) of the packed chunks with more than `digits`, ascending. */
  startsAbove(digits: SignificantBits): number[] {
    return this.options.isExact
      ? []
      : this.chunks.flatMap(({ start, packed, digits: own }) => (packed && own > digits ? [start] : []));
  }

  /** Rounds the packed chunk that begins with a minute to `digits`. */
  round(start: number, digits: SignificantBits): void {
    const chunk = this.chunks.find((one) => one.start === start);
    if (!chunk?.packed) return;
    this.pack(chunk, digits);
  }

  /** Packs all open chunks but the newest one and the one that begins with `start`. */
  private packAllBut(start: number): void {
    for (const chunk of this.chunks.slice(0, -1))
      if (chunk.cells && chunk.start !== start) this.pack(chunk, this.digits);
  }

  private get digits(): SignificantBits {
    return this.options.isExact ? 24 : this.options.budget.minuteDigits;
  }

  private pack(chunk: Chunk, digits: SignificantBits): void {
    const { budget } = this.options;
    budget.bytes -= chunkBytes(chunk);
    const isOpen = chunk.cells !== undefined;
    chunk.packed = packMinutes(chunk.cells ?? unpackAll(chunk), chunk.slots, digits);
    chunk.cells = undefined;
    chunk.digits = digits;
    budget.bytes += chunkBytes(chunk);
    if (isOpen) this.openChunks -= 1;
  }

  /** The cells of a chunk, which is unpacked if necessary. */
  private open(chunk: Chunk): Float32Array {
    if (chunk.cells) return chunk.cells;
    const { budget } = this.options;
    budget.bytes -= chunkBytes(chunk);
    const cells = unpackAll(chunk);
    chunk.cells = cells;
    chunk.packed = undefined;
    budget.bytes += chunkBytes(chunk);
    this.openChunks += 1;
    return cells;
  }

  /** The chunk of a minute, open and with room for `slots`; it is created, unpacked or enlarged if necessary. */
  private openChunkOf(minute: number, slots: number): { start: number; cells: Float32Array } {
    const newest = this.chunks.at(-1);
    const isInNewest = newest && minute >= newest.start && minute < newest.start + minutesPerChunk;
    if (isInNewest && newest.cells && newest.slots >= slots) return newest as Chunk & { cells: Float32Array };
    const { budget, lead } = this.options;
    const start = Math.floor((minute + lead) / minutesPerChunk) * minutesPerChunk - lead;
    let position = this.chunks.length;
    while (position > 0 && (this.chunks[position - 1]?.start ?? -Infinity) > start) position--;
    let chunk = this.chunks[position - 1];
    if (chunk?.start !== start) {
      chunk = { start, slots: 0, cells: new Float32Array(), packed: undefined, digits: 24 };
      this.chunks.splice(position, 0, chunk);
      this.openChunks += 1;
    }
    const cells = this.open(chunk);
    if (chunk.slots >= slots) return { start, cells };
    const enlarged = new Float32Array(slots * cellsPerSlot).fill(NaN);
    enlarged.set(cells);
    budget.bytes += enlarged.byteLength - cells.byteLength;
    Object.assign(chunk, { slots, cells: enlarged });
    return { start, cells: enlarged };
  }
}

/** Index of a minute's mean in open cells. `minute`: within the chunk. */
const indexOf = (slot: number, minute: number): number => slot * cellsPerSlot + minute * columnsPerMinute;

const chunkBytes = ({ cells, packed }: Chunk): number => cells?.byteLength ?? (packed ? bytesOf(packed) : 0);

/** The cells of a slot, which must not be changed; undefined if it has none. */
function cellsOf({ cells, packed, digits }: Chunk, slot: number): Float32Array | undefined {
  if (cells) return cells.subarray(slot * cellsPerSlot, (slot + 1) * cellsPerSlot);
  return packed && unpackMinutes(packed, slot, digits);
}

function unpackAll(chunk: Chunk): Float32Array {
  const all = new Float32Array(chunk.slots * cellsPerSlot).fill(NaN);
  for (let slot = 0; slot < chunk.slots; slot++) {
    const cells = cellsOf(chunk, slot);
    if (cells) all.set(cells, slot * cellsPerSlot);
  }
  return all;
}

/** Minutes of one subject: mean, lowest and highest of each, in chunks of an hour that are dropped as a whole. */

/** Length of a minute, in ms. */
export const minuteMs = 60_000;
const minutesPerChunk = 60;
/** Mean, lowest, highest. Single precision: seven digits are enough to read, in half the memory. */
const columnsPerMinute = 3;
const cellsPerSlot = minutesPerChunk * columnsPerMinute;

/** The minute of a time in Unix ms, counted since 1970. */
export const minuteOf = (at: number): number => Math.floor(at / minuteMs);

interface Chunk {
  /** Counted since 1970. */
  hour: number;
  slots: number;
  /**
   * Slot by slot, within a slot minute by minute. Without a mean, nothing was measured in the minute; if its lowest is
   * Infinity then, a gap begins there.
   */
  cells: Float32Array;
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

/**
 * The minutes of a subject. A slot is the number of one of its series; `slots` is how many a new chunk has room for.
 */
export class MinuteTier {
  private chunks: Chunk[] = [];
  private readonly accumulators = new Map<number, MinuteAccumulator>();

  /** Of the typed arrays. */
  get bytes(): number {
    let sum = 0;
    for (const { slots } of this.chunks) sum += slots * cellsPerSlot * 4;
    return sum;
  }

  /** The hour (since 1970) of the oldest chunk; undefined if there is none that can be dropped. */
  get oldestHour(): number | undefined {
    return this.chunks.length > 1 ? this.chunks[0]?.hour : undefined;
  }

  /** The newest minute (since 1970) in which something was measured. */
  get newestMinute(): number | undefined {
    for (const { hour, slots, cells } of [...this.chunks].reverse())
      for (let minute = minutesPerChunk - 1; minute >= 0; minute--)
        for (let slot = 0; slot < slots; slot++)
          if (!Number.isNaN(cells[indexOf(slot, minute)] ?? NaN)) return hour * minutesPerChunk + minute;
    return undefined;
  }

  /** Whether something was measured, or a gap began, before `minute` (since 1970). */
  hasBefore(minute: number): boolean {
    return this.chunks.some(
      ({ hour, cells }) =>
        hour * minutesPerChunk < minute &&
        cells.some(
          (cell, index) =>
            index % columnsPerMinute < 2 &&
            !Number.isNaN(cell) &&
            hour * minutesPerChunk + (Math.floor(index / columnsPerMinute) % minutesPerChunk) < minute,
        ),
    );
  }

  get isEmpty(): boolean {
    return this.chunks.length === 0;
  }

  /** Adds a point (Unix ms) to its minute. `low` and `high` may be NaN. */
  put(slot: number, slots: number, at: number, value: number, low: number, high: number): void {
    const minute = minuteOf(at);
    let accumulator = this.accumulators.get(slot);
    if (accumulator?.minute !== minute) {
      accumulator = { minute, count: 0, sum: 0, low: NaN, high: NaN };
      this.accumulators.set(slot, accumulator);
    }
    accumulator.count += 1;
    accumulator.sum += value;
    accumulator.low = combineNumbers(accumulator.low, low, Math.min);
    accumulator.high = combineNumbers(accumulator.high, high, Math.max);
    this.set(slot, slots, minute, accumulator.sum / accumulator.count, accumulator.low, accumulator.high);
  }

  /** Marks that nothing was measured after `minute` until the next point. It shows only if the next minute has none. */
  gapAfter(slot: number, slots: number, minute: number): void {
    const chunk = this.chunkOf(minute + 1, slots);
    const index = indexOf(slot, minute + 1);
    if (Number.isNaN(chunk.cells[index] ?? NaN)) chunk.cells[index + 1] = Infinity;
  }

  /** Sets a complete minute, as from disk. */
  set(slot: number, slots: number, minute: number, mean: number, low: number, high: number): void {
    const { cells } = this.chunkOf(minute, slots);
    const index = indexOf(slot, minute);
    cells[index] = mean;
    cells[index + 1] = low;
    cells[index + 2] = high;
  }

  /** Removes `minute` and all later ones of a slot. True if a later minute had something. */
  truncate(slot: number, minute: number): boolean {
    let hadLater = false;
    this.accumulators.delete(slot);
    for (const { hour, slots, cells } of this.chunks) {
      const end = (hour + 1) * minutesPerChunk;
      if (slot >= slots || end <= minute) continue;
      for (let current = Math.max(minute, hour * minutesPerChunk); current < end; current++) {
        const index = indexOf(slot, current);
        hadLater ||= current > minute && !Number.isNaN(cells[index] ?? NaN);
        cells.fill(NaN, index, index + columnsPerMinute);
      }
    }
    return hadLater;
  }

  /** Visits the minutes of a slot from `from` to before `to` that have something, ascending. */
  visit(slot: number, from: number, to: number, visitor: MinuteVisitor): void {
    for (const { hour, slots, cells } of this.chunks) {
      if (slot >= slots) continue;
      const end = Math.min(to, (hour + 1) * minutesPerChunk);
      for (let minute = Math.max(from, hour * minutesPerChunk); minute < end; minute++) {
        const index = indexOf(slot, minute);
        const mean = cells[index] ?? NaN;
        const low = cells[index + 1] ?? NaN;
        const isGap = Number.isNaN(mean) && low === Infinity;
        if (isGap || !Number.isNaN(mean)) visitor(minute, mean, low, cells[index + 2] ?? NaN, isGap);
      }
    }
  }

  /** Drops the hours before `hour` (since 1970). */
  dropBefore(hour: number): void {
    while ((this.chunks[0]?.hour ?? Infinity) < hour) this.chunks.shift();
  }

  /** The chunk of a minute with room for `slots`; it is created or enlarged if necessary. */
  private chunkOf(minute: number, slots: number): Chunk {
    const hour = Math.floor(minute / minutesPerChunk);
    let position = this.chunks.length;
    while (position > 0 && (this.chunks[position - 1]?.hour ?? -Infinity) > hour) position--;
    const existing = this.chunks[position - 1];
    if (existing?.hour === hour && existing.slots >= slots) return existing;
    const chunk: Chunk = { hour, slots, cells: new Float32Array(slots * cellsPerSlot).fill(NaN) };
    if (existing?.hour === hour) {
      chunk.cells.set(existing.cells);
      this.chunks[position - 1] = chunk;
    } else this.chunks.splice(position, 0, chunk);
    return chunk;
  }
}

/** Index of a minute's mean in the cells of its chunk. */
function indexOf(slot: number, minute: number): number {
  return slot * cellsPerSlot + (minute % minutesPerChunk) * columnsPerMinute;
}

/** The minute tier of one owner: the mean, lowest and highest of each minute, in chunks of an hour that are dropped whole. */

export const minuteMs = 60_000;
const minutesPerChunk = 60;
/** Mean, lowest, highest. Singles: seven digits are more than anybody reads, and half the memory. */
const columnsPerMinute = 3;
const cellsPerSlot = minutesPerChunk * columnsPerMinute;

/** Minutes since 1970. */
export const minuteOf = (at: number): number => Math.floor(at / minuteMs);

interface Chunk {
  /** Hours since 1970. */
  hour: number;
  slots: number;
  /** Slot by slot, in it minute by minute. No mean: nothing was measured; no mean and a lowest of Infinity: a gap begins here. */
  cells: Float32Array;
}

/** What the minute that a slot is in has seen so far. */
interface MinuteAccumulator {
  minute: number;
  count: number;
  sum: number;
  low: number;
  high: number;
}

/** `gap`: nothing was measured from this minute on. Lowest and highest are NaN where there is no spread. */
export type MinuteVisitor = (minute: number, mean: number, low: number, high: number, gap: boolean) => void;

/** Of two, the one that is a number, or what `choose` makes of both. */
export const combineNumbers = (a: number, b: number, choose: (a: number, b: number) => number): number =>
  Number.isNaN(a) ? b : Number.isNaN(b) ? a : choose(a, b);

export class MinuteTier {
  private chunks: Chunk[] = [];
  private readonly accumulators = new Map<number, MinuteAccumulator>();

  get bytes(): number {
    let sum = 0;
    for (const { slots } of this.chunks) sum += slots * cellsPerSlot * 4;
    return sum;
  }

  /** The hour (since 1970) of the oldest chunk; undefined where there is no chunk that could be dropped. */
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

  /** Counts a point into its minute. `low` and `high` may be NaN. */
  put(slot: number, slots: number, at: number, value: number, low: number, high: number): void {
    const minute = minuteOf(at);
    let running = this.accumulators.get(slot);
    if (running?.minute !== minute) {
      running = { minute, count: 0, sum: 0, low: NaN, high: NaN };
      this.accumulators.set(slot, running);
    }
    running.count += 1;
    running.sum += value;
    running.low = combineNumbers(running.low, low, Math.min);
    running.high = combineNumbers(running.high, high, Math.max);
    this.set(slot, slots, minute, running.sum / running.count, running.low, running.high);
  }

  /** Nothing was measured after `minute` until the next point; that is kept where the next minute has none. */
  gapAfter(slot: number, slots: number, minute: number): void {
    const chunk = this.chunkOf(minute + 1, slots);
    const index = indexOf(slot, minute + 1);
    if (Number.isNaN(chunk.cells[index] ?? NaN)) chunk.cells[index + 1] = Infinity;
  }

  /** Writes a whole minute, as it was read from disk. */
  set(slot: number, slots: number, minute: number, mean: number, low: number, high: number): void {
    const { cells } = this.chunkOf(minute, slots);
    const index = indexOf(slot, minute);
    cells[index] = mean;
    cells[index + 1] = low;
    cells[index + 2] = high;
  }

  /** Takes back what the slot has of `minute` and of all after it. True where a later minute lost something. */
  truncate(slot: number, minute: number): boolean {
    let later = false;
    this.accumulators.delete(slot);
    for (const { hour, slots, cells } of this.chunks) {
      if (slot >= slots || (hour + 1) * minutesPerChunk <= minute) continue;
      for (let each = Math.max(minute, hour * minutesPerChunk); each < (hour + 1) * minutesPerChunk; each++) {
        const index = indexOf(slot, each);
        later ||= each > minute && !Number.isNaN(cells[index] ?? NaN);
        cells.fill(NaN, index, index + columnsPerMinute);
      }
    }
    return later;
  }

  /** The slot's minutes from `from` to before `to` that have something, in the order of time. */
  visit(slot: number, from: number, to: number, visitor: MinuteVisitor): void {
    for (const { hour, slots, cells } of this.chunks) {
      if (slot >= slots) continue;
      const end = Math.min(to, (hour + 1) * minutesPerChunk);
      for (let minute = Math.max(from, hour * minutesPerChunk); minute < end; minute++) {
        const index = indexOf(slot, minute);
        const mean = cells[index] ?? NaN;
        const low = cells[index + 1] ?? NaN;
        const gap = Number.isNaN(mean) && low === Infinity;
        if (gap || !Number.isNaN(mean)) visitor(minute, mean, low, cells[index + 2] ?? NaN, gap);
      }
    }
  }

  /** Drops the hours before `hour` (since 1970). */
  dropBefore(hour: number): void {
    while ((this.chunks[0]?.hour ?? Infinity) < hour) this.chunks.shift();
  }

  private chunkOf(minute: number, slots: number): Chunk {
    const hour = Math.floor(minute / minutesPerChunk);
    let at = this.chunks.length;
    while (at > 0 && (this.chunks[at - 1]?.hour ?? -Infinity) > hour) at--;
    const known = this.chunks[at - 1];
    if (known?.hour === hour && known.slots >= slots) return known;
    const chunk: Chunk = { hour, slots, cells: new Float32Array(slots * cellsPerSlot).fill(NaN) };
    if (known?.hour === hour) {
      chunk.cells.set(known.cells);
      this.chunks[at - 1] = chunk;
    } else this.chunks.splice(at, 0, chunk);
    return chunk;
  }
}

function indexOf(slot: number, minute: number): number {
  return slot * cellsPerSlot + (minute % minutesPerChunk) * columnsPerMinute;
}

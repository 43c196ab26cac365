/** The slots of one histogram's buckets in one subject. */

/**
 * The buckets of a histogram by bound, in ascending order. Several series may have the same bound, as those of two
 * models.
 */
export interface SortedBuckets {
  readonly bounds: readonly number[];
  /** Slots of all buckets, grouped by bound. */
  readonly slots: readonly number[];
  /** By bound, the end of its group in `slots`. */
  readonly ends: readonly number[];
}

/** Collects the buckets of a histogram in order of arrival. They are sorted when they are asked for. */
export class HistogramSlots {
  private readonly bounds: number[] = [];
  private readonly slots: number[] = [];
  private sorted: SortedBuckets | undefined;

  /** Adds the slot of a bucket. */
  add(bound: number, slot: number): void {
    this.bounds.push(bound);
    this.slots.push(slot);
    this.sorted = undefined;
  }

  /** All buckets. The same object as long as none is added. */
  get buckets(): SortedBuckets {
    return (this.sorted ??= this.sort());
  }

  private sort(): SortedBuckets {
    const { bounds: boundsByArrival, slots: slotsByArrival } = this;
    const boundOf = (arrival: number): number => boundsByArrival[arrival] as number;
    const order = [...boundsByArrival.keys()].sort((a, b) => compareNumbers(boundOf(a), boundOf(b)));
    const bounds: number[] = [];
    const ends: number[] = [];
    order.forEach((arrival, position) => {
      if (bounds.at(-1) !== boundOf(arrival)) bounds.push(boundOf(arrival));
      ends[bounds.length - 1] = position + 1;
    });
    return { bounds, ends, slots: order.map((arrival) => slotsByArrival[arrival] as number) };
  }
}

/** Subtraction would not order infinities. */
const compareNumbers = (a: number, b: number): number => (a < b ? -1 : Number(a > b));

/** The buckets of one label set in order of arrival. They arrive in the same order again. */
export class BucketSeries {
  private readonly bounds: number[] = [];
  private readonly slots: number[] = [];
  /** Position of the bucket that is expected next. */
  private expected = 0;
  private isAscending = true;
  /** Positions by bound, made when buckets first arrive in another order. */
  private positions: Map<number, number> | undefined;

  /** The slot of the first bucket; undefined if there is none. */
  get firstSlot(): number | undefined {
    return this.slots[0];
  }

  /** Expects the first bucket next. */
  restart(): void {
    this.expected = 0;
  }

  /** The slot of the bucket with this bound, or undefined. The next call most likely asks for the one after it. */
  find(bound: number): number | undefined {
    const position = this.bounds[this.expected] === bound ? this.expected : this.search(bound);
    if (position === undefined) return undefined;
    this.expected = position + 1;
    return this.slots[position];
  }

  /** Adds a bucket after the others. */
  add(bound: number, slot: number): void {
    if (this.isAscending) this.isAscending = this.isBeyondLast(bound);
    this.positions?.set(bound, this.bounds.length);
    this.expected = this.bounds.push(bound);
    this.slots.push(slot);
  }

  private search(bound: number): number | undefined {
    // In ascending order, a bound beyond the last one is new.
    if (this.isAscending && this.isBeyondLast(bound)) return undefined;
    this.positions ??= new Map(this.bounds.map((known, position) => [known, position]));
    return this.positions.get(bound);
  }

  private isBeyondLast(bound: number): boolean {
    return bound > (this.bounds.at(-1) ?? -Infinity) || this.bounds.length === 0;
  }
}

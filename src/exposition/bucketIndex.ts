/**
 * Finds the series of a histogram bucket by its bound (`le`). Buckets usually arrive in the same order, in every engine
 * and every scrape. So the histograms of one name share a list of bounds, and each stores only the index of its first
 * bucket and how many series follow it. A map is made only for buckets that arrive in another order.
 */

/** By histogram name, its bounds in order of arrival, each once. A histogram has a prefix of this list. */
const boundLists = new Map<string, string[]>();
const maxBoundLists = 1_000;
/** Longer lists take too long to search. */
const maxListedBounds = 128;
/** Longer bounds are not numbers. */
const maxBoundLength = 64;

/** The bucket series of one histogram with one label set. */
export class BucketIndex {
  /** Index of the first bucket's series; the listed buckets follow it without a gap. */
  private first = 0;
  private count = 0;
  /** Position in `bounds` of the bucket that is expected next. */
  private expected = 0;
  private bounds: string[];
  /** Series indexes by bound, of buckets that are not listed. */
  private unlisted: Map<string, number> | undefined;

  constructor(private readonly name: string) {
    this.bounds = boundLists.get(name) ?? [];
  }

  /** Number of buckets. */
  get size(): number {
    return this.count + (this.unlisted?.size ?? 0);
  }

  /** Index of the series with this bound. A bound that is new gets `newIndex`. */
  indexOf(le: string, newIndex: number): number {
    const { expected } = this;
    if (this.bounds[expected] !== le) return this.search(le, newIndex);
    if (expected === this.count) {
      if (expected === 0) this.first = newIndex;
      if (this.unlisted || newIndex !== this.first + expected) return this.search(le, newIndex);
      this.count += 1;
    }
    this.expected = expected + 1;
    return this.first + expected;
  }

  private search(le: string, newIndex: number): number {
    const position = this.bounds.indexOf(le);
    if (position !== -1 && position < this.count) {
      this.expected = position + 1;
      return this.first + position;
    }
    const unlisted = this.unlisted?.get(le);
    if (unlisted !== undefined) return unlisted;
    if (this.count === 0) this.first = newIndex;
    if (newIndex === this.first + this.count && this.count < maxListedBounds && le.length <= maxBoundLength)
      this.append(le);
    else (this.unlisted ??= new Map()).set(le, newIndex);
    return newIndex;
  }

  private append(le: string): void {
    const { bounds, count } = this;
    if (count < bounds.length && bounds[count] !== le) this.bounds = bounds.slice(0, count);
    // The next histogram of this name most likely has the same bounds as this one.
    if (this.bounds !== bounds || count === 0) this.share();
    if (count === this.bounds.length) this.bounds.push(le);
    this.count = count + 1;
    this.expected = this.count;
  }

  private share(): void {
    if (boundLists.size < maxBoundLists || boundLists.has(this.name)) boundLists.set(this.name, this.bounds);
  }
}

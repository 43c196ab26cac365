/**
 * Which series a histogram's bucket is, by its bound. Buckets come one after the other, in the same order in every engine and every answer: so the
 * histograms of one name share a list of bounds, and each holds where its buckets begin and how many it has. A map is made only of those that came otherwise.
 */

/** Bounds of a name, in order and each once. A histogram has the first so many of them. */
const lists = new Map<string, string[]>();
const mostLists = 1_000;
/** Longer lists take too long to be searched, and longer bounds are no numbers. */
const longestList = 128;
const longestBound = 64;

export class BucketIndex {
  /** Index of the first bucket's series; those that follow it stand in a row. */
  private first = 0;
  private count = 0;
  /** What is expected to come. */
  private next = 0;
  private bounds: string[];
  /** By bound, what does not stand in the row. */
  private outOfOrder: Map<string, number> | undefined;

  constructor(private readonly name: string) {
    this.bounds = lists.get(name) ?? [];
  }

  /** Index of the series with this bound; `fresh`, which becomes its index, where it was not met before. */
  indexOf(le: string, fresh: number): number {
    const { next } = this;
    if (this.bounds[next] !== le) return this.search(le, fresh);
    if (next === this.count) {
      if (next === 0) this.first = fresh;
      if (this.outOfOrder || fresh !== this.first + next) return this.search(le, fresh);
      this.count += 1;
    }
    this.next = next + 1;
    return this.first + next;
  }

  private search(le: string, fresh: number): number {
    const at = this.bounds.indexOf(le);
    if (at !== -1 && at < this.count) {
      this.next = at + 1;
      return this.first + at;
    }
    const other = this.outOfOrder?.get(le);
    if (other !== undefined) return other;
    if (this.count === 0) this.first = fresh;
    if (fresh === this.first + this.count && this.count < longestList && le.length <= longestBound) this.append(le);
    else (this.outOfOrder ??= new Map()).set(le, fresh);
    return fresh;
  }

  private append(le: string): void {
    const { bounds, count } = this;
    if (count < bounds.length && bounds[count] !== le) this.bounds = bounds.slice(0, count);
    // The list that was met last is the likeliest to be met next.
    if (this.bounds !== bounds || count === 0) this.share();
    if (count === this.bounds.length) this.bounds.push(le);
    this.count = count + 1;
    this.next = this.count;
  }

  private share(): void {
    if (lists.size < mostLists || lists.has(this.name)) lists.set(this.name, this.bounds);
  }
}

/** The samples of the last scrapes, as they were: for an export of raw series. */
import type { Series } from '../exposition/expositionReader';

export interface RawScrape {
  /** Unix ms. */
  at: number;
  target: string;
  series: readonly Series<unknown>[];
  /** `values[i]` belongs to `series[i]`. */
  values: Float64Array;
}

/** Eight engines have about 50 kB a scrape: an hour. */
export const maxRawSeriesBytes = 16 * 2 ** 20;
const pointerBytes = 8;

/** Bounded by bytes; the oldest scrapes go. Series are the reader's own objects, and their lists are shared while they do not change. */
export class RawSeriesBuffer {
  private scrapes: RawScrape[] = [];
  private readonly lists = new Map<string, RawScrape['series']>();
  private bytes = 0;

  constructor(private readonly maxBytes = maxRawSeriesBytes) {}

  /** When the oldest scrape was, Unix ms. */
  get oldestAt(): number | undefined {
    return this.scrapes[0]?.at;
  }

  add(at: number, target: string, series: RawScrape['series'], values: Float64Array): void {
    const before = this.lists.get(target);
    const same = before?.length === series.length && before.every((one, index) => one === series[index]);
    const list = same ? before : [...series];
    this.lists.set(target, list);
    const scrape = { at, target, series: list, values };
    this.scrapes.push(scrape);
    this.bytes += sizeOf(scrape, !same);
    let drop = 0;
    while (this.bytes > this.maxBytes && drop < this.scrapes.length - 1) {
      const [oldest, next] = [this.scrapes[drop] as RawScrape, this.scrapes.slice(drop + 1)];
      this.bytes -= sizeOf(oldest, !next.some(({ series: other }) => other === oldest.series));
      drop += 1;
    }
    if (drop > 0) this.scrapes = this.scrapes.slice(drop);
  }

  /** Of these times, both inclusive. */
  scrapesBetween(from: number, to: number): RawScrape[] {
    return this.scrapes.filter(({ at }) => at >= from && at <= to);
  }

  clear(): void {
    this.scrapes = [];
    this.lists.clear();
    this.bytes = 0;
  }
}

const sizeOf = ({ values, series }: RawScrape, ownsList: boolean): number =>
  values.byteLength + (ownsList ? series.length * pointerBytes : 0);

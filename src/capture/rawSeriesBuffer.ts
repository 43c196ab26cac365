/** Keeps the samples of the last scrapes unchanged, for an export of raw series. */
import type { Series } from '../exposition/expositionReader';

/** One scrape of one target. */
export interface RawScrape {
  /** Unix ms. */
  at: number;
  target: string;
  series: readonly Series<unknown>[];
  /** `values[i]` is the value of `series[i]`. */
  values: Float64Array;
}

/** Eight engines have about 50 kB a scrape, so this is about an hour. */
const defaultMaxBytes = 16 * 2 ** 20;
const pointerBytes = 8;

/**
 * A buffer that is bounded by bytes; the oldest scrapes are dropped first. Series are the reader's own objects, and
 * scrapes of a target share one list of them as long as it does not change.
 */
export class RawSeriesBuffer {
  private scrapes: RawScrape[] = [];
  private readonly seriesByTarget = new Map<string, RawScrape['series']>();
  private bytes = 0;

  constructor(private readonly maxBytes = defaultMaxBytes) {}

  /** Time of the oldest scrape, Unix ms; undefined if there is none. */
  get oldestAt(): number | undefined {
    return this.scrapes[0]?.at;
  }

  /** Adds a scrape. `values` must not be changed afterwards. */
  add(at: number, target: string, series: RawScrape['series'], values: Float64Array): void {
    const previous = this.seriesByTarget.get(target);
    const isUnchanged = previous?.length === series.length && previous.every((one, index) => one === series[index]);
    const list = isUnchanged ? previous : [...series];
    this.seriesByTarget.set(target, list);
    const scrape = { at, target, series: list, values };
    this.scrapes.push(scrape);
    this.bytes += bytesOf(scrape, !isUnchanged);
    this.dropOldest();
  }

  /** The scrapes between two times, both inclusive. */
  scrapesBetween(from: number, to: number): RawScrape[] {
    return this.scrapes.filter(({ at }) => at >= from && at <= to);
  }

  /** Drops everything. */
  clear(): void {
    this.scrapes = [];
    this.seriesByTarget.clear();
    this.bytes = 0;
  }

  /** Drops the oldest scrapes until the rest fits; the newest always stays. */
  private dropOldest(): void {
    let count = 0;
    while (this.bytes > this.maxBytes && count < this.scrapes.length - 1) {
      const oldest = this.scrapes[count] as RawScrape;
      const remaining = this.scrapes.slice(count + 1);
      this.bytes -= bytesOf(oldest, !remaining.some(({ series }) => series === oldest.series));
      count += 1;
    }
    if (count > 0) this.scrapes = this.scrapes.slice(count);
  }
}

/** `ownsList`: no other scrape shares its list of series. */
const bytesOf = ({ values, series }: RawScrape, ownsList: boolean): number =>
  values.byteLength + (ownsList ? series.length * pointerBytes : 0);

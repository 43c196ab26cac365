/** The buckets of histograms over all subjects, from a Prometheus's answers. */
import { coalesceBuckets, ensureMonotonic, type Buckets } from '../metrics/quantile';
import type { BatchResult } from './batch';
import { measureQueryIds } from './measureQueries';
import type { InstantSample } from './responseData';

/** Reads each histogram once, when it is first asked for. */
export class HistogramBuckets {
  private readonly byFamily = new Map<string, Buckets | undefined>();

  /** `batch`: the answers of `measureQueries`. */
  constructor(private readonly batch: BatchResult<InstantSample>) {}

  /** What the buckets counted in the rate window; undefined if the Prometheus has none. */
  get(family: string): Buckets | undefined {
    if (!this.byFamily.has(family)) this.byFamily.set(family, this.read(family));
    return this.byFamily.get(family);
  }

  /**
   * Only bounds that all series share count: there cumulative counts can be added, whatever other bounds some series
   * have.
   */
  private read(family: string): Buckets | undefined {
    const seriesByBound = this.valuesByBound(measureQueryIds.bounds(family));
    const seriesCount = [...seriesByBound.values()].reduce((most, count) => Math.max(most, count), 0);
    const shared = [...this.valuesByBound(measureQueryIds.buckets(family))].filter(
      ([le]) => seriesByBound.get(le) === seriesCount,
    );
    if (shared.length === 0) return undefined;
    const buckets = coalesceBuckets({
      bounds: shared.map(([le]) => (le === '+Inf' ? Infinity : Number(le))),
      counts: shared.map(([, count]) => count),
    });
    ensureMonotonic(buckets.counts);
    return buckets;
  }

  private valuesByBound(queryId: string): Map<string, number> {
    const samples = this.batch.itemsById.get(queryId) ?? [];
    return new Map(
      samples.flatMap(({ labels: { le = '' }, value }) => (value === undefined ? [] : [[le, value] as const])),
    );
  }
}

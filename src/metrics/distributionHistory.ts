import type { Snapshot } from '../api';
import type { ChartDistribution } from '../shared/chartData';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const KEPT_MS = 24 * HOUR_MS;

const empty = (histogram: string, bounds: number[]): ChartDistribution => ({ histogram, bounds, from: [], to: [], counts: [] });

/** A copy with the rows that `keeps`. */
function filtered(one: ChartDistribution, keeps: (index: number) => boolean): ChartDistribution {
  const kept = one.to.flatMap((_, index) => (keeps(index) ? [index] : []));
  const pick = <T>(column: readonly T[]): T[] => kept.map((index) => column[index] as T);
  return { ...one, from: pick(one.from), to: pick(one.to), counts: pick(one.counts) };
}

/**
 * The buckets of every histogram over time, in memory: each window of the last hour, then one a minute for a day.
 *
 * Windows overlap, so those of a minute are not added up: the last one of it stays. A day of 20 buckets is 1,800 rows, 0.3 MB a histogram.
 * Other bounds (another release of vLLM) begin anew.
 */
export class DistributionHistory {
  private readonly kept = new Map<string, ChartDistribution>();
  private thinnedAt = -Infinity;

  /** Notes a snapshot and returns what it added: a row for each histogram whose window is new. */
  add({ at, distributions = {} }: Pick<Snapshot, 'at' | 'distributions'>): ChartDistribution[] {
    const added: ChartDistribution[] = [];
    for (const [histogram, { from, to, bounds, counts }] of Object.entries(distributions)) {
      const before = this.kept.get(histogram);
      const known = before && String(before.bounds) === String(bounds) ? before : empty(histogram, bounds);
      this.kept.set(histogram, known);
      // The clock may have gone back: what has not been yet is withdrawn.
      while ((known.to.at(-1) ?? -Infinity) > to) for (const column of [known.from, known.to, known.counts]) column.pop();
      if (known.to.at(-1) === to) continue;
      known.from.push(from);
      known.to.push(to);
      known.counts.push(counts);
      added.push({ ...empty(histogram, bounds), from: [from], to: [to], counts: [counts] });
    }
    if (Math.abs(at - this.thinnedAt) >= MINUTE_MS) this.thin(at);
    return added;
  }

  /** The rows of these histograms that touch a stretch of time, as copies. */
  query(histograms: readonly string[], from: number, to: number): ChartDistribution[] {
    return histograms.flatMap((histogram) => {
      const known = this.kept.get(histogram);
      return known ? [filtered(known, (index) => (known.to[index] ?? -Infinity) >= from && (known.from[index] ?? Infinity) <= to)] : [];
    });
  }

  private thin(now: number): void {
    this.thinnedAt = now;
    const minuteOf = (time: number | undefined): number => Math.floor((time ?? Infinity) / MINUTE_MS);
    for (const [histogram, known] of this.kept) {
      const rest = filtered(known, (index) => {
        const to = known.to[index] ?? 0;
        return to >= now - HOUR_MS || (to >= now - KEPT_MS && minuteOf(to) !== minuteOf(known.to[index + 1]));
      });
      if (rest.to.length === 0) this.kept.delete(histogram);
      else this.kept.set(histogram, rest);
    }
  }
}

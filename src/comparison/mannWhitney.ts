/**
 * The Mann–Whitney U test (Wilcoxon rank-sum): whether the values of one sample tend to be higher than those of
 * another. Mann and Whitney, On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other,
 * Annals of Mathematical Statistics 18 (1947).
 */

/** The result of a test. */
export interface MannWhitney {
  /** Pairs in which the first sample's value is the higher one; a tie counts one half. */
  u: number;
  /** Two-sided: how likely samples that do not differ are at least so far apart. */
  p: number;
  method: 'exact' | 'normal';
}

/**
 * Up to so many values in both samples together the distribution is exact, given the ties there are: every way to
 * divide the ranks is counted. With more values the normal distribution is as good, and counting would take long.
 */
export const maxExactValues = 50;

/** Tests two samples of finite numbers, each with at least one. */
export function mannWhitney(first: readonly number[], second: readonly number[]): MannWhitney {
  const ranks = doubleRanks([...first, ...second]);
  const pairs = first.length * second.length;
  const doubleSum = sum(ranks.slice(0, first.length));
  const u = (doubleSum - first.length * (first.length + 1)) / 2;
  if (ranks.length <= maxExactValues) return { u, p: exactP(ranks, first.length, doubleSum), method: 'exact' };
  return { u, p: normalP(u - pairs / 2, tieVariance(ranks, pairs)), method: 'normal' };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Twice the rank of each value, so that the mean rank of ties is an integer. */
function doubleRanks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Array<number>(values.length);
  for (let from = 0; from < order.length;) {
    let to = from + 1;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1;
    for (let index = from; index < to; index++) ranks[order[index] ?? 0] = from + 1 + to;
    from = to;
  }
  return ranks;
}

/** Twice the smaller tail of the sums that `count` of the ranks have, at most 1. */
function exactP(ranks: readonly number[], count: number, observed: number): number {
  const ways = waysBySum(ranks, count);
  let [all, below, above] = [0, 0, 0];
  ways.forEach((number, total) => {
    all += number;
    if (total <= observed) below += number;
    if (total >= observed) above += number;
  });
  return Math.min(1, (2 * Math.min(below, above)) / all);
}

/** By sum: in how many ways `count` of the ranks have it. */
function waysBySum(ranks: readonly number[], count: number): Float64Array {
  const highest = sum([...ranks].sort((a, b) => b - a).slice(0, count));
  // By number of ranks taken so far.
  const ways = Array.from({ length: count + 1 }, () => new Float64Array(highest + 1));
  (ways[0] as Float64Array)[0] = 1;
  ranks.forEach((rank, index) => {
    for (let taken = Math.min(count, index + 1); taken > 0; taken--) {
      const [from, to] = [ways[taken - 1] as Float64Array, ways[taken] as Float64Array];
      for (let total = highest; total >= rank; total--) to[total] = (to[total] ?? 0) + (from[total - rank] ?? 0);
    }
  });
  return ways[count] as Float64Array;
}

/** The variance of U, corrected for ties (Lehmann, Nonparametrics, 1975, §1.4). */
function tieVariance(ranks: readonly number[], pairs: number): number {
  const { length } = ranks;
  const sizes = new Map<number, number>();
  for (const rank of ranks) sizes.set(rank, (sizes.get(rank) ?? 0) + 1);
  const ties = sum([...sizes.values()].map((size) => size ** 3 - size));
  return (pairs / 12) * (length + 1 - ties / (length * (length - 1)));
}

/** Two-sided, with the correction for continuity. */
function normalP(distance: number, variance: number): number {
  if (variance <= 0) return 1;
  return Math.min(1, erfc((Math.abs(distance) - 0.5) / Math.sqrt(2 * variance)));
}

/** From here on the continued fraction converges faster than the series. */
const seriesLimit = 2;

/** The complementary error function, to some 13 digits (Abramowitz and Stegun, 7.1.6 and 7.1.14). */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < seriesLimit) {
    let term = 2 * x;
    let series = term;
    for (let n = 1; term > 1e-17 * series; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      series += term;
    }
    return 1 - scale * series;
  }
  let fraction = x;
  for (let n = 60; n > 0; n--) fraction = x + n / 2 / fraction;
  return scale / fraction;
}

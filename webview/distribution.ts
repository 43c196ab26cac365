/** The buckets of a histogram over time, as numbers: what is drawn as a strip and said in words. Pure. */
import type { ChartDistribution } from '../src/shared/chartData';
import { formatValue, type Unit } from '../src/shared/format';
import type { TableData } from './plotTable';

export interface Cell {
  from: number;
  to: number;
  /** Index of the bucket. */
  bucket: number;
  /** The bucket's part of all in its time, above 0. */
  share: number;
}

/** What is shown of a distribution between two times: its cells, and the buckets from the lowest to the highest that hold anything. */
export interface Heatmap {
  cells: Cell[];
  low: number;
  high: number;
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** A window overlaps the one before: each is drawn for the time that is its own. A time without observations has no cell. */
export function buildHeatmap({ from, to, counts }: ChartDistribution, start: number, end: number): Heatmap {
  const cells: Cell[] = [];
  let [low, high] = [Infinity, -Infinity];
  counts.forEach((row, index) => {
    const [begin, finish] = [Math.max(from[index] ?? 0, to[index - 1] ?? -Infinity), to[index] ?? 0];
    const all = total(row);
    if (finish < start || begin > end || all === 0) return;
    row.forEach((count, bucket) => {
      if (count === 0) return;
      cells.push({ from: begin, to: finish, bucket, share: count / all });
      [low, high] = [Math.min(low, bucket), Math.max(high, bucket)];
    });
  });
  return cells.length === 0 ? { cells, low: 0, high: -1 } : { cells, low, high };
}

/** The same as rows of a table: how many fell into each bucket of the strip, in the times in which any did. */
export function heatmapTable(
  { bounds, to, counts }: ChartDistribution,
  { low, high }: Heatmap,
  start: number,
  end: number,
  unit: Unit,
): TableData {
  const indices = [...to.keys()]
    .filter((index) => (to[index] ?? 0) >= start && (to[index] ?? 0) <= end && total(counts[index] ?? []) > 0)
    .reverse();
  const rows = new Map(indices.map((index) => [to[index] ?? 0, counts[index]?.slice(low, high + 1) ?? []]));
  const names = Array.from({ length: high - low + 1 }, (_, index) => bucketName(bounds, low + index, unit));
  return {
    names,
    times: [...rows.keys()],
    cells: (at) => (rows.get(at) ?? []).map((count) => formatValue(count, 'count')),
  };
}

/** `≤ 250 ms`, `100 – 250 ms`, `> 80 s`. */
export function bucketName(bounds: readonly number[], bucket: number, unit: Unit): string {
  const [above, below] = [bounds[bucket - 1], bounds[bucket]];
  if (below === undefined) return `> ${formatValue(above, unit)}`;
  return above === undefined
    ? `≤ ${formatValue(below, unit)}`
    : `${formatValue(above, unit)} – ${formatValue(below, unit)}`;
}

/** What was counted at a moment: the fullest bucket and its part; `undefined`: nothing. */
export function distributionWords(
  { bounds, from, to, counts }: ChartDistribution,
  at: number,
  unit: Unit,
): string | undefined {
  const index = to.findIndex((end, each) => end >= at && (from[each] ?? Infinity) <= at);
  const row = counts[index];
  const all = row ? total(row) : 0;
  if (!row || all === 0) return undefined;
  const most = row.indexOf(Math.max(...row));
  return `${formatValue((row[most] ?? 0) / all, 'fraction')} in ${bucketName(bounds, most, unit)}, of ${formatValue(all, 'count')}`;
}

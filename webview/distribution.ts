/** The buckets of a histogram over time, as cells, as a table, and in words. Pure. */
import type { ChartDistribution } from '../src/shared/chartData';
import { formatValue, type Unit } from '../src/shared/format';
import { timeRows, type TableData } from './plotTable';

interface Cell {
  /** Unix ms. */
  from: number;
  to: number;
  /** Index of the bucket. */
  bucket: number;
  /** Share of the observations of this time that are in the bucket, above 0 and at most 1. */
  share: number;
}

/** The cells of a time range; `low` and `high` are the lowest and the highest bucket with a cell. */
export interface BucketCells {
  cells: Cell[];
  low: number;
  high: number;
}

/** No cells. */
export const noBucketCells: BucketCells = { cells: [], low: 0, high: -1 };

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/**
 * The cells of a distribution between two times (Unix ms). Rate windows overlap: each is drawn from the end of the one
 * before. A time without observations has no cell.
 */
export function buildBucketCells(
  { from, to, counts }: ChartDistribution,
  rangeFrom: number,
  rangeTo: number,
): BucketCells {
  const cells: Cell[] = [];
  let [low, high] = [Infinity, -Infinity];
  counts.forEach((row, index) => {
    const [cellFrom, cellTo] = [Math.max(from[index] ?? 0, to[index - 1] ?? -Infinity), to[index] ?? 0];
    const observations = total(row);
    if (cellTo < rangeFrom || cellFrom > rangeTo || observations === 0) return;
    row.forEach((count, bucket) => {
      if (count === 0) return;
      cells.push({ from: cellFrom, to: cellTo, bucket, share: count / observations });
      [low, high] = [Math.min(low, bucket), Math.max(high, bucket)];
    });
  });
  return cells.length === 0 ? noBucketCells : { cells, low, high };
}

/** The counts of the buckets that have cells as a table, for each time with observations. */
export function bucketTable(
  { bounds, to, counts }: ChartDistribution,
  { low, high }: BucketCells,
  rangeFrom: number,
  rangeTo: number,
  unit: Unit,
): TableData {
  const indices = [...to.keys()]
    .filter((index) => {
      const at = to[index] ?? 0;
      return at >= rangeFrom && at <= rangeTo && total(counts[index] ?? []) > 0;
    })
    .reverse();
  const rows = new Map(indices.map((index) => [to[index] ?? 0, counts[index]?.slice(low, high + 1) ?? []]));
  const names = Array.from({ length: high - low + 1 }, (_, index) => bucketName(bounds, low + index, unit));
  return {
    ...timeRows,
    names,
    keys: [...rows.keys()],
    cells: (at) => (rows.get(at) ?? []).map((count) => formatValue(count, 'count')),
  };
}

/** `≤ 250 ms`, `100 – 250 ms`, `> 80 s`. */
export function bucketName(bounds: readonly number[], bucket: number, unit: Unit): string {
  const [lower, upper] = [bounds[bucket - 1], bounds[bucket]];
  if (upper === undefined) return `> ${formatValue(lower, unit)}`;
  if (lower === undefined) return `≤ ${formatValue(upper, unit)}`;
  return `${formatValue(lower, unit)} – ${formatValue(upper, unit)}`;
}

/** `75 % in 100 ms – 1.00 s, of 4`: the fullest bucket at a time (Unix ms). Undefined without observations. */
export function fullestBucketText(
  { bounds, from, to, counts }: ChartDistribution,
  at: number,
  unit: Unit,
): string | undefined {
  const index = to.findIndex((end, candidate) => end >= at && (from[candidate] ?? Infinity) <= at);
  const row = counts[index];
  const observations = row ? total(row) : 0;
  if (!row || observations === 0) return undefined;
  const fullest = row.indexOf(Math.max(...row));
  const share = formatValue((row[fullest] ?? 0) / observations, 'fraction');
  return `${share} in ${bucketName(bounds, fullest, unit)}, of ${formatValue(observations, 'count')}`;
}

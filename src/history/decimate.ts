/** Reduces the rows of a series so that its extremes and gaps stay visible. */
import type { ChartSeries } from '../shared/chartData';

/** Rows that a bucket keeps: those of the lowest and highest value, and one gap. */
const rowsPerBucket = 3;
/** Fewer rows could not hold first, last and one bucket. */
const minRows = 10;

/**
 * The series with at most `maxPoints` rows (10 or more); one that has no more is returned as it is. Time is divided
 * into buckets of equal length; of each bucket the rows of the lowest and highest value stay, with the lowest of
 * `lowest` and the highest of `highest`, and one gap. The first and last row stay as well.
 */
export function decimate(series: ChartSeries, maxPoints: number): ChartSeries {
  const { at, value, lowest, highest } = series;
  const rows = at.length;
  const maxRows = Math.max(minRows, Math.floor(maxPoints));
  if (rows <= maxRows) return series;
  const start = at[0] ?? 0;
  const buckets = Math.floor((maxRows - 2) / rowsPerBucket);
  const bucketLength = ((at[rows - 1] ?? 0) - start) / buckets;
  const result: ChartSeries = {
    ...series,
    at: [],
    value: [],
    ...(lowest && { lowest: [] }),
    ...(highest && { highest: [] }),
  };
  const addRow = (row: number, low: number | null | undefined, high: number | null | undefined): void => {
    if ((result.at.at(-1) ?? -Infinity) >= (at[row] ?? 0)) return;
    result.at.push(at[row] ?? 0);
    result.value.push(value[row] ?? null);
    result.lowest?.push(low ?? null);
    result.highest?.push(high ?? null);
  };
  addRow(0, lowest?.[0], highest?.[0]);
  for (let bucket = 0, from = 0; bucket < buckets; bucket++) {
    const bucketEnd = start + bucketLength * (bucket + 1);
    let to = bucket === buckets - 1 ? rows : from;
    while (to < rows && (at[to] ?? Infinity) < bucketEnd) to++;
    const low = lowest && extremeOf(lowest, from, to, Math.min);
    const high = highest && extremeOf(highest, from, to, Math.max);
    for (const row of selectRows(series, from, to)) {
      const isGap = value[row] === null;
      addRow(row, isGap ? null : low, isGap ? null : high);
    }
    from = to;
  }
  addRow(rows - 1, lowest?.[rows - 1], highest?.[rows - 1]);
  return result;
}

/** The rows from `from` to before `to` that represent them, ascending: the lowest, the highest, and the first gap. */
function selectRows({ value }: ChartSeries, from: number, to: number): number[] {
  let low = -1;
  let high = -1;
  let gap = -1;
  for (let row = from; row < to; row++) {
    const current = value[row];
    if (current === null || current === undefined) gap = gap < 0 ? row : gap;
    else {
      if (low < 0 || current < (value[low] ?? Infinity)) low = row;
      if (high < 0 || current > (value[high] ?? -Infinity)) high = row;
    }
  }
  const rows = low < 0 ? [] : low === high ? [low] : [Math.min(low, high), Math.max(low, high)];
  return gap < 0 ? rows : [...rows, gap].sort((a, b) => a - b);
}

/** The minimum or maximum of a column from `from` to before `to`; null if it has no number there. */
function extremeOf(
  column: readonly (number | null)[],
  from: number,
  to: number,
  choose: (a: number, b: number) => number,
): number | null {
  let extreme: number | null = null;
  for (let row = from; row < to; row++) {
    const current = column[row];
    if (current !== null && current !== undefined) extreme = extreme === null ? current : choose(extreme, current);
  }
  return extreme;
}

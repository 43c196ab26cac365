import type { ChartSeries } from '../shared/chartData';

/** Of each bucket the rows of the lowest and highest value and one gap are left. */
const rowsPerBucket = 3;

/** The lowest or highest of a column's stretch, or null. */
function extreme(
  column: readonly (number | null)[],
  from: number,
  to: number,
  choose: (a: number, b: number) => number,
): number | null {
  let found: number | null = null;
  for (let index = from; index < to; index++) {
    const value = column[index];
    if (value !== null && value !== undefined) found = found === null ? value : choose(found, value);
  }
  return found;
}

/** The rows of a stretch that stand for it, in the order of time: its lowest, its highest, its first gap. */
function selectRows({ value }: ChartSeries, from: number, to: number): number[] {
  let low = -1;
  let high = -1;
  let gap = -1;
  for (let index = from; index < to; index++) {
    const each = value[index];
    if (each === null || each === undefined) gap = gap < 0 ? index : gap;
    else {
      if (low < 0 || each < (value[low] ?? Infinity)) low = index;
      if (high < 0 || each > (value[high] ?? -Infinity)) high = index;
    }
  }
  const found = low < 0 ? [] : low === high ? [low] : [Math.min(low, high), Math.max(low, high)];
  return gap < 0 ? found : [...found, gap].sort((a, b) => a - b);
}

/**
 * At most `maxPoints` rows (10 at least) of a series that has more: stretches of equal length in time, each by its lowest and highest row, with the
 * lowest of the lowest and the highest of the highest. Extremes and gaps stay, and so do the first and the last row.
 */
export function decimate(series: ChartSeries, maxPoints: number): ChartSeries {
  const { at, value, lowest, highest } = series;
  const rows = at.length;
  const most = Math.max(10, Math.floor(maxPoints));
  if (rows <= most) return series;
  const first = at[0] ?? 0;
  const buckets = Math.floor((most - 2) / rowsPerBucket);
  const width = ((at[rows - 1] ?? 0) - first) / buckets;
  const result: ChartSeries = {
    ...series,
    at: [],
    value: [],
    ...(lowest && { lowest: [] }),
    ...(highest && { highest: [] }),
  };
  const take = (index: number, low: number | null | undefined, high: number | null | undefined): void => {
    if ((result.at.at(-1) ?? -Infinity) >= (at[index] ?? 0)) return;
    result.at.push(at[index] ?? 0);
    result.value.push(value[index] ?? null);
    result.lowest?.push(low ?? null);
    result.highest?.push(high ?? null);
  };
  take(0, lowest?.[0], highest?.[0]);
  for (let bucket = 0, from = 0; bucket < buckets; bucket++) {
    const end = first + width * (bucket + 1);
    let to = bucket === buckets - 1 ? rows : from;
    while (to < rows && (at[to] ?? Infinity) < end) to++;
    const low = lowest && extreme(lowest, from, to, Math.min);
    const high = highest && extreme(highest, from, to, Math.max);
    for (const index of selectRows(series, from, to))
      take(index, value[index] === null ? null : low, value[index] === null ? null : high);
    from = to;
  }
  take(rows - 1, lowest?.[rows - 1], highest?.[rows - 1]);
  return result;
}

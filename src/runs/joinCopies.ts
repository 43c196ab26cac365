/** Joins what two VS Code windows have of the same run over time: its rollouts and steps, and its series. */
import { firstIndexFrom, newSeries, addPoint, type ChartSeries } from '../shared/chartData';
import type { Rollout } from '../shared/rollout';

/** A span without rows is filled from the other copy if it is this many times as long as rows are usually apart. */
const gapFactor = 4;
/** Shorter spans are no gaps, in ms: a window in the background scrapes once a minute. */
const shortestGapMs = 3 * 60_000;

/** Times of two windows differ by their scrapes, so that only a larger part in common makes two spans the same one. */
function isSameSpan(one: Rollout, other: Rollout): boolean {
  const shared = Math.min(one.to, other.to) - Math.max(one.from, other.from);
  return one.from === other.from || shared > Math.min(one.to - one.from, other.to - other.from) / 2;
}

/** The rollouts with those of the others that are none of them. Those of one kind follow each other. */
function addRollouts(rollouts: readonly Rollout[], others: readonly Rollout[]): Rollout[] {
  const byKind = new Map<Rollout['kind'], { known: Rollout[]; starts: number[] }>();
  for (const kind of ['rollout', 'step'] as const) {
    const known = rollouts.filter((rollout) => rollout.kind === kind);
    byKind.set(kind, { known, starts: known.map(({ from }) => from) });
  }
  const isNew = (rollout: Rollout): boolean => {
    const { known = [], starts = [] } = byKind.get(rollout.kind) ?? {};
    const next = firstIndexFrom(starts, rollout.from);
    return [known[next - 1], known[next]].every((neighbour) => !neighbour || !isSameSpan(neighbour, rollout));
  };
  return [...rollouts, ...others.filter(isNew)].sort((a, b) => a.from - b.from || a.to - b.to);
}

/** The rollouts and steps of two copies, each once: as the copy has it that saw it whole, else as the first one has it. */
export function joinRollouts(own: readonly Rollout[], others: readonly Rollout[]): Rollout[] {
  const isWhole = ({ cut, isOpen }: Rollout): boolean => !cut && !isOpen;
  const isPart = (rollout: Rollout): boolean => !isWhole(rollout);
  return [own.filter(isWhole), others.filter(isWhole), own.filter(isPart), others.filter(isPart)].reduce(
    addRollouts,
    [],
  );
}

/** Identifies a series within a run. */
export const seriesKey = ({ measure, engine }: ChartSeries): string => JSON.stringify([measure, engine?.id]);

/** The series of two copies: the rows of the first, and those of the other before, after and where the first has none for long. */
export function fillSeries(own: readonly ChartSeries[], others: readonly ChartSeries[]): ChartSeries[] {
  const byKey = new Map(others.map((series) => [seriesKey(series), series]));
  const filled = own.map((series) => {
    const key = seriesKey(series);
    const other = byKey.get(key);
    byKey.delete(key);
    return other ? fillGaps(series, other) : series;
  });
  return [...filled, ...byKey.values()];
}

/** The spans in which a series has no value for long: times from, to, both exclusive. */
function gapsOf({ at, value }: ChartSeries): [from: number, to: number][] {
  const times = at.filter((_, row) => value[row] !== null);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return [[-Infinity, Infinity]];
  const longest = Math.max(shortestGapMs, (gapFactor * (last - first)) / Math.max(1, times.length - 1));
  const edges = [-Infinity, ...times, Infinity];
  return edges.flatMap((from, index): [number, number][] => {
    const to = edges[index + 1];
    return to === undefined || to - from <= longest ? [] : [[from, to]];
  });
}

function fillGaps(own: ChartSeries, other: ChartSeries): ChartSeries {
  const rowsOf = (series: ChartSeries, from: number, to: number): number[] => {
    const start = firstIndexFrom(series.at, from);
    return series.at
      .slice(start, firstIndexFrom(series.at, to))
      .flatMap((at, index) => (at > from ? [start + index] : []));
  };
  const gaps = gapsOf(own)
    .map(([from, to]) => ({ from, to, rows: rowsOf(other, from, to) }))
    .filter(({ rows }) => rows.some((row) => other.value[row] !== null));
  if (gaps.length === 0) return own;
  const joined = newSeries(own.measure, own.engine);
  if (own.lowest ?? other.lowest) Object.assign(joined, { lowest: [], highest: [] });
  const add = (series: ChartSeries, rows: readonly number[]): void => {
    for (const row of rows)
      addPoint(joined, {
        at: series.at[row] ?? 0,
        value: series.value[row] ?? null,
        lowest: series.lowest?.[row] ?? undefined,
        highest: series.highest?.[row] ?? undefined,
      });
  };
  let from = -Infinity;
  for (const gap of gaps) {
    // Its own gaps in the rows say nothing where the other copy has values.
    add(own, rowsOf(own, from, gap.from + 1));
    add(other, gap.rows);
    from = gap.to - 1;
  }
  add(own, rowsOf(own, from, Infinity));
  return joined;
}

/** Copies rollouts, measures and bands of a run from its history. */
import { decimate } from '../history/decimate';
import { findReusedNames, markEarlier } from '../history/earlierNames';
import type { History } from '../history/history';
import { catalog, curatedRows } from '../metrics/catalog/index';
import {
  addPoint,
  firstIndexFrom,
  mergeBands,
  newSeries,
  seriesSince,
  type ChartBand,
  type ChartSeries,
} from '../shared/chartData';
import type { Rollout } from '../shared/rollout';
import { runInSlices, type SlicedWork } from '../shared/timeSlice';
import { fillSeries, joinRollouts, seriesKey } from './joinCopies';
import { maskSubject, type RunDocument } from './runDocument';

/** Most rows of a series of all engines together. */
const maxRows = 480;
/** Most rows of a series of one engine, and of all of them. */
const maxEngineRows = 120;
const maxRowsOfEngines = 60_000;
/** Fewer rows would not show the course of a run, so that the engines of a larger run are left out. */
const minEngineRows = 10;
const maxRolloutsOfKind = 2_000;
const maxBands = 2_000;

const measures = catalog.map(({ id }) => id);
const curated = curatedRows.map(({ id }) => id);

/** Six digits are more than any measure is exact to. */
const round = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(6)));

/** The series with rounded numbers, and without a gap before its first value. */
function tidySeries({ measure, engine, at, value, lowest, highest }: ChartSeries): ChartSeries {
  const firstValue = value.findIndex((one) => one !== null);
  const start = firstValue < 0 ? at.length : firstValue;
  const tidy = (column: readonly (number | null)[]): (number | null)[] => column.slice(start).map(round);
  return {
    measure,
    ...(engine && { engine }),
    at: at.slice(start).map(Math.round),
    value: tidy(value),
    ...(lowest && { lowest: tidy(lowest) }),
    ...(highest && { highest: tidy(highest) }),
  };
}

/** The measures of a history between two times (Unix ms), as a run keeps them. */
function* readSeries(history: History, from: number, to: number): SlicedWork<ChartSeries[]> {
  const histories = history.subjectHistories;
  const reusedNames = findReusedNames(histories);
  const engines = histories.filter(({ subject }) => subject && !subject.nonEngine);
  const engineRows = Math.min(maxEngineRows, Math.floor(maxRowsOfEngines / (engines.length * curated.length)));
  const result: ChartSeries[] = [];
  for (const [subjects, ids, rows] of [
    [[history.aggregate], measures, maxRows],
    [engineRows < minEngineRows ? [] : engines, curated, engineRows],
  ] as const)
    for (const subject of subjects)
      for (const id of ids) {
        const series = subject.read(id, from, to);
        const tidy = series && tidySeries(decimate(markEarlier(series, reusedNames), rows));
        if (tidy && tidy.at.length > 0) result.push(maskSubject(tidy));
        yield;
      }
  return result;
}

/** As many bands as a run keeps: the newest. */
export const limitBands = (bands: readonly ChartBand[]): ChartBand[] => bands.slice(-maxBands);

/** The series with as many rows as a run keeps of it. */
export const limitSeries = (series: ChartSeries): ChartSeries =>
  decimate(series, series.engine ? maxEngineRows : maxRows);

/** The kept series with those that the history has now, which replace the kept rows of the same time. */
export function mergeSeries(kept: readonly ChartSeries[], read: readonly ChartSeries[]): ChartSeries[] {
  const keptByKey = new Map(kept.map((series) => [seriesKey(series), series]));
  const merged = read.map((series) => {
    const key = seriesKey(series);
    const older = keptByKey.get(key);
    keptByKey.delete(key);
    const start = series.at[0] ?? Infinity;
    if (!older || (older.at[0] ?? Infinity) >= start) return series;
    return limitSeries(joinSeries(older, series, start));
  });
  return [...merged, ...keptByKey.values()];
}

/** The rows of the older series before `start`, then all of the newer one. */
function joinSeries(older: ChartSeries, newer: ChartSeries, start: number): ChartSeries {
  const hasSpread = [older, newer].some(({ lowest }) => lowest !== undefined);
  const joined = newSeries(newer.measure, newer.engine);
  if (hasSpread) Object.assign(joined, { lowest: [], highest: [] });
  const count = firstIndexFrom(older.at, start);
  for (const [series, length] of [
    [older, count],
    [newer, newer.at.length],
  ] as const)
    for (let row = 0; row < length; row++)
      addPoint(joined, {
        at: series.at[row] ?? 0,
        value: series.value[row] ?? null,
        lowest: series.lowest?.[row] ?? undefined,
        highest: series.highest?.[row] ?? undefined,
      });
  return joined;
}

/**
 * The kept rollouts with those that were found now. What was found counts from its beginning on; a kept one that reaches
 * into it was seen better, if the new one's beginning was not seen.
 */
export function mergeRollouts(kept: readonly Rollout[], found: readonly Rollout[]): Rollout[] {
  const merged = (['rollout', 'step'] as const).flatMap((kind) => {
    const newer = found.filter((rollout) => rollout.kind === kind);
    const first = newer[0]?.from ?? Infinity;
    const older = kept.filter((rollout) => rollout.kind === kind && rollout.from < first);
    const last = older.at(-1);
    const overlaps = last !== undefined && last.to > first;
    return [...older, ...(overlaps ? newer.slice(1) : newer)];
  });
  return merged.sort((a, b) => a.from - b.from || a.to - b.to);
}

/** As many rollouts and steps as a run keeps: the newest of each. */
export const limitRollouts = (rollouts: readonly Rollout[]): Rollout[] => {
  const left = { rollout: maxRolloutsOfKind, step: maxRolloutsOfKind };
  return rollouts
    .toReversed()
    .filter(({ kind }) => left[kind]-- > 0)
    .toReversed();
};

/** The mean of each measure of all engines together over the time of each rollout, by the rollout's id. */
export function meansOf(rollouts: readonly Rollout[], history: History): RunDocument['means'] {
  if (rollouts.length === 0) return {};
  const from = Math.min(...rollouts.map((rollout) => rollout.from));
  const to = Math.max(...rollouts.map((rollout) => rollout.to));
  const { series } = history.query({ measures, engines: 'aggregate', from, to });
  return Object.fromEntries(
    rollouts.map((rollout) => [
      rollout.id,
      Object.fromEntries(
        series.flatMap((one) => {
          const mean = meanBetween(one, rollout.from, rollout.to);
          return mean === undefined ? [] : [[one.measure, mean]];
        }),
      ),
    ]),
  );
}

/** The mean of the rows after one time and up to another; undefined if there is none. */
function meanBetween({ at, value }: ChartSeries, from: number, to: number): number | undefined {
  let [sum, count] = [0, 0];
  const end = firstIndexFrom(at, to + 1);
  for (let row = firstIndexFrom(at, from + 1); row < end; row++) {
    const number = value[row];
    if (number === null || number === undefined) continue;
    sum += number;
    count += 1;
  }
  return count === 0 ? undefined : Number((sum / count).toPrecision(6));
}

/** Whether a rollout or step counts as one that has ended. */
export const isEnded = ({ isOpen }: Rollout): boolean => !isOpen;

/**
 * The run with the rollouts that were found in its history, and the means of those that have ended. `isShared`: another
 * VS Code window writes the run, too, and may have seen what this one has not.
 */
export function withRollouts(
  document: RunDocument,
  found: readonly Rollout[],
  history: History,
  isShared: boolean,
): RunDocument {
  // If the clock went back, what was kept of the time after it is no longer true.
  const kept = document.rollouts.filter(({ from }) => from <= document.run.to);
  const rollouts = limitRollouts(isShared ? joinRollouts(found, kept) : mergeRollouts(kept, found));
  const hasEnded = rollouts.filter(isEnded);
  const foundIds = new Set(found.map(({ id }) => id));
  const added = meansOf(
    hasEnded.filter(({ id }) => document.means[id] === undefined && foundIds.has(id)),
    history,
  );
  const means = Object.fromEntries(
    hasEnded.flatMap(({ id }) => {
      const mean = document.means[id] ?? added[id];
      return mean ? [[id, mean]] : [];
    }),
  );
  const count = (kind: Rollout['kind']): number => hasEnded.filter((rollout) => rollout.kind === kind).length;
  return { ...document, rollouts, means, run: { ...document.run, rollouts: count('rollout'), steps: count('step') } };
}

/**
 * The run with its measures and bands of a history since a time (Unix ms), where it may begin earlier than was seen.
 * `isShared` as for `withRollouts`.
 */
export async function withHistory(
  document: RunDocument,
  history: History,
  since: number,
  isShared: boolean,
): Promise<RunDocument> {
  // The history may already have the first scrape of the run after it.
  const { to } = document.run;
  const read = await runInSlices(readSeries(history, since, to));
  const first = Math.min(...read.map(({ at }) => at[0] ?? Infinity));
  const bands = history.bandHistory.bandsBetween(since, to).map(maskSubject);
  return {
    ...document,
    run: { ...document.run, from: Math.min(document.run.from, Math.max(first, since)) },
    series: isShared ? fillSeries(read, document.series).map(limitSeries) : mergeSeries(document.series, read),
    bands: limitBands(mergeBands(document.bands, bands)),
  };
}

/** The run without what began at a time (Unix ms) or later, because another run began then. */
export function endBefore(document: RunDocument, time: number): RunDocument {
  const { run } = document;
  if (run.to < time) return document;
  const rollouts = document.rollouts.filter(({ from }) => from < time);
  const count = (kind: Rollout['kind']): number =>
    rollouts.filter((rollout) => rollout.kind === kind && !rollout.isOpen).length;
  return {
    ...document,
    run: { ...run, to: Math.max(run.from, time - 1), rollouts: count('rollout'), steps: count('step') },
    rollouts,
    series: document.series.flatMap((series) => cutSeries(series, time)),
    bands: document.bands.filter(({ from }) => from < time),
  };
}

function cutSeries(series: ChartSeries, time: number): ChartSeries[] {
  const length = firstIndexFrom(series.at, time);
  const copy = seriesSince(series, -Infinity);
  for (const column of [copy.at, copy.value, copy.lowest, copy.highest]) if (column) column.length = length;
  return length === 0 ? [] : [copy];
}

/** A measuring window from the answers of two scrapes, and its report. */
import type { Snapshot } from '../api';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { SeriesIndexes } from '../metrics/seriesIndex';
import { TargetReader, type TargetReading } from '../metrics/targetReader';
import { measureWindow, newMeasuringWindow, resumeMeasuringWindow, type MeasuringWindow } from './measuringWindow';
import { absentReason, measuringWindowKeys } from './measuringWindowKeys';
import { engineNotes, failuresOf, targetNotes } from './measuringWindowNotes';
import type { MetricsResponse } from './snapshotSource';

/** A scrape that a measuring window starts or stops with. */
export interface MeasuringWindowScrape {
  snapshot: Pick<Snapshot, 'at' | 'engines'>;
  answers: readonly MetricsResponse[];
  /** Tells the run from others. */
  runId: string;
}

/** An open measuring window with what its stop needs. */
export interface OpenMeasuringWindow {
  readonly window: MeasuringWindow;
  /** Knows the series of the start, so that those of the stop are the same ones. */
  readonly readings: TargetReader;
  /** By target URL, why it did not answer at the start. */
  readonly failures: ReadonlyMap<string, string>;
  readonly runId: string;
}

/** What was measured between the start and the stop. */
export interface MeasuringWindowReport {
  /** The time of the first scrape, Unix ms. */
  from: number;
  /** The time of the second scrape, Unix ms. */
  to: number;
  /** Seconds that were not paused, which throughput is over. */
  seconds: number;
  secondsInAll: number;
  /** By SkyRL's keys (`vllm/…`), in SkyRL's units. */
  values: Record<string, number>;
  /** By key, why it has no value. */
  absent: Record<string, string>;
  /** What a person should know about these values. */
  notes: string[];
}

function readAll(reader: TargetReader, answers: readonly MetricsResponse[]): Map<string, TargetReading> {
  return new Map(
    answers.flatMap(({ target: { url }, at, result }) =>
      result ? [[url, reader.read(url, at, result)] as const] : [],
    ),
  );
}

const hasEngines = (readings: ReadonlyMap<string, TargetReading>): boolean =>
  [...readings.values()].some(({ engines }) => engines.size > 0);

/** Starts a measuring window with a scrape; undefined if no engine answered. */
export function startMeasuringWindow(
  { snapshot, answers, runId }: MeasuringWindowScrape,
  catalogIndex: CatalogIndex,
): OpenMeasuringWindow | undefined {
  const reader = new TargetReader(new SeriesIndexes(catalogIndex));
  const readings = readAll(reader, answers);
  if (!hasEngines(readings)) return undefined;
  for (const { engines } of readings.values())
    for (const { seriesIndex, values } of engines.values()) seriesIndex.markSeen(values);
  return {
    window: newMeasuringWindow(readings, snapshot.at),
    readings: reader,
    failures: failuresOf(answers),
    runId,
  };
}

/** Stops a measuring window with a scrape; undefined if no engine answered, and then it is still open. */
export function stopMeasuringWindow(
  { window: measuringWindow, readings: reader, failures, runId }: OpenMeasuringWindow,
  scrape: MeasuringWindowScrape,
): MeasuringWindowReport | undefined {
  const { snapshot, answers } = scrape;
  const readings = readAll(reader, answers);
  if (!hasEngines(readings)) return undefined;
  const { from, readingsAtStart } = measuringWindow;
  const to = snapshot.at;
  const { values, seconds } = measureWindow(reader.seriesIndexes.catalogIndex.skyrl, measuringWindow, readings, to);
  const absentKeys = measuringWindowKeys.filter((key) => values[key] === undefined);
  return {
    from,
    to,
    seconds,
    secondsInAll: Math.max(0, (to - from) / 1000),
    values,
    absent: Object.fromEntries(absentKeys.map((key) => [key, absentReason(key, seconds)])),
    notes: [
      ...(runId === scrape.runId
        ? []
        : [
            'The Ray session or the servers are others than at the start: what was counted before they began is not in.',
          ]),
      ...targetNotes(failures, readingsAtStart, answers),
      ...engineNotes(readingsAtStart, readings, snapshot.engines),
    ],
  };
}

/** How long a measuring window has been open at `now` (Unix ms), without its pauses, in ms. */
export function unpausedMs({ window: measuringWindow }: OpenMeasuringWindow, now: number): number {
  const { from, pausedMs } = resumeMeasuringWindow(measuringWindow, now);
  return Math.max(0, now - from - pausedMs);
}

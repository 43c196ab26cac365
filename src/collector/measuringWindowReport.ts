/** An explicit window from the answers of two scrapes: what it begins with, and what there is to say at its end. */
import type { Snapshot } from '../api';
import { counterDelta } from '../metrics/counterDelta';
import { resumeMeasuringWindow, newMeasuringWindow, measureWindow, type MeasuringWindow } from './measuringWindow';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { SeriesIndexes } from '../metrics/seriesIndex';
import { TargetReader, type TargetReading } from '../metrics/targetReader';
import type { MetricsResponse } from './snapshotSource';

/** One scrape, as a window takes it in. */
export interface MeasuringWindowScrape {
  snapshot: Pick<Snapshot, 'at' | 'engines'>;
  answers: readonly MetricsResponse[];
  /** What tells the run from others. */
  runId: string;
}

/** A window that is open. */
export interface OpenMeasuringWindow {
  readonly window: MeasuringWindow;
  /** Knows the series of the start, so that those of the end are the same ones. */
  readonly readings: TargetReader;
  /** Why a target did not answer at the start, by its URL. */
  readonly failures: ReadonlyMap<string, string>;
  readonly runId: string;
}

/** What a window was, when it is closed. */
export interface MeasuringWindowReport {
  /** Unix ms: of the two scrapes. */
  from: number;
  to: number;
  /** Seconds that were not paused: what throughput is over. */
  seconds: number;
  secondsInAll: number;
  /** By SkyRL's keys (`vllm/…`), in SkyRL's units. */
  values: Record<string, number>;
  /** By key, why it is not there. */
  absent: Record<string, string>;
  /** What a person should know of these values. */
  notes: string[];
}

const atTheStop = 'no engine said it at the stop; on Ray an engine without work has no gauges.';
const drafts = 'nothing was drafted in the window: these engines may not decode speculatively.';

/** SkyRL's keys with their units, and why one may be absent. */
const keys: Record<string, { unit: string; absent: string }> = {
  'vllm/num_requests_running': { unit: 'requests, of all engines, at the stop', absent: atTheStop },
  'vllm/num_requests_waiting': { unit: 'requests, of all engines, at the stop', absent: atTheStop },
  'vllm/kv_cache_usage_perc': { unit: 'fraction, mean of the engines, at the stop', absent: atTheStop },
  'vllm/generation_throughput_tok_s': {
    unit: 'tokens per second that was not paused',
    absent: 'no engine had counted output tokens at the start.',
  },
  'vllm/prompt_throughput_tok_s': {
    unit: 'tokens per second that was not paused',
    absent: 'no engine had counted prompt tokens at the start.',
  },
  'vllm/prefix_cache_hit_rate': { unit: 'fraction', absent: 'the prefix cache was not asked in the window.' },
  'vllm/ttft_seconds_avg': { unit: 'seconds', absent: 'no request got its first token in the window.' },
  'vllm/tpot_seconds_avg': { unit: 'seconds', absent: 'no request got a further token in the window.' },
  'vllm/draft_num_draft_tokens': { unit: 'tokens', absent: drafts },
  'vllm/draft_num_accepted_tokens': { unit: 'tokens', absent: drafts },
  'vllm/draft_acceptance_rate': { unit: 'fraction', absent: drafts },
  'vllm/draft_mean_acceptance_length': { unit: 'tokens a draft', absent: drafts },
};

/** The keys of a window but for positions. */
export const measuringWindowKeys: readonly string[] = Object.keys(keys);

/** The unit of one of SkyRL's keys, in words. */
export const measuringWindowUnit = (key: string): string => keys[key]?.unit ?? 'fraction';

const paused = 'the window was paused throughout.';
const isRate = (key: string): boolean => key.endsWith('_tok_s');

function readAll(readings: TargetReader, answers: readonly MetricsResponse[]): Map<string, TargetReading> {
  return new Map(
    answers.flatMap(({ target: { url }, at, result }) =>
      result ? [[url, readings.read(url, at, result)] as const] : [],
    ),
  );
}

const failuresOf = (answers: readonly MetricsResponse[]): Map<string, string> =>
  new Map(answers.flatMap(({ target: { url }, error }) => (error ? [[url, error.message] as const] : [])));

const hasEngines = (read: ReadonlyMap<string, TargetReading>): boolean =>
  [...read.values()].some(({ engines }) => engines.size > 0);

/** Opens a window with what was scraped; undefined where no engine answered. */
export function startMeasuringWindow(
  { snapshot, answers, runId }: MeasuringWindowScrape,
  catalogIndex: CatalogIndex,
): OpenMeasuringWindow | undefined {
  const readings = new TargetReader(new SeriesIndexes(catalogIndex));
  const before = readAll(readings, answers);
  if (!hasEngines(before)) return undefined;
  for (const { engines } of before.values())
    for (const { seriesIndex, values } of engines.values()) seriesIndex.markSeen(values);
  return { window: newMeasuringWindow(before, snapshot.at), readings, failures: failuresOf(answers), runId };
}

/** Closes it with what was scraped last; undefined where no engine answered: it is as open as before. */
export function stopMeasuringWindow(
  { window, readings, failures, runId }: OpenMeasuringWindow,
  scrape: MeasuringWindowScrape,
): MeasuringWindowReport | undefined {
  const {
    snapshot: { at: to },
    answers,
  } = scrape;
  const now = readAll(readings, answers);
  if (!hasEngines(now)) return undefined;
  const { values, seconds } = measureWindow(readings.seriesIndexes.catalogIndex.skyrl, window, now, to);
  const absent = measuringWindowKeys
    .filter((key) => values[key] === undefined)
    .map((key) => [key, isRate(key) && seconds === 0 ? paused : (keys[key]?.absent ?? '')] as const);
  return {
    from: window.from,
    to,
    seconds,
    secondsInAll: Math.max(0, (to - window.from) / 1000),
    values,
    absent: Object.fromEntries(absent),
    notes: [
      ...(runId === scrape.runId
        ? []
        : [
            'The Ray session or the servers are others than at the start: what was counted before they began is not in.',
          ]),
      ...[...failures].map(
        ([url, error]) => `${url} did not answer at the start (${error}): what its engines counted is not in.`,
      ),
      ...[...failuresOf(answers)].map(
        ([url, error]) =>
          `${url} did not answer at the stop (${error}): what its engines counted is not in, and their gauges are not.`,
      ),
      ...unlisted(window, scrape),
      ...engineNotes(window, now, scrape),
    ],
  };
}

function unlisted({ readingsAtStart }: MeasuringWindow, { answers }: MeasuringWindowScrape): string[] {
  const listed = new Set(answers.map(({ target }) => target.url));
  return [...readingsAtStart.keys()]
    .filter((url) => !listed.has(url))
    .map((url) => `${url} is not a target any more: what its engines counted is not in.`);
}

/** Engines that began anew, came or went meanwhile: where SkyRL’s own sums of sums would be wrong. */
function engineNotes(
  { readingsAtStart }: MeasuringWindow,
  now: ReadonlyMap<string, TargetReading>,
  { snapshot: { engines } }: MeasuringWindowScrape,
): string[] {
  const nameOf = (key: string): string => engines.find(({ id }) => id === key)?.name ?? key;
  const found: Record<'reset' | 'came' | 'went', string[]> = { reset: [], came: [], went: [] };
  for (const [url, { engines: there }] of now) {
    const earlier = readingsAtStart.get(url)?.engines;
    if (!earlier) continue;
    for (const [key, { seriesIndex, values }] of there) {
      const known = earlier.get(key);
      if (!known) found.came.push(nameOf(key));
      else if (counterDelta(seriesIndex, known.values, values, true).reset) found.reset.push(nameOf(key));
    }
    for (const key of earlier.keys()) if (!there.has(key)) found.went.push(nameOf(key));
  }
  return [
    ...(found.reset.length > 0
      ? [
          `Began anew in the window, and is left out: ${found.reset.join(', ')}. SkyRL would leave the key out, or count less.`,
        ]
      : []),
    ...(found.came.length > 0
      ? [`Came in the window, and is counted from its beginning: ${found.came.join(', ')}.`]
      : []),
    ...(found.went.length > 0
      ? [`Is not there any more, and what it counted is not in: ${found.went.join(', ')}.`]
      : []),
  ];
}

/** How long a window has been open without its pauses, in ms. */
export function unpausedMs({ window }: OpenMeasuringWindow, now: number): number {
  const { from, pausedMs } = resumeMeasuringWindow(window, now);
  return Math.max(0, now - from - pausedMs);
}

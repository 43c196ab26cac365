/**
 * What a person should know about the values of a measuring window: targets and engines that were not there all the
 * time.
 */
import type { Engine } from '../api';
import { counterDelta } from '../metrics/counterDelta';
import { isOtherProcess } from '../metrics/processIdentity';
import type { TargetReading } from '../metrics/targetReader';
import type { MetricsResponse } from './snapshotSource';

/** By target URL. */
type ReadingsByUrl = ReadonlyMap<string, TargetReading>;

/** By target URL, why it did not answer. */
export const failuresOf = (answers: readonly MetricsResponse[]): Map<string, string> =>
  new Map(answers.flatMap(({ target: { url }, error }) => (error ? [[url, error.message] as const] : [])));

/** Targets that failed at the start or at the stop, or are no longer listed. */
export function targetNotes(
  failuresAtStart: ReadonlyMap<string, string>,
  readingsAtStart: ReadingsByUrl,
  answersAtStop: readonly MetricsResponse[],
): string[] {
  const listedUrls = new Set(answersAtStop.map(({ target }) => target.url));
  return [
    ...[...failuresAtStart].map(
      ([url, error]) => `${url} did not answer at the start (${error}): what its engines counted is not in.`,
    ),
    ...[...failuresOf(answersAtStop)].map(
      ([url, error]) =>
        `${url} did not answer at the stop (${error}): what its engines counted is not in, and their gauges are not.`,
    ),
    ...[...readingsAtStart.keys()]
      .filter((url) => !listedUrls.has(url))
      .map((url) => `${url} is not a target any more: what its engines counted is not in.`),
  ];
}

/** Engines that restarted, appeared or disappeared in between: there SkyRL's differences of sums would be wrong. */
export function engineNotes(
  readingsAtStart: ReadingsByUrl,
  readingsAtStop: ReadingsByUrl,
  engines: readonly Engine[],
): string[] {
  const { restarted, recounted, appeared, disappeared } = compareEngines(readingsAtStart, readingsAtStop);
  const namesOf = (keys: readonly string[]): string =>
    keys.map((key) => engines.find(({ id }) => id === key)?.name ?? key).join(', ');
  return [
    ...(restarted.length > 0
      ? [
          `Restarted in the window, and is left out: ${namesOf(restarted)}. SkyRL would leave the key out, or count less.`,
        ]
      : []),
    ...(recounted.length > 0
      ? [`Ray’s metrics agent restarted in the window, and its engines are left out: ${namesOf(recounted)}.`]
      : []),
    ...(appeared.length > 0 ? [`Came in the window, and is counted from its beginning: ${namesOf(appeared)}.`] : []),
    ...(disappeared.length > 0
      ? [`Is not there any more, and what it counted is not in: ${namesOf(disappeared)}.`]
      : []),
  ];
}

/** Keys of engines, by what happened to them; only on targets that answered both times. */
function compareEngines(
  readingsAtStart: ReadingsByUrl,
  readingsAtStop: ReadingsByUrl,
): Record<'restarted' | 'recounted' | 'appeared' | 'disappeared', string[]> {
  const changes = {
    restarted: [] as string[],
    recounted: [] as string[],
    appeared: [] as string[],
    disappeared: [] as string[],
  };
  for (const [url, reading] of readingsAtStop) {
    const { engines } = reading;
    const readingAtStart = readingsAtStart.get(url);
    if (!readingAtStart) continue;
    const enginesAtStart = readingAtStart.engines;
    const isOther = isOtherProcess(reading, readingAtStart);
    for (const [key, { meta, seriesIndex, values }] of engines) {
      const atStart = enginesAtStart.get(key);
      if (!atStart) changes.appeared.push(key);
      else if (isOther) (meta.workerId === undefined ? changes.restarted : changes.recounted).push(key);
      else if (counterDelta(seriesIndex, atStart.values, values, true).reset) changes.restarted.push(key);
    }
    for (const key of enginesAtStart.keys()) if (!engines.has(key)) changes.disappeared.push(key);
  }
  return changes;
}

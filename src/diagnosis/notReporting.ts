/** Engines that live but of which nothing new is known. */
import type { Engine, Snapshot } from '../api';
import { hostOf } from '../http/hostNames';
import { isLiving } from '../metrics/engineState';
import { gaugeStaleAfterMs } from '../metrics/gaugeValues';

/** Tells which engines' targets failed in a snapshot. */
export function failedTargetOf({ targets }: Pick<Snapshot, 'targets'>): (engine: Engine) => boolean {
  const urls = targets.filter(({ state }) => state === 'failed').map(({ url }) => url);
  const hosts = new Set(urls.flatMap((url) => hostOf(url) ?? []));
  return ({ id, node }) => hosts.has(node) || urls.some((url) => id.startsWith(`${url} `));
}

/** How old the newest measure of an engine is, in ms; undefined if it has none. */
export function readingAge({ measures }: Engine, { at }: Pick<Snapshot, 'at'>): number | undefined {
  let newest = -Infinity;
  for (const id in measures) newest = Math.max(newest, measures[id]?.to ?? -Infinity);
  return newest === -Infinity ? undefined : at - newest;
}

/** The living engines that are silent, or whose target fails and of which nothing is known that is younger than 20 s. */
export function enginesNotReporting(snapshot: Pick<Snapshot, 'at' | 'engines' | 'targets'>): Engine[] {
  const hasFailed = failedTargetOf(snapshot);
  return snapshot.engines.filter(
    (engine) =>
      isLiving(engine) &&
      engine.state !== 'starting' &&
      (engine.state === 'silent' ||
        (hasFailed(engine) && (readingAge(engine, snapshot) ?? Infinity) >= gaugeStaleAfterMs)),
  );
}

/** When a generation record starts and stops without a command. */
import type { Engine, Snapshot } from '../api';
import { isLiving } from '../metrics/engineState';
import { reportIntervalMs } from '../metrics/reportInterval';

/** `skyrl.record.automatic`. */
export type AutomaticMode = 'off' | 'work' | 'phases';

/** SkyRL's training phases in which the trainer waits for generation. */
export const generationPhases: ReadonlySet<string> = new Set(['wait_for_generation_buffer', 'eval']);

/** Two reports without work: the first one may describe the moment before. */
const quietForMs = 2 * reportIntervalMs;

function unfinishedRequestCount({ measures }: Engine): number {
  return (measures['num_requests_running']?.value ?? 0) + (measures['num_requests_waiting']?.value ?? 0);
}

/**
 * When a living engine last had work, Unix ms: the snapshot's time if a gauge says so now, else when its counters last
 * changed. Undefined if never.
 */
export function lastWorkedAt({ engines, at }: Snapshot): number | undefined {
  const times = engines
    .filter(isLiving)
    .flatMap((engine) => (unfinishedRequestCount(engine) > 0 ? [at] : (engine.movedAt ?? [])));
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Whether an engine is working now. */
export const isWorking = (snapshot: Snapshot): boolean => snapshot.engines.some(({ state }) => state === 'active');

/** Whether no engine has had work for two report intervals. */
export function isQuiet(snapshot: Snapshot): boolean {
  const last = lastWorkedAt(snapshot);
  return last === undefined || snapshot.at - last >= quietForMs;
}

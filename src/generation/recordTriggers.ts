/** When a record begins and ends by itself. */
import type { Engine, Snapshot } from '../api';
import { isLiving } from '../metrics/engineState';
import { reportIntervalMs } from '../metrics/rateWindows';

/** `skyrl.record.automatic`. */
export type AutomaticMode = 'off' | 'work' | 'phases';

/** SkyRL's phases in which the trainer waits for generation. */
export const generationPhases: ReadonlySet<string> = new Set(['wait_for_generation_buffer', 'eval']);

/** Two reports without work: the first may still be about the moment before. */
export const quietForMs = 2 * reportIntervalMs;

function requests({ measures }: Engine): number {
  return (measures['num_requests_running']?.value ?? 0) + (measures['num_requests_waiting']?.value ?? 0);
}

/** When an engine last had work, by this snapshot: now where a gauge says so, else when its counters last moved. Unix ms; undefined: never seen. */
export function lastWorkedAt({ engines, at }: Snapshot): number | undefined {
  const times = engines.filter(isLiving).flatMap((engine) => (requests(engine) > 0 ? [at] : (engine.movedAt ?? [])));
  return times.length === 0 ? undefined : Math.max(...times);
}

/** Whether some engine works now. */
export const isWorking = (snapshot: Snapshot): boolean => snapshot.engines.some(({ state }) => state === 'active');

/** Whether all engines have been without work for two report intervals: gauges 0 or gone, counters still. */
export function isQuiet(snapshot: Snapshot): boolean {
  const last = lastWorkedAt(snapshot);
  return last === undefined || snapshot.at - last >= quietForMs;
}

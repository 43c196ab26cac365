/**
 * A window that somebody opens and closes, as SkyRL's sync trainer has it around its generation (`vllm/train/*`): what
 * counts moved from start to stop; throughput is over the time that was not paused; gauges are those of the stop.
 */
import type { TargetReading } from '../metrics/targetReader';
import type { SkyrlIndex } from '../metrics/skyrlFormulas';
import { skyrlValues } from '../metrics/skyrlValues';

/** By target URL. */
type ReadingsByUrl = ReadonlyMap<string, TargetReading>;

/** An open window. Times are Unix ms. */
export interface MeasuringWindow {
  readonly from: number;
  readonly readingsAtStart: ReadingsByUrl;
  /** How long it was paused in whole, but for a pause that goes on. */
  readonly pausedMs: number;
  readonly pausedAt?: number;
}

export const newMeasuringWindow = (before: ReadingsByUrl, from: number): MeasuringWindow => ({
  from,
  readingsAtStart: before,
  pausedMs: 0,
});

/** A pause within a pause is the same pause. */
export const pauseMeasuringWindow = (window: MeasuringWindow, at: number): MeasuringWindow =>
  window.pausedAt === undefined ? { ...window, pausedAt: at } : window;

/** Going on without a pause changes nothing. */
export function resumeMeasuringWindow({ pausedAt, ...window }: MeasuringWindow, at: number): MeasuringWindow {
  return pausedAt === undefined ? window : { ...window, pausedMs: window.pausedMs + Math.max(0, at - pausedAt) };
}

/**
 * SkyRL's keys and values of the window, and its seconds that were not paused. Rates are absent where it was paused
 * throughout.
 */
export function measureWindow(
  index: SkyrlIndex,
  window: MeasuringWindow,
  now: ReadingsByUrl,
  at: number,
): { values: Record<string, number>; seconds: number } {
  const { from, readingsAtStart, pausedMs } = resumeMeasuringWindow(window, at);
  const seconds = Math.max(0, (at - from - pausedMs) / 1000);
  const pairs = [...now.values()].map((reading) => ({ current: reading, previous: readingsAtStart.get(reading.url) }));
  const values = skyrlValues(index, pairs, seconds > 0 ? seconds : NaN);
  return { values: Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value))), seconds };
}

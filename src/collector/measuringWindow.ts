/**
 * A measuring window, which is started and stopped by hand, as SkyRL's synchronous trainer does around its generation
 * (`vllm/train/*`): counters count from start to stop, throughput is over the time that was not paused, and gauges are
 * those of the stop.
 */
import type { SkyrlIndex } from '../metrics/skyrlFormulas';
import { skyrlValues } from '../metrics/skyrlValues';
import { isOtherProcess } from '../metrics/processIdentity';
import type { TargetReading } from '../metrics/targetReader';

/** By target URL. */
type ReadingsByUrl = ReadonlyMap<string, TargetReading>;

/** An open measuring window. Times are Unix ms. */
export interface MeasuringWindow {
  readonly from: number;
  readonly readingsAtStart: ReadingsByUrl;
  /** The length of all pauses that have ended, in ms. */
  readonly pausedMs: number;
  /** When the present pause began; absent if there is none. */
  readonly pausedAt?: number;
}

/** An open measuring window without a pause. `from`: Unix ms. */
export const newMeasuringWindow = (readingsAtStart: ReadingsByUrl, from: number): MeasuringWindow => ({
  from,
  readingsAtStart,
  pausedMs: 0,
});

/** Begins a pause at `at` (Unix ms); during a pause nothing changes. */
export const pauseMeasuringWindow = (measuringWindow: MeasuringWindow, at: number): MeasuringWindow =>
  measuringWindow.pausedAt === undefined ? { ...measuringWindow, pausedAt: at } : measuringWindow;

/** Ends the pause at `at` (Unix ms); without a pause nothing changes. */
export function resumeMeasuringWindow({ pausedAt, ...rest }: MeasuringWindow, at: number): MeasuringWindow {
  return pausedAt === undefined ? rest : { ...rest, pausedMs: rest.pausedMs + Math.max(0, at - pausedAt) };
}

/** Moves the times of a window by `ms`, because the machine's clock was set. */
export const moveMeasuringWindow = (measuringWindow: MeasuringWindow, ms: number): MeasuringWindow => ({
  ...measuringWindow,
  from: measuringWindow.from + ms,
  ...(measuringWindow.pausedAt !== undefined && { pausedAt: measuringWindow.pausedAt + ms }),
  readingsAtStart: new Map(
    [...measuringWindow.readingsAtStart].map(([url, reading]) => [url, { ...reading, at: reading.at + ms }]),
  ),
});

/**
 * SkyRL's keys and values between the start and `readings`, and the seconds that were not paused until `at` (Unix ms).
 * Rates are absent if it was paused all the time.
 */
export function measureWindow(
  index: SkyrlIndex,
  measuringWindow: MeasuringWindow,
  readings: ReadingsByUrl,
  at: number,
): { values: Record<string, number>; seconds: number } {
  const { from, readingsAtStart, pausedMs } = resumeMeasuringWindow(measuringWindow, at);
  const seconds = Math.max(0, (at - from - pausedMs) / 1000);
  const pairs = [...readings.values()].map((current) => {
    const previous = readingsAtStart.get(current.url);
    return { current, previous: previous && isOtherProcess(current, previous) ? undefined : previous };
  });
  const values = skyrlValues(index, pairs, seconds > 0 ? seconds : NaN);
  return { values: Object.fromEntries(Object.entries(values).filter(([, value]) => Number.isFinite(value))), seconds };
}

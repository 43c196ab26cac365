/** Counters that are missing from answers for a while: whether they began anew meanwhile. */
import { hasFallen } from './counterDelta';
import type { SeriesIndex } from './seriesIndex';

/** By slot, the last value of each counter that is missing now. */
export type CounterGaps = Map<number, number>;

/** Notes the counters that have a value in `before` and none in `now`, both by slot. */
export function noteGaps(
  gaps: CounterGaps,
  { counters }: SeriesIndex,
  before: Float64Array | undefined,
  now: Float64Array,
): void {
  for (const slot of counters) {
    const [earlier = NaN, value = NaN] = [before?.[slot], now[slot]];
    if (!Number.isNaN(earlier) && Number.isNaN(value)) gaps.set(slot, earlier);
  }
}

/**
 * Whether most of the counters that came back are lower than when they were last there, as after a restart of Ray's
 * agent while the engine did nothing. Forgets those that came back.
 */
export function endGaps(gaps: CounterGaps, now: Float64Array): boolean {
  let [fell, rose] = [0, 0];
  for (const [slot, earlier] of gaps) {
    const value = now[slot] ?? NaN;
    if (Number.isNaN(value)) continue;
    gaps.delete(slot);
    if (!(earlier > 0)) continue;
    if (hasFallen(earlier, value)) fell += 1;
    else rose += 1;
  }
  return fell > rose;
}

/** What moved between two readings of one subject: each series' own pair of samples, never a sum of sums. */
import type { SeriesIndex } from './seriesIndex';

/** Ray ≤ 2.51 sums counters in floats: `7441.999999999998` after `7442` is the same count, not a restart. */
const roundingTolerance = 1e-9;

export interface CounterDelta {
  /** A counter fell: the engine began anew, and nothing here can be trusted as a difference. */
  reset: boolean;
  moved: boolean;
  /** By place; NaN where there is no pair of samples, everywhere after a reset. */
  deltas: Float64Array;
}

const nothing = new Float64Array(0);

/**
 * `before`: the values then. `absenceSeen`: the target did answer then, so that a series never met before counts from 0; one that comes
 * back only continues.
 */
export function counterDelta(
  layout: SeriesIndex,
  before: Float64Array | undefined,
  now: Float64Array,
  absenceSeen: boolean,
): CounterDelta {
  const deltas = new Float64Array(now.length).fill(NaN);
  let moved = false;
  for (const place of layout.counters) {
    const value = now[place];
    if (value === undefined || Number.isNaN(value)) continue;
    let earlier = before?.[place] ?? NaN;
    if (Number.isNaN(earlier)) {
      if (!absenceSeen || layout.wasSeen(place)) continue;
      earlier = 0;
    }
    const delta = value - earlier;
    const slack = roundingTolerance * Math.max(1, Math.abs(earlier));
    if (delta < -slack) return { reset: true, moved: true, deltas: nothing };
    if (delta > slack) moved = true;
    deltas[place] = Math.abs(delta) <= slack ? 0 : delta;
  }
  return { reset: false, moved, deltas };
}

/** The sum of what stands at these places; undefined where nothing does. */
export function sumSlots(values: Float64Array, places: readonly number[]): number | undefined {
  let sum: number | undefined;
  for (const place of places) {
    const value = values[place];
    if (value !== undefined && !Number.isNaN(value)) sum = (sum ?? 0) + value;
  }
  return sum;
}

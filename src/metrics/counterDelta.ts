/** What counters did between two readings of one subject. Each series has its own pair of samples; sums come later. */
import type { SeriesIndex } from './seriesIndex';

/**
 * Ray 2.51 and older sum counters in floats: `7441.999999999998` after `7442` is the same count, not a restart. Sums
 * of that many additions are exact to some 1e-9 of their size; but a difference of 1 is a count as long as a float can
 * hold it.
 */
const rounding = { relative: 1e-9, absolute: 0.5, ofFloat: 4 * Number.EPSILON };

/** Smaller differences from a counter's value are rounding. */
const toleranceOf = (value: number): number =>
  Math.max(Math.min(rounding.relative * Math.max(1, value), rounding.absolute), rounding.ofFloat * value);

/** Whether a counter is lower than before by more than rounding. */
export const hasFallen = (earlier: number, value: number): boolean => value < earlier - toleranceOf(Math.abs(earlier));

/** What the counters of one subject did between two readings. */
export interface CounterDelta {
  /**
   * A counter fell or a histogram has other bounds, so the engine restarted, and none of its differences can be trusted.
   */
  reset: boolean;
  /** Less than the whole began anew: at least half of the counters did not fall. */
  resetInPart?: boolean;
  /** A counter changed. */
  moved: boolean;
  /** A counter came back, so that whether it moved meanwhile is not known. */
  cameBack: boolean;
  /** A counter is missing that was there in the reading before. */
  wentMissing: boolean;
  /** By slot; NaN without a pair of samples. Empty after a reset. */
  deltas: Float64Array;
}

const noDeltas = new Float64Array(0);

/**
 * The deltas from `before` to `now`, both by slot. `answeredBefore`: the subject's target did answer the scrape before,
 * so that a series that was never seen counts from 0. A series that comes back has no delta.
 */
export function counterDelta(
  seriesIndex: SeriesIndex,
  before: Float64Array | undefined,
  now: Float64Array,
  answeredBefore: boolean,
): CounterDelta {
  const deltas = new Float64Array(now.length).fill(NaN);
  let [moved, cameBack, wentMissing] = [false, false, false];
  let knownHistograms: ReadonlySet<string> | undefined;
  const asReset = (): CounterDelta => ({
    reset: true,
    resetInPart: !didMostFall(seriesIndex, before, now),
    moved: true,
    cameBack,
    wentMissing,
    deltas: noDeltas,
  });
  for (const slot of seriesIndex.counters) {
    const value = now[slot];
    let earlier = before?.[slot] ?? NaN;
    if (value === undefined || Number.isNaN(value)) {
      if (!Number.isNaN(earlier)) wentMissing = true;
      continue;
    }
    if (Number.isNaN(earlier)) {
      const wasSeen = seriesIndex.wasSeen(slot);
      if (answeredBefore && wasSeen) cameBack = true;
      if (!answeredBefore || wasSeen) continue;
      const meta = seriesIndex.metas[slot];
      // A process has all buckets of a histogram from its first observation on.
      if (before && meta?.sampleKind === 'bucket') {
        knownHistograms ??= histogramsIn(seriesIndex, before);
        if (knownHistograms.has(meta.identity)) return asReset();
      }
      earlier = 0;
    }
    const delta = value - earlier;
    const tolerance = toleranceOf(Math.abs(earlier));
    if (delta < -tolerance) return asReset();
    if (delta > tolerance) moved = true;
    deltas[slot] = Math.abs(delta) <= tolerance ? 0 : delta;
  }
  return { reset: false, moved, cameBack, wentMissing, deltas };
}

/** Identities of the histograms that had buckets. */
function histogramsIn({ counters, metas }: SeriesIndex, before: Float64Array): Set<string> {
  const identities = new Set<string>();
  for (const slot of counters) {
    const meta = metas[slot];
    if (meta?.sampleKind === 'bucket' && !Number.isNaN(before[slot] ?? NaN)) identities.add(meta.identity);
  }
  return identities;
}

/** Whether more than half of the counters that had counted anything, and that are still there, fell. */
function didMostFall({ counters }: SeriesIndex, before: Float64Array | undefined, now: Float64Array): boolean {
  let [fell, stayed] = [0, 0];
  for (const slot of counters) {
    const [earlier = NaN, value = NaN] = [before?.[slot], now[slot]];
    if (!(earlier > 0) || Number.isNaN(value)) continue;
    if (hasFallen(earlier, value)) fell += 1;
    else stayed += 1;
  }
  return fell > stayed;
}

/** The sum of the values in these slots; undefined if none has a value. */
export function sumSlots(values: Float64Array, slots: readonly number[]): number | undefined {
  let sum: number | undefined;
  for (const slot of slots) {
    const value = values[slot];
    if (value !== undefined && !Number.isNaN(value)) sum = (sum ?? 0) + value;
  }
  return sum;
}

/** Zooming and moving a time range. Pure; times are Unix ms. */
import type { TimeRange } from '../src/shared/protocol';

/** The shortest range: two report intervals of Ray, so that it has points. */
export const minRangeMs = 20_000;
/** The longest range: a day. */
export const maxRangeMs = 86_400_000;

const clampSpan = (spanMs: number): number => Math.min(maxRangeMs, Math.max(minRangeMs, spanMs));

/** A range of an allowed length around the same middle, moved so that it does not end after `now`. */
function fit({ from, to }: TimeRange, now: number): TimeRange {
  const span = clampSpan(to - from);
  const middle = (from + to) / 2;
  const end = Math.min(now, span === to - from ? to : middle + span / 2);
  return { from: end - span, to: end };
}

/** A range that is `factor` times as long, with the time `around` at the same place on the screen. */
export function zoomRange(range: TimeRange, factor: number, around: number, now: number): TimeRange {
  const span = range.to - range.from;
  const scale = clampSpan(span * factor) / span;
  return fit({ from: around - (around - range.from) * scale, to: around + (range.to - around) * scale }, now);
}

/** The range moved earlier (`fraction` below 0) or later by a fraction of its length, not after `now`. */
export function shiftRange({ from, to }: TimeRange, fraction: number, now: number): TimeRange {
  const shiftMs = Math.min(fraction * (to - from), now - to);
  return { from: from + shiftMs, to: to + shiftMs };
}

/** The range between the two ends of a drag, in any order. Undefined if they are the same. */
export function timeRangeBetween(start: number, end: number, now: number): TimeRange | undefined {
  if (start === end) return undefined;
  return fit({ from: Math.min(start, end), to: Math.max(start, end) }, now);
}

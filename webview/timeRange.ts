/** Which stretch of time is looked at: closer, wider, earlier, later. Pure. */
import type { TimeRange } from '../src/shared/protocol';

/** Two reports of Ray's agents: a stretch with something in it. */
export const minRangeMs = 20_000;
/** The longest window. */
export const maxRangeMs = 86_400_000;

/** Puts a stretch within the time there is: not after `now`, not longer than a day, not shorter than can be read. */
function fit({ from, to }: TimeRange, now: number): TimeRange {
  const span = Math.min(maxRangeMs, Math.max(minRangeMs, to - from));
  const middle = (from + to) / 2;
  const end = Math.min(now, span === to - from ? to : middle + span / 2);
  return { from: end - span, to: end };
}

/** The stretch that is `factor` times as long, with `around` where it was on the screen. */
export function zoomRange(range: TimeRange, factor: number, around: number, now: number): TimeRange {
  const span = range.to - range.from;
  const longer = Math.min(maxRangeMs, Math.max(minRangeMs, span * factor)) / span;
  return fit({ from: around - (around - range.from) * longer, to: around + (range.to - around) * longer }, now);
}

/** The stretch earlier (`part` below 0) or later, by a part of its length. */
export function shiftRange({ from, to }: TimeRange, part: number, now: number): TimeRange {
  const by = Math.min(part * (to - from), now - to);
  return { from: from + by, to: to + by };
}

/** What two ends of a drag enclose; `undefined` where that is too short to be meant. */
export function timeRangeBetween(one: number, other: number, now: number): TimeRange | undefined {
  if (one === other) return undefined;
  return fit({ from: Math.min(one, other), to: Math.max(one, other) }, now);
}

/** When something began or ended: between two readings, never at a moment. */

/** Between which times something began or ended, Unix ms. */
export interface Bounds {
  after: number;
  before: number;
  /** The best estimate: the middle. */
  at: number;
  isSeen: boolean;
}

/** The bounds from `after` to `before`. If `after` is NaN, it was not seen, and `before` is when it was noticed. */
export const toBounds = (after: number, before: number): Bounds =>
  Number.isNaN(after)
    ? { after: before, before, at: before, isSeen: false }
    : { after, before, at: (after + before) / 2, isSeen: true };

/** The bounds of what was not seen, noticed at a time. */
export const unseenAt = (at: number): Bounds => toBounds(NaN, at);

/** Bounds of the first of several events. */
export const earliest = (bounds: readonly Bounds[]): Bounds => combine(bounds, Math.min);

/** Bounds of the last of several events. */
export const latest = (bounds: readonly Bounds[]): Bounds => combine(bounds, Math.max);

function combine(bounds: readonly Bounds[], choose: (...values: number[]) => number): Bounds {
  const after = choose(...bounds.map((each) => each.after));
  const before = choose(...bounds.map((each) => each.before));
  const isSeen = bounds.some((each) => each.before === before && each.isSeen);
  return { after, before, at: (after + before) / 2, isSeen };
}

/** At most how far the estimate is from the truth, in ms; 0 if the event was not seen. */
export const errorOf = ({ after, before, isSeen }: Bounds): number => (isSeen ? (before - after) / 2 : 0);

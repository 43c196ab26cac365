/** Bucket bounds as numbers. */

function parseBound(le: string): number {
  if (/^\+?inf$/i.test(le)) return Infinity;
  return /^[-+.\de]+$/i.test(le) ? Number(le) : NaN;
}

/** All engines have the same bounds, so that each text is parsed once. */
const boundByText = new Map<string, number>();
const maxCachedBounds = 1_000;

/** The bound `le` as a number, so that `1` and `1.0` are one bucket; NaN if it is not a number. */
export function bucketBound(le: string): number {
  let bound = boundByText.get(le);
  if (bound === undefined) {
    bound = parseBound(le);
    if (boundByText.size < maxCachedBounds) boundByText.set(le, bound);
  }
  return bound;
}

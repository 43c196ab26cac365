/** Bucket bounds as numbers. */

/** As Prometheus parses it. A number out of range is none. */
function parseBound(le: string): number {
  const infinity = /^([-+]?)inf(inity)?$/i.exec(le);
  if (infinity) return infinity[1] === '-' ? -Infinity : Infinity;
  const bound = /^[-+.\de]+$/i.test(le) ? Number(le) : NaN;
  return Number.isFinite(bound) ? bound : NaN;
}

/** All engines have the same bounds, so that each text is parsed once. */
const boundByText = new Map<string, number>();
const maxCachedBounds = 1_000;
/** Longer bounds are not numbers of any exporter. */
const maxCachedLength = 64;

/** The bound `le` as a number, so that `1` and `1.0` are one bucket; NaN if it is not a number. */
export function bucketBound(le: string): number {
  let bound = boundByText.get(le);
  if (bound === undefined) {
    bound = parseBound(le);
    if (boundByText.size < maxCachedBounds && le.length <= maxCachedLength) boundByText.set(le, bound);
  }
  return bound;
}

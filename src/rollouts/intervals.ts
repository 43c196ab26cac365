/** Sets of time as lists of intervals: ascending, without overlaps. Pure; the unit is the caller's. */

/** From a time up to another one. */
export type Interval = readonly [from: number, to: number];

/** A set of time: ascending intervals that do not overlap. */
export type TimeSet = readonly Interval[];

/** The set of all times in any of some intervals, which may overlap and be in any order; empty ones are left out. */
export function unionOf(intervals: readonly Interval[]): TimeSet {
  const union: [number, number][] = [];
  for (const [from, to] of intervals.filter(([begin, end]) => end > begin).sort(([a], [b]) => a - b)) {
    const last = union.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else union.push([from, to]);
  }
  return union;
}

/** The times in both sets. */
export function intersectionOf(one: TimeSet, other: TimeSet): TimeSet {
  const common: Interval[] = [];
  for (let [i, j] = [0, 0]; i < one.length && j < other.length;) {
    const [a, b] = [one[i], other[j]] as [Interval, Interval];
    const [from, to] = [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
    if (to > from) common.push([from, to]);
    if (a[1] < b[1]) i += 1;
    else j += 1;
  }
  return common;
}

/** The times in the first set that are not in the second one. */
export function differenceOf(one: TimeSet, other: TimeSet): TimeSet {
  const rest: Interval[] = [];
  let next = 0;
  for (const [begin, end] of one) {
    let from = begin;
    while (next < other.length && (other[next] as Interval)[1] <= from) next += 1;
    for (let index = next; index < other.length; index++) {
      const [start, stop] = other[index] as Interval;
      if (start >= end) break;
      if (start > from) rest.push([from, start]);
      from = stop;
    }
    if (from < end) rest.push([from, end]);
  }
  return rest;
}

/** The length of a set of time. */
export const lengthOf = (set: TimeSet): number => set.reduce((sum, [from, to]) => sum + to - from, 0);

/** Whether two answers are of one process: by its start time, and by when its counters were created. */

/** What tells processes apart. Times are Unix s. */
interface ProcessMarks {
  readonly processStart?: number | undefined;
  /** When counters were created, to the microsecond. */
  readonly created?: readonly number[];
}

/** Whether a number has digits below a share of 1, as a clock has and what was rounded to that share has not. */
export const hasDigitsBelow = (value: number, share: number): boolean =>
  Math.abs(value / share - Math.round(value / share)) > 0.002;

/** So many equal times of creation are no accident: each has microseconds. */
const provingTimes = 3;

/** Number of times of creation that both have. */
function countShared({ created = [] }: ProcessMarks, { created: others = [] }: ProcessMarks): number {
  const known = new Set(others);
  return new Set(created.filter((time) => known.has(time))).size;
}

/** Whether two answers are certainly of two processes. */
export function isOtherProcess(a: ProcessMarks, b: ProcessMarks): boolean {
  if (a.processStart !== undefined && b.processStart !== undefined && a.processStart !== b.processStart) return true;
  return (a.created?.length ?? 0) > 0 && (b.created?.length ?? 0) > 0 && countShared(a, b) === 0;
}

/** Whether two answers are certainly of one process, whatever else they show. */
export const isSameProcess = (a: ProcessMarks, b: ProcessMarks): boolean =>
  !isOtherProcess(a, b) && countShared(a, b) >= provingTimes;

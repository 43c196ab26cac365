/** Moves the times of a subject along when the machine's clock was set, so that spans of time stay what they are. */
import type { SubjectState } from './subjectState';

const timeFields = [
  'firstSeenAt',
  'seenAt',
  'movedAt',
  'countedSince',
  'resetAt',
  'stuckSince',
  'windowStart',
  'idleAt',
] as const;

/** Moves all times of a subject by `ms`. */
export function moveSubjectTimes(state: SubjectState, ms: number): void {
  for (const field of timeFields) {
    const time = state[field];
    if (time !== undefined) state[field] = time + ms;
  }
  state.gauges.at = state.gauges.at.map((time) => time + ms);
  state.rateWindows = state.rateWindows.map((window) => ({ ...window, from: window.from + ms, to: window.to + ms }));
}

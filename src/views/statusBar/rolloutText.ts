/** The present rollout beside those before it, for the status bar's tooltip. */
import type { RunRollouts } from '../../rollouts/rolloutTracker';
import { formatFigureSeconds } from '../../shared/rolloutFigures';
import { medianOf, wholeRollouts } from '../../shared/rolloutStatistics';

const kindNames = { rollout: 'Rollout', step: 'Step' } as const;

/** `Rollout in progress: 40.0 s; median of the 12 before: 84.0 s.`; empty if none is in progress. `now` is Unix ms. */
export function rolloutText({ all, present }: RunRollouts, now: number): string {
  if (!present) return '';
  const { kind, from } = present;
  const before = wholeRollouts(all, kind).map(({ seconds }) => seconds);
  const median = medianOf(before);
  const age = `${kindNames[kind]} in progress: ${formatFigureSeconds(Math.max(0, now - from) / 1000)}`;
  return median === undefined
    ? `${age}.`
    : `${age}; median of the ${before.length} before: ${formatFigureSeconds(median)}.`;
}

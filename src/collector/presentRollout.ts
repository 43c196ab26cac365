/** The present rollout as a snapshot has it. */
import type { PresentRollout, Snapshot } from '../api';
import type { Rollout } from '../shared/rollout';

/** The part of a snapshot about the present rollout; empty if there is none. */
export function presentRollout(present: Rollout | undefined): Pick<Snapshot, 'rollout'> {
  if (!present) return {};
  const { id, from, seconds, engines, tokens } = present;
  return { rollout: { id, from, seconds, engines, tokens } satisfies PresentRollout };
}

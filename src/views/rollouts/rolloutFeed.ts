/** Where the page of rollouts gets its data from. */
import type { Event } from 'vscode';
import type { Status } from '../../api';
import type { Rollout } from '../../shared/rollout';

/** The rollouts of a run, and events about their changes. */
export interface RolloutFeed {
  /** Oldest first; the last ones may still last. */
  readonly rollouts: readonly Rollout[];
  /** Fires when they may have changed. */
  readonly onDidChange: Event<void>;
  /** Its message is shown while there are no rollouts. */
  readonly status: Status;
  /** What is shown in place of the live run, as a sentence; absent or empty for the live run. Changes with the status. */
  readonly notice?: string;
  readonly onDidChangeStatus: Event<Status>;
}

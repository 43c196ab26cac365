/** The state of a VS Code window in which nothing was loaded yet: what `statusOf` says without a scrape, in less code. */
import type { Status } from '../api';
import { states, type StateId } from '../shared/states';
import type { StatusFacts } from './status';

/** The state with its message. A test compares it with `statusOf`. */
export function statusBeforeScrape({
  folderOpen,
  isTrusted,
  search,
}: Pick<StatusFacts, 'folderOpen' | 'isTrusted' | 'search'>): Status {
  const rules: readonly [StateId, boolean][] = [
    ['untrusted', !isTrusted],
    ['several-configs', search === 'several'],
    ['no-folder', !folderOpen],
    ['searching', search === 'searching'],
    ['no-config', search === 'none'],
  ];
  const [state] = rules.find(([, holds]) => holds) ?? [];
  return state === undefined
    ? { state: 'searching', message: 'Waiting for the first scrape.' }
    : { state, message: states[state].message };
}

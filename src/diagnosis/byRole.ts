/** Engines that may be compared: those of one role. */
import type { Engine } from '../api';
import { pushTo } from '../shared/pushTo';

/** Groups of engines with the same role; engines without a role are one group. */
export function groupByRole<Each extends Engine>(engines: readonly Each[]): Each[][] {
  const groups = new Map<Engine['role'], Each[]>();
  for (const engine of engines) pushTo(groups, engine.role, engine);
  return [...groups.values()];
}

/** Engines that generate more than a request's first token. */
export const decodingEngines = <Each extends Engine>(engines: readonly Each[]): Each[] =>
  engines.filter(({ role }) => role !== 'prefill');

/** The run in this window, as the variables of queries see it. */
import type { Snapshot } from '../api';
import { isLiving } from '../metrics/engineState';
import type { VariableContext } from './variables';

export type RunFacts = Pick<VariableContext, 'nodes' | 'engines' | 'sessions'>;

/** On a server of its own an engine is `URL LABEL`; on Ray its label is the same for all, and its worker tells it. */
const labelOf = ({ id, workerId }: Snapshot['engines'][number]): string =>
  workerId ?? id.slice(id.lastIndexOf(' ') + 1);

/** The engines that are there, with what the labels of their series say of them. `session`: of Ray, where one is known. */
export function runFacts(snapshot: Snapshot | undefined, session: string | undefined): RunFacts {
  const engines = (snapshot?.engines ?? []).filter(isLiving);
  return {
    nodes: [...new Set(engines.map(({ node }) => node).filter((node) => node !== ''))],
    engines: [...new Set(engines.map(labelOf))],
    sessions: session === undefined ? [] : [session],
  };
}

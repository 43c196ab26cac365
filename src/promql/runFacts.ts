/** Nodes, engines and session of the current run, as the variables of queries need them. */
import type { Snapshot } from '../api';
import { isLiving } from '../metrics/engineState';
import type { VariableContext } from './variables';

/** The values of `$node`, `$engine` and `$session`. */
export type RunFacts = Pick<VariableContext, 'nodes' | 'engines' | 'sessions'>;

/**
 * The label value of an engine's series. On Ray it is `WorkerId`, since `engine` is the same for all engines; the ID of
 * an engine on a server is its URL, a space and its label `engine`.
 */
const labelOf = ({ id, workerId }: Snapshot['engines'][number]): string =>
  workerId ?? id.slice(id.lastIndexOf(' ') + 1);

/** The label values of the living engines of a snapshot, and Ray's session; empty lists if unknown. */
export function runFacts(snapshot: Snapshot | undefined, session: string | undefined): RunFacts {
  const engines = (snapshot?.engines ?? []).filter(isLiving);
  return {
    nodes: [...new Set(engines.map(({ node }) => node).filter((node) => node !== ''))],
    engines: [...new Set(engines.map(labelOf))],
    sessions: session === undefined ? [] : [session],
  };
}

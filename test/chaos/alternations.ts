/** Nodes at whose address another cluster answered meanwhile: the extension shows no rates of them for a while. */
import type { Snapshot } from '../../src/api';
import type { WrongNumber } from './numberJudge';
import type { ServedBody } from './servedBodies';

/** After this time with one process, in ms, an address has rates again (docs/metrics.md). */
const longestMs = 10 * 60_000;

/** Follows one window. Times are ms of the true clock. */
export class Alternations {
  /** By node, when it answered for itself again; undefined until then. */
  private readonly returnedAt = new Map<number, number | undefined>();

  /** Notes the answers of a scrape. */
  note(bodies: readonly ServedBody[]): void {
    for (const { node, at, honesty } of bodies)
      if (honesty === 'foreign') this.returnedAt.set(node, undefined);
      else if (this.returnedAt.has(node)) this.returnedAt.set(node, this.returnedAt.get(node) ?? at);
  }

  /** Nodes that a snapshot says this of. `urls`: the address of each node. */
  nodesIn({ findings }: Snapshot, urls: readonly string[]): Set<number> {
    const messages = findings.filter(({ id }) => id === 'alternating-processes').map(({ message }) => message);
    return new Set(
      urls.flatMap((url, node) => (messages.some((message) => message.includes(`${url} `)) ? [node] : [])),
    );
  }

  /** Those of which it is not true. */
  *errors(nodes: ReadonlySet<number>, now: number): Generator<WrongNumber, void> {
    for (const node of nodes) {
      const returnedAt = this.returnedAt.get(node);
      if (this.returnedAt.has(node) && now - (returnedAt ?? now) <= longestMs) continue;
      const truth = returnedAt === undefined ? 'one process' : `one process for ${now - returnedAt} ms`;
      yield { what: `several servers at node ${node}`, shown: 'alternating', truth };
    }
  }
}

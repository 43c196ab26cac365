/** One round's questions to the servers themselves: those that are targets, and those of engines that report to Ray. */
import type { ServerFacts } from '../api';
import { workersByNode, type Actor } from '../discovery/actors';
import { factsByWorker, ServerWatch, type LookOptions, type ServerSeen } from '../discovery/serverProbe';
import { serverTarget, type Target } from '../discovery/targets';

interface FactsInput {
  targets: readonly Target[];
  /** Servers that were found while looking for targets: nobody is asked twice. */
  found: readonly ServerSeen[];
  actors: ReadonlyMap<string, Actor> | undefined;
  others: ReadonlySet<string>;
  /** Engines by the config; without it as many as live. */
  expected: number | undefined;
}

interface Facts {
  /** By the URL of the server's `/metrics`. */
  servers: Map<string, ServerFacts>;
  /** By worker id. */
  factsOf: Map<string, ServerFacts>;
}

const noFacts = (): Facts => ({ servers: new Map(), factsOf: new Map() });

const ownKinds = new Set<Target['kind']>(['vllm', 'dynamo']);
const metricsOf = (base: string): string => serverTarget(base, 'vllm', 'nodes').url;

export class FactsWatch {
  /** Of places on nodes, and of targets. */
  private readonly onNodes = new ServerWatch();
  private readonly ofTargets = new ServerWatch();

  forgetFailures(): void {
    this.onNodes.forgetFailures();
    this.ofTargets.forgetFailures();
  }

  /** Looks for servers on nodes. Never rejects. */
  find(nodes: readonly string[], count: number, options: LookOptions): Promise<ServerSeen[]> {
    return this.onNodes.find(nodes, count, options);
  }

  /** Asks targets that are servers, and the servers of engines that report to Ray, on the nodes that hold them. Never rejects. */
  async ask(input: FactsInput, options: LookOptions): Promise<Facts> {
    const [ofTargets, onRay] = await Promise.all([this.askTargets(input, options), this.askOnRay(input, options)]);
    return { servers: new Map([...onRay.servers, ...ofTargets]), factsOf: onRay.factsOf };
  }

  private async askTargets({ targets, found }: FactsInput, options: LookOptions): Promise<Map<string, ServerFacts>> {
    const byBase = new Map(found.map(({ base, facts }) => [base, facts]));
    const places = targets.filter(
      ({ url, kind }) => ownKinds.has(kind) && URL.canParse(url) && !byBase.has(new URL(url).origin),
    );
    const seen = await this.ofTargets.look(
      places.map(({ url, typedByUser = false }) => ({ base: new URL(url).origin, typedByUser })),
      options,
    );
    for (const { base, facts } of seen) byBase.set(base, facts);
    const known = targets.flatMap(({ url }) => {
      const facts = URL.canParse(url) ? byBase.get(new URL(url).origin) : undefined;
      return facts ? [[url, facts] as const] : [];
    });
    return new Map(known);
  }

  private async askOnRay({ actors, others, expected }: FactsInput, options: LookOptions): Promise<Facts> {
    const workers = workersByNode(actors?.values() ?? [], others);
    if (workers.size === 0) return noFacts();
    const living = [...workers.values()].reduce((sum, { length }) => sum + length, 0);
    const seen = await this.find([...workers.keys()], expected ?? living, options);
    return {
      servers: new Map(seen.map(({ base, facts }) => [metricsOf(base), facts])),
      factsOf: factsByWorker(seen, workers),
    };
  }
}

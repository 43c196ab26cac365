/** The faults of a chaos run, as a table: what each does to the cluster, the machine or the window, and undoes. */
import { applyEvent } from '../demonstration/live/simulation';
import { restartAgent } from '../demonstration/live/worker';
import type { Fault as HttpFault } from '../demonstration/http/faults';
import type { FixtureServer } from '../demonstration/http/server';
import type { ChaosCluster } from './chaosCluster';
import type { FaultyStorage } from './faultyStorage';
import type { Honesty } from './servedBodies';

/** What faults act on. */
export interface ChaosTarget {
  chaos: ChaosCluster;
  storage: FaultyStorage;
  /** From 0 to below 1; follows from the seed. */
  random: () => number;
  /** ms of the simulation by which requests to a node are late. */
  latency: Map<number, number>;
  /** Requests run into their time-out, which is then short. */
  timesOut: boolean;
  /** Opens the window anew; `atOnce` without letting it write. */
  reopen: (atOnce: boolean) => Promise<void>;
}

/** One fault from its beginning to its end. */
export interface ActiveFault {
  /** Before each scrape, as long as it lasts. */
  beforeScrape?: () => Promise<void> | void;
  /** Absent: it is over at once. */
  end?: () => Promise<void> | void;
}

type Begin = (target: ChaosTarget) => Promise<ActiveFault> | ActiveFault;

const pick = <T>(random: () => number, of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
const anyNode = ({ chaos, random }: ChaosTarget): number => Math.floor(random() * chaos.cluster.nodes.length);
const serverOf = ({ chaos }: ChaosTarget, node: number): FixtureServer => chaos.cluster.nodes[node] as FixtureServer;

/** One node answers with an HTTP fault, which is made anew before each scrape. */
const onNode =
  (faultOf: (target: ChaosTarget, node: number) => HttpFault, honesty: Honesty = 'true', timesOut = false): Begin =>
  async (target) => {
    const node = anyNode(target);
    const server = serverOf(target, node);
    const apply = (): Promise<void> => server.fault(faultOf(target, node));
    target.chaos.honesty.set(node, honesty);
    if (timesOut) target.timesOut = true;
    await apply();
    return {
      beforeScrape: apply,
      end: async () => {
        target.timesOut = false;
        // A request may come in between: its body is then taken for worse than it is.
        await server.fault(undefined);
        target.chaos.honesty.delete(node);
      },
    };
  };

const dashboardPaths = ['/api/version', '/api/prometheus/sd', '/nodes', '/logical/actors'] as const;

/** Some paths of the dashboard answer with a fault. */
const onDashboard =
  (
    faultOf: (target: ChaosTarget, path: string) => HttpFault,
    pathsOf: (target: ChaosTarget) => readonly string[],
  ): Begin =>
  async (target) => {
    const paths = pathsOf(target);
    const { dashboard } = target.chaos.cluster;
    const apply = async (): Promise<void> => {
      for (const path of paths) await dashboard.fault(faultOf(target, path), path);
    };
    await apply();
    return {
      beforeScrape: apply,
      end: async () => {
        for (const path of paths) await dashboard.fault(undefined, path);
      },
    };
  };

/** A body with the first part of its lines; `inLine` ends it within the next line. */
function cutBody({ chaos, random }: ChaosTarget, node: number, inLine: boolean): HttpFault {
  const body = chaos.body(node);
  const offset = Math.floor(random() * body.length);
  const end = inLine ? offset : body.lastIndexOf(10, offset) + 1;
  return { kind: 'body', body: Buffer.from(body.subarray(0, end)) };
}

/** Numbers that no engine has, in the place of some of the right ones. */
function lyingBody({ chaos, random }: ChaosTarget, node: number): HttpFault {
  const lies = ['NaN', '-1', '+Inf', '1e308', '-Inf', '1e-320', '0x10', ''];
  const lines = chaos.body(node).toString().split('\n');
  const body = lines.map((line) =>
    line.startsWith('ray_vllm') && random() < 0.3 ? line.replace(/ \S+$/, ` ${pick(random, lies)}`) : line,
  );
  return { kind: 'body', body: body.join('\n') };
}

/** Counters and gauges that are plausible and wrong. */
const wrongBody = ({ chaos }: ChaosTarget, node: number, factor: number): HttpFault => ({
  kind: 'body',
  body: chaos
    .body(node)
    .toString()
    .replace(
      /^(ray_vllm\S* )([\d.e+]+)$/gm,
      (_line, start: string, value: string) => start + String(Number(value) * factor),
    ),
});

/** The actors' answer without one of the living engines. */
function missingActor({ chaos, random }: ChaosTarget): HttpFault {
  const living = chaos.simulation.workers.filter(({ endedAt }) => endedAt === undefined);
  const missing = pick(random, living)?.workerId;
  const answer = chaos.actors() as { data: { actors: Record<string, { address: { workerId: string } }> } };
  const actors = Object.entries(answer.data.actors).filter(([, { address }]) => address.workerId !== missing);
  return jsonBody({ ...answer, data: { actors: Object.fromEntries(actors) } });
}

const jsonBody = (value: unknown): HttpFault => ({ kind: 'body', body: JSON.stringify(value) });

const clockStep =
  (ms: number): Begin =>
  ({ chaos }) => {
    chaos.time.wallOffset += ms;
    return {};
  };

const onDisk =
  (fault: FaultyStorage['fault']): Begin =>
  ({ storage }) => {
    storage.fault = fault;
    return {
      end: () => {
        storage.fault = undefined;
      },
    };
  };

const hourMs = 3_600_000;

/** By name, which is what a report says. */
export const faults: Readonly<Record<string, Begin>> = {
  'target killed': onNode(() => ({ kind: 'refuse' })),
  'target resets connections': onNode(() => ({ kind: 'reset' })),
  'target silent': onNode(() => ({ kind: 'silent' }), 'true', true),
  'target endless': onNode(() => ({ kind: 'endless', everyMs: 20 }), 'true', true),
  'target slow': (target) => {
    const node = anyNode(target);
    target.latency.set(node, 1_000 + target.random() * 7_000);
    return { end: () => void target.latency.delete(node) };
  },
  'target answers 500': onNode(({ random }) => ({ kind: 'status', status: pick(random, [500, 502, 503, 404, 429]) })),
  'target shows a login page': onNode(() => ({ kind: 'html' })),
  'target empty': onNode(() => ({ kind: 'body', body: '' }), 'part'),
  'target garbage': onNode(() => ({ kind: 'garbage', bytes: 20_000 })),
  'target cut off': onNode(({ random }) => ({ kind: 'cut', framed: true, part: random() })),
  'target cut off without a length': onNode(({ random }) => ({ kind: 'cut', framed: false, part: random() }), 'part'),
  'target half written': onNode((target, node) => cutBody(target, node, false), 'part'),
  'target half written in a line': onNode((target, node) => cutBody(target, node, true), 'part'),
  'target lies with numbers that cannot be': onNode(lyingBody, 'lie'),
  'target lies with too much': onNode((target, node) => wrongBody(target, node, 3), 'lie'),
  'target lies with too little': onNode((target, node) => wrongBody(target, node, 0.5), 'lie'),
  'target of another cluster': onNode(
    ({ chaos }, node) => ({ kind: 'body', body: chaos.foreignBody(node) }),
    'foreign',
  ),
  'agent restarted': (target) => {
    const node = anyNode(target);
    const { workers, trainer } = target.chaos.simulation;
    for (const worker of [...workers, trainer.worker]) if (worker.node === node) restartAgent(worker);
    return {};
  },
  'agent late': (target) => {
    const node = anyNode(target);
    const lateMs = 5_000 + target.random() * 40_000;
    const { workers, trainer } = target.chaos.simulation;
    for (const worker of [...workers, trainer.worker]) if (worker.node === node) worker.nextReportAt += lateMs;
    // It lasts as long as the reports are late.
    return { end: () => undefined };
  },
  'engine killed': ({ chaos, random }) => {
    const { simulation } = chaos;
    const index = Math.floor(random() * simulation.slots.length);
    if (simulation.slots[index]?.worker) applyEvent(simulation, index, 'die');
    return {
      end: () => {
        if (simulation.slots[index]?.worker) return;
        applyEvent(simulation, index, 'restart');
        applyEvent(simulation, index, 'ready');
      },
    };
  },
  'dashboard killed': async ({ chaos }) => {
    await chaos.cluster.dashboard.fault({ kind: 'refuse' });
    return { end: () => chaos.cluster.dashboard.fault(undefined) };
  },
  'dashboard answers 500': onDashboard(
    () => ({ kind: 'status', status: 500 }),
    () => dashboardPaths,
  ),
  'dashboard without one answer': onDashboard(
    () => ({ kind: 'status', status: 500 }),
    ({ random }) => [pick(random, dashboardPaths)],
  ),
  'dashboard cut off': onDashboard(
    ({ random }) => ({ kind: 'cut', framed: false, part: random() }),
    ({ random }) => [pick(random, dashboardPaths)],
  ),
  'dashboard without one actor': onDashboard(missingActor, () => ['/logical/actors']),
  'dashboard without actors': onDashboard(
    () => jsonBody({ result: true, msg: '', data: { actors: {} } }),
    () => ['/logical/actors'],
  ),
  'dashboard of another cluster': onDashboard(
    ({ chaos }, path) => jsonBody(chaos.foreignAnswers[path]?.()),
    () => dashboardPaths,
  ),
  'token gone': ({ chaos }) => {
    chaos.hasToken = false;
    return {
      end: () => {
        chaos.hasToken = true;
      },
    };
  },
  'name resolution gone': ({ chaos }) => {
    chaos.resolver.isUp = false;
    return {
      end: () => {
        chaos.resolver.isUp = true;
      },
    };
  },
  'discovery file no longer written': ({ chaos }) => {
    chaos.isFileWritten = false;
    return {
      end: () => {
        chaos.isFileWritten = true;
      },
    };
  },
  'clock an hour ahead': clockStep(hourMs),
  'clock an hour back': clockStep(-hourMs),
  'machine asleep': ({ chaos, random }) => {
    chaos.time.sleep((1 + random() * 20) * 60_000);
    return {};
  },
  'disk full': onDisk('full'),
  'storage read-only': onDisk('read-only'),
  'storage damaged': async ({ storage, random, reopen }) => {
    await reopen(false);
    storage.damage(random);
    await reopen(true);
    return {};
  },
  'window reloaded': async ({ reopen }) => {
    await reopen(false);
    return {};
  },
  'window killed': async ({ reopen }) => {
    await reopen(true);
    return {};
  },
};

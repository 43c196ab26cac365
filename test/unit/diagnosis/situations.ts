/** Situations in which a rule must not raise a false alarm, as changes to a made-up run in which the rule fires. */
import type { Engine, EngineRole, Finding, Measure, TargetReport } from '../../../src/api';
import { Diagnosis } from '../../../src/diagnosis/diagnosis';
import type { DiagnosisInput, TrackedEngine } from '../../../src/diagnosis/rule';
import type { TypeContradiction } from '../../../src/metrics/otherFamilies';
import type { Rollout } from '../../../src/shared/rollout';
import { at } from '../metrics/scene';

/** An engine of the run. Times are seconds. */
export interface RunEngine {
  id: string;
  state: Engine['state'];
  role: EngineRole | undefined;
  /** Gauges, as of this scrape. */
  gauges: Record<string, number>;
  /** Values over the last 10 s. */
  windows: Record<string, number>;
  native: boolean;
  hasReported: boolean;
  firstSeen: number;
  startedAt: number;
  movedAt: number | undefined;
  stuckSince: number | undefined;
  resetAt: number | undefined;
  renamedFamilies: string[];
  families: string[];
  /** Values that cannot be, by family. */
  impossible: Record<string, number>;
}

/** One scrape of the run. */
export interface Scrape {
  second: number;
  engines: RunEngine[];
  /** Aggregates over the last 10 s. */
  all: Record<string, number>;
  /** Engines whose buckets could not be merged. */
  unmerged: number;
  phase: { name: string; since: number };
  targets: TargetReport[];
  expectedEngines: number | undefined;
  rayVersion: string | undefined;
  /** Families whose declared type is another one than the catalog's. */
  contradicted: TypeContradiction[];
  rollouts: Rollout[];
  /** When the newest readings are of. */
  readAt: number;
}

export const agentUrl = 'http://192.0.2.2:1/metrics';

const target = (fields: Partial<TargetReport>): TargetReport => ({
  url: agentUrl,
  kind: 'ray',
  state: 'ok',
  bytes: 1,
  samples: 1,
  tookMs: 1,
  ...fields,
});

/** A further target of the run. */
export const otherTarget = (fields: Partial<TargetReport>): TargetReport =>
  target({ url: 'http://192.0.2.9:8000/metrics', kind: 'vllm', state: 'empty', ...fields });

/** A scrape of three healthy engines on one node that have been known for ten minutes. */
export function healthyScrape(second: number): Scrape {
  return {
    second,
    engines: ['a', 'b', 'c'].map((id) => ({
      id,
      state: 'active',
      role: undefined,
      gauges: { num_requests_running: 20, kv_cache_usage_perc: 0.5 },
      windows: { generation_throughput_tok_s: 1000, tpot_seconds_p50: 0.02 },
      native: false,
      hasReported: true,
      firstSeen: 0,
      startedAt: -60,
      movedAt: second,
      stuckSince: undefined,
      resetAt: undefined,
      renamedFamilies: [],
      families: ['num_requests_running', 'request_success', 'request_prompt_tokens', 'request_generation_tokens'],
      impossible: {},
    })),
    all: {},
    unmerged: 0,
    phase: { name: 'run_training', since: 0 },
    targets: [target({})],
    expectedEngines: undefined,
    rayVersion: '2.57.0',
    contradicted: [],
    rollouts: [],
    readAt: second,
  };
}

function toInput(scrape: Scrape): DiagnosisInput {
  const {
    second,
    engines,
    all,
    unmerged,
    phase,
    targets,
    expectedEngines,
    rayVersion,
    contradicted,
    rollouts,
    readAt,
  } = scrape;
  const gauge = (value: number): Measure => ({ value, to: at(readAt) });
  const window = (value: number): Measure => ({ value, from: at(readAt - 10), to: at(readAt) });
  const map = (values: Record<string, number>, toMeasure: (value: number) => Measure): [string, Measure][] =>
    Object.entries(values).map(([id, value]) => [id, toMeasure(value)]);
  const optionalAt = (time: number | undefined): number | undefined => (time === undefined ? undefined : at(time));
  return {
    now: at(second),
    engines: engines.map(({ id, state, role, gauges, windows, movedAt, startedAt, native }) => ({
      id,
      name: `engine ${id}`,
      node: '192.0.2.2',
      state,
      startedAt: at(startedAt),
      ...(!native && { workerId: id }),
      ...(role && { role }),
      ...(movedAt !== undefined && { movedAt: at(movedAt) }),
      measures: Object.fromEntries([...map(gauges, gauge), ...map(windows, window)]),
    })),
    trackedEngines: engines
      .filter(({ state }) => state !== 'dead' && state !== 'gone')
      .map((engine): TrackedEngine => ({
        key: engine.id,
        name: `engine ${engine.id}`,
        native: engine.native,
        targetUrl: targets.some(({ url }) => url === agentUrl) ? agentUrl : undefined,
        firstSeenAt: at(engine.firstSeen),
        seenAt: engine.hasReported ? at(readAt) : undefined,
        hasReported: engine.hasReported,
        stuckSince: optionalAt(engine.stuckSince),
        resetAt: optionalAt(engine.resetAt),
        impossible: Object.entries(engine.impossible).map(([family, value]) => ({ family, value })),
        renamedFamilies: new Set(engine.renamedFamilies),
        families: targets.some(({ url }) => url === agentUrl) ? new Set(engine.families) : undefined,
      })),
    measures: Object.fromEntries(
      map(all, window).map(([id, measure]) => [id, unmerged > 0 ? { ...measure, unmerged, counted: 2 } : measure]),
    ),
    parts: [],
    phase: { name: phase.name, since: at(phase.since), at: at(second) },
    targets,
    expectedEngines,
    rayVersion,
    contradicted: targets.some(({ url }) => url === agentUrl) ? contradicted : undefined,
    rollouts,
  };
}

/** Changes one scrape. */
export type Change = (scrape: Scrape) => void;

/** When the run is scraped, and what differs from the run in which a rule fires. */
interface Situation {
  /** The run is scraped at these seconds. */
  seconds: readonly number[];
  /** Before the rule's symptom is added. */
  before?: Change;
  /** After it. */
  after?: Change;
}

/** Every 10 s for 100 s. */
const everyTenSeconds = Array.from({ length: 11 }, (_, index) => 600 + 10 * index);

const eachLiving = (scrape: Scrape, change: (engine: RunEngine) => void): void =>
  scrape.engines.filter(({ state }) => state !== 'dead').forEach(change);
const rest = (state: Engine['state']): Situation => ({
  seconds: everyTenSeconds,
  after: (scrape) => eachLiving(scrape, (engine) => (engine.state = state)),
});
const keepEngines = (count: number): Situation => ({
  seconds: everyTenSeconds,
  before: (scrape) => scrape.engines.splice(count),
});

/** All situations by name. `symptom alone` is the run in which each rule fires. */
export const situations = {
  'symptom alone': { seconds: everyTenSeconds },
  asleep: rest('asleep'),
  paused: rest('paused'),
  'weight sync': {
    seconds: everyTenSeconds,
    after: (scrape) => (scrape.phase = { name: 'sync_weights', since: 600 }),
  },
  'failing target': {
    seconds: everyTenSeconds,
    after: (scrape) => {
      scrape.readAt = 600;
      for (const one of scrape.targets) Object.assign(one, { state: 'failed', error: '500' });
    },
  },
  'late agent': {
    seconds: everyTenSeconds,
    after: (scrape) => {
      if (scrape.second < 620) return;
      eachLiving(scrape, (engine) => Object.assign(engine, { movedAt: 600, stuckSince: 600, windows: {} }));
    },
  },
  'restarted agent': {
    seconds: everyTenSeconds,
    after: (scrape) => {
      if (scrape.second < 700) return;
      scrape.all = {};
      eachLiving(scrape, (engine) => Object.assign(engine, { resetAt: 700, windows: {}, stuckSince: undefined }));
    },
  },
  'two engines': keepEngines(2),
  'one engine': keepEngines(1),
  'prefill and decode': {
    seconds: everyTenSeconds,
    before: ({ engines: [prefill, ...decode] }) => {
      Object.assign(prefill ?? {}, { role: 'prefill', windows: { generation_throughput_tok_s: 20 } });
      for (const engine of decode) engine.role = 'decode';
    },
  },
  'first minute': {
    seconds: [600, 610, 620, 630, 640],
    before: (scrape) => eachLiving(scrape, (engine) => Object.assign(engine, { firstSeen: 600, startedAt: 600 })),
    after: (scrape) => {
      eachLiving(scrape, (engine) => {
        if (engine.stuckSince !== undefined) Object.assign(engine, { stuckSince: 600, movedAt: undefined });
      });
    },
  },
  'after a gap': { seconds: [600, 1800] },
  'replay that begins again': { seconds: [...everyTenSeconds, 600] },
  Prometheus: { seconds: everyTenSeconds, after: (scrape) => (scrape.targets = []) },
} satisfies Record<string, Situation>;
/** The name of a situation. */
export type SituationName = keyof typeof situations;

/** The findings of the last scrape in a situation. */
export function findingsIn(name: SituationName, symptom: Change): Finding[] {
  const { seconds, before, after }: Situation = situations[name];
  const diagnosis = new Diagnosis();
  let findings: Finding[] = [];
  for (const second of seconds) {
    const scrape = healthyScrape(second);
    before?.(scrape);
    symptom(scrape);
    after?.(scrape);
    findings = diagnosis.findings(toInput(scrape));
  }
  return findings;
}

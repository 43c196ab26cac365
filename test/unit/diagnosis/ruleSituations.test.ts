/** Every rule of the diagnosis in every situation that is no reason for an alarm. */
import { strict as assert } from 'node:assert';
import { diagnosisRules } from '../../../src/diagnosis/diagnosis';
import type { Rollout } from '../../../src/shared/rollout';
import { at } from '../metrics/scene';
import { rolloutsOf } from '../rollouts/someRollouts';
import { findingsIn, otherTarget, situations, type Change, type RunEngine, type SituationName } from './situations';

/** A run in which a rule fires, and the situations in which it fires too, each with the reason why that is right. */
interface RuleRow {
  symptom: Change;
  alsoFires: { [Name in SituationName]?: string | undefined };
}

const gaugesOf =
  (...values: Record<string, number>[]): Change =>
  ({ engines }) =>
    engines.forEach((engine, index) => Object.assign(engine.gauges, values[index]));
const windowsOf =
  (...values: Record<string, number>[]): Change =>
  ({ engines }) =>
    engines.forEach((engine, index) => Object.assign(engine.windows, values[index]));
const aggregates =
  (values: Record<string, number>): Change =>
  (scrape) =>
    Object.assign(scrape.all, values);
/** Rollouts of which the last one ended at the first scrape. */
const rollouts =
  (count: number, change: (index: number) => Partial<Rollout>): Change =>
  (scrape) => {
    const made = rolloutsOf(count, change);
    const shiftMs = at(600) - (made.at(-1)?.to ?? 0);
    scrape.rollouts = made.map((rollout) => ({ ...rollout, from: rollout.from + shiftMs, to: rollout.to + shiftMs }));
  };
const first =
  (fields: Partial<RunEngine>): Change =>
  ({ engines }) =>
    void Object.assign(engines[0] ?? {}, fields);

const anyNumber = {
  'two engines': 'it is about one engine',
  'one engine': 'it is about one engine',
  'prefill and decode': 'it holds whatever the roles are',
};
const anySource = { Prometheus: 'both sources have it' };
const atOnce = {
  'first minute': 'it holds at once',
  'after a gap': 'it is of this scrape',
  'replay that begins again': 'it is of this scrape',
};
const whateverTheyDo = {
  asleep: 'it holds whatever engines do',
  paused: 'it holds whatever engines do',
  'weight sync': 'it holds whatever engines do',
  'late agent': 'it holds whatever engines do',
  'restarted agent': 'it holds whatever engines do',
};
const lingers = { 'restarted agent': 'it was seen 10 s ago, and says so' };
const gauge = { 'restarted agent': 'the gauges are of this scrape' };

const ofEndedRollouts = {
  ...whateverTheyDo,
  ...anyNumber,
  ...anySource,
  ...atOnce,
  'failing target': 'it is about rollouts that have ended',
};

/** By rule. */
const rows: Record<string, RuleRow> = {
  'not-moving': {
    symptom: ({ engines, second }) => {
      const [engine] = engines;
      if (engine && second >= 620) Object.assign(engine, { movedAt: 600, stuckSince: 600 });
    },
    alsoFires: { ...anyNumber, ...anySource },
  },
  'late-agent': {
    symptom: ({ engines, second }) => {
      for (const engine of engines) if (second >= 620) Object.assign(engine, { movedAt: 600, stuckSince: 600 });
    },
    alsoFires: {
      'late agent': 'it is just that',
      'two engines': 'both stopped together',
      'prefill and decode': 'all stopped together',
      ...anySource,
    },
  },
  'engine-dead': {
    symptom: first({ state: 'dead' }),
    alsoFires: { ...whateverTheyDo, ...anyNumber, ...anySource, ...atOnce, 'failing target': 'the dashboard says so' },
  },
  'fewer-engines': {
    symptom: (scrape) => (scrape.expectedEngines = 4),
    alsoFires: {
      ...whateverTheyDo,
      'late agent': undefined,
      ...anyNumber,
      ...anySource,
      'after a gap': 'it is of this scrape',
      'replay that begins again': 'it is of this scrape',
    },
  },
  'no-report': {
    symptom: first({ hasReported: false, windows: {}, gauges: {} }),
    alsoFires: {
      ...whateverTheyDo,
      ...anyNumber,
      'after a gap': 'its actor has been alive for long',
      'replay that begins again': 'its actor has been alive for long',
    },
  },
  'engine-reset': {
    symptom: ({ engines: [engine], second }) => {
      if (engine) Object.assign(engine, { resetAt: second, native: true });
    },
    alsoFires: { ...whateverTheyDo, ...anyNumber, ...anySource, ...atOnce, 'failing target': 'it is the last it did' },
  },
  'impossible-value': {
    symptom: ({ engines: [engine] }) => {
      if (engine) engine.impossible = { num_requests_running: -1 };
    },
    alsoFires: { ...whateverTheyDo, ...anyNumber, ...anySource, ...atOnce, 'failing target': 'it is the last it said' },
  },
  'agent-restarted': {
    symptom: ({ engines, second }) => engines.forEach((engine) => (engine.resetAt = second)),
    alsoFires: { ...whateverTheyDo, ...anyNumber, ...anySource, ...atOnce, 'failing target': 'it is the last it did' },
  },
  'server-without-engine': {
    symptom: ({ targets }) => targets.push(otherTarget({})),
    alsoFires: { ...whateverTheyDo, ...anyNumber, ...atOnce },
  },
  'router-not-engine': {
    symptom: ({ targets }) => targets.push(otherTarget({ kind: 'router' })),
    alsoFires: { ...whateverTheyDo, ...anyNumber, ...atOnce, 'failing target': 'what it is was seen before' },
  },
  'kv-pressure': {
    symptom: gaugesOf({ kv_cache_usage_perc: 0.95 }),
    alsoFires: { ...anyNumber, ...anySource, ...atOnce, ...gauge },
  },
  'preemption-thrash': {
    symptom: windowsOf({ preemptions_s: 1.5 }),
    alsoFires: { ...anyNumber, ...anySource, ...lingers, ...atOnce },
  },
  overload: {
    symptom: windowsOf({ queue_seconds_avg: 8, inference_seconds_avg: 4 }),
    alsoFires: { ...anyNumber, ...anySource, ...lingers, ...atOnce },
  },
  'low-output-speed': {
    symptom: windowsOf(...Array(3).fill({ generation_throughput_tok_s: 100 })),
    alsoFires: { ...anyNumber, ...lingers, ...anySource, 'first minute': 'after 20 s it is the speed' },
  },
  'slow-decode': {
    symptom: windowsOf({ tpot_seconds_p50: 0.1 }),
    alsoFires: {
      'two engines': 'one is slower than the other',
      ...lingers,
      ...anySource,
      'first minute': 'after 10 s it is slow',
    },
  },
  'long-tail': {
    symptom: gaugesOf({ num_requests_running: 1 }, { num_requests_running: 0 }, { num_requests_running: 0 }),
    alsoFires: {
      'two engines': 'one is idle, one is not',
      ...anySource,
      ...gauge,
      'first minute': 'after 10 s it is a tail',
    },
  },
  imbalance: {
    symptom: gaugesOf({ num_requests_running: 90 }),
    alsoFires: { 'two engines': 'two can be unequal', ...anySource, ...gauge, 'first minute': 'it held for 30 s' },
  },
  'falling-hit-rate': {
    symptom: (scrape) => (scrape.all['prefix_cache_hit_rate'] = scrape.second >= 680 ? 0.1 : 0.6),
    alsoFires: { ...anyNumber, ...lingers, ...anySource },
  },
  'nixl-failures': {
    symptom: windowsOf({ nixl_failed_transfers_s: 2 }),
    alsoFires: { ...anyNumber, ...anySource, ...lingers, ...atOnce },
  },
  'error-share': {
    symptom: aggregates({ finished_share_error: 0.2 }),
    alsoFires: { ...anyNumber, ...anySource, ...lingers, ...atOnce },
  },
  'abort-share': {
    symptom: aggregates({ finished_share_abort: 0.5 }),
    alsoFires: { ...anyNumber, ...lingers, ...anySource, 'first minute': 'it held for 20 s' },
  },
  'training-waits': {
    symptom: (scrape) => (scrape.phase = { name: 'wait_for_generation_buffer', since: scrape.second - 90 }),
    alsoFires: {
      ...whateverTheyDo,
      ...anyNumber,
      ...anySource,
      ...atOnce,
      'weight sync': undefined,
      'failing target': 'the phase is set once and holds',
    },
  },
  'generation-waits': {
    symptom: (scrape) => {
      Object.assign(scrape.all, { gen_buffer_fill: 1 });
      for (const engine of scrape.engines) Object.assign(engine.gauges, { num_requests_running: 0 });
    },
    alsoFires: { ...anyNumber, ...anySource, 'first minute': 'it held for 20 s' },
  },
  'old-names': {
    symptom: first({ renamedFamilies: ['kv_cache_usage_perc'] }),
    alsoFires: { ...whateverTheyDo, ...anyNumber, ...anySource, ...atOnce, 'failing target': 'names do not change' },
  },
  'dropped-families': {
    symptom: first({ families: ['num_requests_running', 'request_success', 'request_generation_tokens'] }),
    alsoFires: {
      'two engines': 'two differ',
      'prefill and decode': 'any engine has them for a finished request',
      'weight sync': 'what is missing stays missing',
      'first minute': 'a finished request fills all of them',
      'restarted agent': 'what is missing stays missing',
    },
  },
  'type-changed': {
    symptom: (scrape) => scrape.contradicted.push({ family: 'preemptions', known: 'counter', declared: 'gauge' }),
    alsoFires: { ...whateverTheyDo, ...anyNumber, ...atOnce, 'failing target': 'types do not change' },
  },
  'rollouts-slower': {
    symptom: rollouts(20, (index) => ({ seconds: index < 14 ? 80 : 130 })),
    alsoFires: ofEndedRollouts,
  },
  'rollout-tail': { symptom: rollouts(6, () => ({ tailSeconds: 40 })), alsoFires: ofEndedRollouts },
  'rollout-idle': {
    symptom: rollouts(6, () => ({ idleShare: 0.5, idleSeconds: 160 })),
    alsoFires: ofEndedRollouts,
  },
  'weight-sync-long': {
    symptom: rollouts(6, () => ({ kind: 'step', phases: { sync_weights: 32, run_training: 48 } })),
    alsoFires: ofEndedRollouts,
  },
  'bounds-differ': {
    symptom: (scrape) => {
      scrape.all['prompt_tokens_per_request_p50'] = 100;
      scrape.unmerged = 1;
    },
    alsoFires: { ...anyNumber, ...anySource, ...atOnce },
  },
};

describe('the rules of the diagnosis in situations that are no reason for an alarm', () => {
  it('have a row each, and no row is of another rule', () =>
    assert.deepEqual(Object.keys(rows).sort(), diagnosisRules.map(({ id }) => id).sort()));

  for (const [id, { symptom, alsoFires }] of Object.entries(rows)) {
    for (const name of Object.keys(situations) as SituationName[]) {
      const reason = name === 'symptom alone' ? 'that is what it is for' : alsoFires[name];
      it(`${id}: ${name}: ${reason === undefined ? 'says nothing' : `fires, because ${reason}`}`, () => {
        const findings = findingsIn(name, symptom);
        const own = findings.filter((finding) => finding.id === id);
        assert.equal(own.length > 0, reason !== undefined, JSON.stringify(findings, undefined, 1));
      });
    }
  }
});

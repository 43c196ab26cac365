/** Situations of a run, with the one result that both sources have to give: the targets, and a Prometheus that scrapes them. */
import type { Actor } from '../../../src/discovery/actors';
import { at, rayEngine, type Samples } from '../metrics/scene';

/** One situation, scraped every 10 s from 0 s on. */
export interface Situation {
  what: string;
  /** Body of the node's agent, without the labels of the session. */
  body: (second: number) => string;
  /** As the dashboard lists them. */
  actors: (second: number) => [string, Actor][];
  /** The last scrape. */
  lastSecond: number;
  /** By engine id, its state at the last scrape and which engine it follows. */
  engines: Record<string, { state: string; follows?: string }>;
  /** `severity id engine` of the findings at the last scrape. */
  findings: readonly string[];
  /** What differs with Prometheus, and why. */
  prometheus?: Partial<Pick<Situation, 'engines' | 'findings'>> & { why: string };
}

const actor = (workerId: string, state: string, fields: Partial<Actor> = {}): [string, Actor] => [
  workerId,
  { workerId, className: 'VLLMServerActor', state, node: '192.0.2.2', startedAt: at(-3600), ...fields },
];

/** An engine at work, with 200 tokens a second. */
const working = (worker: string, second: number, more: Samples = {}): string =>
  rayEngine(worker, {
    num_requests_running: 4,
    num_requests_waiting: 0,
    kv_cache_usage_perc: 0.4,
    generation_tokens_total: 10_000 + 200 * second,
    ...more,
  });
/** Its counters, which stay when it has died. */
const leftover = (worker: string, second: number): string =>
  rayEngine(worker, { generation_tokens_total: 10_000 + 200 * second });
const phase = (name: string): string =>
  `ray_skyrl_training_phase{WorkerId="trainer",NodeAddress="192.0.2.2",SessionName="s",phase="${name}"} 1\n`;
const bothAlive = (): [string, Actor][] => [actor('w1', 'ALIVE'), actor('w2', 'ALIVE')];

export const situations: readonly Situation[] = [
  {
    what: 'two engines at work',
    body: (second) => working('w1', second) + working('w2', second),
    actors: bothAlive,
    lastSecond: 120,
    engines: { w1: { state: 'active' }, w2: { state: 'active' } },
    findings: [],
  },
  {
    what: 'an engine that was replaced before the first scrape',
    body: (second) => leftover('w1', 0) + working('w2', second),
    actors: () => [
      actor('w1', 'DEAD', { startedAt: at(-7200), endedAt: at(-4000) }),
      actor('w2', 'ALIVE', { startedAt: at(-3900) }),
    ],
    lastSecond: 120,
    engines: { w1: { state: 'dead' }, w2: { state: 'active', follows: 'w1' } },
    findings: [],
  },
  {
    what: 'an engine that died before the first scrape and was not replaced',
    body: (second) => leftover('w1', 0) + working('w2', second),
    actors: () => [actor('w1', 'DEAD', { endedAt: at(-60) }), actor('w2', 'ALIVE')],
    lastSecond: 120,
    engines: { w1: { state: 'dead' }, w2: { state: 'active' } },
    findings: ['error engine-dead w1'],
  },
  {
    what: 'an engine that dies and is replaced between two scrapes',
    body: (second) =>
      second < 60
        ? working('w1', second) + working('w2', second)
        : leftover('w1', 50) + working('w2', second) + working('w3', second - 60),
    actors: (second) =>
      second < 60
        ? bothAlive()
        : [actor('w1', 'DEAD', { endedAt: at(52) }), actor('w2', 'ALIVE'), actor('w3', 'ALIVE', { startedAt: at(53) })],
    lastSecond: 130,
    engines: { w1: { state: 'dead' }, w2: { state: 'active' }, w3: { state: 'active', follows: 'w1' } },
    findings: [],
  },
  {
    what: 'an engine that stands still while another one goes on',
    body: (second) => working('w1', Math.min(second, 20)) + working('w2', second),
    actors: bothAlive,
    lastSecond: 120,
    engines: { w1: { state: 'active' }, w2: { state: 'active' } },
    findings: ['warning not-moving w1'],
  },
  {
    what: 'an engine that stands still in a training phase without weight sync',
    body: (second) => working('w1', Math.min(second, 20)) + working('w2', second) + phase('run_training'),
    actors: bothAlive,
    lastSecond: 120,
    engines: { w1: { state: 'active' }, w2: { state: 'active' } },
    findings: ['error not-moving w1'],
  },
  {
    what: 'an engine that keeps its requests for half a minute without moving',
    body: (second) => working('w1', second < 90 ? second : 90) + working('w2', second),
    actors: bothAlive,
    lastSecond: 120,
    engines: { w1: { state: 'active' }, w2: { state: 'active' } },
    findings: ['warning not-moving w1'],
    prometheus: { findings: [], why: 'it scrapes in its own time, so that half a minute is too short' },
  },
  {
    what: 'engines that keep their requests during a weight sync',
    body: (second) => working('w1', Math.min(second, 20)) + working('w2', second) + phase('sync_weights'),
    actors: bothAlive,
    lastSecond: 120,
    engines: { w1: { state: 'active' }, w2: { state: 'active' } },
    findings: [],
  },
  {
    what: 'a node that reports nothing new',
    body: (second) => working('w1', Math.min(second, 20)) + working('w2', Math.min(second, 20)),
    actors: bothAlive,
    lastSecond: 120,
    engines: { w1: { state: 'active' }, w2: { state: 'active' } },
    findings: ['warning late-agent '],
  },
  {
    what: 'an engine that sleeps with its requests',
    body: (second) =>
      working('w1', Math.min(second, 20), {
        'engine_sleep_state{sleep_state="awake"}': second > 20 ? 0 : 1,
        'engine_sleep_state{sleep_state="weights_offloaded"}': second > 20 ? 1 : 0,
      }) + working('w2', second),
    actors: bothAlive,
    lastSecond: 120,
    engines: { w1: { state: 'asleep' }, w2: { state: 'active' } },
    findings: [],
  },
  {
    what: 'an engine that has lived for an hour and shows nothing',
    body: (second) => working('w2', second),
    actors: bothAlive,
    lastSecond: 120,
    engines: { w1: { state: 'quiet' }, w2: { state: 'active' } },
    findings: ['warning no-report w1'],
    prometheus: { findings: [], why: 'it may scrape only some nodes' },
  },
  {
    what: 'an engine that started a minute ago and shows nothing yet',
    body: (second) => working('w2', second),
    actors: () => [actor('w1', 'ALIVE', { startedAt: at(60) }), actor('w2', 'ALIVE')],
    lastSecond: 120,
    engines: { w1: { state: 'starting' }, w2: { state: 'active' } },
    findings: [],
  },
  {
    what: 'an agent that restarts',
    body: (second) => working('w1', second < 110 ? second : -49) + working('w2', second < 110 ? second : -49),
    actors: () => [],
    lastSecond: 110,
    engines: { w1: { state: 'active' }, w2: { state: 'active' } },
    findings: ['info agent-restarted '],
  },
];

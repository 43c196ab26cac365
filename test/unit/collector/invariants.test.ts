import { strict as assert } from 'node:assert';
import type { Engine, Snapshot } from '../../../src/api';
import { snapshotViolations } from '../../../src/collector/invariants';
import { assertObeys } from '../support/assertObeys';

const at = 1_795_000_000_000;
const requests = 'num_requests_running';
const rate = 'generation_throughput_tok_s';
const share = 'kv_cache_usage_perc';
const quantile = 'ttft_seconds_p50';

/** A snapshot of two engines and a server that obeys. Made anew for each test, which may change it. */
function validSnapshot(): Snapshot & { engines: [Engine, Engine] } {
  const engine = (number: number, running: number): Engine => ({
    id: `worker ${number}`,
    name: `engine ${number}`,
    node: '192.0.2.2',
    state: 'active',
    movedAt: at - 1000,
    measures: { [requests]: { value: running, to: at }, [rate]: { value: 5, from: at - 10_000, to: at } },
  });
  return {
    at,
    window: { from: at - 10_000, to: at },
    trigger: 'api',
    values: { 'vllm/num_requests_running': 3 },
    measures: {
      [requests]: {
        value: 3,
        to: at,
        counted: 2,
        of: 2,
        lowest: { engine: 'worker 0', value: 1 },
        highest: { engine: 'worker 1', value: 2 },
      },
      [rate]: { value: 10, from: at - 10_000, to: at, counted: 2, of: 2, bounds: { low: 9, high: 11 } },
      [quantile]: { value: 0.5, from: at - 10_000, to: at, counted: 2, of: 2, bucket: { from: 0.2, to: 0.6 } },
    },
    sinceStart: { prefix_cache_hit_rate: 0.5 },
    engines: [engine(0, 1), engine(1, 2)],
    targets: [{ url: 'http://192.0.2.2:1/metrics', kind: 'ray', state: 'ok', bytes: 1, samples: 1, tookMs: 1 }],
    findings: [{ id: 'x', severity: 'info', message: 'A message.', engine: 'worker 0', since: at - 1 }],
    distributions: {
      ttft_seconds: { from: at - 10_000, to: at, bounds: [1, 2], counts: [0, 1, 2], counted: 2, of: 2 },
    },
    phase: { name: 'run_training', since: at - 2, at: at - 1 },
    parts: [
      {
        id: 's',
        kind: 'server',
        name: 's',
        node: '',
        measures: { http_requests_s: { value: 1, from: 1, to: at } },
      },
    ],
  };
}

type Change = (snapshot: ReturnType<typeof validSnapshot>) => void;
const aggregate = ({ measures }: Snapshot, id: string): NonNullable<Snapshot['measures'][string]> =>
  measures[id] ?? assert.fail(id);

/** What must not be, and the words that name it. */
const violations: readonly (readonly [words: RegExp, change: Change])[] = [
  [/values.vllm\/x is NaN/, ({ values }) => (values['vllm/x'] = NaN)],
  [
    /parts.0.measures.*value is Infinity/,
    ({ parts }) => void (parts?.[0] && (parts[0].measures[share] = { value: Infinity, to: at })),
  ],
  [/window is/, (snapshot) => (snapshot.window = { from: at + 1, to: at })],
  [/phase is/, (snapshot) => (snapshot.phase = { name: 'x', since: at, at: at + 1 })],
  [/the same engine/, ({ engines }) => (engines[1].name = 'engine 0')],
  [/the same target/, ({ targets }) => targets.push(...targets)],
  [
    /worker 0 is active against the evidence/,
    ({ engines: [engine] }) => {
      engine.movedAt = at - 60_000;
      engine.measures = { [requests]: { value: 0, to: at }, num_requests_waiting: { value: 0, to: at } };
    },
  ],
  [/worker 0 is dead against the evidence/, ({ engines: [engine] }) => (engine.state = 'dead')],
  [/worker 0 is paused against/, ({ engines: [engine] }) => (engine.state = 'paused')],
  [/worker 0 sleeps, but is active/, ({ engines: [engine] }) => (engine.server = { sleeping: true })],
  [/worker 0 moved in the future/, ({ engines: [engine] }) => (engine.movedAt = at + 1)],
  [/is failed with no error/, ({ targets }) => void (targets[0] && (targets[0].state = 'failed'))],
  [/negative size/, ({ targets }) => void (targets[0] && (targets[0].tookMs = -1))],
  [/finding x has no message/, ({ findings }) => void (findings[0] && (findings[0].message = ''))],
  [/finding x began in the future/, ({ findings }) => void (findings[0] && (findings[0].since = at + 1))],
  [/finding x is of no engine/, ({ findings }) => void (findings[0] && (findings[0].engine = 'worker 7'))],
  [/unknown of .* not in the catalog/, ({ measures }) => (measures['unknown'] = { value: 1, to: at, of: 2 })],
  [/is 1.2, which is no share/, ({ sinceStart }) => (sinceStart['prefix_cache_hit_rate'] = 1.2)],
  [/-5, which is below 0/, ({ engines: [engine] }) => (engine.measures[rate] = { value: -5, from: at, to: at })],
  [/is from the future/, ({ engines: [engine] }) => (engine.measures[requests] = { value: 1, to: at + 1 })],
  [/is over -1 ms/, ({ engines: [engine] }) => (engine.measures[rate] = { value: 5, from: at, to: at - 1 })],
  [/outside its bucket/, (snapshot) => (aggregate(snapshot, quantile).value = 0.7)],
  [/outside its bounds/, (snapshot) => (aggregate(snapshot, rate).bounds = { low: 11 })],
  [/is of 3 of 2/, (snapshot) => (aggregate(snapshot, requests).counted = 3)],
  [/is of 3 engines/, (snapshot) => (aggregate(snapshot, requests).of = 3)],
  [
    /is not the measure of its subject/,
    (snapshot) => (aggregate(snapshot, requests).lowest = { engine: 'worker 0', value: 2 }),
  ],
  [/is 4, but its parts make 3/, (snapshot) => (aggregate(snapshot, requests).value = 4)],
  [/has 2 counts/, ({ distributions }) => distributions?.['ttft_seconds']?.counts.pop()],
  [/a count below 0/, ({ distributions }) => distributions?.['ttft_seconds']?.counts.splice(0, 1, -1)],
  [/bounds out of order/, ({ distributions }) => distributions?.['ttft_seconds']?.bounds.reverse()],
];

describe('the invariants of a snapshot', () => {
  it('hold for a valid one', () => assert.ok(assertObeys(validSnapshot())));

  for (const [words, change] of violations) {
    it(`name what is wrong: ${words.source}`, () => {
      const snapshot = validSnapshot();
      change(snapshot);
      const found = [...snapshotViolations(snapshot)];
      assert.ok(
        found.some((violation) => words.test(violation)),
        found.join('\n'),
      );
    });
  }
});

import { strict as assert } from 'node:assert';
import type { Engine, Finding, Measure } from '../../../src/api';
import { Diagnosis } from '../../../src/diagnosis/index';
import type { DiagnosisInput } from '../../../src/diagnosis/types';
import { at } from '../metrics/scene';

const measuresOf = (values: Record<string, number>, second: number): Record<string, Measure> =>
  Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value, to: at(second) }]));

interface Given {
  engines?: Record<string, Record<string, number>>;
  all?: Record<string, number>;
  phase?: string;
  states?: Record<string, Engine['state']>;
}

/** A diagnosis that is given numbers by hand, second by second. */
function newCase(): (second: number, given: Given) => Finding[] {
  const diagnosis = new Diagnosis();
  return (second, { engines = {}, all = {}, phase, states = {} }) => {
    const input: DiagnosisInput = {
      now: at(second),
      trackedEngines: [],
      parts: [],
      targets: [],
      expectedEngines: undefined,
      measures: measuresOf(all, second),
      phase: phase === undefined ? undefined : { name: phase, since: at(0), at: at(second) },
      engines: Object.entries(engines).map(([id, values]) => ({
        id,
        name: id,
        node: 'n',
        state: states[id] ?? 'active',
        measures: measuresOf(values, second),
      })),
    };
    return diagnosis.findings(input);
  };
}

const ids = (findings: readonly Finding[]): string[] => findings.map(({ id }) => id);

describe('diagnosis: what is said at once', () => {
  const cases: readonly (readonly [id: string, severity: Finding['severity'], words: RegExp, given: Given])[] = [
    [
      'kv-pressure',
      'warning',
      /a: KV cache 91 % full, 5 requests waiting/,
      { engines: { a: { kv_cache_usage_perc: 0.91, num_requests_waiting: 5 } } },
    ],
    ['kv-pressure', 'error', /a: KV cache 99 % full/, { engines: { a: { kv_cache_usage_perc: 0.99 } } }],
    [
      'preemption-thrash',
      'error',
      /a preempts requests, 1\.50 \/s, KV cache 80 %/,
      { engines: { a: { preemptions_s: 1.5, kv_cache_usage_perc: 0.8 } } },
    ],
    ['preemption-thrash', 'warning', /a preempts/, { engines: { a: { preemptions_s: 0.1 } } }],
    [
      'overload',
      'warning',
      /waited 8\.00 s and ran 4\.00 s/,
      { engines: { a: { queue_seconds_avg: 8, inference_seconds_avg: 4 } } },
    ],
    [
      'nixl-failures',
      'error',
      /a: NIXL has 0\.20 \/s failed transfers, 0\.10 \/s expired requests/,
      { engines: { a: { nixl_failed_transfers_s: 0.2, nixl_expired_s: 0.1 } } },
    ],
    ['error-share', 'warning', /2\.0 % of the finished requests failed/, { all: { finished_share_error: 0.02 } }],
    ['error-share', 'error', /20 % of the finished requests failed/, { all: { finished_share_error: 0.2 } }],
  ];
  for (const [id, severity, words, given] of cases) {
    it(`${id}, ${severity}: ${words.source}`, () => {
      const [finding, ...others] = newCase()(0, given);
      assert.deepEqual([finding?.id, finding?.severity, others], [id, severity, []]);
      assert.match(finding?.message ?? '', words);
      assert.ok(finding?.advice, 'says what to do');
    });
  }

  const nothing: readonly (readonly [why: string, given: Given])[] = [
    ['a cache below the limit', { engines: { a: { kv_cache_usage_perc: 0.89 } } }],
    ['no preemption', { engines: { a: { preemptions_s: 0 } } }],
    ['a short queue', { engines: { a: { queue_seconds_avg: 0.5, inference_seconds_avg: 0.1 } } }],
    ['a dead engine’s numbers', { engines: { a: { kv_cache_usage_perc: 1 } }, states: { a: 'dead' } }],
    ['transfers without a failure', { engines: { a: { nixl_failed_transfers_s: 0 } } }],
    ['no number at all', { engines: { a: {} } }],
  ];
  for (const [why, given] of nothing)
    it(`nothing of ${why}`, () =>
      assert.deepEqual(
        newCase()(0, given).filter(({ id }) => id !== 'engine-dead'),
        [],
      ));
});

describe('diagnosis: what has to hold for a while', () => {
  const cases: readonly (readonly [id: string, after: number, given: Given])[] = [
    [
      'slow-decode',
      10,
      { engines: { a: { tpot_seconds_p50: 0.02 }, b: { tpot_seconds_p50: 0.02 }, c: { tpot_seconds_p50: 0.05 } } },
    ],
    [
      'long-tail',
      10,
      {
        engines: { a: { num_requests_running: 2 }, b: { num_requests_running: 0 }, c: {} },
        states: { b: 'quiet', c: 'quiet' },
      },
    ],
    ['imbalance', 30, { engines: { a: { num_requests_running: 60 }, b: { num_requests_running: 10 } } }],
    ['low-output-speed', 20, { all: { output_speed_per_request: 8 } }],
    ['abort-share', 20, { all: { finished_share_abort: 0.5 }, phase: 'run_training' }],
    [
      'generation-waits',
      20,
      { engines: { a: { num_requests_running: 0 } }, states: { a: 'quiet' }, all: { gen_buffer_fill: 1 } },
    ],
  ];
  for (const [id, after, given] of cases) {
    it(`${id} is said after ${after} s, since it began`, () => {
      const step = newCase();
      for (let second = 0; second < after; second += 10) assert.deepEqual(ids(step(second, given)), [], `${second} s`);
      const [finding] = step(after, given);
      assert.deepEqual([finding?.id, finding?.since], [id, at(0)]);
    });
  }

  it('training that waits for generation: after a minute of it, by the phase’s own time', () => {
    const step = newCase();
    const given = { phase: 'wait_for_generation_buffer', all: { gen_buffer_qsize: 3, gen_buffer_maxsize: 256 } };
    assert.deepEqual(ids(step(59, given)), []);
    const [finding] = step(60, given);
    assert.match(
      finding?.message ?? '',
      /Training has waited for generation for 60 s; 3 of 256 groups are in the buffer/,
    );
  });

  it('aborts during a weight sync are SkyRL’s own', () => {
    const step = newCase();
    for (const second of [0, 10, 20, 30])
      assert.deepEqual(ids(step(second, { all: { finished_share_abort: 0.9 }, phase: 'sync_weights' })), []);
  });
});

describe('diagnosis: no flicker', () => {
  const kv = (usage: number): Given => ({ engines: { a: { kv_cache_usage_perc: usage } } });

  it('around its limit a finding stays, with the time since it began', () => {
    const step = newCase();
    assert.deepEqual(ids(step(0, kv(0.89))), []);
    for (const [second, usage] of [
      [10, 0.91],
      [20, 0.88],
      [30, 0.9],
      [40, 0.82],
    ] as const)
      assert.deepEqual(
        step(second, kv(usage)).map(({ since }) => since),
        [at(10)],
        `${second} s`,
      );
  });

  it('well below its limit it is said a scrape or two more, then no more, and begins anew', () => {
    const step = newCase();
    step(0, kv(0.95));
    assert.deepEqual(ids(step(10, kv(0.3))), ['kv-pressure']);
    assert.deepEqual(ids(step(21, kv(0.3))), []);
    assert.deepEqual(
      step(30, kv(0.95)).map(({ since }) => since),
      [at(30)],
    );
  });

  it('an engine that is no longer listed takes its findings along', () => {
    const step = newCase();
    step(0, kv(0.95));
    assert.deepEqual(step(5, { engines: { b: {} } }), []);
  });

  it('a clock that goes back ends what was said', () => {
    const step = newCase();
    step(100, kv(0.95));
    assert.deepEqual(step(0, kv(0.3)), []);
  });
});

describe('diagnosis: a hit rate that falls', () => {
  const hits = (rate: number): Given => ({ all: { prefix_cache_hit_rate: rate } });

  it('from its own level over at least six windows; while it is low it is not the level', () => {
    const step = newCase();
    for (let second = 0; second < 60; second += 10) assert.deepEqual(ids(step(second, hits(0.6))), []);
    for (const second of [60, 70, 400]) {
      const [finding] = step(second, hits(0.2));
      assert.match(finding?.message ?? '', /fell to 20 %; they were 60 % over the 6 windows before/, `${second} s`);
    }
    assert.deepEqual(ids(step(500, hits(0.55))), []);
  });

  it('not from a level that was never worth anything', () => {
    const step = newCase();
    for (let second = 0; second < 100; second += 10) step(second, hits(0.1));
    assert.deepEqual(ids(step(100, hits(0.01))), []);
  });
});

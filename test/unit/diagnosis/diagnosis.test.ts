/** The diagnosis: which findings a snapshot's numbers give, and for how long. */
import { strict as assert } from 'node:assert';
import type { Engine, Finding, Measure } from '../../../src/api';
import { Diagnosis } from '../../../src/diagnosis/diagnosis';
import type { DiagnosisInput } from '../../../src/diagnosis/rule';
import { at } from '../metrics/scene';

const measuresOf = (values: Record<string, number>, second: number): Record<string, Measure> =>
  Object.fromEntries(Object.entries(values).map(([id, value]) => [id, { value, to: at(second) }]));

/** The numbers of one second. */
interface Given {
  /** Measures by engine. */
  engines?: Record<string, Record<string, number>>;
  /** Aggregates. */
  all?: Record<string, number>;
  phase?: string;
  states?: Record<string, Engine['state']>;
}

/** A diagnosis of made-up numbers. The result diagnoses one second. */
function newDiagnosis(): (second: number, given: Given) => Finding[] {
  const diagnosis = new Diagnosis();
  return (second, { engines = { a: {} }, all = {}, phase, states = {} }) => {
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

describe('the diagnosis of one snapshot', () => {
  const cases: readonly (readonly [id: string, severity: Finding['severity'], message: RegExp, given: Given])[] = [
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
    ['nixl-failures', 'error', /a: NIXL has 2\.00 \/s expired/, { engines: { a: { nixl_expired_s: 2 } } }],
    [
      'nixl-failures',
      'warning',
      /a: NIXL has 0\.20 \/s failed transfers, 0\.10 \/s expired requests/,
      { engines: { a: { nixl_failed_transfers_s: 0.2, nixl_expired_s: 0.1 } } },
    ],
    ['error-share', 'warning', /2\.0 % of the finished requests failed/, { all: { finished_share_error: 0.02 } }],
    ['error-share', 'error', /20 % of the finished requests failed/, { all: { finished_share_error: 0.2 } }],
  ];
  for (const [id, severity, message, given] of cases) {
    it(`reports ${id} as ${severity}, with a message like ${message.source}`, () => {
      const [finding, ...others] = newDiagnosis()(0, given);
      assert.deepEqual([finding?.id, finding?.severity, others], [id, severity, []]);
      assert.match(finding?.message ?? '', message);
      assert.ok(finding?.advice, 'the finding has no advice');
    });
  }

  const harmless: readonly (readonly [what: string, given: Given])[] = [
    ['a cache below the threshold', { engines: { a: { kv_cache_usage_perc: 0.89 } } }],
    ['zero preemptions', { engines: { a: { preemptions_s: 0 } } }],
    ['a short queue', { engines: { a: { queue_seconds_avg: 0.5, inference_seconds_avg: 0.1 } } }],
    ['a dead engine’s numbers', { engines: { a: { kv_cache_usage_perc: 1 } }, states: { a: 'dead' } }],
    ['transfers without a failure', { engines: { a: { nixl_failed_transfers_s: 0 } } }],
    ['an engine without measures', { engines: { a: {} } }],
  ];
  for (const [what, given] of harmless)
    it(`reports nothing for ${what}`, () =>
      assert.deepEqual(
        newDiagnosis()(0, given).filter(({ id }) => id !== 'engine-dead'),
        [],
      ));
});

describe('the diagnosis of symptoms that have to hold for a while', () => {
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
    ['low-output-speed', 20, { engines: { a: { generation_throughput_tok_s: 80, num_requests_running: 10 } } }],
    ['abort-share', 20, { all: { finished_share_abort: 0.5 }, phase: 'run_training' }],
    [
      'generation-waits',
      20,
      { engines: { a: { num_requests_running: 0 } }, states: { a: 'quiet' }, all: { gen_buffer_fill: 1 } },
    ],
  ];
  for (const [id, after, given] of cases) {
    it(`reports ${id} after ${after} s, with the time it began`, () => {
      const diagnose = newDiagnosis();
      for (let second = 0; second < after; second += 10)
        assert.deepEqual(ids(diagnose(second, given)), [], `${second} s`);
      const [finding] = diagnose(after, given);
      assert.deepEqual([finding?.id, finding?.since], [id, at(0)]);
    });
  }

  it('reports training that waits for generation after a minute in that phase', () => {
    const diagnose = newDiagnosis();
    const given = { phase: 'wait_for_generation_buffer', all: { gen_buffer_qsize: 3, gen_buffer_maxsize: 256 } };
    assert.deepEqual(ids(diagnose(59, given)), []);
    const [finding] = diagnose(60, given);
    assert.match(
      finding?.message ?? '',
      /Training has waited for generation for 60 s; 3 of 256 groups are in the buffer/,
    );
  });

  it('reports no aborts during a weight sync, which SkyRL causes', () => {
    const diagnose = newDiagnosis();
    for (const second of [0, 10, 20, 30])
      assert.deepEqual(ids(diagnose(second, { all: { finished_share_abort: 0.9 }, phase: 'sync_weights' })), []);
  });
});

describe('the diagnosis of numbers around a threshold', () => {
  const kv = (usage: number): Given => ({ engines: { a: { kv_cache_usage_perc: usage } } });

  it('keeps a finding near its threshold, with the time it began', () => {
    const diagnose = newDiagnosis();
    assert.deepEqual(ids(diagnose(0, kv(0.89))), []);
    for (const [second, usage] of [
      [10, 0.91],
      [20, 0.88],
      [30, 0.9],
      [40, 0.82],
    ] as const)
      assert.deepEqual(
        diagnose(second, kv(usage)).map(({ since }) => since),
        [at(10)],
        `${second} s`,
      );
  });

  it('keeps a finding for a scrape or two after its number recovered, then starts a new one', () => {
    const diagnose = newDiagnosis();
    diagnose(0, kv(0.95));
    assert.deepEqual(
      diagnose(10, kv(0.3)).map(({ id, message }) => [id, message]),
      [['kv-pressure', 'a: KV cache 95 % full. Last seen 10 s ago.']],
      'the number is of the past, and says so',
    );
    assert.deepEqual(ids(diagnose(21, kv(0.3))), []);
    assert.deepEqual(
      diagnose(30, kv(0.95)).map(({ since }) => since),
      [at(30)],
    );
  });

  it('ends a finding with its engine, or with an engine that it names', () => {
    const load = (running: number): Record<string, number> => ({ num_requests_running: running, preemptions_s: 2 });
    for (const state of ['dead', 'gone', 'asleep', 'paused'] as const) {
      const diagnose = newDiagnosis();
      const given: Given = { engines: { a: load(90), b: { num_requests_running: 10 } } };
      for (const second of [0, 10, 20, 30]) diagnose(second, given);
      assert.deepEqual(ids(diagnose(40, given)), ['preemption-thrash', 'imbalance']);
      assert.deepEqual(
        ids(diagnose(50, { ...given, states: { a: state } })),
        state === 'dead' ? ['engine-dead'] : [],
        `${state}: engine a has the finding`,
      );
    }
    const diagnose = newDiagnosis();
    const given: Given = { engines: { a: { num_requests_running: 90 }, b: { num_requests_running: 10 } } };
    for (const second of [0, 10, 20, 30]) diagnose(second, given);
    assert.deepEqual(ids(diagnose(40, { ...given, states: { b: 'dead' } })), ['engine-dead'], 'engine b is named');
  });

  it('drops the findings of an engine that is no longer listed', () => {
    const diagnose = newDiagnosis();
    diagnose(0, kv(0.95));
    assert.deepEqual(diagnose(5, { engines: { b: {} } }), []);
  });

  it('drops findings when the clock goes back', () => {
    const diagnose = newDiagnosis();
    diagnose(100, kv(0.95));
    assert.deepEqual(diagnose(0, kv(0.3)), []);
  });
});

describe('the diagnosis of a falling hit rate', () => {
  const hits = (rate: number): Given => ({ all: { prefix_cache_hit_rate: rate } });

  it('compares with the level of at least six windows, which a fallen rate does not lower', () => {
    const diagnose = newDiagnosis();
    for (let second = 0; second < 60; second += 10) assert.deepEqual(ids(diagnose(second, hits(0.6))), []);
    for (const second of [60, 70, 400]) {
      const [finding] = diagnose(second, hits(0.2));
      assert.match(finding?.message ?? '', /fell to 20 %; they were 60 % over the 6 windows before/, `${second} s`);
    }
    assert.deepEqual(ids(diagnose(500, hits(0.55))), []);
  });

  it('reports nothing if the level was always low', () => {
    const diagnose = newDiagnosis();
    for (let second = 0; second < 100; second += 10) diagnose(second, hits(0.1));
    assert.deepEqual(ids(diagnose(100, hits(0.01))), []);
  });
});

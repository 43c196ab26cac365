/** Situations in which a number is easily wrong, with the number that a person works out by hand. */
import assert from 'node:assert/strict';
import type { Snapshot } from '../../../src/api';
import {
  engineOf,
  generation,
  lines,
  nativeEngine,
  newScene,
  rayEngine,
  targetA,
  targetB,
  type Samples,
} from './scene';

type Bodies = Record<string, string | undefined>;
const value = ({ measures }: Pick<Snapshot, 'measures'>, id: string): number | undefined => measures[id]?.value;
const native = (samples: Samples, rank = '0', start = 1): Bodies => ({ [targetA]: nativeEngine(samples, rank, start) });
const ranks = (first: number, second: number): Bodies => ({
  [targetA]: [first, second]
    .map((tokens, rank) => nativeEngine({ generation_tokens_total: tokens, num_requests_running: 1 }, `${rank}`))
    .join(''),
});
/** Times to first token: cumulative counts by bound, and the sum of all. */
const ttft = (counts: Record<string, number>, sum: number): Samples => ({
  ...Object.fromEntries(Object.entries(counts).map(([le, n]) => [`time_to_first_token_seconds_bucket{le="${le}"}`, n])),
  time_to_first_token_seconds_sum: sum,
  time_to_first_token_seconds_count: counts['+Inf'] ?? 0,
});
/** The snapshots of a server or agent with these bodies, every 10 s. */
function scrapes(
  bodies: readonly Bodies[],
  kind: 'vllm' | 'ray' = 'vllm',
  trigger: 'api' | 'timer' = 'api',
): Snapshot[] {
  const scene = newScene(kind);
  return bodies.map((body, index) => scene.scrape(10 * index, body, { trigger }));
}
const last = (snapshots: readonly Snapshot[]): Snapshot => snapshots.at(-1) ?? assert.fail();

describe('numbers by hand', () => {
  it('of a gauge that a new release renames, also while both names are there', () => {
    const tokens = (count: number): Samples => ({ generation_tokens_total: count });
    const snapshots = scrapes([
      native({ gpu_cache_usage_perc: 0.3, ...tokens(0) }),
      native({ kv_cache_usage_perc: 0.7, ...tokens(100) }),
      native({ gpu_cache_usage_perc: 0.3, kv_cache_usage_perc: 0.8, ...tokens(200) }),
    ]);
    assert.deepEqual(
      snapshots.map((snapshot) => value(snapshot, 'kv_cache_usage_perc')),
      [0.3, 0.7, 0.8],
    );
  });

  it('of counters that a new release renames, in a process whose counts are higher', () => {
    const old = {
      gpu_prefix_cache_queries_total: 1000,
      gpu_prefix_cache_hits_total: 500,
      generation_tokens_total: 900,
    };
    const renamed = (queries: number, hits: number, tokens: number): Samples => ({
      prefix_cache_queries_total: queries,
      prefix_cache_hits_total: hits,
      generation_tokens_total: tokens,
    });
    const snapshots = scrapes([
      native(old),
      native(renamed(2000, 600, 1000), '0', 2),
      native(renamed(2100, 690, 1100), '0', 2),
    ]);
    assert.deepEqual(
      snapshots.map((snapshot) => [value(snapshot, 'prefix_cache_hit_rate'), generation(snapshot)]),
      [
        [undefined, undefined],
        [undefined, undefined],
        [0.9, 10],
      ],
    );
  });

  it('of two models in one server: one engine, whose fullest cache counts', () => {
    const models = (a: number, b: number): Bodies => ({
      [targetA]: [
        ['a', a, 2, 0.2],
        ['b', b, 3, 0.6],
      ]
        .map(([model, tokens, running, usage]) =>
          lines(
            'vllm:',
            { engine: '0', model_name: String(model) },
            {
              generation_tokens_total: tokens ?? 0,
              num_requests_running: running ?? 0,
              kv_cache_usage_perc: usage ?? 0,
            },
          ),
        )
        .join(''),
    });
    const snapshot = last(scrapes([models(0, 0), models(100, 300)]));
    assert.deepEqual(
      [
        snapshot.engines.length,
        generation(snapshot),
        value(snapshot, 'num_requests_running'),
        value(snapshot, 'kv_cache_usage_perc'),
        snapshot.values['vllm/kv_cache_usage_perc'],
      ],
      [1, 40, 5, 0.6, 0.4],
    );
  });

  it('of a rank that appears late, and has no rate of its life before', () => {
    const first = native({ generation_tokens_total: 1000, num_requests_running: 1 });
    assert.deepEqual(scrapes([first, ranks(2000, 500), ranks(3000, 1500)]).map(generation), [undefined, 100, 200]);
  });

  for (const trigger of ['api', 'timer'] as const)
    it(`of a histogram that gets other bounds while its counts grow: none before the next scrape (${trigger})`, () => {
      const snapshots = scrapes(
        [
          native(ttft({ '1.0': 0, '+Inf': 0 }, 0)),
          native(ttft({ '1.0': 10, '+Inf': 10 }, 5)),
          native(ttft({ '0.5': 12, '2.0': 20, '+Inf': 20 }, 12)),
          native(ttft({ '0.5': 22, '2.0': 30, '+Inf': 30 }, 15)),
        ],
        'vllm',
        trigger,
      );
      assert.deepEqual(
        snapshots.map((snapshot) => [value(snapshot, 'ttft_seconds_avg'), value(snapshot, 'ttft_seconds_p50')]),
        [
          [undefined, undefined],
          [0.5, 0.5],
          [undefined, undefined],
          // All ten of the last window are within 0.5 s, so that half of them are within the half of that.
          [0.3, 0.25],
        ],
      );
    });

  it('of a histogram whose bounds are spelled otherwise', () => {
    const snapshot = last(
      scrapes([native(ttft({ '+Inf': 0, '1': 0, '0.5': 0 }, 0)), native(ttft({ '0.50': 4, '1.0': 8, '+Inf': 8 }, 4))]),
    );
    assert.equal(value(snapshot, 'ttft_seconds_p50'), 0.5);
  });

  it('of a sum that falls while its count grows: none', () => {
    const counted = (count: number, sum: number): Bodies => native({ ...ttft({ '1.0': count, '+Inf': count }, sum) });
    const snapshot = last(scrapes([counted(10, 5), counted(20, 4)]));
    assert.deepEqual(
      [value(snapshot, 'ttft_seconds_avg'), value(snapshot, 'ttft_seconds_p50')],
      [undefined, undefined],
    );
  });

  it('of an engine all of whose numbers are infinite for one scrape', () => {
    const finite = (tokens: number): Bodies => native({ num_requests_running: 1, generation_tokens_total: tokens });
    const infinite = native({ num_requests_running: 'Infinity', generation_tokens_total: '+Inf' });
    assert.deepEqual(scrapes([finite(0), infinite, finite(1000), finite(1500)]).map(generation), [
      undefined,
      undefined,
      50,
      50,
    ]);
  });

  it('of two servers, of which one is busier: the mean of all requests, not of the servers', () => {
    const two = (a: Samples, b: Samples): Bodies => ({
      [targetA]: nativeEngine(a),
      [targetB]: nativeEngine(b, '0', 2),
    });
    const none = ttft({ '+Inf': 0 }, 0);
    const mean = last(scrapes([two(none, none), two(ttft({ '+Inf': 90 }, 90), ttft({ '+Inf': 10 }, 110))])).measures[
      'ttft_seconds_avg'
    ];
    assert.deepEqual([mean?.value, mean?.lowest?.value, mean?.highest?.value], [2, 1, 11]);
  });

  it('of an engine that reports late beside one in time', () => {
    const body = (a: number, b: number): Bodies => ({
      [targetA]: [a, b]
        .map((tokens, index) => rayEngine(`w${index}`, { generation_tokens_total: tokens, num_requests_running: 1 }))
        .join(''),
    });
    const snapshot = last(scrapes([body(0, 0), body(1000, 500), body(2000, 500), body(3000, 1500)], 'ray'));
    assert.deepEqual([generation(snapshot), generation(engineOf(snapshot, 'w1'))], [150, 50]);
  });

  it('of a series that one answer has twice: it counts once', () => {
    const body = (tokens: number): string => nativeEngine({ generation_tokens_total: tokens, num_requests_running: 4 });
    const snapshot = last(scrapes([{ [targetA]: body(0).repeat(2) }, { [targetA]: body(1000).repeat(2) }]));
    assert.deepEqual([generation(snapshot), value(snapshot, 'num_requests_running')], [100, 4]);
  });

  it('of more hits than queries in a window: no share', () => {
    const counted = (queries: number, hits: number): Bodies =>
      native({ prefix_cache_queries_total: queries, prefix_cache_hits_total: hits });
    assert.equal(value(last(scrapes([counted(100, 0), counted(200, 150)])), 'prefix_cache_hit_rate'), undefined);
  });

  it('of counters beyond 2^53, and with exponents', () => {
    const counted = (text: string): Bodies => native({ generation_tokens_total: text });
    assert.equal(generation(last(scrapes([counted('9007199254740992'), counted('9007199254742992')]))), 200);
    assert.equal(generation(last(scrapes([counted('1e3'), counted('2.0e+03')]))), 100);
  });

  it('of a window that is still between two that are not, on the timer', () => {
    const counted = [0, 1000, 1000, 4000].map((tokens) => native({ generation_tokens_total: tokens }));
    assert.equal(generation(last(scrapes(counted, 'vllm', 'timer'))), 4000 / 30);
  });
});

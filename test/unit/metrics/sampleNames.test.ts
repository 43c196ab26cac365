import { strict as assert } from 'node:assert';
import { isWanted } from '../support/catalogIndex';
import { replayRecording } from '../support/replay';
import { assertSameValues } from './assertSameValues';
import { targetA, engineOf, newScene, nativeEngine } from './scene';

type Edit = (text: string) => string;

/** Changes names but no values in all bodies. Snapshots must stay the same, but for the release that they derive. */
async function assertSame(recording: 'ray-2.57' | 'ray-2.51', edit: Edit): Promise<void> {
  const edited = await replayRecording(recording, {
    edit: (_step, _node, body) => Buffer.from(edit(body.toString('utf8'))),
  });
  const original = await replayRecording(recording);
  edited.forEach(({ step, snapshot }, index) => {
    assertSameValues(snapshot.values, step.skyrlValues, step.name);
    const strip = ({ measures, engines, sinceStart }: typeof snapshot): unknown => ({
      measures,
      engines: engines.map(({ release: _, ...engine }) => engine),
      sinceStart,
    });
    assert.deepEqual(strip(snapshot), strip((original[index] as (typeof original)[number]).snapshot), step.name);
  });
}

const renamed =
  (from: RegExp, to: string): Edit =>
  (text) =>
    text.replace(from, to);

/** Repeats each matching line under the other name. */
const both =
  (from: RegExp, to: string): Edit =>
  (text) =>
    text.replace(/^.*\n/gm, (line) => (from.test(line) ? line + line.replace(from, to) : line));

describe('SampleNameResolver', () => {
  for (const prefix of ['vllm:', 'vllm_', 'ray_vllm:']) {
    it(`reads names with ${prefix} as those with ray_vllm_`, () =>
      assertSame('ray-2.57', renamed(/^ray_vllm_/gm, prefix)));
  }

  it('reads counters without _total, as Ray 2.52.0 has them', () =>
    assertSame('ray-2.57', renamed(/^(ray_vllm_\w+)_total\{/gm, '$1{')));

  it('counts the doubled counters of Ray 2.51 once', () =>
    assertSame('ray-2.51', (text) =>
      text.replace(/^ray_vllm_(?:generation_tokens|prompt_tokens|prefix_cache_hits|prefix_cache_queries)\{.*\n/gm, ''),
    ));

  it('reads the deprecated half of the counters of Ray 2.51 if the other is missing', () =>
    assertSame('ray-2.51', (text) =>
      text.replace(
        /^ray_vllm_(?:generation_tokens|prompt_tokens|prefix_cache_hits|prefix_cache_queries)_total\{.*\n/gm,
        '',
      ),
    ));

  const renames: readonly (readonly [string, RegExp, string])[] = [
    ['gpu_cache_usage_perc (before vLLM 0.11)', /^(ray_vllm_)kv_cache_usage_perc/, '$1gpu_cache_usage_perc'],
    ['gpu_prefix_cache_queries and _hits (before vLLM 0.9)', /^(ray_vllm_)(prefix_cache_(?:queries|hits))/, '$1gpu_$2'],
    [
      'time_per_output_token_seconds (before vLLM 0.11)',
      /^(ray_vllm_)inter_token_latency_seconds/,
      '$1time_per_output_token_seconds',
    ],
  ];

  for (const [name, from, to] of renames) {
    it(`reads the old name ${name}`, () => assertSame('ray-2.57', renamed(new RegExp(from.source, 'gm'), to)));
    it(`counts the old name ${name} beside the new one once`, () => assertSame('ray-2.57', both(from, to)));
  }

  it('does not read the _created gauges of servers as counters', () => {
    const scene = newScene('vllm');
    scene.scrape(0, { [targetA]: nativeEngine({ generation_tokens_total: 0, generation_tokens_created: 1.79e9 }) });
    const snapshot = scene.scrape(10, {
      [targetA]: nativeEngine({ generation_tokens_total: 100, generation_tokens_created: 1.79e9 }),
    });
    assert.equal(snapshot.values['vllm/generation_throughput_tok_s'], 10);
    assert.equal(engineOf(snapshot, `${targetA} 0`)?.measures['generation_throughput_tok_s']?.value, 10);
  });

  const readNames: readonly (readonly [string, boolean])[] = [
    ['ray_vllm_num_requests_running', true],
    ['vllm:kv_cache_usage_perc', true],
    ['vllm:generation_tokens_total', true],
    ['vllm:generation_tokens', true],
    // When a server's counter began tells servers apart; it is none of the counter's samples.
    ['vllm:generation_tokens_created', true],
    ['vllm:time_to_first_token_seconds_bucket', true],
    ['vllm:time_to_first_token_seconds', false],
    ['vllm:iteration_tokens_total_sum', true],
    ['vllm:iteration_tokens_total', false],
    ['process_start_time_seconds', true],
    ['ray_node_gram_used', true],
    ['ray_tasks', false],
    ['node_gram_used', false],
    ['num_requests_running', false],
    ['myvllm:num_requests_running', false],
    ['vllm:', false],
    ['vllm:__proto__', false],
    ['vllm:constructor', false],
  ];

  for (const [name, expected] of readNames)
    it(`${expected ? 'reads' : 'does not read'} ${name}`, () => assert.equal(isWanted(name), expected));
});

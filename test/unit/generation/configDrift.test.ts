import assert from 'node:assert/strict';
import { readConfig } from '../../../src/config/readConfig';
import type { RunConfig } from '../../../src/config/types';
import type { EngineConfig, ProbedEngine } from '../../../src/generation/engineConfig';
import { checkDrift, findConfigDrift, intendedConfig } from '../../../src/generation/configDrift';

async function configOf(...lines: string[]): Promise<RunConfig> {
  const { config } = await readConfig(
    ['generator:', '  inference_engine:', ...lines.map((line) => `    ${line}`), ''].join('\n'),
    { file: 'c.yaml', environment: {} },
  );
  assert.ok(config);
  return config;
}
const probed = (...configs: EngineConfig[]): ProbedEngine[] =>
  configs.map((config, index) => ({ engine: `engine ${index}`, source: 'server_info', config }));
const messages = (config: RunConfig | undefined, ...configs: EngineConfig[]): string[] =>
  findConfigDrift(config, probed(...configs)).map(({ message }) => message);

describe('a difference between config and engine', () => {
  it('is reported with field, intended and actual value, and the line that asks for it', async () => {
    const config = await configOf('num_engines: 1', 'max_num_seqs: 256');
    const [found] = findConfigDrift(config, probed({ max_num_seqs: 16 }));
    assert.equal(found?.message, 'max_num_seqs: intended 256, actual 16 (engine 0).');
    assert.equal(found?.configValue.range.startLine, 3);
  });

  it('is judged by engine_init_kwargs before other keys', async () => {
    const config = await configOf(
      'max_num_seqs: 256',
      'engine_init_kwargs:',
      '  max_num_seqs: 64',
      '  kv_cache_dtype: fp8',
    );
    assert.deepEqual(messages(config, { max_num_seqs: 64, kv_cache_dtype: 'fp8' }), []);
    assert.deepEqual(messages(config, { max_num_seqs: 256 }), ['max_num_seqs: intended 64, actual 256 (engine 0).']);
    assert.equal(intendedConfig(config).get('max_num_seqs')?.source.range.startLine, 4);
  });

  it('is not judged by defaults or by values that are null, unresolved or malformed', async () => {
    const config = await configOf(
      'backend: vllm',
      'max_num_seqs: null',
      'max_num_batched_tokens: ${oc.env:SKYRL_TEST_NO_SUCH_VARIABLE}',
      'enable_prefix_caching: perhaps',
    );
    assert.deepEqual([...intendedConfig(config).keys()], []);
    assert.deepEqual(
      messages(config, { max_num_seqs: 16, max_num_batched_tokens: 1, enable_prefix_caching: false }),
      [],
    );
  });

  it('is found only in fields that both sides have', async () => {
    const config = await configOf('max_num_seqs: 256', 'enable_chunked_prefill: false');
    assert.deepEqual(messages(config, { kv_cache_dtype: 'fp8' }), []);
    assert.deepEqual(messages(config, { enable_chunked_prefill: true }), [
      'enable_chunked_prefill: intended false, actual true (engine 0).',
    ]);
  });

  it('does not exist for auto, or between fp8 and fp8_e4m3', async () => {
    const dtype = (value: string): Promise<RunConfig> => configOf('engine_init_kwargs:', `  kv_cache_dtype: ${value}`);
    assert.deepEqual(messages(await dtype('auto'), { kv_cache_dtype: 'bfloat16' }), []);
    assert.deepEqual(messages(await dtype('fp8'), { kv_cache_dtype: 'fp8_e4m3' }), []);
    assert.deepEqual(messages(await dtype('fp8'), { kv_cache_dtype: 'auto' }), [
      'kv_cache_dtype: intended "fp8", actual "auto" (engine 0).',
    ]);
  });

  it('names the engines', async () => {
    const config = await configOf('max_num_seqs: 256');
    assert.deepEqual(messages(config, { max_num_seqs: 256 }, { max_num_seqs: 16 }, { max_num_seqs: 16 }), [
      'max_num_seqs: intended 256, actual 16 (engine 1, engine 2).',
    ]);
    assert.deepEqual(messages(config, { max_num_seqs: 16 }, { max_num_seqs: 16 }), [
      'max_num_seqs: intended 256, actual 16 (every engine).',
    ]);
  });

  it('counts as not checked, not as engaged, if no engine was probed or no field is written', async () => {
    const config = await configOf('max_num_seqs: 16');
    assert.equal(checkDrift(config, []), 'not checked');
    assert.equal(checkDrift(config, probed({ kv_cache_dtype: 'auto' })), 'not checked');
    assert.equal(checkDrift(undefined, probed({ max_num_seqs: 16 })), 'not checked');
    assert.equal(checkDrift(config, probed({ max_num_seqs: 16 })), 'engaged');
    assert.equal(checkDrift(config, probed({ max_num_seqs: 17 })), 'mismatch');
  });
});

describe('a difference between config and engine with prefill/decode disaggregation', () => {
  const lines = [
    'enable_pd: true',
    'num_engines: 2',
    'num_prefill: 1',
    'max_num_seqs: 32',
    'prefill_init_kwargs:',
    '  max_num_batched_tokens: 8192',
    'decode_init_kwargs:',
    '  max_num_batched_tokens: 512',
  ];
  const pair = (prefill: EngineConfig, decode: EngineConfig): ProbedEngine[] => [
    { engine: 'engine 0', source: 'server_info', role: 'prefill', config: prefill },
    { engine: 'engine 1', source: 'server_info', role: 'decode', config: decode },
  ];

  it('is judged by the kwargs of the engine’s role', async () => {
    const config = await configOf(...lines);
    const asIntended = pair(
      { max_num_batched_tokens: 8192, max_num_seqs: 32 },
      { max_num_batched_tokens: 512, max_num_seqs: 32 },
    );
    assert.equal(checkDrift(config, asIntended), 'engaged');
    const swapped = pair({ max_num_batched_tokens: 512 }, { max_num_batched_tokens: 8192, max_num_seqs: 16 });
    assert.deepEqual(
      findConfigDrift(config, swapped).map(({ message }) => message),
      [
        'max_num_seqs: intended 32, actual 16 (engine 1).',
        'max_num_batched_tokens: intended 8192, actual 512 (engine 0).',
        'max_num_batched_tokens: intended 512, actual 8192 (engine 1).',
      ],
    );
  });

  it('is not judged by one role’s kwargs while an engine’s role is unknown, nor where enable_pd is off', async () => {
    const config = await configOf(...lines);
    assert.deepEqual(messages(config, { max_num_batched_tokens: 1, max_num_seqs: 32 }), []);
    const off = await configOf('enable_pd: false', ...lines.slice(1));
    assert.deepEqual(findConfigDrift(off, pair({ max_num_batched_tokens: 1 }, { max_num_batched_tokens: 1 })), []);
  });
});

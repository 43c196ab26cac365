/** Tests of what releases of SkyRL refuse: findings where a release does, none for what it takes. */
import { strict as assert } from 'node:assert';
import { configFindings } from '../../../src/config/findings';
import { resolveIntent } from '../../../src/config/runIntent';
import { config, fixture, nestedConfig } from './support';

/** `severity id line: message` of the findings that name a release; lines of the engine's keys begin at 4. */
async function refused(release: string | undefined, lines: readonly string[], rest = ''): Promise<string[]> {
  const text = ['generator:', '  inference_engine:', '    backend: vllm', ...lines.map((line) => `    ${line}`), rest];
  return configFindings(await config(`${text.join('\n')}\n`), {}, release)
    .filter(({ message }) => message.startsWith('SkyRL 0'))
    .map(({ id, severity, range, message }) => `${severity} ${id} ${range.startLine + 1}: ${message}`);
}

const transfer = '{ kv_transfer_config: { kv_connector: NixlConnector } }';
const disaggregated = ['enable_pd: true', 'num_engines: 4', 'num_prefill: 1'];
const roles = [`prefill_init_kwargs: ${transfer}`, `decode_init_kwargs: ${transfer}`];

describe('config: what SkyRL 0.4 takes', () => {
  const configs: Record<string, string[]> = {
    'role kwargs with enable_pd': [...disaggregated, ...roles],
    'empty role kwargs without enable_pd': ['prefill_init_kwargs: {}', 'decode_init_kwargs: {}'],
    'disaggregation with engine_init_kwargs alone': [...disaggregated, `engine_init_kwargs: ${transfer}`],
    'speculation by mtp': ['speculative_config: { method: mtp, num_speculative_tokens: 2 }'],
    'no speculation': ['speculative_config: null'],
    'no FP8': ['fp8_weight_sync_mode: null'],
    'expert parallelism that fits': ['expert_parallel_size: 8', 'data_parallel_size: 2', 'tensor_parallel_size: 4'],
    'values that are not known here': [
      'enable_pd: ${oc.env:PD}',
      `prefill_init_kwargs: ${transfer}`,
      'decode_init_kwargs: ${oc.env:DECODE}',
      'fp8_weight_sync_mode: ${oc.env:MODE}',
      'speculative_config: { method: "${oc.env:METHOD}" }',
    ],
  };
  for (const [title, lines] of Object.entries(configs)) {
    it(title, async () => {
      assert.deepEqual(await refused('0.4', lines), []);
      assert.deepEqual(await refused(undefined, lines), []);
    });
  }

  it('FP8 with Megatron, whatever the mode', async () => {
    for (const mode of ['blockwise', 'mxfp8', 'auto'])
      assert.deepEqual(await refused('0.4', [`fp8_weight_sync_mode: ${mode}`], 'trainer: { strategy: megatron }'), []);
  });

  it('keys of its own that no release has: people subclass its config', async () => {
    assert.deepEqual(await refused('0.4', ['my_own_key: 3']), []);
  });
});

describe('config: what SkyRL 0.4 refuses', () => {
  const configs: Record<string, [lines: string[], expected: string]> = {
    'role kwargs without enable_pd': [
      roles,
      '4: SkyRL 0.4 refuses this: prefill_init_kwargs and decode_init_kwargs need enable_pd=true.',
    ],
    'role kwargs beside engine_init_kwargs': [
      [...disaggregated, ...roles, 'engine_init_kwargs: { max_model_len: 4096 }'],
      '9: SkyRL 0.4 refuses this: engine_init_kwargs cannot be combined with prefill_init_kwargs and decode_init_kwargs. Move its keys into both.',
    ],
    'a role without a KV connector': [
      [...disaggregated, `prefill_init_kwargs: ${transfer}`, 'decode_init_kwargs: { max_model_len: 4096 }'],
      '8: SkyRL 0.4 refuses this: decode_init_kwargs needs a kv_transfer_config of its own.',
    ],
    'a role that is left out': [
      [...disaggregated, `prefill_init_kwargs: ${transfer}`],
      '7: SkyRL 0.4 refuses this: decode_init_kwargs needs a kv_transfer_config of its own.',
    ],
    'disaggregation without prefill engines': [
      ['enable_pd: true', 'num_engines: 4'],
      '4: SkyRL 0.4 refuses this: enable_pd=true needs num_prefill of at least 1.',
    ],
    'disaggregation with zero prefill engines': [
      ['enable_pd: true', 'num_engines: 4', 'num_prefill: 0'],
      '4: SkyRL 0.4 refuses this: enable_pd=true needs num_prefill of at least 1.',
    ],
    'disaggregation without decode engines': [
      ['enable_pd: true', 'num_engines: 4', 'num_prefill: 4'],
      '4: SkyRL 0.4 refuses this: enable_pd=true needs num_prefill (4) below num_engines (4).',
    ],
    'speculation by another method': [
      ['speculative_config:', '  method: ngram', '  num_speculative_tokens: 3'],
      '5: SkyRL 0.4 refuses this: speculative_config needs the method mtp, the only one that SkyRL supports.',
    ],
    'speculation without a method': [
      ['speculative_config: { model: a/draft }'],
      '4: SkyRL 0.4 refuses this: speculative_config needs the method mtp, the only one that SkyRL supports.',
    ],
    'an FP8 mode that does not exist': [
      ['fp8_weight_sync_mode: e4m3'],
      '4: SkyRL 0.4 refuses this: fp8_weight_sync_mode is blockwise, mxfp8 or auto.',
    ],
    'FP8 without Megatron': [
      ['fp8_weight_sync_mode: mxfp8'],
      '4: SkyRL 0.4 refuses this: fp8_weight_sync_mode needs trainer.strategy=megatron.',
    ],
    'expert parallelism that does not fit': [
      ['expert_parallel_size: 8', 'tensor_parallel_size: 4'],
      '4: SkyRL 0.4 refuses this: expert_parallel_size must be data_parallel_size × tensor_parallel_size (4).',
    ],
    'an executor that does not exist': [
      ['distributed_executor_backend: uni'],
      '4: SkyRL 0.4 refuses this: distributed_executor_backend is ray or mp.',
    ],
    'sample support without a bounded sampler': [
      ['enable_return_sample_support_set: true'],
      '4: SkyRL 0.4 refuses this: enable_return_sample_support_set needs generator.sampling_params with top_k above 1.',
    ],
    'offloading for a weight sync with a colocated trainer': [
      ['offload_kv_for_weight_sync: true'],
      '4: SkyRL 0.4 refuses this: offload_kv_for_weight_sync needs trainer.placement.colocate_all=false.',
    ],
  };
  for (const [title, [lines, expected]] of Object.entries(configs)) {
    it(title, async () => assert.deepEqual(await refused('0.4', lines), [`error config-refused ${expected}`]));
  }

  it('is found without a known release only where no older one takes the keys', async () => {
    assert.equal((await refused(undefined, ['fp8_weight_sync_mode: e4m3'])).length, 1);
    assert.deepEqual(await refused(undefined, ['speculative_config: { method: ngram }']), []);
    assert.equal(
      (await refused(undefined, ['speculative_config: { method: ngram }', 'decode_init_kwargs: {}'])).length,
      1,
    );
    assert.deepEqual(await refused(undefined, ['enable_pd: true']), [
      'error config-refused 4: SkyRL 0.4 refuses this: enable_pd=true needs num_prefill of at least 1.',
    ]);
  });

  it('is not refused by the releases before', async () => {
    assert.deepEqual(await refused('0.3', ['speculative_config: { method: ngram }']), []);
  });
});

describe('config: keys that the release in use does not have', () => {
  it('are errors that say which releases have them', async () => {
    assert.deepEqual(
      await refused('0.3', [`prefill_init_kwargs: ${transfer}`, 'enable_return_sample_support_set: false']),
      [
        'error config-key-release 4: SkyRL 0.3 refuses generator.inference_engine.prefill_init_kwargs: SkyRL has it since 0.4.',
        'error config-key-release 5: SkyRL 0.3 refuses generator.inference_engine.enable_return_sample_support_set: SkyRL has it since 0.4.',
      ],
    );
  });

  it('are removed keys only where the release no longer has them', async () => {
    const ids = async (release: string | undefined): Promise<string[]> =>
      configFindings(await nestedConfig('async_engine: true', 'remote_urls: []'), {}, release).map(
        ({ id, severity }) => `${severity} ${id}`,
      );
    assert.deepEqual(await ids('0.2'), []);
    assert.deepEqual(await ids('0.3'), ['error config-rejected-key']);
    assert.deepEqual(await ids(undefined), ['info config-rejected-key']);
  });

  it('include the legacy layout since 0.3', async () => {
    const legacy = await config(fixture('legacy.yaml'));
    const severity = (release?: string): string | undefined =>
      configFindings(legacy, {}, release).find(({ id }) => id === 'config-legacy-layout')?.severity;
    assert.deepEqual([severity('0.2'), severity('0.4'), severity()], ['info', 'error', 'info']);
  });
});

describe('config: engine stats by release', () => {
  it('are on or off by the default of the release in use', async () => {
    const nested = await nestedConfig('num_engines: 2');
    const stats = (release?: string): [boolean, string] => {
      const { statsOn, statsReason } = resolveIntent(nested, {}, release);
      return [statsOn, statsReason.replace(/^.*: /, '')];
    };
    assert.deepEqual(stats('0.2'), [false, 'off, the default of SkyRL 0.2']);
    assert.deepEqual(stats('0.4'), [true, 'on, the default of SkyRL 0.4']);
    assert.deepEqual(stats(), [true, 'on since SkyRL 0.3, off before']);
  });
});

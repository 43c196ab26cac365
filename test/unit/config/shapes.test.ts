/** One file per shape that people really have: its values, their ranges, and what they mean for metrics. */
import { strict as assert } from 'node:assert';
import { resolveIntent, type RunIntent } from '../../../src/config/runIntent';
import { readConfig } from '../../../src/config/readConfig';
import type { RunConfig } from '../../../src/config/types';
import { configValues } from '../../../src/config/configValues';
import { textInRange, engine, fixture, home, value } from './support';

interface Shape {
  layout: RunConfig['layout'];
  form: RunConfig['format'];
  /** By key below `generator.inference_engine`, or a whole key: the value, and the text at its place. */
  values: Record<string, readonly [unknown, string]>;
  unresolved: string[];
  wants: Partial<RunIntent>;
}

const shapes: Record<string, Shape> = {
  'nested.yaml': {
    layout: 'nested',
    form: 'yaml',
    values: { num_engines: [4, '4'], enable_ray_prometheus_stats: [true, 'on'] },
    unresolved: [],
    wants: { expectedEngines: 8, metricsPath: 'ray', statsStatus: 'written' },
  },
  'legacy.yaml': {
    layout: 'legacy',
    form: 'yaml',
    values: { num_engines: [2, '2'] },
    unresolved: [],
    wants: { expectedEngines: 4, metricsPath: 'servers' },
  },
  'dumped.yaml': {
    layout: 'nested',
    form: 'yaml',
    values: { tensor_parallel_size: [4, '4'] },
    unresolved: [],
    wants: { metricsPath: 'ray', modelName: 'policy' },
  },
  'documents.yaml': {
    layout: 'nested',
    form: 'yaml',
    values: { num_engines: [8, '8'] },
    unresolved: [],
    wants: { metricsPath: 'ray' },
  },
  'dotted.yaml': {
    layout: 'nested',
    form: 'yaml',
    values: { num_engines: [4, '4'] },
    unresolved: [],
    wants: { metricsPath: 'ray' },
  },
  'external.yaml': {
    layout: 'nested',
    form: 'yaml',
    values: {
      external_server_urls: [
        ['http://10.0.0.11:8000', '10.0.0.12:8001'],
        '- http://${hosts[0]}:8000\n      - ${hosts.1}:8001',
      ],
    },
    unresolved: [],
    wants: { metricsPath: 'external-servers', externalServerUrls: ['http://10.0.0.11:8000', 'http://10.0.0.12:8001'] },
  },
  'rejected.yaml': {
    layout: 'nested',
    form: 'yaml',
    values: { num_engines: [1, '1'] },
    unresolved: [],
    wants: { metricsPath: 'servers' },
  },
  'run_grpo.sh': {
    layout: 'nested',
    form: 'overrides',
    values: {
      num_engines: [4, '$NUM_ENGINES'],
      tensor_parallel_size: [2, '${TP}'],
      max_num_seqs: [256, '${MAX_SEQS}'],
      enable_ray_prometheus_stats: [true, 'true'],
      gpu_memory_utilization: [0.85, '.85'],
      served_model_name: [null, 'null'],
      'speculative_config.method': ['ngram', 'ngram'],
      'engine_init_kwargs.max_model_len': [8192, '8192'],
      'trainer.ref.model.path': ['Qwen/Qwen3-8B', '${trainer.policy.model.path}'],
      'trainer.placement.policy_num_gpus_per_node': [8, '$GPUS'],
      'trainer.policy.optimizer_config.lr': [1e-6, '1.0e-6'],
      'data.train_data': [['/home/ray/data/countdown/train.parquet'], "['$DATA_DIR/train.parquet']"],
      'trainer.logger': ['wandb', '${LOGGER:-wandb}'],
    },
    unresolved: ['trainer.placement.policy_num_nodes'],
    wants: { expectedEngines: 4, metricsPath: 'ray', modelName: 'Qwen/Qwen3-8B' },
  },
  'run_legacy.sh': {
    layout: 'legacy',
    form: 'overrides',
    values: {
      num_engines: [2, '2'],
      remote_urls: [['127.0.0.1:8001'], "['127.0.0.1:8001']"],
      'engine_init_kwargs.max_model_len': [4096, '4096'],
    },
    unresolved: [],
    wants: { expectedEngines: 2, statsOn: false, statsStatus: 'default', metricsPath: 'servers' },
  },
  'skypilot.yaml': {
    layout: 'nested',
    form: 'overrides',
    values: {
      num_engines: [8, '$ENGINES'],
      enable_ray_prometheus_stats: [false, 'false'],
      'trainer.policy.model.path': ['Qwen/Qwen3-4B', '$MODEL'],
      'trainer.placement.policy_num_gpus_per_node': [16, '$TOTAL'],
      data_parallel_size: [16, '$TOTAL'],
    },
    unresolved: [],
    wants: { statsOn: false, metricsPath: 'servers', numEngines: 8, expectedEngines: 128 },
  },
  'tinker_string.sh': {
    layout: 'nested',
    form: 'overrides',
    values: { num_engines: [3, '3'], backend: ['vllm', '"vllm"'], gpu_memory_utilization: [0.7, '0.7'] },
    unresolved: [],
    wants: { expectedEngines: 3, metricsPath: 'ray' },
  },
  'tinker_heredoc.sh': {
    layout: 'nested',
    form: 'overrides',
    values: {
      num_engines: [8, '${GPUS}'],
      gpu_memory_utilization: [0.6, '${UTIL}'],
      enable_ray_prometheus_stats: [false, 'false'],
      'engine_init_kwargs.disable_log_stats': [true, 'true'],
    },
    unresolved: ['trainer.policy.model.path', `${engine}.max_num_seqs`],
    wants: { metricsPath: 'servers', expectedEngines: 8 },
  },
  'tinker.json': {
    layout: 'nested',
    form: 'json',
    values: { num_engines: [2, '2'], 'engine_init_kwargs.max_model_len': [32768, '32768'] },
    unresolved: [],
    wants: { metricsPath: 'servers' },
  },
  'external.sh': {
    layout: 'nested',
    form: 'overrides',
    values: {
      external_proxy_url: ['http://127.0.0.1:40859', '$EXTERNAL_PROXY_URL'],
      external_server_urls: [['http://10.0.0.11:8000', 'http://10.0.0.12:8000'], '$URLS'],
    },
    unresolved: [],
    wants: { metricsPath: 'external-servers', externalProxyUrl: 'http://127.0.0.1:40859', expectedEngines: 2 },
  },
  'two_commands.sh': {
    layout: 'nested',
    form: 'overrides',
    values: { num_engines: [6, '$engines'], backend: ['vllm', 'vllm'], enable_prefix_caching: [true, 'true'] },
    unresolved: [`${engine}.enforce_eager`],
    wants: { expectedEngines: 6 },
  },
  'old_path.sh': {
    layout: 'legacy',
    form: 'overrides',
    values: { async_engine: [false, 'false'] },
    unresolved: [],
    wants: { newInference: false, metricsPath: 'none', asyncEngine: false },
  },
  'rejected.sh': {
    layout: 'nested',
    form: 'overrides',
    values: { enable_ray_prometheus_stats: [false, 'false'] },
    unresolved: [],
    wants: { metricsPath: 'external-servers' },
  },
  'launch.py': {
    layout: 'nested',
    form: 'overrides',
    values: {
      num_engines: [4, '{NUM_GPUS // TP}'],
      tensor_parallel_size: [2, 'TP'],
      served_model_name: ['policy', 'SERVED'],
      enable_ray_prometheus_stats: [false, 'false'],
      'engine_init_kwargs.max_model_len': [8192, '{KWARGS}'],
      backend: ['vllm', 'vllm'],
      'trainer.log_path': ['/tmp/logs/run', "{os.environ.get('LOGS', '/tmp/logs')}/run"],
    },
    unresolved: ['trainer.run_name', `${engine}.enforce_eager`],
    wants: { expectedEngines: 4, metricsPath: 'servers', modelName: 'policy' },
  },
  'sweep.ipynb': {
    layout: 'nested',
    form: 'overrides',
    values: {
      num_engines: [6, '{ENGINES}'],
      'engine_init_kwargs.max_model_len': [4096, '4096'],
      'trainer.run_name': ['first', '{name}'],
    },
    unresolved: ['trainer.logger'],
    wants: { expectedEngines: 6, metricsPath: 'ray' },
  },
  'tasks.toml': {
    layout: 'nested',
    form: 'overrides',
    values: { num_engines: [4, '$N'], backend: ['vllm', 'vllm'] },
    unresolved: [],
    wants: { expectedEngines: 4 },
  },
  Makefile: {
    layout: 'nested',
    form: 'overrides',
    values: {
      num_engines: [4, '$(N)'],
      backend: ['vllm', 'vllm'],
      'trainer.policy.model.path': ['Qwen/Qwen3-4B', '$(MODEL)'],
    },
    unresolved: ['trainer.run_name'],
    wants: { expectedEngines: 4, modelName: 'Qwen/Qwen3-4B' },
  },
  'pod.yaml': {
    layout: 'nested',
    form: 'overrides',
    values: { num_engines: [3, '3'], enable_ray_prometheus_stats: [false, 'false'] },
    unresolved: [],
    wants: { expectedEngines: 3, metricsPath: 'servers' },
  },
};

describe('config: every shape', () => {
  for (const [name, { layout, form, values, unresolved, wants }] of Object.entries(shapes)) {
    it(`reads ${name}`, async () => {
      const text = fixture(name);
      const { config } = await readConfig(text, { file: `/jobs/${name}`, environment: home });
      assert.ok(config);
      assert.deepEqual([config.layout, config.format], [layout, form]);
      for (const [short, [expected, written]] of Object.entries(values)) {
        const found = value(
          config,
          short.includes('.') && !short.startsWith('engine_') && !short.startsWith('spec')
            ? short
            : `${engine}.${short}`,
        );
        assert.deepEqual(found.value, expected, short);
        assert.equal(textInRange(text, found.range), written, short);
      }
      assert.deepEqual(configValues(config).unresolved, unresolved);
      const all = resolveIntent(config, {});
      assert.deepEqual(Object.fromEntries(Object.keys(wants).map((key) => [key, all[key as keyof RunIntent]])), wants);
    });
  }

  it('marks values from VS Code’s environment, and defaults that the job may replace', async () => {
    const { config } = await readConfig(fixture('run_grpo.sh'), {
      file: '/jobs/run_grpo.sh',
      environment: { ...home, LOGGER: 'console', NUM_ENGINES: '16' },
    });
    assert.ok(config);
    assert.deepEqual(value(config, 'data.train_data').fromEnvironment, ['HOME']);
    assert.deepEqual(
      [value(config, 'trainer.logger').value, value(config, 'trainer.logger').fromEnvironment],
      ['console', ['LOGGER']],
    );
    assert.deepEqual(
      [value(config, `${engine}.num_engines`).value, value(config, `${engine}.num_engines`).fromEnvironment],
      [16, ['NUM_ENGINES']],
    );
    assert.deepEqual(value(config, `${engine}.max_num_seqs`).environmentDefaults, ['MAX_SEQS']);
    assert.equal(value(config, 'trainer.policy.model.path').fromEnvironment, undefined, 'set by the script itself');
  });
});

/** Tests of reading YAML configs into values with ranges. */
import { strict as assert } from 'node:assert';
import { configValues } from '../../../src/config/configValues';
import { config, textInRange, engine, fixture, findingLines, read, value } from './support';

describe('config: real shapes', () => {
  it('reads the nested layout with the range of every value', async () => {
    const text = fixture('nested.yaml');
    const run = await config(text);
    assert.equal(run.layout, 'nested');
    assert.equal(run.file, '/jobs/run.yaml');
    assert.deepEqual(run.findings, []);
    const engines = value(run, `${engine}.num_engines`);
    assert.equal(engines.value, 4);
    assert.equal(textInRange(text, engines.range), '4');
    assert.equal(textInRange(text, value(run, 'trainer.ref.model.path').range), '${trainer.policy.model.path}');
    assert.equal(textInRange(text, value(run, 'trainer.policy.optimizer_config.adam_betas').range), '[0.9, 0.999]');
    assert.equal(
      value(run, `${engine}.enable_ray_prometheus_stats`).value,
      true,
      'on is true, as Python’s loader has it',
    );
    assert.equal(value(run, 'trainer.policy.optimizer_config.lr').value, 1e-6);
    assert.deepEqual(value(run, `${engine}.engine_init_kwargs`).value, {});
    assert.equal(value(run, `${engine}.served_model_name`).value, null);
  });

  it('reads the legacy layout into the nested keys', async () => {
    const run = await config(fixture('legacy.yaml'));
    assert.equal(run.layout, 'legacy');
    assert.deepEqual(run.findings, []);
    const { values, unresolved } = configValues(run);
    assert.deepEqual(unresolved, []);
    assert.equal(values[`${engine}.num_engines`], 2);
    assert.equal(values[`${engine}.tensor_parallel_size`], 1);
    assert.equal(values[`${engine}.data_parallel_size`], 2);
    assert.deepEqual(values[`${engine}.remote_urls`], ['127.0.0.1:8001']);
    assert.equal(values[`${engine}.served_model_name`], 'Qwen/Qwen2.5-1.5B-Instruct');
    assert.equal(values[`${engine}.engine_init_kwargs.disable_log_stats`], true);
    assert.equal(values['generator.max_input_length'], 512);
    assert.deepEqual(values['defaults'], ['_self_', { 'megatron_config@trainer.policy.megatron_config': 'policy' }]);
    assert.ok(!('generator.model_name' in values), 'model_name is derived from trainer.policy.model.path');
    assert.ok(!Object.keys(values).some((key) => key.includes('num_inference_engines')));
  });

  it('reads a dumped config with Python’s own tags', async () => {
    const run = await config(fixture('dumped.yaml'));
    assert.equal(run.layout, 'nested');
    assert.deepEqual(run.findings, []);
    assert.deepEqual(value(run, 'trainer.policy.optimizer_config.adam_betas').value, [0.9, 0.999]);
    assert.equal(value(run, 'trainer.run_name').value, '20260821');
    assert.equal(value(run, `${engine}.engine_init_kwargs.max_num_seqs`).value, 256);
  });

  it('reads the first document that is a SkyRL config, with anchors and merge keys', async () => {
    const text = fixture('documents.yaml');
    const run = await config(text);
    const { values } = configValues(run);
    assert.equal(values[`${engine}.num_engines`], 8, 'a key that is written wins over a merged one');
    assert.equal(values[`${engine}.max_num_seqs`], 2048);
    assert.equal(values[`${engine}.gpu_memory_utilization`], 0.8);
    assert.equal(values['eval.kwargs.max_model_len'], 32768);
    assert.equal(values['trainer.ref.model.path'], 'Qwen/Qwen3-32B');
    assert.equal(
      textInRange(text, value(run, `${engine}.max_num_seqs`).range),
      '2048',
      'a merged value stands where it is written',
    );
    assert.equal(textInRange(text, value(run, 'trainer.ref.model.path').range), '*model', 'an alias stands for itself');
  });

  it('prefers the first of two merged mappings', async () => {
    const run = await config(
      'a: &a {max_num_seqs: 1}\nb: &b {max_num_seqs: 2, num_engines: 3}\ngenerator:\n  inference_engine:\n    <<: [*a, *b]\n',
    );
    assert.equal(value(run, `${engine}.max_num_seqs`).value, 1);
    assert.equal(value(run, `${engine}.num_engines`).value, 3);
  });

  it('reads dotted keys at the top and below', async () => {
    const { values } = configValues(await config(fixture('dotted.yaml')));
    assert.deepEqual(values, {
      [`${engine}.num_engines`]: 4,
      [`${engine}.enable_ray_prometheus_stats`]: true,
      [`${engine}.max_num_seqs`]: 256,
      'trainer.policy.model.path': 'Qwen/Qwen3-8B',
    });
  });

  it('reads a dotted legacy key', async () => {
    const run = await config('generator.num_inference_engines: 3\n');
    assert.equal(run.layout, 'legacy');
    assert.equal(value(run, `${engine}.num_engines`).value, 3);
  });

  it('accepts an empty inference_engine mapping as a config', async () => {
    assert.equal((await config('generator:\n  inference_engine: {}\n')).layout, 'nested');
  });

  for (const [what, text] of [
    ['another project’s generator', 'generator:\n  model_name: gpt\n  temperature: 1\n'],
    ['inference_engine elsewhere', 'server:\n  inference_engine:\n    num_engines: 1\n'],
    ['an inference_engine that is text', 'generator:\n  inference_engine: vllm\n'],
    ['a task without overrides in its run block', 'run: |\n  python -m skyrl trainer.epochs=4\n'],
    ['an agent’s generator', 'generator:\n  infer_backend: skyrl-train\n'],
    ['an empty file', ''],
    ['only comments', '# generator.inference_engine\n'],
  ] as const) {
    it(`does not accept ${what} as a SkyRL config`, async () => {
      const reading = await read(text);
      assert.equal(reading.config, undefined);
      assert.deepEqual(findingLines(reading.findings), ['config-not-skyrl@1']);
      assert.equal(reading.findings[0]?.severity, 'info');
    });
  }

  it('reports a key that is written in two spellings, and which one counts', async () => {
    const twice = await config(
      'generator.inference_engine.num_engines: 2\ngenerator:\n  inference_engine:\n    num_engines: 4\n',
    );
    assert.equal(value(twice, `${engine}.num_engines`).value, 4);
    assert.deepEqual(findingLines(twice.findings), ['config-written-twice@1']);
    const mixed = await config('generator:\n  num_inference_engines: 2\n  inference_engine:\n    num_engines: 4\n');
    assert.equal(mixed.layout, 'legacy', 'by SkyRL’s own rule one legacy key is enough');
    assert.equal(
      value(mixed, `${engine}.num_engines`).value,
      2,
      'SkyRL’s translation moves the legacy key over the nested one',
    );
    assert.deepEqual(findingLines(mixed.findings), ['config-written-twice@4']);
  });

  it('counts lines and characters as an editor does, with CRLF, a byte-order mark and wide characters', async () => {
    const run = await config(
      '\uFEFFname: "🚀 run"\r\ngenerator:\r\n  inference_engine: {backend: "🚀", num_engines: 2}\r\n',
    );
    assert.deepEqual(value(run, `${engine}.num_engines`).range, {
      startLine: 2,
      startCharacter: 49,
      endLine: 2,
      endCharacter: 50,
    });
  });

  it('gives lists and block texts the range from their first to their last character', async () => {
    const text =
      'generator:\n  inference_engine:\n    external_server_urls:\n      - http://a:1\n      - http://b:2 # second\n\n    # next\n    backend: vllm\nnote: |\n  two\n  lines\n\nend: 1\n';
    const run = await config(text);
    assert.equal(
      textInRange(text, value(run, `${engine}.external_server_urls`).range),
      '- http://a:1\n      - http://b:2',
    );
    assert.equal(textInRange(text, value(run, 'note').range), '|\n  two\n  lines');
  });

  it('reads y and n as text, as Python does, and a date as its text', async () => {
    const run = await config('generator:\n  inference_engine: {backend: y}\nday: 2026-08-21\n');
    assert.equal(value(run, `${engine}.backend`).value, 'y');
    assert.equal(value(run, 'day').value, '2026-08-21');
  });
});

describe('config: the public form', () => {
  it('keeps the raw text of a value that does not resolve, and names its key', async () => {
    const run = await config(
      'generator:\n  inference_engine:\n    num_engines: ${oc.env:NO_SUCH}\n    max_num_seqs: 4\n',
    );
    assert.deepEqual(configValues(run), {
      values: { [`${engine}.num_engines`]: '${oc.env:NO_SUCH}', [`${engine}.max_num_seqs`]: 4 },
      unresolved: [`${engine}.num_engines`],
    });
  });

  it('is empty without a config', () => {
    assert.deepEqual(configValues(undefined), { values: {}, unresolved: [] });
  });

  it('treats __proto__ and constructor as ordinary keys', async () => {
    const run = await config(
      '__proto__: 1\nlist: [{__proto__: {polluted: true}}]\ngenerator:\n  inference_engine:\n    __proto__:\n      x: 2\n    constructor: ${__proto__}\n',
    );
    const { values } = configValues(run);
    assert.equal(Object.getPrototypeOf(values), Object.prototype);
    assert.equal(Object.getOwnPropertyDescriptor(values, '__proto__')?.value, 1);
    assert.equal(values[`${engine}.__proto__.x`], 2);
    assert.equal(values[`${engine}.constructor`], 1);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
    const [first] = values['list'] as object[];
    assert.ok(first && Object.hasOwn(first, '__proto__'));
  });
});

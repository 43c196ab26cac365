/** Tests of the effective config and of masking secrets. */
import { strict as assert } from 'node:assert';
import { effectiveConfig } from '../../../src/config/effectiveConfig';
import { configFindings } from '../../../src/config/findings';
import { resolveIntent } from '../../../src/config/runIntent';
import { readConfig } from '../../../src/config/readConfig';
import { defaultsFor, keySchemas } from '../../../src/config/schema';
import { maskSecret } from '../../../src/config/secrets';
import { engine, fixture, home } from './support';

async function page(name: string, text = fixture(name), broken = false): Promise<string> {
  const { config } = await readConfig(text, { file: `/w/${name}`, environment: home });
  assert.ok(config);
  return effectiveConfig({
    name,
    config,
    intent: resolveIntent(config, {}),
    findings: configFindings(config, {}),
    broken,
  });
}

describe('config: the effective config', () => {
  it('lists every known key with its line or its default', async () => {
    const text = await page('run_grpo.sh');
    for (const { key } of defaultsFor('nested'))
      assert.ok(text.includes(`\n${key}:`) || text.includes(`\n${key}.`), key);
    assert.match(
      text,
      /^generator\.inference_engine\.num_engines: 4 +# line 21; its own default; the job may have NUM_ENGINES set$/m,
    );
    assert.match(text, /^generator\.inference_engine\.enforce_eager: false +# default since SkyRL 0\.3; before true$/m);
    assert.match(text, /^data\.train_data: .* # line 15; HOME from VS Code's environment, which is not the job's$/m);
    assert.match(
      text,
      /^trainer\.placement\.policy_num_nodes: "\$NODES" +# line 19; unresolved: it is the output of a command \(wc\)$/m,
    );
    assert.match(text, /"\$@"/);
  });

  it('shows the defaults of the layout', async () => {
    assert.match(await page('old_path.sh'), /enforce_eager: true +# default of SkyRL 0\.1 and 0\.2; since 0\.3 false/);
    assert.match(
      await page('run_legacy.sh'),
      /enable_ray_prometheus_stats: false +# default of SkyRL 0\.1 and 0\.2; since 0\.3 true/,
    );
  });

  it('names the command and the findings', async () => {
    const text = await page('two_commands.sh');
    assert.match(
      text,
      /^# Command: skyrl\.train\.entrypoints\.main_base, line 15; 2 more with overrides in this file, not taken$/m,
    );
    assert.match(await page('external.sh'), /# line 5: error: SkyRL refuses external servers together with/);
    assert.match(await page('tinker.json', undefined, true), /cannot be read now/);
  });

  it('writes one key per line as YAML, whatever a value contains', async () => {
    const text = await page(
      'a.sh',
      "python -m main generator.inference_engine.num_engines=1 trainer.note='a\nb # c' 'trainer.list=[\"x\\ny\"]'\n",
    );
    assert.ok(
      text.split('\n').every((line) => line === '' || line.startsWith('#') || /^[\w.]+: .* # /.test(line)),
      text,
    );
  });

  it('has defaults for known keys only', () => {
    for (const { key } of defaultsFor('nested')) assert.ok(keySchemas.has(key), key);
  });
});

describe('config: secrets', () => {
  for (const [key, value, expected] of [
    ['trainer.wandb_api_key', 'abc', '••••••'],
    ['a.hf_token', 'x', '••••••'],
    ['a.password', 1, '••••••'],
    ['a.token', null, null],
    ['a.auth', true, true],
    [`${engine}.max_num_batched_tokens`, 8192, 8192],
    ['generator.sampling_params.stop_token_ids', [1], [1]],
    ['a.url', 'http://me:pass@h:1/x', 'http://••••••@h:1/x'],
    ['a.note', 'key hf_0123456789abcdefABCD end', 'key •••••• end'],
    [`${engine}.engine_init_kwargs`, { hf_token: 'x', max_model_len: 1 }, { hf_token: '••••••', max_model_len: 1 }],
  ] as const) {
    it(`shows ${JSON.stringify(value)} of ${key} as ${JSON.stringify(expected)}`, () => {
      assert.deepEqual(maskSecret(key, value), expected);
    });
  }
});

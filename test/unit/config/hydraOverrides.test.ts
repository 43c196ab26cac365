/** Tests of overrides from the time when SkyRL used Hydra: with its prefixes, or with legacy keys. */
import { fixesFor } from '../../../src/config/fixes';
import { configFindings } from '../../../src/config/findings';
import { strict as assert } from 'node:assert';
import { check, readFile, type RealScript } from './realFiles';
import { engine as e } from './support';

const scripts: readonly RealScript[] = [
  {
    title: 'a mapping without blanks',
    text: `python -m acme.main_train \\
  generator.num_inference_engines=2 \\
  generator.max_num_seqs=64 \\
  +generator.engine_init_kwargs="{enable_auto_tool_choice:true,max_num_seqs:32}"
`,
    values: {
      num_engines: 2,
      max_num_seqs: 64,
      'engine_init_kwargs.enable_auto_tool_choice': true,
      'engine_init_kwargs.max_num_seqs': 32,
    },
    findings: ['info legacy-layout@2', 'warning overridden@3'],
  },
  {
    title: 'lists, nested mappings and quotes',
    text: `python -m acme.main_train generator.num_inference_engines=2 "generator.engine_init_kwargs={hf_overrides:{rope:[1,2.5,'a b']},model:'x:y'}" generator.remote_inference_engine_urls=[a:1,b:2] trainer.name=010 trainer.empty= trainer.note='a b'
`,
    values: {
      num_engines: 2,
      'engine_init_kwargs.hf_overrides.rope': [1, 2.5, 'a b'],
      'engine_init_kwargs.model': 'x:y',
      remote_urls: ['a:1', 'b:2'],
      'trainer.name': '010',
      'trainer.empty': '',
      'trainer.note': 'a b',
    },
  },
  {
    title: 'a mapping with a variable in it',
    text: `N=32
python -m acme.main_train generator.num_inference_engines=2 "+generator.engine_init_kwargs={max_num_seqs:$N,max_model_len:$M}"
`,
    values: { num_engines: 2, 'engine_init_kwargs.max_num_seqs': 32 },
    unresolved: { 'engine_init_kwargs.max_model_len': 'M is not set' },
  },
  {
    title: 'sweeps and functions',
    text: `python -m acme.main_train --multirun generator.num_inference_engines=2,4 generator.max_num_seqs='range(1,3)' generator.backend=vllm\n`,
    values: { backend: 'vllm' },
    unresolved: { num_engines: 'a sweep', max_num_seqs: 'computed by Hydra' },
    engines: undefined,
  },
  {
    title: 'a value that Hydra cannot read but YAML can, with a program that strips the plus',
    text: `python acme/main_train.py ${e}.num_engines=4 ++trainer.url=http://a/?x=1\n`,
    values: { num_engines: 4, 'trainer.url': 'http://a/?x=1' },
    findings: [],
  },
  {
    title: 'the same mapping for OmegaConf, where it is one key without a value',
    text: `python -m acme.main_train ${e}.num_engines=2 ${e}.engine_init_kwargs="{max_num_seqs:32}"\n`,
    values: { num_engines: 2, 'engine_init_kwargs.max_num_seqs:32': null },
  },
];

describe('config: overrides for Hydra', () => {
  for (const { title, text, ...expected } of scripts) {
    it(`reads ${title}`, async () => {
      await check('run.sh', text, expected);
    });
  }

  it('can be fixed inside a mapping without blanks', async () => {
    const text = `python -m m generator.num_inference_engines=2 +generator.engine_init_kwargs="{disable_log_stats:true,max_num_seqs:32}"\n`;
    const config = await readFile('run.sh', text);
    const finding = configFindings(config, {}).find(({ id }) => id === 'config-log-stats-off');
    assert.ok(finding);
    const [edit] = fixesFor(finding, config, text)[0]?.edits ?? [];
    assert.ok(edit);
    const { startCharacter, endCharacter } = edit.range;
    assert.equal(
      text.slice(0, startCharacter) + edit.text + text.slice(endCharacter),
      `python -m m generator.num_inference_engines=2 +generator.engine_init_kwargs="{max_num_seqs:32}"\n`,
    );
  });
});

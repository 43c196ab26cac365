/** Tests of telling commands in texts of programs, YAML, JSON, TOML and notebooks from sentences about overrides. */
import { strict as assert } from 'node:assert';
import { isCommandText } from '../../../src/config/commandTexts';
import { readConfig } from '../../../src/config/readConfig';
import { engine as e } from './support';

const commands = [
  `python -m acme.main ${e}.num_engines=4`,
  `A=1 uv run acme.py ${e}.num_engines=4 more`,
  `srun bash -lc "cd /w && python -m acme.main ${e}.num_engines=4"`,
  `./launch ${e}.num_engines=4`,
  `$LAUNCH --gpus 8 ${e}.num_engines=4 trainer.run_name='one two three'`,
  `acme-train ${e}.num_engines=4 ${e}.backend=vllm --extra vllm 2>&1 | tee the log file`,
  `echo Set ${e}.num_engines=4 to use four\npython -m acme.main ${e}.num_engines=4\n`,
  `ARGS="${e}.num_engines=4 trainer.epochs=1"`,
  `${e}.num_engines=4 trainer.epochs=1`,
  `{"${e}.num_engines": 4}`,
];

const sentences = [
  `Set ${e}.num_engines=4 to use four engines`,
  `Set ${e}.num_engines=4`,
  `this needs ${e}.num_engines=4`,
  `use ${e}.num_engines=4 ${e}.backend=vllm here`,
  `is only supported with generator.backend='vllm', got 'sglang'`,
  `${e}.num_engines=4 (or more) is needed`,
  `${e}.num_engines=4 is too many`,
  `Pass ${e}.num_engines=4 to main.py if the node has four GPUs`,
  'nothing of SkyRL',
];

describe('config: commands in texts', () => {
  for (const text of commands) it(`takes for a command: ${text}`, () => assert.ok(isCommandText(text)));
  for (const text of sentences) it(`takes for no command: ${text}`, () => assert.ok(!isCommandText(text)));

  const hint = `Set ${e}.num_engines=4 to use four engines`;
  for (const [file, text] of [
    ['launch.py', `hint = "${hint}"\n`],
    ['train.py', `assert ok, f"only with ${e}.backend='vllm', got '{name}' (see the docs)"\n`],
    ['values.yaml', `about: ${hint}\nnotes:\n  - >-\n    ${hint}\n`],
    ['package.json', JSON.stringify({ contributes: { description: hint } })],
    ['pyproject.toml', `[project]\ndescription = "${hint}"\n`],
    ['run.ipynb', JSON.stringify({ cells: [{ cell_type: 'code', source: [`hint = "${hint}"`] }] })],
  ] as const) {
    it(`finds neither a config nor a script that cannot be read in a description in ${file}`, async () => {
      const { config, findings } = await readConfig(text, { file: `/w/${file}`, environment: {} });
      assert.deepEqual([config, findings.map(({ id }) => id)], [undefined, ['config-not-skyrl']]);
    });
  }
});

/** Tests of what a script tells Ray and vLLM: metrics that it turns off, and where Ray keeps its files and listens. */
import { strict as assert } from 'node:assert';
import { parseMetricsHints } from '../../../src/config/environmentHints';
import { configFindings } from '../../../src/config/findings';
import { fixesFor } from '../../../src/config/fixes';
import type { EnvironmentHint, HintName } from '../../../src/config/types';
import { findingsOf, readFile } from './realFiles';
import { engine as e } from './support';

describe('config: what a script tells Ray about metrics', () => {
  const off = `export RAY_DEDUP_LOGS=0
export RAY_metrics_report_interval_ms=0        # silences a message
export RAY_enable_metrics_collection=false
uv run -m skyrl.train.entrypoints.main_base ${e}.num_engines=4
`;

  it('warns where it turns them off, and the fix removes the line', async () => {
    const config = await readFile('run.sh', off);
    assert.deepEqual(findingsOf(config), ['warning metrics-export-off@2', 'warning metrics-export-off@3']);
    const findings = configFindings(config, {});
    const edits = findings.flatMap((finding) => fixesFor(finding, config, off)).map(({ edits: [edit] }) => edit);
    assert.deepEqual(
      edits.map((edit) => [edit?.range.startLine, edit?.range.endLine, edit?.range.endCharacter, edit?.text]),
      [
        [1, 2, 0, ''],
        [2, 3, 0, ''],
      ],
    );
  });

  for (const [title, lines, expected] of [
    ['a slow interval', ['export RAY_metrics_report_interval_ms=300000'], ['info slow-metrics@1']],
    ['the usual interval', ['export RAY_metrics_report_interval_ms=10000'], []],
    ['collection that is on', ['export RAY_enable_metrics_collection=1'], []],
    ['a variable that is not exported', ['RAY_enable_metrics_collection=0'], []],
    ['a variable that is not known', ['export RAY_enable_metrics_collection=$X'], []],
    ['an export after the run', ['true', '@', 'export RAY_enable_metrics_collection=0'], []],
  ] as const) {
    it(`reports ${expected.join() || 'nothing'} for ${title}`, async () => {
      const command = `python -m acme.main ${e}.num_engines=1`;
      const text = (lines as readonly string[]).includes('@')
        ? lines.map((line) => (line === '@' ? command : line)).join('\n')
        : [...lines, command].join('\n');
      assert.deepEqual(findingsOf(await readFile('run.sh', `${text}\n`)), expected);
    });
  }

  it('warns of a variable in front of the command, and the fix removes the word only', async () => {
    const text = `RAY_enable_metrics_collection=0 python -m acme.main ${e}.num_engines=1\n`;
    const config = await readFile('run.sh', text);
    const [finding] = configFindings(config, {});
    assert.ok(finding);
    assert.deepEqual(fixesFor(finding, config, text)[0]?.edits, [
      { range: { startLine: 0, startCharacter: 0, endLine: 0, endCharacter: 32 }, text: '' },
    ]);
  });

  it('says how old metrics get with a slow interval, and the fix removes the line', async () => {
    const text = `export RAY_metrics_report_interval_ms=300000\npython -m acme.main ${e}.num_engines=1\n`;
    const config = await readFile('run.sh', text);
    const [finding] = configFindings(config, {});
    assert.match(finding?.message ?? '', /^Ray reports metrics every 300 s here/);
    const edits = finding && fixesFor(finding, config, text)[0]?.edits;
    assert.deepEqual(edits, [{ range: { startLine: 0, startCharacter: 0, endLine: 1, endCharacter: 0 }, text: '' }]);
  });

  it('exposes where Ray keeps its files and listens', async () => {
    const config = await readFile(
      'run.sbatch',
      `#!/bin/bash
#SBATCH --nodes=1
export RAY_TMPDIR=/scratch/$USER/r
export RAY_ADDRESS=127.0.0.1:6400 SKYRL_VLLM_START_PORT=9000
ray start --address=other:6400 --dashboard-port 1
ray start --head --port 6400 --dashboard-port=8275 --temp-dir "/tmp/x y"
uv run -m skyrl.train.entrypoints.main_base ${e}.num_engines=4
export RAY_TMPDIR=/later
`,
      { USER: 'user1' },
    );
    const hints = config.environmentHints.map(({ name, value, range, fromEnvironment }) => [
      name,
      value,
      range.startLine + 1,
      fromEnvironment,
    ]);
    assert.deepEqual(hints, [
      ['RAY_TMPDIR', '/scratch/user1/r', 3, ['USER']],
      ['RAY_ADDRESS', '127.0.0.1:6400', 4, undefined],
      ['SKYRL_VLLM_START_PORT', '9000', 4, undefined],
      ['--dashboard-port', '8275', 6, undefined],
      ['--temp-dir', '/tmp/x y', 6, undefined],
    ]);
  });

  it('exposes a hint whose value is not known, with the reason', async () => {
    const text = `RAY_TMPDIR=$(mktemp -d) python -m acme.main ${e}.num_engines=1\n`;
    const [hint] = (await readFile('run.sh', text)).environmentHints;
    assert.deepEqual([hint?.name, hint?.value], ['RAY_TMPDIR', undefined]);
    assert.match(hint?.unresolvedReason ?? '', /output of a command/);
  });

  it('exposes a default that is assigned, which no fix removes', async () => {
    const text = `: "\${RAY_enable_metrics_collection:=false}"\nexport RAY_enable_metrics_collection\npython -m acme.main ${e}.num_engines=1\n`;
    const config = await readFile('run.sh', text);
    assert.deepEqual(findingsOf(config), ['warning metrics-export-off@1']);
    const [finding] = configFindings(config, {});
    assert.deepEqual(finding && fixesFor(finding, config, text), []);
  });

  it('exposes what a nested script, env and the head of a cluster set', async () => {
    const nested = `sbatch <<EOF\nexport RAY_TMPDIR=/a\npython -m acme.main ${e}.num_engines=1\nEOF\n`;
    assert.equal((await readFile('run.sh', nested)).environmentHints[0]?.value, '/a');
    const env = `env RAY_TMPDIR=/b python -m acme.main ${e}.num_engines=1\n`;
    assert.equal((await readFile('run.sh', env)).environmentHints[0]?.value, '/b');
    const head = `RAY_TMPDIR=/c ray start --head\npython -m acme.main ${e}.num_engines=1\n`;
    assert.equal((await readFile('run.sh', head)).environmentHints[0]?.value, '/c');
  });

  it('exposes what a Python program sets for its run', async () => {
    const args = `"python", "-m", "acme.main", "${e}.num_engines=1"`;
    const python = await readFile(
      'launch.py',
      `import os, subprocess
os.environ["RAY_TMPDIR"] = f"/scratch/{'ray'}"
os.environ.setdefault("SKYRL_VLLM_START_PORT", "9000")
env = dict(os.environ, _SKYRL_USE_NEW_INFERENCE="0")
if remote:
    env["RAY_ADDRESS"] = "10.0.0.1:1"
print(os.environ["RAY_enable_metrics_collection"])
subprocess.run([${args}], env=env)
`,
    );
    assert.deepEqual(python.command?.environment, { _SKYRL_USE_NEW_INFERENCE: '0' });
    assert.deepEqual(
      python.environmentHints.map(({ name, value, unresolvedReason, range }) => [
        name,
        value ?? unresolvedReason,
        range.startLine + 1,
      ]),
      [
        ['RAY_TMPDIR', '/scratch/ray', 2],
        ['RAY_ADDRESS', 'it depends on the if at line 5', 6],
        ['SKYRL_VLLM_START_PORT', '9000', 3],
      ],
    );
    const text = `image.env({"RAY_TMPDIR": "/a"})\nother.env({"RAY_TMPDIR": "/b"})\nos.system("python -m acme.main ${e}.num_engines=1")\n`;
    const { environmentHints } = await readFile('launch.py', text);
    assert.deepEqual(environmentHints, []);
  });

  const run = `python -m acme.main ${e}.num_engines=1 ${e}.async_engine=false`;
  for (const [title, text, address = '10.0.0.1:1'] of [
    ['docker', `docker run -e _SKYRL_USE_NEW_INFERENCE=0 --env=RAY_ADDRESS=10.0.0.1:1 -e HOME img bash -c '${run}'`],
    ['podman in srun', `srun -e err podman run --env _SKYRL_USE_NEW_INFERENCE=0 -e RAY_ADDRESS=10.0.0.1:1 img ${run}`],
    ['apptainer', `apptainer exec --env _SKYRL_USE_NEW_INFERENCE=0,RAY_ADDRESS=10.0.0.1:1 a.sif ${run}`],
    ['srun', `srun --export=ALL,_SKYRL_USE_NEW_INFERENCE=0,RAY_ADDRESS=10.0.0.1:1 -N1 ${run}`],
    ['mpirun', `mpirun -n 1 -x _SKYRL_USE_NEW_INFERENCE=0 -x RAY_ADDRESS=10.0.0.1:1 ${run}`],
    ['sudo', `nohup sudo -E _SKYRL_USE_NEW_INFERENCE=0 RAY_ADDRESS=10.0.0.1:1 ${run}`],
    [
      'a job of Ray',
      `ray job submit --runtime-env-json='{"env_vars": {"_SKYRL_USE_NEW_INFERENCE": "0", "RAY_ADDRESS": "10.0.0.1:1"}}' -- ${run}`,
    ],
    [
      'a file of variables',
      `A=10.0.0.1\ncat > run.env <<EOF\n# of the run\nRAY_ADDRESS="$A:1"\nexport _SKYRL_USE_NEW_INFERENCE=0\nEOF\nuv run --env-file .env --env-file ./run.env ${run}`,
    ],
    [
      'a file of variables behind one that is exported',
      `export RAY_ADDRESS=10.0.0.2:2\nprintf 'RAY_ADDRESS=10.0.0.1:1\n_SKYRL_USE_NEW_INFERENCE=0\n' > run.env\nuv run --env-file=run.env ${run}`,
      '10.0.0.2:2',
    ],
  ] as const) {
    it(`reads the variables that ${title} sets for the run`, async () => {
      const config = await readFile('run.sh', `${text}\n`);
      assert.deepEqual(config.command?.environment, { _SKYRL_USE_NEW_INFERENCE: '0' });
      assert.deepEqual(
        config.environmentHints.map(({ name, value }) => [name, value]),
        [['RAY_ADDRESS', address]],
      );
    });
  }
});

const hint = (name: HintName, value: string | undefined, line = 0): EnvironmentHint => ({
  name,
  value,
  range: { startLine: line, startCharacter: 0, endLine: line, endCharacter: 1 },
});

const valuesOf = (hints: readonly EnvironmentHint[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(parseMetricsHints(hints)).map(([name, field]) => [name, field?.value]));

describe('config: hints of a script by meaning', () => {
  it('gives those about metrics their type', () => {
    const off = [
      hint('RAY_TMPDIR', '/scratch/r'),
      hint('RAY_metrics_report_interval_ms', '0'),
      hint('RAY_enable_metrics_collection', 'false'),
    ];
    assert.deepEqual(valuesOf(off), { reportIntervalMs: 0, collectsMetrics: false });
    assert.equal(parseMetricsHints(off).collectsMetrics?.hint, off[2]);
  });

  it('leaves out what is not known or of no use', () => {
    const bad = [hint('RAY_enable_metrics_collection', undefined), hint('RAY_metrics_report_interval_ms', '$MS')];
    assert.deepEqual(valuesOf(bad), {});
    assert.deepEqual(parseMetricsHints(undefined), {});
  });
});

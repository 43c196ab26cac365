/** Tests of launch scripts as people have them: what the run gets, what is not known, and which findings there are. */
import { strict as assert } from 'node:assert';
import { configFindings } from '../../../src/config/findings';
import { fixesFor } from '../../../src/config/fixes';
import { readConfig } from '../../../src/config/readConfig';
import { check, findingsOf, readFile, type Expected } from './realFiles';

const e = 'generator.inference_engine';

interface RealScript extends Expected {
  title: string;
  file?: string;
  text: string;
  environment?: Record<string, string>;
}

const scripts: readonly RealScript[] = [
  {
    title: 'a list without quotes around it, with quotes inside',
    text: `TRAIN=["$HOME/rows/train.parquet"]
python -m acme.main_train \\
  data.train_data=$TRAIN \\
  ${e}.num_engines=2 \\
  ${e}.run_engines_locally=false \\
  ${e}.external_server_urls=['http://a.example:8000','http://b.example:8000'] \\
  trainer.placement.colocate_all=false
`,
    environment: { HOME: '/home/acme' },
    values: {
      'data.train_data': ['/home/acme/rows/train.parquet'],
      num_engines: 2,
      run_engines_locally: false,
      external_server_urls: ['http://a.example:8000', 'http://b.example:8000'],
      'trainer.placement.colocate_all': false,
    },
    findings: ['info external-servers@6'],
    engines: 2,
    path: 'external-servers',
  },
  {
    title: 'one quoted item and a glob character in a list',
    text: `python -m acme.main_train ${e}.external_server_urls=["http://10.0.0.5:8000"] data.val_data=[*.parquet,'b?.parquet'] ${e}.run_engines_locally=false\n`,
    values: {
      external_server_urls: ['http://10.0.0.5:8000'],
      run_engines_locally: false,
    },
    findings: ['error syntax@1', 'info external-servers@1'],
  },
  {
    title: 'a list of variables',
    text: `A=http://a.example:8000
B=b.example:8000
python -m acme.main_train ${e}.external_server_urls=[$A,http://$B,"\${C:-http://c.example:1}"] ${e}.run_engines_locally=false trainer.placement.colocate_all=false
`,
    values: {
      external_server_urls: ['http://a.example:8000', 'http://b.example:8000', 'http://c.example:1'],
      run_engines_locally: false,
      'trainer.placement.colocate_all': false,
    },
    findings: ['info external-servers@3'],
    engines: 3,
  },
  {
    title: 'a list with an item that is not known',
    text: `python -m acme.main_train ${e}.external_server_urls=[http://$HOST:8000,http://b:1]\n`,
    unresolved: { external_server_urls: 'HOST is not set' },
    findings: ['info external-servers@1'],
    engines: undefined,
  },
  {
    title: 'positional arguments in sums',
    text: `go() {
  local engines=$1 half=$(($1 / 2))
  python -m acme.main_train ${e}.num_engines=$(($1 * 2)) ${e}.tensor_parallel_size=$((\${2} - 1)) ${e}.max_num_seqs=$half
}
go 8 3
`,
    values: { num_engines: 16, tensor_parallel_size: 2, max_num_seqs: 4 },
    engines: 16,
  },
  {
    title: 'positional arguments of the script itself',
    text: `python -m acme.main_train ${e}.num_engines=$(($1 * 2)) ${e}.tensor_parallel_size=$((1 * 2)) ${e}.max_num_seqs=$(( \${1:-4} + 1 ))\n`,
    values: { tensor_parallel_size: 2, max_num_seqs: 5 },
    unresolved: { num_engines: 'given when the script is started ($1)' },
    engines: undefined,
  },
  {
    title: 'a mapping that an if adds',
    text: `args=(
  ${e}.num_engines=2
  ${e}.max_num_seqs=9
)
if [[ "\${OFFLOAD:-0}" == 1 ]]; then
  args+=("${e}.engine_init_kwargs={max_num_seqs: 7, kv_transfer_config: {kv_role: kv_both}}")
fi
python -m acme.main_train "\${args[@]}"
`,
    values: { num_engines: 2, max_num_seqs: 9 },
    unresolved: { engine_init_kwargs: 'it depends on the if at line 5' },
    findings: [],
  },
  {
    title: 'a value that an if overrides, without a finding about two values',
    text: `args=(${e}.num_engines=2 ${e}.backend=vllm)
[ -n "\${BIG:-}" ] && args+=(${e}.num_engines=8)
python -m acme.main_train "\${args[@]}"
`,
    values: { backend: 'vllm' },
    unresolved: { num_engines: 'it depends on the condition at line 2' },
    findings: [],
    engines: undefined,
  },
  {
    title: 'a command that is printed first',
    text: `runner=(uv run --isolated)
command=(-m acme.main_train
  ${e}.num_engines=2
)
if [[ "\${DRY_RUN:-0}" == 1 ]]; then
  printf '%q ' "\${runner[@]}" "\${command[@]}"
  exit 0
fi
"\${runner[@]}" "\${command[@]}" "$@"
`,
    values: { num_engines: 2 },
    findings: [],
    program: 'acme.main_train',
  },
  {
    title: 'overrides that are kept in a file, logged and set as arguments',
    text: `set -- ${e}.num_engines=2 "$@"
printf '%s\\n' "$@" > overrides.txt
echo "start: $*" | tee start.log
logger "run $*"
python -m acme.main_train "$@"
`,
    values: { num_engines: 2 },
    findings: [],
    program: 'acme.main_train',
  },
  {
    title: 'a server behind functions that print',
    text: `header() { printf 'command='; printf ' %q' -m acme.tinker.api "$@"; }
serve() { header "$@"; uv run -m acme.tinker.api "$@" 2>&1 | tee api.log; }
if [[ "$#" -gt 0 ]]; then
  serve "$@"
  exit "$?"
fi
serve --backend-config '{"${e}.num_engines": 6}'
`,
    values: { num_engines: 6 },
    findings: [],
    program: 'acme.tinker.api',
  },
  {
    title: 'a variable for the path that is not known here',
    text: `export _SKYRL_USE_NEW_INFERENCE=$(pick-path)
python -m acme.main_train ${e}.num_engines=2 ${e}.async_engine=false
`,
    environment: { _SKYRL_USE_NEW_INFERENCE: '0' },
    findings: [],
    path: 'ray',
  },
  {
    title: 'names that are not known, in the command and in lists',
    text: `HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../site.env"
ENTRY=$(pick-entry)
python -m "$ENTRY" ${e}.num_engines=$ENGINES ${e}.external_server_urls="['http://$HOST_A:8000','http://b.example:8000']"
`,
    unresolved: { num_engines: '$HERE/../site.env may set it', external_server_urls: 'HOST_A' },
    program: '$ENTRY',
    otherScript: undefined,
  },
  {
    title: 'overrides that another script adds',
    text: `export ENGINES="\${ENGINES:-8}"
bash scripts/common.sh --extra train -- ${e}.tensor_parallel_size=2
`,
    values: { tensor_parallel_size: 2 },
    findings: [],
    engines: undefined,
    otherScript: 'scripts/common.sh',
  },
  {
    title: 'overrides of another script that is run through srun, and of a list that a sourced file sets',
    text: `srun --nodes=2 ./scripts/train.sh ${e}.tensor_parallel_size=2\n`,
    engines: undefined,
    otherScript: './scripts/train.sh',
  },
  {
    title: 'a list that a sourced file sets',
    text: `source scripts/defaults.sh
python -m acme.main_train "\${DEFAULTS[@]}" ${e}.tensor_parallel_size=2
`,
    values: { tensor_parallel_size: 2 },
    engines: undefined,
    otherScript: 'scripts/defaults.sh',
  },
  {
    title: 'a library that other scripts source',
    text: `build_overrides() {
  local -n out="$1"
  out=("${e}.num_engines=$NUM_GPUS" "${e}.backend=vllm")
}
run_main() {
  local -a overrides=("$@")
  local -a cmd=(python -m acme.main_train "\${overrides[@]}")
  "\${cmd[@]}"
}
`,
    values: { backend: 'vllm' },
    unresolved: { num_engines: 'NUM_GPUS is not set' },
    engines: undefined,
  },
  {
    title: 'paths that are cut',
    text: `MODEL=acme/small-7b
URL=http://a.example:8000/
python -m acme.main_train ${e}.run_engines_locally=false ${e}.served_model_name=\${MODEL##*/} ${e}.external_proxy_url=\${URL%/} trainer.run_name=run_$(basename "$MODEL") trainer.project_name=\${MODEL//\\//-} trainer.placement.colocate_all=false
`,
    values: {
      run_engines_locally: false,
      served_model_name: 'small-7b',
      external_proxy_url: 'http://a.example:8000',
      'trainer.run_name': 'run_small-7b',
      'trainer.project_name': 'acme-small-7b',
      'trainer.placement.colocate_all': false,
    },
    findings: ['info external-proxy@3'],
  },
  {
    title: 'an external address that only an if adds',
    text: `EXTRA=()
if [ -n "\${PROXY_URL:-}" ]; then EXTRA+=("${e}.external_proxy_url=$PROXY_URL"); fi
python -m acme.main_train ${e}.num_engines=4 "\${EXTRA[@]}"
`,
    findings: [],
    engines: 4,
    path: 'ray',
  },
  {
    title: 'external servers in words that may be there',
    text: `EXTRA="trainer.epochs=1"
[[ -n "\${SERVERS:-}" ]] && EXTRA="$EXTRA ${e}.external_server_urls=[$SERVERS]"
python -m acme.main_train ${e}.num_engines=4 $EXTRA \${PROXY:+${e}.external_proxy_url=$PROXY}
`,
    findings: [],
    engines: 4,
    path: 'ray',
  },
  {
    title: 'plus signs for a program that takes them',
    text: `python acme/main_train.py ${e}.num_engines=4 ++environment.acme.max_turns=8 +trainer.acme_bonus=0.5\n`,
    values: { num_engines: 4, 'environment.acme.max_turns': 8, 'trainer.acme_bonus': 0.5 },
    findings: [],
  },
  {
    title: 'plus signs for a program of SkyRL, which refuses them',
    text: `uv run -m skyrl.train.entrypoints.main_base ${e}.num_engines=4 +trainer.bonus=0.5\n`,
    findings: ['error plus-prefix@1'],
  },
  {
    title: 'names that the shell keeps, with VS Code having its own',
    text: `cd /srv/job
python -m acme.main_train ${e}.num_engines=1 trainer.log_path=$PWD/logs trainer.run_name=run-$RANDOM trainer.project_name=\${HOSTNAME}
`,
    environment: { PWD: '/home/acme', HOSTNAME: 'laptop', RANDOM: '4' },
    unresolved: { 'trainer.log_path': '$PWD', 'trainer.run_name': '$RANDOM', 'trainer.project_name': '$HOSTNAME' },
  },
  {
    title: 'a number of engines that a command prints',
    text: `NUM_GPUS=$(nvidia-smi -L | wc -l)
python -m acme.main_train ${e}.num_engines=$NUM_GPUS
`,
    unresolved: { num_engines: 'the output of a command' },
    engines: undefined,
  },
  {
    title: 'a number of ranks that is not known',
    text: `python -m acme.main_train ${e}.num_engines=2 ${e}.data_parallel_size=$DP\n`,
    engines: undefined,
  },
  {
    title: 'defaults of defaults in a division',
    text: `MODEL=acme/tiny-3b
NUM_ENGINES=\${NUM_ENGINES:-$(( \${NUM_GPUS:-8} / \${TP:-2} ))}
python -m acme.main_train ${e}.num_engines=\${NUM_ENGINES} ${e}.served_model_name=\${MODEL##*/}
`,
    values: { num_engines: 4, served_model_name: 'tiny-3b' },
    engines: 4,
  },
  {
    title: 'both layouts at once',
    text: `python -m acme.main_train \\
  ${e}.language_model_only=true \\
  generator.num_inference_engines=2 \\
  generator.gpu_memory_utilization=0.7
`,
    findings: ['info legacy-layout@3'],
    layout: 'legacy',
  },
  {
    title: 'the old path, which took keys that are refused by now',
    text: `export _SKYRL_USE_NEW_INFERENCE=0
python -m acme.main_train ${e}.num_engines=1 ${e}.async_engine=false ${e}.enable_http_endpoint=true
`,
    findings: ['warning synchronous-engine@2'],
    path: 'none',
  },
  {
    title: 'statistics that are off where no engine is run',
    text: `python -m acme.main_hosted ${e}.backend=hosted ${e}.run_engines_locally=false ${e}.enable_ray_prometheus_stats=false\n`,
    findings: ['info no-engines@1'],
    engines: undefined,
  },
  {
    title: 'no engines with vLLM, which nothing explains',
    text: `python -m acme.main_train ${e}.backend=vllm ${e}.run_engines_locally=false\n`,
    findings: ['warning no-engines@1'],
  },
  {
    title: 'overrides that all were cut off',
    text: `cd training && \\
python -m acme.main_train \\
    #### Engines
    ${e}.num_engines=3 \\
    ${e}.backend=vllm \\
    
    #### Model
    trainer.policy.model.path=acme/small
`,
    values: {},
    findings: ['warning not-passed@4', 'warning not-passed@5', 'warning not-passed@8'],
    program: 'acme.main_train',
  },
  {
    title: 'overrides of which the last ones were cut off by a missing backslash',
    text: `python -m acme.main_train \\
  ${e}.num_engines=3
  ${e}.backend=vllm
`,
    values: { num_engines: 3 },
    findings: ['warning not-passed@3'],
  },
  {
    title: 'a copied default',
    text: `python -m acme.main_train ${e}.num_engines=3 ${e}.enable_chunked_prefill=true ${e}.async_engine=true ${e}.vllm_v1_disable_multiproc=true\n`,
    findings: [],
  },
];

describe('config: launch scripts as people have them', () => {
  for (const { title, file = 'run.sh', text, environment = {}, ...expected } of scripts) {
    it(`reads ${title}`, async () => {
      await check(file, text, expected, environment);
    });
  }

  it('finds no config in overrides that are only printed', async () => {
    const text = `echo python -m acme.main_train ${e}.num_engines=2\n`;
    assert.equal((await readConfig(text, { file: '/w/run.sh', environment: {} })).config, undefined);
  });

  it('finds no config in a command of another program', async () => {
    for (const text of [
      'python serve.py generator.backend=local generator.max_num_seqs=4\n',
      'python serve.py generator.model=acme/small server.port=1\n',
    ])
      assert.equal((await readConfig(text, { file: '/w/run.sh', environment: {} })).config, undefined);
  });

  it('marks what depends on arguments of the script', async () => {
    const config = await readFile(
      'run.sh',
      `ENGINES=4\nwhile getopts "e:" o; do case $o in e) ENGINES=$OPTARG ;; esac; done\npython -m m ${e}.num_engines=$ENGINES\n`,
    );
    assert.deepEqual(config.values.get(`${e}.num_engines`)?.environmentDefaults, ['$@']);
  });
});

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

  it('exposes what a nested script, env and the head of a cluster set', async () => {
    const nested = `sbatch <<EOF\nexport RAY_TMPDIR=/a\npython -m acme.main ${e}.num_engines=1\nEOF\n`;
    assert.equal((await readFile('run.sh', nested)).environmentHints[0]?.value, '/a');
    const env = `env RAY_TMPDIR=/b python -m acme.main ${e}.num_engines=1\n`;
    assert.equal((await readFile('run.sh', env)).environmentHints[0]?.value, '/b');
    const head = `RAY_TMPDIR=/c ray start --head\npython -m acme.main ${e}.num_engines=1\n`;
    assert.equal((await readFile('run.sh', head)).environmentHints[0]?.value, '/c');
  });
});

/** Tests of launch scripts as people have them: what the run gets, what is not known, and which findings there are. */
import { strict as assert } from 'node:assert';
import { readConfig } from '../../../src/config/readConfig';
import { check, readFile, type RealScript } from './realFiles';
import { engine as e } from './support';

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
    unknownSource: undefined,
  },
];

describe('config: launch scripts as people have them', () => {
  for (const { title, text, environment = {}, ...expected } of scripts) {
    it(`reads ${title}`, async () => {
      await check('run.sh', text, expected, environment);
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

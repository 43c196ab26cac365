/** Tests of launch scripts that do not say everything: other scripts, conditions, older releases, overrides that are cut off. */
import { check, type RealScript } from './realFiles';
import { engine as e } from './support';

const scripts: readonly RealScript[] = [
  {
    title: 'overrides that another script adds',
    text: `export ENGINES="\${ENGINES:-8}"
bash scripts/common.sh --extra train -- ${e}.tensor_parallel_size=2
`,
    values: { tensor_parallel_size: 2 },
    findings: [],
    engines: undefined,
    unknownSource: 'scripts/common.sh',
  },
  {
    title: 'overrides of another script that is run through srun, and of a list that a sourced file sets',
    text: `srun --nodes=2 ./scripts/train.sh ${e}.tensor_parallel_size=2\n`,
    engines: undefined,
    unknownSource: './scripts/train.sh',
  },
  {
    title: 'a list that a sourced file sets',
    text: `source scripts/defaults.sh
python -m acme.main_train "\${DEFAULTS[@]}" ${e}.tensor_parallel_size=2
`,
    values: { tensor_parallel_size: 2 },
    engines: undefined,
    unknownSource: 'scripts/defaults.sh',
  },
  {
    title: 'a function of a sourced file',
    text: `source "$(dirname "$0")/lib.sh"\nrun_skyrl ${e}.tensor_parallel_size=2\n`,
    values: { tensor_parallel_size: 2 },
    engines: undefined,
    unknownSource: '$(dirname "$0")/lib.sh',
  },
  {
    title: 'a program after an environment was sourced',
    text: `source .venv/bin/activate\ntorchrun --nproc_per_node=2 train.py ${e}.tensor_parallel_size=2\n`,
    engines: 1,
    unknownSource: undefined,
  },
  ...(
    [
      ['by its name', '--config-name=small', 'small'],
      ['by its folder and name', '-cp conf -cn small', 'conf'],
      ['in a variable', '--config "$CONFIG"', '$CONFIG'],
      ['of SkyRL', '--config-name ppo_base_config', undefined],
    ] as const
  ).map(([title, options, unknownSource]): RealScript => ({
    title: `keys that a config file may set: ${title}`,
    text: `accelerate launch --config_file a.yaml -m acme.main_train ${options} ${e}.tensor_parallel_size=2\n`,
    values: { tensor_parallel_size: 2 },
    engines: unknownSource === undefined ? 1 : undefined,
    unknownSource,
  })),
  {
    title: 'overrides that branches choose, one of them in both',
    text: `if [ "$BIG" = 1 ]; then ARGS="${e}.num_engines=8 ${e}.max_num_seqs=3"; else ARGS="${e}.num_engines=4"; fi
python -m acme.main_train ${e}.backend=vllm $ARGS
`,
    values: { backend: 'vllm' },
    unresolved: { num_engines: 'the if at line 1', max_num_seqs: 'the if at line 1' },
    findings: [],
    engines: undefined,
  },
  {
    title: 'an address that one of two lists has',
    text: `case "$MODE" in
  remote) ARGS=(${e}.run_engines_locally=false "${e}.external_proxy_url=http://a.example:8000") ;;
  *) ARGS=(${e}.num_engines=4) ;;
esac
python -m acme.main_train ${e}.backend=vllm "\${ARGS[@]}"
`,
    values: { backend: 'vllm' },
    engines: undefined,
    path: 'ray',
  },
  ...(
    [
      ['a variable that nothing sets', '$EXTRA', '$EXTRA'],
      ['what a program prints', '$(python make_args.py)', '$(python make_args.py)'],
      ['a list that is read from a program', '"${ARGS[@]}"', '$arg'],
    ] as const
  ).map(([title, word, unknownSource]): RealScript => ({
    title: `words that may be overrides: ${title}`,
    text: `while read -r arg; do ARGS+=("$arg"); done < <(python make_args.py)
python -m acme.main_train ${e}.backend=vllm ${word} trainer.seed=1
`,
    values: { backend: 'vllm', 'trainer.seed': 1 },
    findings: [],
    engines: undefined,
    unknownSource,
  })),
  {
    title: 'words that are no overrides: a program, the value of an option, a word with a default',
    text: `uv run $UV_FLAGS python "$ENTRY" --log "$LOG" \${EXTRA:-} ${e}.num_engines=3\n`,
    values: { num_engines: 3 },
    engines: 3,
    unknownSource: undefined,
  },
  {
    title: 'a number of engines that an argument may change',
    text: `N=4\nif [ -n "$1" ]; then N=$1; fi\npython -m acme.main_train ${e}.num_engines=$N\n`,
    values: { num_engines: 4 },
    engines: 4,
  },
  {
    title: 'a number of engines that an option may change, with getopt',
    text: `N=4
OPTS=$(getopt -o n: --long engines: -n run.sh -- "$@") || exit 1
eval set -- "$OPTS"
while true; do
  case "$1" in
    -n | --engines) N=$2; shift 2 ;;
    --) shift; break ;;
  esac
done
python -m acme.main_train ${e}.num_engines=$N "$@"
`,
    values: { num_engines: 4 },
    engines: 4,
  },
  {
    title: 'a number of engines that has to be given as an argument',
    text: `if [ $# -lt 1 ]; then echo usage; exit 1; fi\nN=$1\npython -m acme.main_train ${e}.num_engines=$N\n`,
    unresolved: { num_engines: 'given when the script is started ($1)' },
    engines: undefined,
  },
  {
    title: 'a number of engines that only arguments can give',
    text: `python -m acme.main_train ${e}.backend=vllm "$@"\n`,
    engines: undefined,
  },
  {
    title: 'arguments behind a number of engines',
    text: `python -m acme.main_train ${e}.num_engines=2 "$@"\n`,
    engines: 2,
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
    title: 'an override that a loop adds again and again',
    text: `for tp in 1 2 4; do ARGS+=(${e}.tensor_parallel_size=$tp); done
python -m acme.main_train "\${ARGS[@]}" ${e}.num_engines=1 ${e}.num_engines=2
`,
    values: { tensor_parallel_size: 4, num_engines: 2 },
    findings: ['info written-twice@2'],
  },
  {
    title: 'a copied default',
    text: `python -m acme.main_train ${e}.num_engines=3 ${e}.enable_chunked_prefill=true ${e}.async_engine=true ${e}.vllm_v1_disable_multiproc=true\n`,
    findings: [],
  },
];

describe('config: launch scripts that do not say everything', () => {
  for (const { title, text, environment = {}, ...expected } of scripts) {
    it(`reads ${title}`, async () => {
      await check('run.sh', text, expected, environment);
    });
  }
});

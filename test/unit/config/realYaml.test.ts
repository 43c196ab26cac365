/** Tests of YAML files as people have them: Hydra's configs, files of other programs, tasks for SkyPilot and jobs for Slurm. */
import { strict as assert } from 'node:assert';
import { createClassifier } from '../../../src/config/classify';
import { readConfig } from '../../../src/config/readConfig';
import { check, type RealScript } from './realFiles';
import { engine as e } from './support';

const files: readonly RealScript[] = [
  {
    title: 'null for what a launcher fills in',
    text: `trainer:
  project_name: null
  run_name: null
  placement:
    colocate_all: false
generator:
  backend: vllm
  num_inference_engines: null
  inference_engine_tensor_parallel_size: 2
`,
    findings: ['info type@8', 'info legacy-layout@7'],
    engines: undefined,
  },
  {
    title: 'null in the nested layout',
    text: `trainer: {run_name: ~, logger: null, log_path: }
generator:
  inference_engine: {num_engines: 2, model_dtype: null, external_server_urls: null, data_parallel_size: null}
`,
    findings: ['info type@3'],
    engines: undefined,
  },
  {
    title: 'Hydra’s defaults list and resolvers',
    text: `defaults:
  - shards@shards.train: train
  - _self_
trainer:
  run_name: probe-\${now:%Y-%m-%d_%H-%M-%S}
  log_path: \${hydra:runtime.cwd}/logs
  policy:
    shard_config: \${shards.train}
generator:
  num_inference_engines: 4
  inference_engine_tensor_parallel_size: \${oc.select:shards.tp,2}
  backend: vllm
`,
    unresolved: {
      'trainer.run_name': 'Hydra knows it',
      'trainer.log_path': 'Hydra knows it',
      'trainer.policy.shard_config': 'defaults list may have it',
    },
    findings: ['info legacy-layout@10'],
    engines: 4,
  },
  {
    title: 'a copied default',
    text: `generator:
  inference_engine:
    num_engines: 2
    enable_chunked_prefill: true
    async_engine: true
    enable_prefix_caching: true
`,
    findings: [],
    engines: 2,
  },
  {
    title: 'common names beside a trainer of SkyRL',
    text: 'trainer: {policy: {model: {path: acme/small}}}\ngenerator: {backend: vllm, gpu_memory_utilization: 0.7}\n',
    layout: 'legacy',
    findings: ['info legacy-layout@2'],
  },
  {
    title: 'common names beside several keys that other trainers have as well',
    text: 'data: {train_data: [a], val_data: [b]}\ntrainer: {epochs: 2}\ngenerator: {backend: vllm}\n',
    layout: 'legacy',
  },
  {
    title: 'a name that only SkyRL has',
    text: 'generator: {run_engines_locally: true}\n',
    layout: 'legacy',
  },
  {
    title: 'a SkyPilot task whose engines come from its GPUs',
    text: `resources:
  accelerators: L40S:4
num_nodes: 2
run: |
  source .venv/bin/activate
  ALL_GPUS=$((SKYPILOT_NUM_GPUS_PER_NODE * SKYPILOT_NUM_NODES))
  if [ "$SKYPILOT_NODE_RANK" = "0" ]; then
    uv run -m skyrl.train.entrypoints.main_base ${e}.num_engines="$ALL_GPUS" ${e}.tensor_parallel_size=1
  fi
`,
    values: { num_engines: 8, tensor_parallel_size: 1 },
    engines: 8,
  },
  {
    title: 'a SkyPilot task with a mapping of accelerators and one node',
    text: `resources: {accelerators: {H100: 8}}
run: |
  python -m acme.main ${e}.num_engines=$((SKYPILOT_NUM_GPUS_PER_NODE * \${SKYPILOT_NUM_NODES}))
`,
    values: { num_engines: 8 },
    engines: 8,
  },
  {
    title: 'a SkyPilot task with one GPU, and workers that leave',
    text: `resources:
  accelerators: A100
num_nodes: 4
run: |
  if [ "\${SKYPILOT_NODE_RANK}" != "0" ]; then
    ray start --address "$HEAD:6379"; sleep infinity; exit 0
  fi
  python -m acme.main ${e}.num_engines=$SKYPILOT_NUM_NODES ${e}.data_parallel_size=$SKYPILOT_NUM_GPUS_PER_NODE
`,
    values: { num_engines: 4, data_parallel_size: 1 },
    engines: 4,
  },
  ...['[L40S:4, H100:8]', '{L40S: 4, H100: 8}', 'L40S:4,H100:8'].map((accelerators): RealScript => ({
    title: `a SkyPilot task with a choice of accelerators (${accelerators})`,
    text: `resources:
  accelerators: ${accelerators}
run: |
  python -m acme.main ${e}.num_engines=$SKYPILOT_NUM_GPUS_PER_NODE
`,
    unresolved: { num_engines: 'SkyPilot sets it' },
    engines: undefined,
  })),
  {
    title: 'a SkyPilot task with any_of',
    text: `resources:
  any_of:
    - accelerators: L40S:4
    - accelerators: H100:8
run: |
  python -m acme.main ${e}.num_engines=\${SKYPILOT_NUM_GPUS_PER_NODE:-1}
`,
    unresolved: { num_engines: 'SkyPilot sets it' },
    engines: undefined,
  },
  {
    title: 'a task whose envs tell Ray about metrics',
    text: `resources: {accelerators: L4:1}
envs:
  RAY_enable_metrics_collection: "0"
run: |
  python -m acme.main ${e}.num_engines=1
`,
    findings: ['warning metrics-export-off@3'],
  },
];

describe('config: YAML files as people have them', () => {
  for (const { title, text, ...expected } of files) {
    it(`reads ${title}`, async () => {
      await check('task.yaml', text, expected);
    });
  }

  for (const [title, text] of [
    [
      'settings of a question-answering service',
      'profile: laptop\ngenerator:\n  backend: local\n  model: acme/small-7b\n  n_samples: 4\nreranker:\n  model: acme/ranker\n',
    ],
    [
      'a trainer of another library',
      'trainer:\n  max_epochs: 3\n  devices: 2\ngenerator:\n  backend: torch\n  max_num_seqs: 8\n  model_dtype: fp16\n',
    ],
    [
      'a trainer with epochs and a name for its run',
      'trainer:\n  epochs: 3\n  run_name: a\ngenerator:\n  backend: transformers\n  max_num_seqs: 8\n',
    ],
    ['a list of servers', 'generator: {served_model_name: a, gpu_memory_utilization: 0.5, enforce_eager: true}\n'],
    ['dotted settings', 'generator.backend: local\ngenerator.max_num_seqs: 4\n'],
  ] as const) {
    it(`does not take ${title} for a config`, async () => {
      for (const file of ['service.yaml', 'service.json']) {
        assert.equal((await readConfig(text, { file, environment: {} })).config, undefined);
        const { classification } = await createClassifier(readConfig, {})(file, Buffer.from(text));
        assert.equal(classification, 'other');
      }
    });
  }
});

const slurm = (directives: readonly string[], value: string): string =>
  `#!/bin/bash\n${directives.map((line) => `#SBATCH ${line}\n`).join('')}\npython -m acme.main ${e}.num_engines=${value}\n`;

describe('config: what Slurm sets for a job', () => {
  for (const [directives, value, expected] of [
    [['--nodes=2', '--gpus-per-node=8'], '$((SLURM_NNODES * SLURM_GPUS_ON_NODE))', 16],
    [['-N 4', '--gres=gpu:a100:2'], '$((SLURM_JOB_NUM_NODES * SLURM_GPUS_ON_NODE))', 8],
    [['-N4 --ntasks-per-node=1  # four', '--gpus-per-node a100:4'], '${SLURM_GPUS_ON_NODE:-1}', 4],
    [['--nodes=1', '--gpus=6'], '$SLURM_GPUS_ON_NODE', 6],
    [['--nodes=2-4'], '${SLURM_NNODES:-2}', undefined],
    [['--gpus=16', '--nodes=2'], '$SLURM_GPUS_ON_NODE', undefined],
    [['--job-name=x'], '$SLURM_NNODES', undefined],
  ] as const) {
    it(`reads ${value} with ${directives.join(' ')} as ${expected ?? 'not known'}`, async () => {
      const rest = expected === undefined ? { unresolved: { num_engines: 'Slurm sets it' } } : {};
      const environment = { SLURM_NNODES: '64', SLURM_GPUS_ON_NODE: '64' };
      await check('job.sh', slurm(directives, value), { engines: expected, ...rest }, environment);
    });
  }

  it('reads options of sbatch for a job in a heredoc, and its own lines', async () => {
    const job = `#!/bin/bash\n#SBATCH --gpus-per-node=4\npython -m acme.main ${e}.num_engines=$((SLURM_NNODES * SLURM_GPUS_ON_NODE))\n`;
    await check('run.sh', `sbatch --nodes=3 <<'EOF'\n${job}EOF\n`, { engines: 12 });
    await check('run.sh', `cat > job.sh <<'EOF'\n${job}EOF\nsbatch -N 2 job.sh\n`, { engines: 8 });
  });

  it('takes the directives before the first command only', async () => {
    const text = `#!/bin/bash\n#SBATCH --job-name=x\necho\n#SBATCH --nodes=2\npython -m acme.main ${e}.num_engines=$SLURM_NNODES\n`;
    await check('run.sh', text, { engines: undefined });
  });

  it('knows nothing of a job without directives', async () => {
    const text = `python -m acme.main ${e}.num_engines=\${SLURM_NNODES:-2}\n`;
    await check('run.sbatch', text, { engines: undefined }, { SLURM_NNODES: '64' });
    await check('run.sh', text, { engines: 2 });
  });
});

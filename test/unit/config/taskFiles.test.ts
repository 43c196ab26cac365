/** Tests of notebooks, Makefiles, TOML files, and lists of arguments in YAML and JSON that start runs. */
import { check, type RealFile } from './realFiles';
import { engine as e } from './support';

const files: readonly RealFile[] = [
  {
    title: 'a shell cell of a notebook',
    file: 'run.ipynb',
    text: JSON.stringify({
      cells: [
        { cell_type: 'code', source: '%%bash\nN=2\npython -m acme.main generator.inference_engine.num_engines=$N' },
        { cell_type: 'code', source: ['print("generator.inference_engine.num_engines=9 is many")'] },
      ],
    }),
    values: { num_engines: 2 },
  },
  {
    title: 'a Python cell of a notebook, with constants of another one',
    file: 'run.ipynb',
    text: JSON.stringify({
      cells: [
        { cell_type: 'code', source: ['%matplotlib inline\n', 'N = 5\n'] },
        { cell_type: 'code', source: [`subprocess.run(["python", "-m", "acme.main", f"${e}.num_engines={N}"])`] },
      ],
    }),
    values: { num_engines: 5 },
  },
  {
    title: 'a Makefile with variables',
    file: 'Makefile',
    text: `N ?= 4
TP := 2
MODEL = acme/$(SIZE)
SIZE = small
ARGS = ${e}.tensor_parallel_size=$(TP)
ARGS += ${e}.backend=vllm
train: data
\t@echo $(N)
\t-python -m acme.main \\
\t  ${e}.num_engines=$(N) \\
\t  ${e}.served_model_name=\${MODEL} $(ARGS) trainer.a=$(shell date) trainer.b=$$(nproc) trainer.c=$(TAG)
`,
    values: { num_engines: 4, served_model_name: 'acme/small', tensor_parallel_size: 2, backend: 'vllm' },
    unresolved: {
      'trainer.a': 'make fills it in',
      'trainer.b': 'nproc',
      'trainer.c': 'given when make is started (TAG)',
    },
    engines: 4,
  },
  {
    title: 'a Makefile with functions inside references, and names made of other names',
    file: 'Makefile',
    text: `SIZE = small
TP_small = 2
TP_large = 8
train:
\tpython -m acme.main ${e}.num_engines=$(if $(N),$(N),$(words a b)) \\
\t  ${e}.tensor_parallel_size=$(TP_$(SIZE)) trainer.a=$(notdir $(MODEL:%=x/%)) trainer.b=$$((2 * 2)) ${e}.backend=vllm
`,
    values: { tensor_parallel_size: 2, backend: 'vllm', 'trainer.b': 4 },
    unresolved: { num_engines: 'make fills it in ($(if $(N),$(N),$(words a b)))', 'trainer.a': 'make fills it in' },
    findings: [],
    engines: undefined,
  },
  {
    title: 'a Makefile with conditionals',
    file: 'Makefile',
    text: `ARGS = ${e}.num_engines=4
ifdef DEBUG
ARGS += ${e}.max_num_seqs=3
else
TP = 4
endif
ifndef SEED
SEED = 7
endif
ARGS += ${e}.backend=vllm
train:
\tpython -m acme.main $(ARGS) ${e}.tensor_parallel_size=$(TP) trainer.seed=$(SEED)
`,
    values: { num_engines: 4, backend: 'vllm', 'trainer.seed': 7 },
    unresolved: { max_num_seqs: 'a condition of make (ifdef DEBUG)', tensor_parallel_size: 'a condition of make' },
    engines: 4,
  },
  {
    title: 'tasks in TOML',
    file: 'pyproject.toml',
    text: `[tool.tasks]
train.cmd = 'python -m acme.main ${e}.num_engines=4 ${e}.backend="vllm"'
other = "x" # ${e}.num_engines=9
`,
    values: { num_engines: 4, backend: 'vllm' },
  },
  {
    title: 'a list of arguments in TOML',
    file: 'tasks.toml',
    text: `[[job]]\nargs = ["-m", "acme.main", # first\n  "${e}.num_engines=4"]\nnames = ["a"]\n`,
    values: { num_engines: 4 },
    program: 'acme.main',
  },
  {
    title: 'arguments of a container',
    file: 'pod.yaml',
    text: `spec:
  containers:
    - command: [python, -m, acme.main]
      args:
        - ${e}.num_engines=4
        - "${e}.backend=vllm"
`,
    values: { num_engines: 4, backend: 'vllm' },
    program: 'acme.main',
  },
  {
    title: 'a script in a list of a container',
    file: 'pod.yaml',
    text: `args: ["bash", "-c", "python -m acme.main ${e}.num_engines=4"]\n`,
    values: { num_engines: 4 },
  },
  {
    title: 'a script of a container with variables of its own',
    file: 'job.yaml',
    text: `spec:
  containers:
    - env: [{ name: N, value: "9" }]
    - env:
        - name: N
          value: "4"
        - name: TP
          valueFrom: { configMapKeyRef: { name: run, key: tp } }
      command: ["bash", "-c"]
      args: ["python -m acme.main ${e}.num_engines=$N ${e}.tensor_parallel_size=$TP"]
`,
    values: { num_engines: 4 },
    unresolved: { tensor_parallel_size: 'given when this file is launched (TP)' },
    engines: 4,
  },
  {
    title: 'arguments of a container that Kubernetes fills in',
    file: 'pod.yaml',
    text: `containers:
  - env: [{ name: N, value: "4" }]
    command: [python, -m, acme.main]
    args: ["${e}.num_engines=$(N)", "${e}.max_num_seqs=$(SEQS)", "${e}.backend=vllm"]
`,
    values: { num_engines: 4, backend: 'vllm' },
    unresolved: { max_num_seqs: 'the container sets it when it starts (SEQS)' },
    findings: [],
    engines: 4,
  },
  {
    title: 'a step of a workflow, with variables of the workflow, the job and the step',
    file: 'ci.yml',
    text: `env: { N: 2, TP: 1 }
jobs:
  gpu:
    env: { TP: 2 }
    steps:
      - env: { SEQS: 3, LORA: "\${{ matrix.lora }}" }
        run: python -m acme.main ${e}.num_engines=$N ${e}.tensor_parallel_size=$TP ${e}.max_num_seqs=$SEQS trainer.a=\${{ matrix.a }} trainer.b=$LORA
  cpu:
    env: { N: 8 }
`,
    values: { num_engines: 2, tensor_parallel_size: 2, max_num_seqs: 3 },
    unresolved: { 'trainer.a': 'filled in before the shell reads it', 'trainer.b': 'given when this file is launched' },
    findings: [],
  },
  {
    title: 'a playbook, which is a list',
    file: 'train.yml',
    text: `- hosts: gpus
  tasks:
    - name: train
      shell: |
        python -m acme.main ${e}.num_engines=4
`,
    values: { num_engines: 4 },
    findings: [],
  },
  ...['train.zsh', 'train.txt', 'launch'].map((file): RealFile => ({
    title: `a script by the name ${file}`,
    file,
    text: `# start\nN=4\npython -m acme.main ${e}.num_engines=$N\n`,
    values: { num_engines: 4 },
    findings: [],
  })),
  {
    title: 'a template of a task',
    file: 'task.yaml.j2',
    text: `# task\nname: train\nrun: python -m acme.main ${e}.num_engines=4\n`,
    values: { num_engines: 4 },
    findings: [],
  },
  {
    title: 'arguments of a debugger',
    file: 'launch.json',
    text: JSON.stringify({ configurations: [{ module: 'acme.main', args: [`${e}.num_engines=4`] }] }),
    values: { num_engines: 4 },
    program: 'acme.main',
  },
];

describe('config: notebooks, Makefiles and task files', () => {
  for (const { title, file, text, environment = {}, ...expected } of files) {
    it(`reads ${title}`, async () => {
      await check(file, text, expected, environment);
    });
  }
});

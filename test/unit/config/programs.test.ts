/** Tests of Python programs that start runs, and of what is found in which programs. */
import { strict as assert } from 'node:assert';
import { isCandidate, looksLikeConfig } from '../../../src/config/findConfigs';
import { fixesFor } from '../../../src/config/fixes';
import { readConfig } from '../../../src/config/readConfig';
import { check, findingsOf, readFile, type RealFile } from './realFiles';
import { engine as e, textInRange } from './support';

const main = '"python", "-m", "acme.main"';

const programs: readonly RealFile[] = [
  {
    title: 'a list in a call',
    file: 'launch.py',
    text: `import subprocess\nsubprocess.run([${main}, "${e}.num_engines=4", "${e}.backend=vllm"], check=True)\n`,
    values: { num_engines: 4, backend: 'vllm' },
    findings: [],
    engines: 4,
    program: 'acme.main',
  },
  {
    title: 'constants in format strings',
    file: 'launch.py',
    text: `NODES = 2
GPUS = 8
TOTAL = NODES * GPUS
URLS = ['http://a:1', 'http://b:2']
run([${main}, f"${e}.num_engines={TOTAL}", f'${e}.external_server_urls={URLS}', f"{{x}}.y=1", f"trainer.eager={True}"])
`,
    values: { num_engines: 16, external_server_urls: ['http://a:1', 'http://b:2'], 'trainer.eager': true },
  },
  {
    title: 'what is computed',
    file: 'launch.py',
    text: `import argparse
def launch(gpus, size=4):
    n = gpus * 2
    for k in range(3):
        pass
    run([${main}, f"${e}.num_engines={n}", f"${e}.max_num_seqs={size}", f"trainer.k={k}", f"trainer.t={time.time():.0f}", "trainer.j=" + ",".join(x for x in y)])
`,
    unresolved: {
      num_engines: 'computed by Python',
      max_num_seqs: 'computed',
      'trainer.k': 'computed',
      'trainer.t': 'formatted',
      'trainer.j': 'computed',
    },
    engines: undefined,
  },
  {
    title: 'a name that is set twice',
    file: 'launch.py',
    text: `N = 4\nif big:\n    N = 8\nrun([${main}, f"${e}.num_engines={N}"])\n`,
    unresolved: { num_engines: 'computed by Python at line 4 (N)' },
  },
  {
    title: 'a list of which the first items are computed',
    file: 'launch.py',
    text: `drop = ("generator.num_inference_engines=", "${e}.num_engines=", "${e}.max_num_seqs=")
args = [x for x in old if not x.startswith(drop)]
args += ["${e}.tensor_parallel_size=2", "${e}.backend=vllm"]
if slow:
    args.append("${e}.enforce_eager=true")
run(args)
`,
    values: { tensor_parallel_size: 2, backend: 'vllm' },
    unresolved: { enforce_eager: 'the if at line 4' },
    findings: [],
    engines: undefined,
    program: 'a list of overrides',
    unknownSource: 'args',
  },
  {
    title: 'overrides that are added to a parameter, behind arguments of the file',
    file: 'launch.py',
    text: `def launch(cmd):\n    cmd.extend(["${e}.num_engines=4", *sys.argv[1:]])\n    run(cmd)\n`,
    values: { num_engines: 4 },
    engines: undefined,
    unknownSource: 'cmd',
  },
  {
    title: 'items that are not known',
    file: 'launch.py',
    text: `run([${main}, "${e}.backend=vllm", *load_overrides(path)])\nrun(base() + ["trainer.a=1"])\n`,
    values: { backend: 'vllm' },
    engines: undefined,
    unknownSource: 'load_overrides(path)',
  },
  {
    title: 'lists that are added to, joined and spread',
    file: 'launch.py',
    text: `BASE = [${main}]
overrides = ["${e}.num_engines=4"]
overrides.append("${e}.backend=vllm")
overrides.extend(["trainer.a=1", "trainer.b=2"])
overrides += ("trainer.c=3",)
if debug:
    overrides.append("${e}.enforce_eager=true")
cmd = BASE + [*overrides, "trainer.d=4", *sys.argv[1:]]
subprocess.check_call(cmd)
`,
    values: { num_engines: 4, backend: 'vllm', 'trainer.a': 1, 'trainer.b': 2, 'trainer.c': 3, 'trainer.d': 4 },
    unresolved: { enforce_eager: 'it depends on the if at line 6' },
    findings: [],
    program: 'acme.main',
  },
  {
    title: 'formats and the environment',
    file: 'launch.py',
    text: `import os
N = int(os.environ.get("N_ENGINES", 4))
run([${main}, "${e}.num_engines={}".format(N), "${e}.tensor_parallel_size=%d" % 2, "trainer.x=%s-%s" % ("a", "b"), "trainer.h=" + os.environ["HOME"], "trainer.p=" + os.getenv("PWD", "x"), f"trainer.u={os.environ['NOPE']}"])
`,
    environment: { HOME: '/home/acme', PWD: '/laptop' },
    values: { num_engines: 4, tensor_parallel_size: 2, 'trainer.x': 'a-b', 'trainer.h': '/home/acme' },
    unresolved: { 'trainer.p': 'known only when the run starts', 'trainer.u': 'NOPE is not set' },
  },
  {
    title: 'a shell command in a text',
    file: 'launch.py',
    text: `import os
N = 3
COMMAND = (
    "export A=1 && "
    f"python -m acme.main ${e}.num_engines={N} "
    '${e}.backend="vllm"'
)
os.system(COMMAND)
`,
    values: { num_engines: 3, backend: 'vllm' },
    program: 'acme.main',
  },
  {
    title: 'a task with a script of several lines',
    file: 'launch.py',
    text: `task = sky.Task(run=f"""
ray start --head
python -m acme.main \\\\
  ${e}.num_engines={n} \\\\
  ${e}.backend=vllm
""")
`,
    values: { backend: 'vllm' },
    unresolved: { num_engines: 'computed by Python' },
  },
  {
    title: 'a mapping of overrides',
    file: 'launch.py',
    text: `cfg = SkyRLTrainConfig.from_cli_overrides({
    "${e}.num_engines": 4,
    "${e}.engine_init_kwargs": {"max_model_len": 4096, "dtype": None},
    "${e}.enforce_eager": False,
    "trainer.run_name": "4",
})
`,
    values: {
      num_engines: 4,
      'engine_init_kwargs.max_model_len': 4096,
      'engine_init_kwargs.dtype': null,
      enforce_eager: false,
      'trainer.run_name': '4',
    },
  },
  {
    title: 'arguments of a call, and a second run',
    file: 'launch.py',
    text: `start("acme.main", "${e}.num_engines=4", "${e}.backend=vllm", timeout=3)
start("acme.generate", "${e}.num_engines=2")
`,
    values: { num_engines: 4, backend: 'vllm' },
    findings: ['info other-command@2'],
  },
  {
    title: 'mappings that are changed',
    file: 'launch.py',
    text: `def build(args):
    values = {
        "${e}.num_engines": 4,
        "${e}.backend": "vllm",
        "${e}.max_num_seqs": 64,
        "${e}.enforce_eager": True,
        "${e}.enable_prefix_caching": True,
    }
    values["${e}.num_engines"] = 8
    if args.small:
        values["${e}.max_num_seqs"] = 16
        values["${e}.data_parallel_size"] = 2
    values.update({"${e}.backend": "sglang"})
    del values["${e}.enforce_eager"]
    values.pop("${e}.enable_prefix_caching")
    return [f"{key}={value}" for key, value in values.items()]
`,
    values: { num_engines: 8, backend: 'sglang' },
    unresolved: {
      max_num_seqs: 'it depends on the if at line 10',
      data_parallel_size: 'it depends on the if at line 10',
      enforce_eager: 'it is removed at line 14',
      enable_prefix_caching: 'it is removed at line 15',
    },
    findings: ['info written-twice@3', 'info written-twice@4'],
    engines: undefined,
  },
  {
    title: 'mappings of mappings, and one that is filled entry by entry',
    file: 'launch.py',
    text: `base = {"${e}.num_engines": 4, "${e}.backend": "vllm", "${e}.max_num_seqs": 64}
more = {}
more["${e}.tensor_parallel_size"] = 2
more |= {"${e}.max_num_seqs": 9}
start({**base, **more, "${e}.num_engines": 2})
`,
    values: { num_engines: 2, backend: 'vllm', max_num_seqs: 9, tensor_parallel_size: 2 },
    engines: 2,
  },
  {
    title: 'lists with items that are replaced',
    file: 'launch.py',
    text: `command = [${main}, "${e}.num_engines=4", "${e}.backend=vllm", "${e}.max_num_seqs=64"]
command[3] = "${e}.num_engines=2"
if small:
    command[5] = "${e}.max_num_batched_tokens=4096"
run(command)
`,
    values: { num_engines: 2, backend: 'vllm' },
    unresolved: { max_num_seqs: 'it is replaced at line 4', max_num_batched_tokens: 'it depends on the if at line 3' },
    engines: 2,
    program: 'acme.main',
  },
];

describe('config: programs that start runs', () => {
  for (const { title, file, text, environment = {}, ...expected } of programs) {
    it(`reads ${title}`, async () => {
      assert.ok(looksLikeConfig(Buffer.from(text), file));
      await check(file, text, expected, environment);
    });
  }

  for (const [title, text] of [
    ['messages that mention an override', `raise ValueError("${e}.num_engines=4 is too many for this node")\n`],
    [
      'texts for people',
      `"""Usage: python -m acme.main ${e}.num_engines=4 ${e}.backend=vllm"""\nprint("${e}.num_engines=4")\nlog.warning("set ${e}.num_engines=4")\n`,
    ],
    [
      'names and types of keys',
      `names = {"generator.num_inference_engines": "num_inference_engines", "generator.backend": "${e}.backend"}\nnames["generator.max_num_seqs"] = "${e}.max_num_seqs"\ntypes = {"${e}.num_engines": int, "${e}.backend": str}\n`,
    ],
    ['attributes', `cfg.generator.inference_engine.num_engines = 4\n`],
    ['comments', `# "${e}.num_engines=4"\nx = 1\n`],
    ['a script that is no Python', 'def (:\n  "generator.x"\n'],
  ] as const) {
    it(`finds no config in ${title}`, async () => {
      assert.equal((await readConfig(text, { file: '/w/launch.py', environment: {} })).config, undefined);
    });
  }

  it('shows values where they are written', async () => {
    const text = `run([${main}, f"${e}.num_engines={4}", "${e}.backend=" "vllm"])\n`;
    const config = await readFile('launch.py', text);
    const ranges = [...config.values.values()].map(({ range }) => textInRange(text, range));
    assert.deepEqual(ranges, ['{4}', 'vllm']);
  });

  it('offers fixes in a program, but not in the JSON of a notebook', async () => {
    const source = `run([${main}, "${e}.enable_ray_prometheus_stats=false"])`;
    const python = await readFile('launch.py', `${source}\n`);
    assert.deepEqual(findingsOf(python), ['warning stats-off@1']);
    const notebook = JSON.stringify({ cells: [{ cell_type: 'code', source: [source] }] });
    for (const [file, text, count] of [
      ['launch.py', `${source}\n`, 1],
      ['run.ipynb', notebook, 0],
    ] as const) {
      const config = await readFile(file, text);
      const { configFindings } = await import('../../../src/config/findings');
      const [finding] = configFindings(config, {});
      assert.ok(finding);
      assert.equal(fixesFor(finding, config, text).length, count);
    }
  });

  it('are no tests, and no messages about keys', async () => {
    const text = `removed = {\n  "${e}.enable_http_endpoint": "The endpoint is always on. Remove the key.",\n}\n`;
    const test = `overrides = ["${e}.num_engines=4"]\n`;
    for (const [file, each] of [
      ['config.py', text],
      ['tests/test_config.py', test],
      ['config_test.py', test],
    ] as const)
      assert.equal((await readConfig(each, { file, environment: {} })).config, undefined, file);
  });

  it('are searched by likely names, and not among tests', () => {
    for (const path of [
      '/w/launch.py',
      '/w/scripts/train_small.py',
      '/w/jobs/start.py',
      '/w/a/Makefile',
      '/w/x.ipynb',
      '/w/pyproject.toml',
    ])
      assert.ok(isCandidate(path), path);
    for (const path of [
      '/w/models/layers.py',
      '/w/tests/launch.py',
      '/w/test_train.py',
      '/w/.venv/launch.py',
      '/w/setup.py',
    ])
      assert.ok(!isCandidate(path), path);
  });

  it('need a literal override to be read at all', () => {
    assert.ok(!looksLikeConfig(Buffer.from('cfg.generator.inference_engine.num_engines = 4\n'), 'a.py'));
    assert.ok(looksLikeConfig(Buffer.from(`x = ["${e}.num_engines=4"]\n`), 'a.py'));
  });
});

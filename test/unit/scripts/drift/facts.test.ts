/** Tests of the reader of Python sources, on small sources of every form that vLLM, Ray and SkyRL declare things in. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Context } from 'mocha';
import { readFacts, type Facts, type Request } from '../../../../scripts/lib/drift/facts.mjs';
import { which } from '../../../../scripts/lib/which.mjs';

const python = which('python3') ?? which('python');

/** Reads facts of these files; skips the test where there is no Python. */
async function factsOf(context: Context, files: Record<string, string>, request: Request): Promise<Facts> {
  if (!python) {
    Object.assign(context.test ?? {}, { err: new Error('no Python on PATH') });
    return context.skip();
  }
  const folder = await mkdtemp(join(tmpdir(), 'skyrl-facts-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return await readFacts(python, folder, request);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const families = { prefix: 'vllm:', baseLabels: ['model_name', 'engine'] };

async function familiesOf(context: Context, files: Record<string, string>): Promise<string[]> {
  const facts = await factsOf(context, files, { families });
  return (facts.families ?? []).map(({ name, type, labels }) => `${name} ${type} ${labels.join(',')}`);
}

describe('the reader of metric families', () => {
  it('reads names and labels that are written in the call, and takes `_total` off counters only', async function () {
    const source = `
from prometheus_client import Counter, Gauge, Histogram
a = Gauge(name="vllm:running", documentation="vllm:nothing here", labelnames=["model_name", "engine"])
b = Counter("vllm:tokens_total", "Tokens.", ["model_name"])
c = Histogram("vllm:step_tokens_total", "Tokens of a step.", buckets=[1, 2])
d = Counter(["collections", "too"])
`;
    assert.deepEqual(await familiesOf(this, { 'm.py': source }), [
      'vllm:running gauge model_name,engine',
      'vllm:step_tokens_total histogram ',
      'vllm:tokens counter model_name',
    ]);
  });

  it('resolves names and labels through variables, attributes, sums and classes of other files', async function () {
    const names = `
class Names:
    READ = "vllm:read_" + "bytes"
    WAIT = ("vllm:wait_seconds")
TIER = "tier"
`;
    const source = `
from names import Names, TIER
_INVOKED = "vllm:invoked_total"
class Metrics:
    def __init__(self, labelnames):
        self.max_lora = "max_lora"
        with_stage = labelnames + ["stage"]
        self._counter_cls(name=_INVOKED, labelnames=with_stage)
        self._gauge_cls(name="vllm:lora_info", labelnames=[self.max_lora, TIER])
        self._gauge_cls(name="vllm:config_info", labelnames=info.keys())
    def definitions(self):
        found = {Names.READ: OffloadingCounterMetadata(documentation="")}
        found[Names.WAIT] = (OffloadingHistogramMetadata(labelnames=(TIER, "result"), buckets=(1,)))
        return found
`;
    assert.deepEqual(await familiesOf(this, { 'names.py': names, 'sub/m.py': source }), [
      'vllm:config_info gauge *',
      'vllm:invoked counter model_name,engine,stage',
      'vllm:lora_info gauge max_lora,tier',
      'vllm:read_bytes counter model_name,engine',
      'vllm:wait_seconds histogram model_name,engine,tier,result',
    ]);
  });

  it('resolves names that a loop goes through, and names assigned in a branch', async function () {
    const source = `
class Metrics:
    def __init__(self, diffusion, labelnames):
        if diffusion:
            specs = [("vllm:steps", "Steps.")]
        else:
            specs = [("vllm:drafts", "Drafts."), ("vllm:accepted", "Accepted.")]
        self.counters = [self._counter_cls(name=name, documentation=text, labelnames=labelnames) for name, text in specs]
    def info(self, kind):
        name, text = None, None
        if kind == "cache":
            name = "vllm:cache_info"
        return self._gauge_cls(name=name, labelnames=[])
`;
    assert.deepEqual(await familiesOf(this, { 'm.py': source }), [
      'vllm:accepted counter model_name,engine',
      'vllm:cache_info gauge ',
      'vllm:drafts counter model_name,engine',
      'vllm:steps counter model_name,engine',
    ]);
  });

  it('tells a name whose call it does not find, but no sample of a known family, and no file of tests', async function () {
    const source = `
NEW = "vllm:made_elsewhere"
KNOWN = "vllm:latency_seconds_count"
a = Histogram("vllm:latency_seconds", "Latency.", [])
OPERATOR = "vllm::silu_and_mul"
`;
    assert.deepEqual(await familiesOf(this, { 'm.py': source, 'tests/m.py': 'a = Gauge("vllm:test_only", "")' }), [
      'vllm:latency_seconds histogram ',
      'vllm:made_elsewhere unknown *',
    ]);
  });

  it('names a file that it cannot parse, and reads the others', async function () {
    const facts = await factsOf(this, { 'bad.py': 'Gauge("vllm:x" ::', 'm.py': 'Gauge("vllm:y", "")' }, { families });
    assert.deepEqual(
      facts.families?.map(({ name }) => name),
      ['vllm:y'],
    );
    assert.deepEqual(
      facts.unreadable.map(({ path }) => path),
      ['bad.py'],
    );
  });

  it('runs nothing of what it reads', async function () {
    const source = 'raise SystemExit("this was run")\nGauge("vllm:y", "")';
    assert.deepEqual(await familiesOf(this, { 'm.py': source }), ['vllm:y gauge ']);
  });
});

describe('the reader of config classes', () => {
  it('reads fields by dotted key, with their types and defaults', async function () {
    const source = `
@dataclass
class Delta(Base):
    folder: str
@dataclass
class Common:
    seed: int = 7
@dataclass
class Engines(Common):
    """A doc string."""
    dtype: str = "bfloat16"
    eager: bool = False
    threshold: float = 1.0
    name: Optional[str] = None
    urls: Optional[List[str]] = None
    others: list[str] | None = None
    init_kwargs: Dict[str, Any] = field(default_factory=dict)
    remote: List[str] = field(default_factory=lambda: ["a:1"])
    delta: Optional[Delta] = None
    made: str = make_default()
    LIMIT = 3
@dataclass
class Generator:
    engines: Engines = field(default_factory=Engines)
@dataclass
class Root:
    generator: Generator = field(default_factory=Generator)
`;
    const request = { config: { root: 'Root', files: 'config/', keys: ['generator.engines.*', 'generator.none.x'] } };
    const { config } = await factsOf(this, { 'config/a.py': source, 'other.py': 'class Root:\n  x: int = 1' }, request);
    assert.deepEqual(
      config?.map(({ key, type, ...rest }) => [key.replace('generator.engines.', ''), type, rest.default]),
      [
        ['seed', 'int', 7],
        ['dtype', 'text', 'bfloat16'],
        ['eager', 'bool', false],
        ['threshold', 'float', 1],
        ['name', 'text?', null],
        ['urls', 'list?', null],
        ['others', 'list?', null],
        ['init_kwargs', 'dict', {}],
        ['remote', 'list', ['a:1']],
        ['delta', 'dict?', null],
        ['made', 'text', undefined],
      ],
    );
  });
});

describe('the reader of constants, functions and routes', () => {
  it('reads what claims are about, and the default of what the environment sets', async function () {
    const source = `
PORT = env_integer("PORT", 8265)
LEVEL = os.environ.get("LEVEL", "recommended")
START = int(os.environ.get("START_PORT", 8000))
FIRST = SECOND = 20_000
FUNCTIONS = {"tasks": sum}
class Writer:
    def __init__(self):
        self.period = 5
    def shape(self):
        content = [{"labels": {"job": "ray"}, "targets": addresses}]
        return json.dumps(content)
class Head:
    @routes.get("/nodes")
    async def nodes(self, request):
        return os.environ["SYSTEM_PORT"]
    @routes.post("/jobs")
    async def jobs(self, request): ...
`;
    const facts = await factsOf(
      this,
      { 'm.py': source },
      {
        values: ['PORT', 'LEVEL', 'START', 'SECOND', 'FUNCTIONS', 'period', 'MISSING'],
        functions: ['shape'],
        routes: true,
        texts: ['SYSTEM_PORT', 'OTHER_PORT'],
        strings: 'rec',
      },
    );
    assert.deepEqual(Object.fromEntries((facts.values ?? []).map(({ name, value }) => [name, value])), {
      PORT: 8265,
      LEVEL: 'recommended',
      START: 8000,
      SECOND: 20000,
      FUNCTIONS: "{'tasks': sum}",
      period: 5,
    });
    assert.deepEqual(
      facts.functions?.[0]?.expressions.includes("[{'labels': {'job': 'ray'}, 'targets': addresses}]"),
      true,
    );
    assert.deepEqual([facts.routes, facts.texts, facts.strings], [['/nodes'], ['SYSTEM_PORT'], ['recommended']]);
  });

  it('reads the strings of classes', async function () {
    const { classes } = await factsOf(
      this,
      { 'names.py': 'class frontend:\n  TOTAL = "requests_total"\n  SIZE = 3' },
      { classes: 'names.py' },
    );
    assert.deepEqual(classes, { frontend: { TOTAL: 'requests_total' } });
  });
});

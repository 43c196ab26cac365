/** Tests of the search for configs in a workspace. */
import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import { createClassifier } from '../../../src/config/classify';
import { readConfig } from '../../../src/config/readConfig';
import { findConfigs, looksLikeConfig } from '../../../src/config/findConfigs';
import { fixture } from './support';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const nested = encode('generator:\n  inference_engine:\n    num_engines: 1\n');
const kubernetes = encode('apiVersion: v1\nkind: Service\n');

interface SearchRun {
  configs: string[];
  unreadable: string[];
  complete: boolean;
  read: string[];
  pauses: number;
}

async function search(
  files: Record<string, Uint8Array | Error>,
  signal = new AbortController().signal,
  onRead: (file: string) => void = () => undefined,
  nameOf: (file: string) => string = (file) => file,
): Promise<SearchRun> {
  const read: string[] = [];
  let pauses = 0;
  const result = await findConfigs({
    files: Object.keys(files),
    nameOf,
    read: (file) => {
      read.push(file);
      onRead(file);
      const content = files[file];
      return content instanceof Uint8Array ? Promise.resolve(content) : Promise.reject(content ?? new Error('gone'));
    },
    classify: createClassifier(readConfig, {}),
    signal,
    pause: () => {
      pauses++;
      return Promise.resolve();
    },
  });
  return { ...result, read, pauses };
}

describe('config: the byte test', () => {
  for (const name of readdirSync('test/fixtures/configs').filter((file) => file !== 'README.md')) {
    it(`lets ${name} through`, () => {
      assert.ok(looksLikeConfig(encode(fixture(name)), name));
    });
  }

  it('accepts a mapping in YAML and JSON only', () => {
    const mapping = encode('{"generator": {"inference_engine": {"num_engines": 1}}}');
    assert.ok(looksLikeConfig(mapping, 'a.json'));
    assert.ok(!looksLikeConfig(mapping, 'a.sh'));
    assert.ok(looksLikeConfig(encode('python -m x generator.backend=vllm'), 'a.sh'));
  });

  it('rejects a comment or another key that mentions the words', () => {
    assert.ok(!looksLikeConfig(encode('# generator inference_engine\na: 1\n')));
    assert.ok(!looksLikeConfig(encode('my_generator:\n  inference_engine: 1\n')));
  });

  it('rejects files without a generator or without an engine key', () => {
    assert.ok(!looksLikeConfig(kubernetes));
    assert.ok(!looksLikeConfig(encode('generator:\n  temperature: 1\n')));
    assert.ok(!looksLikeConfig(encode('inference_engine: {}\n')));
    assert.ok(!looksLikeConfig(new Uint8Array(0)));
  });

  it('reads only its own part of a shared buffer', () => {
    const whole = encode(`${'x'.repeat(9)} generator.inference_engine`);
    assert.ok(!looksLikeConfig(whole.subarray(0, 12)));
    assert.ok(looksLikeConfig(whole.subarray(10)));
  });
});

describe('config: the search', () => {
  it('finds configs, the likeliest first and dumped ones last', async () => {
    const { configs, complete, read } = await search({
      '/w/outputs/2026-08-21/.hydra/config.yaml': nested,
      '/w/deploy/service.yaml': kubernetes,
      '/w/a/b/c/other.yml': nested,
      '/w/configs/skyrl_grpo.yaml': nested,
      '/w/README.md': nested,
      '/w/sky.yaml': encode('run: |\n  python generator.inference_engine.num_engines=4\n'),
      '/w/list.yaml': encode('- generator: {inference_engine: {}}\n'),
    });
    assert.deepEqual(configs, [
      '/w/configs/skyrl_grpo.yaml',
      '/w/sky.yaml',
      '/w/a/b/c/other.yml',
      '/w/outputs/2026-08-21/.hydra/config.yaml',
    ]);
    assert.ok(complete);
    assert.ok(!read.includes('/w/README.md'));
  });

  it("puts a person's own files before SkyRL's examples, tests and defaults", async () => {
    const { configs } = await search(
      Object.fromEntries(
        [
          '/SkyRL/skyrl-train/examples/gsm8k/run_skyrl_grpo.sh',
          '/SkyRL/skyrl-train/skyrl_train/config/ppo_base_config.yaml',
          '/third_party/SkyRL/examples/train/ppo/run_ppo.sh',
          '/tests/gpu/train_small.sh',
          '/scripts/a_long_way/down/here/go.sh',
          '/scripts/train.sh',
          '/configs/skyrl/small.yaml',
        ].map((file) => [
          file,
          file.endsWith('.sh') ? encode('python -m x generator.num_inference_engines=1') : nested,
        ]),
      ),
    );
    assert.deepEqual(configs, [
      '/configs/skyrl/small.yaml',
      '/scripts/train.sh',
      '/scripts/a_long_way/down/here/go.sh',
      '/SkyRL/skyrl-train/examples/gsm8k/run_skyrl_grpo.sh',
      '/tests/gpu/train_small.sh',
      '/third_party/SkyRL/examples/train/ppo/run_ppo.sh',
      '/SkyRL/skyrl-train/skyrl_train/config/ppo_base_config.yaml',
    ]);
  });

  it('judges a file by its path in the workspace', async () => {
    const files = {
      '/opt/venv/tests/w/launch.py': encode('run(["x", "generator.inference_engine.num_engines=1"])'),
      '/opt/venv/tests/w/run.yaml': nested,
      '/opt/venv/tests/w/wandb/config.yaml': nested,
      '/opt/venv/tests/w/models/layers.py': encode('["generator.inference_engine.num_engines=1"]'),
    };
    const nameOf = (file: string): string => file.slice('/opt/venv/tests/w'.length);
    const { configs } = await search(files, undefined, undefined, nameOf);
    assert.deepEqual(configs, ['/opt/venv/tests/w/run.yaml', '/opt/venv/tests/w/launch.py']);
  });

  it('skips folders of packages and caches', async () => {
    const folders = ['node_modules', '.git', '.venv', 'venv', '__pycache__', 'wandb', 'site-packages'];
    const { read } = await search(
      Object.fromEntries(
        folders.flatMap((folder) => [
          [`/w/${folder}/x/config.yaml`, nested],
          [`C:\\w\\${folder}\\config.yaml`, nested],
        ]),
      ),
    );
    assert.deepEqual(read, []);
  });

  it('reports a config that cannot be parsed at the moment', async () => {
    const { configs, unreadable } = await search({
      '/w/run.yaml': encode('generator:\n  inference_engine:\n\t\tnum_engines: 1\n'),
    });
    assert.deepEqual([configs, unreadable], [[], ['/w/run.yaml']]);
  });

  it('skips files that cannot be read or are too large', async () => {
    const large = new Uint8Array(1_000_001).fill(35);
    large.set(nested);
    const { configs, complete } = await search({
      '/w/a.yaml': new Error('EACCES'),
      '/w/b.yaml': large,
      '/w/c.yaml': nested,
    });
    assert.deepEqual([configs, complete], [['/w/c.yaml'], true]);
  });

  it('returns what it has when cancelled', async () => {
    const controller = new AbortController();
    const { read, complete } = await search(
      { '/w/a.yaml': nested, '/w/b.yaml': nested, '/w/c.yaml': nested },
      controller.signal,
      () => {
        controller.abort();
      },
    );
    assert.deepEqual([read.length, complete], [1, false]);
    assert.equal((await search({ '/w/a.yaml': nested }, AbortSignal.abort())).read.length, 0);
  });

  it('reads no more files than its limit and says so', async () => {
    const files = Object.fromEntries(Array.from({ length: 3100 }, (_, index) => [`/w/${index}.yaml`, kubernetes]));
    const { read, complete } = await search(files);
    assert.deepEqual([read.length, complete], [3000, false]);
  });

  it('reads 500 files of 20,000 and parses one, in slices', async () => {
    let pauses = 0;
    const reads: string[] = [];
    const near = encode(`# generator: inference_engine\n${'spec:\n  generator_name: inference_engine\n'.repeat(50)}`);
    const right = '/w/experiments/deep/er/run_countdown.sh';
    async function* files(): AsyncGenerator<string> {
      for (let index = 0; index < 20_000; index++)
        yield index === 15_001 ? right : `/w/${index % 50}/${index}.${index % 40 === 0 ? 'yaml' : 'py'}`;
    }
    const { configs, complete, counts } = await findConfigs({
      files: files(),
      nameOf: (file) => file,
      read: (file) => {
        reads.push(file);
        return Promise.resolve(file === right ? encode(fixture('run_grpo.sh')) : near);
      },
      classify: createClassifier(readConfig, {}),
      signal: new AbortController().signal,
      pause: () => Promise.resolve(void pauses++),
    });
    assert.deepEqual(configs, [right]);
    assert.ok(complete);
    assert.deepEqual(counts, { candidates: 501, reads: 501, parses: 1 });
    assert.equal(reads.length, 501);
    assert.ok(pauses >= 10, `${pauses} pauses`);
  });

  it('reads no more when cancelled while reads are pending', async () => {
    const controller = new AbortController();
    const { read } = await search(
      Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`/w/${index}.yaml`, nested])),
      controller.signal,
      () => {
        controller.abort();
      },
    );
    assert.ok(read.length <= 8, `${read.length}`);
  });
});

import { strict as assert } from 'node:assert';
import { findConfigs, looksLikeConfig } from '../../../src/config/search';
import { fixture } from './support';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const nested = encode('generator:\n  inference_engine:\n    num_engines: 1\n');
const kubernetes = encode('apiVersion: v1\nkind: Service\n');

interface Run {
  configs: string[];
  unreadable: string[];
  complete: boolean;
  read: string[];
  pauses: number;
}

async function search(files: Record<string, Uint8Array | Error>, signal = new AbortController().signal, onRead: (file: string) => void = () => undefined): Promise<Run> {
  const read: string[] = [];
  let pauses = 0;
  const result = await findConfigs({
    files: Object.keys(files),
    read: (file) => {
      read.push(file);
      onRead(file);
      const content = files[file];
      return content instanceof Uint8Array ? Promise.resolve(content) : Promise.reject(content ?? new Error('gone'));
    },
    signal,
    pause: () => {
      pauses++;
      return Promise.resolve();
    },
  });
  return { ...result, read, pauses };
}

describe('config: the byte test', () => {
  for (const name of ['nested', 'legacy', 'dumped', 'documents', 'external', 'rejected', 'dotted']) {
    it(`lets ${name}.yaml through`, () => {
      assert.ok(looksLikeConfig(encode(fixture(`${name}.yaml`))));
    });
  }

  it('stops what has no generator, or no engine key', () => {
    assert.ok(!looksLikeConfig(kubernetes));
    assert.ok(!looksLikeConfig(encode('generator:\n  temperature: 1\n')));
    assert.ok(!looksLikeConfig(encode('inference_engine: {}\n')));
    assert.ok(!looksLikeConfig(new Uint8Array(0)));
  });

  it('looks only at its own part of a buffer', () => {
    const whole = encode(`${'x'.repeat(10)}generator inference_engine`);
    assert.ok(!looksLikeConfig(whole.subarray(0, 12)));
    assert.ok(looksLikeConfig(whole.subarray(10)));
  });
});

describe('config: the search', () => {
  it('finds real configs, likelier ones first, dumped ones last', async () => {
    const { configs, complete, read } = await search({
      '/w/outputs/2026-08-21/.hydra/config.yaml': nested,
      '/w/deploy/service.yaml': kubernetes,
      '/w/a/b/c/other.yml': nested,
      '/w/configs/skyrl_grpo.yaml': nested,
      '/w/README.md': nested,
      '/w/sky.yaml': encode('run: |\n  python generator.inference_engine.num_engines=4\n'),
      '/w/list.yaml': encode('- generator: {inference_engine: {}}\n'),
    });
    assert.deepEqual(configs, ['/w/configs/skyrl_grpo.yaml', '/w/a/b/c/other.yml', '/w/outputs/2026-08-21/.hydra/config.yaml']);
    assert.ok(complete);
    assert.ok(!read.includes('/w/README.md'));
  });

  it('does not look into folders of packages and caches', async () => {
    const folders = ['node_modules', '.git', '.venv', 'venv', '__pycache__', 'wandb', 'site-packages'];
    const { read } = await search(Object.fromEntries(folders.flatMap((folder) => [[`/w/${folder}/x/config.yaml`, nested], [`C:\\w\\${folder}\\config.yaml`, nested]])));
    assert.deepEqual(read, []);
  });

  it('names a config that is broken at the moment', async () => {
    const { configs, unreadable } = await search({ '/w/run.yaml': encode('generator:\n  inference_engine:\n\t\tnum_engines: 1\n') });
    assert.deepEqual([configs, unreadable], [[], ['/w/run.yaml']]);
  });

  it('passes over files that cannot be read or are too large', async () => {
    const large = new Uint8Array(1_000_001).fill(35);
    large.set(nested);
    const { configs, complete } = await search({ '/w/a.yaml': new Error('EACCES'), '/w/b.yaml': large, '/w/c.yaml': nested });
    assert.deepEqual([configs, complete], [['/w/c.yaml'], true]);
  });

  it('stops when cancelled, with what it has', async () => {
    const controller = new AbortController();
    const { read, complete } = await search({ '/w/a.yaml': nested, '/w/b.yaml': nested, '/w/c.yaml': nested }, controller.signal, () => { controller.abort(); });
    assert.deepEqual([read.length, complete], [1, false]);
    assert.equal((await search({ '/w/a.yaml': nested }, AbortSignal.abort())).read.length, 0);
  });

  it('looks at no more files than its cap, and says so', async () => {
    const files = Object.fromEntries(Array.from({ length: 2100 }, (_, index) => [`/w/${index}.yaml`, kubernetes]));
    const { read, complete } = await search(files);
    assert.deepEqual([read.length, complete], [2000, false]);
  });

  it('takes names as they come, and pauses between slices', async () => {
    let pauses = 0;
    const busy = encode(`${'# generator inference_engine\n'.repeat(300)}a: 1\n`);
    async function* files(): AsyncGenerator<string> {
      for (let index = 0; index < 20_000; index++) yield `/w/${index}.${index % 40 === 0 ? 'yaml' : 'py'}`;
    }
    const { complete } = await findConfigs({
      files: files(),
      read: () => Promise.resolve(busy),
      signal: new AbortController().signal,
      pause: () => Promise.resolve(void pauses++),
    });
    assert.ok(complete);
    assert.ok(pauses >= 10, `${pauses} pauses`);
  });
});

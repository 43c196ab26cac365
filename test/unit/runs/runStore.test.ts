/** The files of runs: bounds, pins, damage, newer versions, other windows, and files that are exported and imported. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { KeptRun } from '../../../src/runs/run';
import { serializeRun, type RunDocument } from '../../../src/runs/runDocument';
import { memoryRunStorage, type RunStorage } from '../../../src/runs/runStorage';
import { maxPinned } from '../../../src/runs/runStore';
import { nestedConfig } from '../config/support';
import { atSecond, seconds } from '../rollouts/madeRun';
import { inFolder, openWindow, workingEngines, type WatchingWindow } from './watchRuns';

const engines = workingEngines(['a', 'b'], 10, 3);

/** A window that has watched one run, and that run. */
async function watchOne(storage: RunStorage = memoryRunStorage()): Promise<{ window: WatchingWindow; run: KeptRun }> {
  const window = openWindow({ storage });
  const config = await nestedConfig('max_num_seqs: 256');
  await window.scrape(seconds(0, 280, 5), { session: 'session_1', job: '01000000', engines, config });
  const [run] = await window.keeper.listRuns();
  assert.ok(run);
  return { window, run };
}

/** The run of a window as a file that is exported. */
const exportOf = async ({ window, run }: { window: WatchingWindow; run: KeptRun }): Promise<RunDocument> =>
  JSON.parse((await window.keeper.export(run.id)).toString()) as RunDocument;

/** A text as a file's bytes. */
const bytesOf = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

/** So many runs, one a day. */
async function importRuns(window: WatchingWindow, count: number, first = 0): Promise<void> {
  const { run, ...rest } = await exportOf(await watchOne());
  for (let index = first; index < first + count; index++) {
    const from = atSecond(index * 86_400);
    const id = `run-${String(index).padStart(4, '0')}`;
    await window.clock.advance(1000);
    await window.keeper.import(bytesOf({ ...rest, series: [], run: { ...run, id, name: id, from, to: from + 1 } }));
  }
}

const namesOf = async ({ keeper }: WatchingWindow): Promise<string[]> =>
  (await keeper.listRuns()).map(({ name }) => name);

describe('The store of runs', () => {
  it('keeps at most so many, and removes the oldest that are not pinned', async () => {
    const storage = memoryRunStorage();
    const window = openWindow({ storage, limits: { runs: 5, bytes: Infinity } });
    await importRuns(window, 5);
    await window.keeper.setPinned('run-0000', true);
    await importRuns(window, 2, 5);
    assert.deepEqual(await namesOf(window), ['run-0006', 'run-0005', 'run-0004', 'run-0003', 'run-0000']);
    assert.deepEqual(window.keeper.removals, { count: 2, name: 'run-0002' });
    await window.keeper.setPinned('run-0000', false);
    await importRuns(window, 1, 7);
    const next = openWindow({ storage });
    assert.deepEqual(await namesOf(next), ['run-0007', 'run-0006', 'run-0005', 'run-0004', 'run-0003']);
    assert.deepEqual(next.keeper.removals, { count: 3, name: 'run-0000' }, 'also told after a reload');
    assert.equal((await storage.list()).length, 11);
  });

  it('keeps at most so many bytes, but always the run that is watched', async () => {
    const small = openWindow({ limits: { runs: 500, bytes: 1 } });
    await importRuns(small, 2);
    assert.deepEqual(await namesOf(small), ['run-0001']);
    await small.scrape([0, 10], { session: 'session_1', engines });
    const runs = await small.keeper.listRuns();
    assert.deepEqual(
      runs.map(({ isOpen }) => isOpen),
      [true],
    );
  });

  it('lists 500 in a folder that only its user can read', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'runs-'));
    try {
      const parent = path.join(folder, 'not', 'there', 'yet');
      await importRuns(openWindow({ storage: inFolder(parent) }), 1);
      const [head, data] = ['run-0000.run.json', 'run-0000.data.json.gz'].map((name) => path.join(parent, name));
      assert.deepEqual(readdirSync(parent).sort(), [path.basename(data ?? ''), path.basename(head ?? '')]);
      if (process.platform !== 'win32') assert.equal(statSync(head ?? '').mode & 0o077, 0);
      const { run } = await exportOf(await watchOne());
      for (let index = 1; index < 500; index++) {
        const id = `run-${String(index).padStart(4, '0')}`;
        const from = run.from - index * 86_400_000;
        const head = { skyrl_run: 1, run: { ...run, id, from, to: from + 1 } };
        writeFileSync(path.join(parent, `${id}.run.json`), JSON.stringify(head));
        writeFileSync(path.join(parent, `${id}.data.json.gz`), '');
      }
      const window = openWindow({ storage: inFolder(parent) });
      assert.equal((await window.keeper.listRuns()).length, 500);
      assert.deepEqual(window.keeper.problems, []);
      await assert.rejects(window.keeper.loadRun('run-0001'), /not JSON/, 'one without data says so');
      let lists = 0;
      const storage = inFolder(parent);
      const counted = { ...storage, list: () => ((lists += 1), storage.list()) };
      const other = openWindow({ storage: counted });
      for (let index = 0; index < 3; index++) await other.keeper.listRuns();
      assert.equal(lists, 1, 'a folder that did not change is not read again');
      await importRuns(window, 1, 600);
      await other.keeper.listRuns();
      assert.equal(lists, 2);
      assert.equal((await window.keeper.listRuns()).length, 500);
      assert.equal(window.keeper.removals?.count, 1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('leaves files alone that it cannot read, says why, and shows the others', async () => {
    const storage = memoryRunStorage();
    await importRuns(openWindow({ storage }), 4);
    await storage.write('run-0000.run.json', bytesOf('{"skyrl_run":1,'));
    await storage.write('run-0000.data.json.gz', bytesOf('damaged'));
    await storage.write('run-0001.run.json', bytesOf({ skyrl_run: 2, run: { anything: true } }));
    await storage.write('run-0001.data.json.gz', gzipSync(bytesOf({ skyrl_run: 2 })));
    await storage.remove('run-0002.data.json.gz');
    await storage.write('holiday.jpg', bytesOf('no run'));
    const window = openWindow({ storage });
    assert.deepEqual(await namesOf(window), ['run-0003']);
    assert.deepEqual(
      window.keeper.problems.map(({ file, reason }) => `${file}: ${reason}`),
      [
        'holiday.jpg: it is no run',
        'run-0000.run.json: it is damaged, or no run of SkyRL Metrics: it is not JSON',
        'run-0001.run.json: a newer version of SkyRL Metrics made it; update the extension to read it',
        'run-0002.run.json: the file with its data is missing',
      ],
    );
    await importRuns(window, 1, 9);
    assert.equal((await storage.list()).length, 10, 'nothing was removed');
    await window.keeper.removeProblem('run-0001.run.json');
    await window.keeper.removeProblem('holiday.jpg');
    assert.equal(window.keeper.problems.length, 2);
    await assert.rejects(window.keeper.removeProblem('../elsewhere'), /No file/);
  });

  it('has words for a file from a newer version, which stays, and is read after an update', async () => {
    const storage = memoryRunStorage();
    const watched = await watchOne(storage);
    const good = await exportOf(watched);
    const newer = bytesOf({ ...good, skyrl_run: 2, anything: { new: true } });
    const words = /^(?:RunFileError|Error): a newer version of SkyRL Metrics made it; update the extension to read it$/;
    await assert.rejects(watched.window.keeper.import(newer), words);
    await assert.rejects(watched.window.keeper.import(gzipSync(newer)), words);
    const [head, data] = [`${watched.run.id}.run.json`, `${watched.run.id}.data.json.gz`];
    const before = await Promise.all([head, data].map((name) => storage.read(name)));
    await storage.write(head, bytesOf({ skyrl_run: 2, run: {} }));
    await storage.write(data, gzipSync(newer));
    const other = openWindow({ storage });
    await importRuns(other, 1);
    assert.deepEqual(await namesOf(other), ['run-0000']);
    assert.deepEqual(
      other.keeper.problems.map(({ file }) => file),
      [head],
    );
    assert.deepEqual(await storage.read(data), gzipSync(newer), 'it is as it was');
    // As the newer version reads it.
    await storage.write(head, before[0] ?? bytesOf(''));
    await storage.write(data, before[1] ?? bytesOf(''));
    assert.equal((await other.keeper.listRuns()).length, 2);
    assert.deepEqual(other.keeper.problems, []);
  });

  it('reads a damaged head from the data', async () => {
    const storage = memoryRunStorage();
    await importRuns(openWindow({ storage }), 1);
    await storage.write('run-0000.run.json', bytesOf('{'));
    assert.deepEqual(await namesOf(openWindow({ storage })), ['run-0000']);
  });

  it('sees what another window added, renamed, pinned and deleted', async () => {
    const storage = memoryRunStorage();
    const { window, run } = await watchOne(storage);
    const other = openWindow({ storage });
    await other.keeper.rename(run.id, 'by the other');
    await other.keeper.setPinned(run.id, true);
    await importRuns(other, 1);
    await window.scrape(seconds(285, 900, 300), { session: 'session_1', job: '01000000', engines });
    assert.deepEqual(
      (await window.keeper.listRuns()).map(({ name, pinned }) => [name, pinned]),
      [
        ['by the other', true],
        ['run-0000', undefined],
      ],
    );
    await other.keeper.remove(run.id);
    await window.scrape(seconds(905, 1900, 300), { session: 'session_1', job: '01000000', engines });
    assert.deepEqual(await namesOf(window), ['run-0000']);
  });

  it('keeps a run in memory while it cannot be written, and says so once', async () => {
    const memory = memoryRunStorage();
    let isFull = true;
    const storage: RunStorage = {
      ...memory,
      write: (name, bytes) => (isFull ? Promise.reject(new Error('ENOSPC')) : memory.write(name, bytes)),
    };
    const { window, run } = await watchOne(storage);
    await window.keeper.rename(run.id, 'in memory');
    assert.deepEqual(window.warnings, [`runs: ${run.id} cannot be written, and is tried again: Error: ENOSPC`]);
    isFull = false;
    await window.scrape([600], { session: 'session_1', job: '01000000', engines });
    assert.deepEqual(await namesOf(openWindow({ storage })), ['in memory']);
  });
});

describe('What a person does with runs', () => {
  it('has words where it cannot be done', async () => {
    const { window, run } = await watchOne();
    await assert.rejects(window.keeper.rename(run.id, ' \n '), /A run needs a name/);
    await assert.rejects(window.keeper.rename('none', 'x'), /No run "none" is kept/);
    await assert.rejects(window.keeper.setPinned('none', true), /No run "none" is kept/);
    await assert.rejects(window.keeper.remove('../../etc'), /No run .* is kept/);
    await assert.rejects(window.keeper.export('none'), /No run "none" is kept/);
  });

  it('gives a run a name of one line', async () => {
    const { window, run } = await watchOne();
    const { name } = await window.keeper.rename(run.id, `  <img src=x>\n$(zap) ${'x'.repeat(300)}`);
    assert.ok(name.startsWith('<img src=x> $(zap) xxx') && name.length === 200);
  });

  it('pins fewer runs than are kept', async () => {
    const storage = memoryRunStorage();
    const window = openWindow({ storage });
    await importRuns(window, 1);
    const run = window.store.get('run-0000');
    for (let index = 0; index < maxPinned; index++) {
      const pinned = { ...run, id: `pinned-${index}`, pinned: true };
      await storage.write(`${pinned.id}.run.json`, bytesOf({ skyrl_run: 1, run: pinned }));
      await storage.write(`${pinned.id}.data.json.gz`, bytesOf(''));
    }
    await assert.rejects(window.keeper.setPinned('run-0000', true), /400 runs are pinned, which is the most/);
  });

  it('exports a run and imports it again, compressed or not', async () => {
    const { window, run } = await watchOne();
    const file = await window.keeper.export(run.id);
    const original = await window.keeper.loadRun(run.id);
    const other = openWindow({ second: 5000 });
    for (const bytes of [file, gzipSync(file)]) {
      const { id } = await other.keeper.import(bytes);
      const data = await other.keeper.loadRun(id);
      assert.ok(data && original);
      const { isOpen: _, ...known } = original.run;
      assert.deepEqual(data, { ...original, run: { ...known, id, origin: 'imported' } });
    }
    const ids = (await other.keeper.listRuns()).map(({ id }) => id);
    assert.equal(new Set(ids).size, 2, 'the second one has another id');
    await other.scrape([6000], { session: 'session_1', job: '01000000', engines });
    assert.equal((await other.keeper.listRuns()).length, 3, 'what is imported is not written on');
  });

  it('gives a run another id if files of this name are another’s, or are none on some system', async () => {
    const watched = await watchOne();
    const { run, ...rest } = await exportOf(watched);
    const other = openWindow();
    const ids = ['run-a', 'RUN-A', 'con', '-rf', 'run-b'];
    for (const id of ids) {
      await other.clock.advance(1000);
      await other.keeper.import(bytesOf({ ...rest, run: { ...run, id } }));
    }
    const kept = (await other.keeper.listRuns()).map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id) => kept.includes(id)),
      ['run-a', 'run-b'],
    );
    assert.equal(new Set(kept.map((id) => id.toLowerCase())).size, ids.length);
  });

  it('imports a rollout in progress as one that was cut off', async () => {
    const window = openWindow();
    await window.scrape(seconds(0, 40, 5), { session: 'session_1', engines });
    const [run] = await window.keeper.listRuns();
    const imported = await openWindow().keeper.import(await window.keeper.export(run?.id ?? ''));
    assert.equal(imported.isOpen, undefined);
    const other = openWindow();
    const { id } = await other.keeper.import(await window.keeper.export(run?.id ?? ''));
    const rollouts = (await other.keeper.loadRun(id))?.rollouts ?? [];
    assert.deepEqual(
      rollouts.map(({ cut, isOpen }) => [cut, isOpen]),
      [[true, undefined]],
    );
  });

  it('refuses files that are no runs, and masks what looks like a secret in those that are', async () => {
    const watched = await watchOne();
    const good = await exportOf(watched);
    const { keeper } = openWindow();
    const refused: [unknown, RegExp][] = [
      ['', /not JSON/],
      ['[1,2]', /no run of SkyRL Metrics/],
      [{ skyrl_metrics_export: 1 }, /no run of SkyRL Metrics/],
      [{ ...good, skyrl_run: 2 }, /a newer version/],
      [{ ...good, run: { ...good.run, id: '../x' } }, /"run\.id"/],
      [{ ...good, run: { ...good.run, to: good.run.from - 1 } }, /"run\.to"/],
      [{ ...good, run: { ...good.run, engines: -1 } }, /"run\.engines"/],
      [{ ...good, rollouts: [{}] }, /"rollouts"/],
      [{ ...good, means: { a: { b: 'c' } } }, /"means"/],
      [{ ...good, series: [{ measure: 'x', at: [2, 1], value: [1, 1] }] }, /"series"/],
      [
        {
          ...good,
          series: [{ measure: 'x', at: Array.from({ length: 100_001 }, (_, at) => at), value: Array(100_001).fill(1) }],
        },
        /"series"/,
      ],
      [{ ...good, config: { file: 'x', readAt: 0, entries: [{ key: 'a' }] } }, /"config"/],
      [`{"skyrl_run":1,"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /nested more than 128 levels deep/],
    ];
    for (const [file, message] of refused) await assert.rejects(keeper.import(bytesOf(file)), message);
    await assert.rejects(keeper.import(gzipSync(bytesOf(good)).subarray(0, 100)), /it is damaged/);
    await assert.rejects(keeper.import(new Uint8Array(33 * 2 ** 20)), /larger than 32 MiB/);
    await assert.rejects(keeper.import(gzipSync(Buffer.alloc(65 * 2 ** 20), { level: 1 })), /larger than 64 MiB/);
    assert.deepEqual(await keeper.listRuns(), []);
    const entries = [
      { key: 'trainer.api_key', value: '"swordfish"' },
      { key: 'x', value: '"http://me:swordfish@host"' },
      { key: 'y', value: 'http://me:swordfish@host… (cut)' },
    ];
    const { id } = await keeper.import(bytesOf({ ...good, config: { file: 'x', readAt: 0, entries } }));
    const data = await keeper.loadRun(id);
    assert.equal(data?.config?.entries.length, 3);
    assert.doesNotMatch(JSON.stringify(data), /swordfish/);
  });

  it('names no folder of a config outside the workspace, also of files that earlier versions made', async () => {
    const file = '/home/someone/customer/train.yaml';
    const window = openWindow();
    const config = await nestedConfig('max_num_seqs: 256');
    await window.scrape(seconds(0, 280, 5), { engines, config, file });
    const [run] = await window.keeper.listRuns();
    assert.ok(run);
    assert.match(run.name, /^train\.yaml \d/);
    const exported = await exportOf({ window, run });
    assert.deepEqual([exported.run.config, exported.config?.file], ['train.yaml', 'train.yaml']);
    assert.doesNotMatch(JSON.stringify(exported), /someone/);
    const earlier = { ...exported.run, id: 'earlier', config: file, name: `${file} 12:00` };
    await window.keeper.import(bytesOf({ ...exported, run: earlier, config: { ...exported.config, file } }));
    const read = (await window.keeper.export('earlier')).toString();
    assert.doesNotMatch(read, /someone/);
    assert.equal((JSON.parse(read) as RunDocument).run.name, 'train.yaml 12:00');
  });

  it('is written in pieces, none of which has the whole config or all measures', async () => {
    const value = JSON.stringify('x'.repeat(2_000));
    const entries = Array.from({ length: 1_000 }, (_, index) => ({ key: `key_${index}`, value }));
    const { run, ...good } = await exportOf(await watchOne());
    const document: RunDocument = { ...good, run, config: { file: 'x', readAt: 0, editedAfterStart: true, entries } };
    const lines = (await serializeRun(document)).toString().split('\n');
    assert.ok(Math.max(...lines.map(({ length }) => length)) < 20_000);
    assert.deepEqual(JSON.parse(lines.join('\n')), { skyrl_run: 1, ...document });
  });

  it('has a file of a few kB', async () => {
    const storage = memoryRunStorage();
    const { run } = await watchOne(storage);
    const data = await storage.read(`${run.id}.data.json.gz`);
    assert.ok(data && data.length < 10_000, `${data?.length} bytes`);
    assert.match(gunzipSync(data).toString(), /^\{"skyrl_run":1,"run":\{/);
  });
});

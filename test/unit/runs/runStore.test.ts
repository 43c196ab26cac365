/** The files of runs: bounds, damage, newer versions and other windows. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { memoryRunStorage, type RunStorage } from '../../../src/runs/runStorage';
import { seconds } from '../rollouts/madeRun';
import { inFolder, openWindow } from './watchRuns';
import { bytesOf, engines, exportOf, importRuns, namesOf, watchOne } from './watchedRuns';

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

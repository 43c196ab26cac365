/** What a person does with runs: names, pins, and files that are exported and imported. */
import assert from 'node:assert/strict';
import { gunzipSync, gzipSync } from 'node:zlib';
import { serializeRun, type RunDocument } from '../../../src/runs/runDocument';
import { memoryRunStorage } from '../../../src/runs/runStorage';
import { maxPinned } from '../../../src/runs/runStore';
import { nestedConfig } from '../config/support';
import { seconds } from '../rollouts/madeRun';
import { openWindow } from './watchRuns';
import { bytesOf, engines, exportOf, importRuns, watchOne } from './watchedRuns';

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

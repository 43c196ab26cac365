/** Two VS Code windows that keep runs in one folder: each run is there once, with what either of them knows of it. */
import assert from 'node:assert/strict';
import { memoryRunStorage, type RunStorage } from '../../../src/runs/runStorage';
import { nestedConfig } from '../config/support';
import { atSecond, seconds } from '../rollouts/madeRun';
import { openWindow, workingEngines, type Scraped, type WatchingWindow } from './watchRuns';

const engines = workingEngines(['a', 'b'], 10, 30);
const job: Scraped = { session: 'session_1', job: '01000000', engines };
const servers: Scraped = { engines, processStart: -100 };

/** What a list of runs shows, by which copies would be told apart. */
const listOf = async ({ keeper }: WatchingWindow): Promise<unknown[]> =>
  (await keeper.listRuns()).map(({ name, pinned, isOpen, rollouts }) => ({ name, pinned, isOpen, rollouts }));

const idsOf = async ({ keeper }: WatchingWindow): Promise<string[]> => (await keeper.listRuns()).map(({ id }) => id);

/** Ids by the files that there are. */
const idsInStorage = async (storage: RunStorage): Promise<string[]> =>
  (await storage.list()).flatMap(({ name }) => (name.endsWith('.run.json') ? name.slice(0, -'.run.json'.length) : []));

/** A storage as a window sees it that does not see the files of the other one until it catches up. */
function readsTooEarly(storage: RunStorage): RunStorage & { catchUp: () => void } {
  let own: Set<string> | undefined = new Set();
  return {
    ...storage,
    list: async () => (await storage.list()).filter(({ name }) => !own || own.has(name)),
    async write(name, bytes) {
      own?.add(name);
      await storage.write(name, bytes);
    },
    catchUp: () => void (own = undefined),
  };
}

/** Two windows that both began to keep the run, because neither saw what the other wrote. */
async function watchTwice(what: Scraped): Promise<{ storage: RunStorage; one: WatchingWindow; other: WatchingWindow }> {
  const storage = memoryRunStorage();
  const early = readsTooEarly(storage);
  const [one, other] = [openWindow({ storage }), openWindow({ storage: early, second: 2 })];
  await one.scrape(seconds(0, 30, 5), what);
  await other.scrape(seconds(2, 32, 5), what);
  assert.equal((await idsInStorage(storage)).length, 2, 'there are two copies');
  early.catchUp();
  return { storage, one, other };
}

describe('A run that two windows watch', () => {
  for (const [title, what] of Object.entries({ 'of a Ray job': job, 'of servers': servers }))
    describe(title, () => {
      it('is one run, with everything that either has seen, although both began to keep it', async () => {
        const { storage, one, other } = await watchTwice(what);
        for (const window of [one, other]) assert.equal((await idsOf(window)).length, 1);
        assert.equal((await idsInStorage(storage)).length, 1);
        await Promise.all([one.scrape(seconds(35, 700, 5), what), other.scrape(seconds(37, 702, 5), what)]);
        await one.keeper.close();
        await other.keeper.close();
        const [id, ...others] = await idsInStorage(storage);
        assert.deepEqual(others, []);
        const later = openWindow({ storage, second: 710 });
        const data = await later.keeper.loadRun(id ?? '');
        assert.deepEqual([data?.run.from, data?.run.to], [atSecond(0), atSecond(702)]);
        const whole = data?.rollouts.filter(({ cut }) => !cut) ?? [];
        assert.equal(whole.length, 7, 'each rollout is there once');
        assert.ok(whole.every(({ seconds: length }) => Math.abs(length - 60) < 6));
        assert.ok(whole.every(({ id: rollout }) => data?.means[rollout]?.['num_requests_running'] !== undefined));
        const at = data?.series.find(({ engine }) => !engine)?.at ?? [];
        assert.ok(
          at.every((time, row) => row === 0 || time > (at[row - 1] ?? Infinity)),
          'times ascend',
        );
      });

      it('has the name and the pin that a person gave it in either', async () => {
        const { one, other } = await watchTwice(what);
        const [[first], [second]] = [one.keeper.runs, other.keeper.runs];
        assert.ok(first && second && first.id !== second.id, 'each shows its own copy so far');
        // What a person does is written before the other window is read again.
        await one.store.change(first.id, (run) => ({ ...run, pinned: true }));
        await other.store.change(second.id, (run) => ({ ...run, name: 'baseline', named: true }));
        for (const window of [one, other]) {
          const [{ name, pinned, isOpen } = {}, ...others] = await window.keeper.listRuns();
          assert.deepEqual([name, pinned, isOpen, others], ['baseline', true, true, []]);
        }
      });

      it('does not come back from the other window when a person deletes it', async () => {
        for (const deleting of ['one', 'other'] as const) {
          const both = await watchTwice(what);
          const { storage, one, other } = both;
          const [run] = both[deleting].keeper.runs;
          await both[deleting].keeper.listRuns();
          await both[deleting].keeper.remove((await idsOf(both[deleting]))[0] ?? run?.id ?? '');
          await one.scrape(seconds(35, 700, 5), what);
          await other.scrape(seconds(37, 702, 5), what);
          await one.keeper.close();
          await other.keeper.close();
          for (const window of [one, other, openWindow({ storage, second: 710 })])
            assert.deepEqual(await listOf(window), [], `deleted in ${deleting}`);
          assert.deepEqual(await idsInStorage(storage), []);
        }
      });
    });

  it('is kept once if both were open before either wrote it', async () => {
    const storage = memoryRunStorage();
    const [one, other] = [openWindow({ storage }), openWindow({ storage })];
    await one.keeper.start();
    await other.keeper.start();
    await one.scrape([0], job);
    await other.scrape([2], job);
    assert.deepEqual(await idsOf(one), await idsOf(other));
    assert.equal((await idsInStorage(storage)).length, 1);
  });

  it('goes on in a window that starts later, and in the first one when that closes again', async () => {
    const storage = memoryRunStorage();
    const one = openWindow({ storage });
    await one.scrape(seconds(0, 400, 5), { ...job, config: await nestedConfig('max_num_seqs: 256') });
    const other = openWindow({ storage, second: 402 });
    await other.scrape(seconds(402, 800, 5), { ...job, config: await nestedConfig('max_num_seqs: 512') });
    await one.scrape(seconds(405, 800, 5), job);
    await other.keeper.close();
    await one.scrape(seconds(805, 1200, 5), job);
    await one.keeper.close();
    const [run, ...others] = await openWindow({ storage, second: 1210 }).keeper.listRuns();
    assert.deepEqual(others, []);
    assert.deepEqual([run?.from, run?.to, run?.rollouts], [atSecond(0), atSecond(1200), 13]);
    const config = (await one.keeper.loadRun(run?.id ?? ''))?.config;
    assert.equal(config?.entries.find(({ key }) => key.endsWith('.max_num_seqs'))?.value, '256');
  });

  it('has what the other window saw while this one was asleep', async () => {
    const storage = memoryRunStorage();
    const one = openWindow({ storage });
    await one.scrape(seconds(0, 100, 5), job);
    const other = openWindow({ storage, second: 102 });
    await other.scrape(seconds(102, 2000, 5), job);
    await other.keeper.close();
    await one.scrape(seconds(2005, 2400, 5), job);
    for (const window of [one, openWindow({ storage, second: 2410 })]) {
      if (window !== one) await one.keeper.close();
      const [run, ...others] = await window.keeper.listRuns();
      assert.deepEqual(others, []);
      const data = await window.keeper.loadRun(run?.id ?? '');
      const whole = data?.rollouts.filter(({ cut }) => !cut) ?? [];
      assert.ok(whole.length >= 23 && whole.length <= 26, `${whole.length} whole rollouts`);
      assert.ok(whole.every(({ seconds: length }) => Math.abs(length - 60) < 12));
      const at = data?.series.find(({ engine }) => !engine)?.at ?? [];
      const longest = Math.max(...at.map((time, row) => (row === 0 ? 0 : time - (at[row - 1] ?? 0))));
      assert.ok(longest < 200_000, `${longest} ms without a row`);
    }
  });

  it('stays deleted where it is watched on, although the other window turned to another run', async () => {
    const storage = memoryRunStorage();
    const [one, other] = [openWindow({ storage }), openWindow({ storage })];
    const next: Scraped = { ...job, job: '02000000', engines: workingEngines(['c'], 10, 30) };
    await one.scrape(seconds(0, 30, 5), job);
    await other.scrape(seconds(2, 32, 5), job);
    await one.keeper.remove((await idsOf(one))[0] ?? '');
    await other.scrape(seconds(37, 72, 5), next);
    await one.scrape(seconds(75, 700, 5), job);
    await other.scrape(seconds(702, 720, 5), next);
    await one.keeper.close();
    const [{ job: kept } = {}, ...others] = await openWindow({ storage, second: 730 }).keeper.listRuns();
    assert.deepEqual([kept, others], ['02000000', []]);
  });

  it('is renamed, pinned and unpinned in one window while the other lists it', async () => {
    const storage = memoryRunStorage();
    const one = openWindow({ storage });
    await one.scrape(seconds(0, 30, 5), job);
    await one.scrape([35, 40], { ...job, job: '02000000' });
    const other = openWindow({ storage, second: 42 });
    await other.scrape([42], { ...job, job: '02000000' });
    for (const id of await idsOf(one)) {
      await one.keeper.rename(id, `named ${id}`);
      await one.keeper.setPinned(id, true);
      await other.keeper.rename(id, `again ${id}`);
      await one.keeper.setPinned(id, false);
    }
    await other.scrape([400], { ...job, job: '02000000' });
    for (const window of [one, other])
      for (const { id, name, pinned } of await window.keeper.listRuns())
        assert.deepEqual([name, pinned], [`again ${id}`, undefined]);
  });
});

describe('Runs that overlap in one folder', () => {
  it('are two if their jobs are, or if one was imported', async () => {
    const storage = memoryRunStorage();
    const [one, other] = [openWindow({ storage }), openWindow({ storage })];
    await one.scrape(seconds(0, 60, 5), job);
    await other.scrape(seconds(2, 62, 5), { ...job, job: '02000000', engines: workingEngines(['c'], 10, 3) });
    assert.equal((await idsOf(one)).length, 2);
    await other.keeper.import(await one.keeper.export((await idsOf(one)).at(-1) ?? ''));
    assert.equal((await idsOf(other)).length, 3);
    assert.equal((await idsOf(one)).length, 3);
  });

  it('stay two files, and are told, if the data of one cannot be read', async () => {
    const { storage, one } = await watchTwice(job);
    const [id] = await idsInStorage(storage);
    await storage.write(`${id}.data.json.gz`, Buffer.from('damaged'));
    const later = openWindow({ storage, second: 60 });
    assert.equal((await idsOf(later)).length, 2);
    assert.equal((await idsOf(later)).length, 2);
    assert.match(
      later.warnings.join('\n'),
      /^runs: \S+ cannot be joined with another copy of it: it is damaged[^\n]*$/,
    );
    await one.keeper.close();
  });
});

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Snapshot } from '../../../src/api';
import type { BackfillRange } from '../../../src/history/backfillHistory';
import { HistoryStore } from '../../../src/history/historyStore';
import { manualClock, type ManualClock } from '../support/clock';
import { randomOf } from '../support/random';
import { memoryStorage, type MemoryStorage } from './memoryStorage';
import { queryAll, findSeries, kv, snapshot, start } from './support';

interface Opened {
  store: HistoryStore;
  messages: string[];
  replaced: () => number;
}

describe('HistoryStore', () => {
  let clock: ManualClock;
  let storage: MemoryStorage;
  let opened: HistoryStore[] = [];

  beforeEach(() => {
    clock = manualClock(start);
    storage = memoryStorage();
  });
  afterEach(async () => {
    await Promise.all(opened.map((store) => store.dispose()));
    opened = [];
    assert.equal(clock.pending, 0, 'nothing is left waiting');
  });

  function open(budgetBytes?: number): Opened {
    const messages: string[] = [];
    let replaced = 0;
    const store = new HistoryStore({
      storage,
      clock,
      hours: () => 24,
      ...(budgetBytes !== undefined && { budgetBytes }),
      onReplaced: () => replaced++,
      log: { info: (message) => messages.push(message), warn: (message) => messages.push(message) },
    });
    opened.push(store);
    return { store, messages, replaced: () => replaced };
  }

  const until = async (probe: () => boolean, what: string): Promise<void> => {
    for (const end = Date.now() + 20_000; Date.now() < end;) {
      if (probe()) return;
      await sleep(5);
    }
    assert.fail(what);
  };

  async function scrapes(store: HistoryStore, count: number, run = 'session', value = 0.5): Promise<void> {
    for (let each = 0; each < count; each++) {
      store.add(snapshot(clock.now(), kv(clock.now(), value), { a: kv(clock.now(), value) }), run);
      await clock.advance(10_000);
      // Deflating takes real time, which the clock does not know.
      await sleep(4);
    }
  }

  const length = (store: HistoryStore): number => queryAll(store.history).series[0]?.at.length ?? 0;

  it('is cleared with what was read ahead for the names of engines', async () => {
    const first = open();
    await scrapes(first.store, 8);
    await first.store.dispose();
    const { store } = open();
    assert.equal((await store.loadEngineNames('session'))?.size, 1);
    await store.clear();
    await scrapes(store, 2);
    await until(() => length(store) === 2, 'only what came after');
  });

  it('says once that old numbers are rounded, and once that the oldest are dropped', async () => {
    const { store, messages } = open(40_000);
    const random = randomOf(1);
    for (let step = 0; step < 24 * 60; step++) {
      const at = start + step * 60_000;
      store.add(snapshot(at, {}, { a: kv(at, random()), b: kv(at, random()), c: kv(at, random()) }), '');
    }
    assert.deepEqual(
      messages.map((message) => /rounded|dropped/.exec(message)?.[0]),
      ['rounded', 'dropped'],
    );
  });

  it('reads and writes nothing before it is needed', async () => {
    let asked = 0;
    storage.list = () => {
      asked += 1;
      return Promise.resolve([]);
    };
    open();
    await clock.advance(600_000);
    assert.equal(asked + storage.files.size, 0);
  });

  it('writes each minute, and a new window continues the run', async () => {
    const first = open();
    await scrapes(first.store, 8);
    await until(() => storage.files.size > 0, 'a file');
    await scrapes(first.store, 3);
    await first.store.dispose();
    const second = open();
    await scrapes(second.store, 1);
    await until(() => second.replaced() === 1, 'the files are read');
    assert.equal(length(second.store), 12);
    await scrapes(second.store, 2);
    assert.equal(length(second.store), 14);
    assert.deepEqual([...first.messages, ...second.messages], []);
  });

  it('returns engine names before the first scrape, or later if reading takes more than two seconds', async () => {
    const first = open();
    await scrapes(first.store, 8);
    await first.store.dispose();
    const second = open();
    assert.deepEqual([...((await second.store.loadEngineNames('session')) ?? [])], [['a', 'engine 0']]);
    await scrapes(second.store, 1);
    await until(() => second.replaced() === 1, 'the files that were read for the names');
    assert.equal(length(second.store), 9);
    assert.deepEqual([...((await second.store.loadEngineNames('another')) ?? ['unread'])], []);
    const { list } = storage;
    let read = (): void => undefined;
    storage.list = async () => {
      await new Promise<void>((resolve) => (read = resolve));
      return list.call(storage);
    };
    const third = open();
    const told: (ReadonlyMap<string, string> | undefined)[] = [];
    void third.store.loadEngineNames('session').then((names) => told.push(names));
    await clock.advance(1_900);
    assert.equal(told.length, 0);
    await clock.advance(200);
    await until(() => told.length > 0, 'an answer');
    assert.equal(told[0], undefined);
    const unnamed = snapshot(clock.now(), {}, { a: kv(clock.now(), 0.5) });
    const engines = unnamed.engines.map((engine) => ({ ...engine, name: 'engine 7' }));
    third.store.add({ ...unnamed, engines }, 'session');
    read();
    const late = await third.store.loadEngineNames('session');
    assert.deepEqual([...(late ?? [])], [['a', 'engine 0']], 'not what this window called it meanwhile');
    await clock.advance(30_000);
  });

  it('shows the newest run before the first scrape', async () => {
    const first = open();
    await scrapes(first.store, 3);
    await first.store.dispose();
    const second = open();
    second.store.openNewestRun();
    second.store.openNewestRun();
    await until(() => second.replaced() === 1, 'the files are read');
    assert.equal(length(second.store), 3);
    await scrapes(second.store, 1);
    await until(() => second.replaced() === 2, 'the files are read for the watched run');
    assert.equal(length(second.store), 4);
  });

  it('starts over with another run, and finds the first one again', async () => {
    const { store } = open();
    await scrapes(store, 3, 'one', 1);
    await scrapes(store, 3, 'two', 2);
    assert.deepEqual(findSeries(queryAll(store.history), 'kv').value, [2, 2, 2]);
    await scrapes(store, 1, 'one', 3);
    await until(() => length(store) === 4, 'the first run again');
    assert.deepEqual(findSeries(queryAll(store.history), 'kv').value, [1, 1, 1, 3]);
  });

  it('reports once that the disk cannot be written, tries again, and reports when it can', async () => {
    const { store, messages, replaced } = open();
    await scrapes(store, 1);
    await until(() => replaced() === 1, 'the files are read');
    storage.fault = 'EROFS: read-only file system';
    // The clock waits for the first write: on a busy machine its deadline would come first.
    await scrapes(store, 6);
    await until(() => messages.length === 1, 'a warning');
    await scrapes(store, 13);
    await scrapes(store, 14);
    assert.equal(messages.length, 1);
    storage.fault = undefined;
    // On a busy machine a write takes several minutes of the clock's time.
    for (let turn = 0; turn < 60 && messages.length < 2; turn++) await scrapes(store, 1);
    await until(() => messages.length === 2, 'a second message');
    assert.match(messages[0] ?? '', /EROFS/);
    assert.ok(storage.files.size > 0);
  });

  it('works in memory if a file system never answers, and can be disposed', async () => {
    storage.append = () => new Promise(() => undefined);
    const { store } = open();
    await scrapes(store, 12);
    assert.equal(length(store), 12);
    const ended = store.dispose();
    await sleep(20);
    await clock.advance(60_000);
    await sleep(20);
    await clock.advance(60_000);
    await ended;
  });

  it('deletes every run, and continues', async () => {
    const { store } = open();
    await scrapes(store, 8);
    await until(() => storage.files.size > 0, 'a file');
    await store.clear();
    assert.deepEqual([storage.files.size, length(store)], [0, 0]);
    await scrapes(store, 8);
    await until(() => storage.files.size > 0, 'a file');
    assert.equal(length(store), 8);
  });

  it('works without storage', async () => {
    const store = new HistoryStore({
      storage: undefined,
      clock,
      hours: () => 24,
      onReplaced: () => undefined,
      log: { info: () => undefined, warn: () => undefined },
    });
    opened.push(store);
    store.openNewestRun();
    await scrapes(store, 8);
    await store.clear();
    await scrapes(store, 1);
    assert.equal(length(store), 1);
  });

  describe('a backfilled past', () => {
    const minute = 60_000;
    /** A gauge and a rate every 15 s, up to a step before the first snapshot. */
    const kept = (from: number, to: number): Snapshot[] =>
      Array.from({ length: Math.floor((to - from) / 15_000) }, (_, index) => {
        const at = to - 15_000 * (Math.floor((to - from) / 15_000) - index);
        return snapshot(at, { ...kv(at), rate: { value: 7, from: at - minute, to: at } });
      });

    it('precedes the first snapshot without gap or repeat', async () => {
      const spans: BackfillRange[] = [];
      const store = new HistoryStore({
        storage,
        clock,
        hours: () => 24,
        onReplaced: () => undefined,
        log: { info: () => undefined, warn: assert.fail },
        backfill: (span) => {
          spans.push(span);
          return Promise.resolve({ snapshots: kept(span.first.at - 10 * minute, span.first.at), readings: [] });
        },
      });
      opened.push(store);
      store.add(snapshot(clock.now(), kv(clock.now())), 'session');
      await until(() => length(store) > 30, 'the past is there');
      for (let each = 0; each < 3; each++) {
        await clock.advance(10_000);
        store.add(
          snapshot(clock.now(), {
            ...kv(clock.now()),
            rate: { value: 8, from: clock.now() - 10_000, to: clock.now() },
          }),
          'session',
        );
      }
      assert.equal(spans[0]?.from, start - 24 * 60 * minute);
      for (const measure of ['kv', 'rate']) {
        const { at, value } = findSeries(queryAll(store.history), measure);
        assert.equal(at[0], start - 10 * minute);
        assert.equal(at.at(-1), start + 30_000);
        assert.ok(
          value.every((each) => each !== null),
          `${measure} has a gap`,
        );
        for (let index = 1; index < at.length; index++) {
          const step = (at[index] ?? 0) - (at[index - 1] ?? 0);
          assert.ok(step > 0 && step <= 25_000, `${measure}: ${step} ms at ${index}`);
        }
      }
    });

    it('is requested only from where the files end', async () => {
      const { store } = open();
      await scrapes(store, 12);
      await store.dispose();
      await clock.advance(10 * minute);
      const spans: BackfillRange[] = [];
      const again = new HistoryStore({
        storage,
        clock,
        hours: () => 24,
        onReplaced: () => undefined,
        log: { info: () => undefined, warn: assert.fail },
        backfill: (span) => {
          spans.push(span);
          return Promise.resolve({ snapshots: [], readings: [] });
        },
      });
      opened.push(again);
      again.add(snapshot(clock.now(), kv(clock.now())), 'session');
      await until(() => spans.length > 0, 'the past is requested');
      assert.ok(
        (spans[0]?.from ?? 0) >= start + 110_000 && (spans[0]?.from ?? 0) < start + 3 * minute,
        String((spans[0]?.from ?? 0) - start),
      );
    });

    it('that cannot be read is reported, and the files are read all the same', async () => {
      const { store } = open();
      await scrapes(store, 4);
      await store.dispose();
      await clock.advance(10 * minute);
      const messages: string[] = [];
      const again = new HistoryStore({
        storage,
        clock,
        hours: () => 24,
        onReplaced: () => undefined,
        log: { info: () => undefined, warn: (message) => messages.push(message) },
        backfill: () => Promise.reject(new Error('refused')),
      });
      opened.push(again);
      again.add(snapshot(clock.now(), kv(clock.now())), 'session');
      await until(() => length(again) > 4, 'the files are read');
      assert.match(messages.join(), /past.*refused/);
    });
  });
});

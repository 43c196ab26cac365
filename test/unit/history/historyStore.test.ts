import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Snapshot } from '../../../src/api';
import { HistoryStore, type BackfillRange } from '../../../src/history/historyStore';
import { manualClock, type ManualClock } from '../support/clock';
import { memoryStorage, type MemoryStorage } from './memoryStorage';
import { queryAll, findSeries, kv, snapshot, start } from './support';

interface Opened {
  recorder: HistoryStore;
  said: string[];
  replaced: () => number;
}

describe('the recorder of the history', () => {
  let clock: ManualClock;
  let storage: MemoryStorage;
  let opened: HistoryStore[] = [];

  beforeEach(() => {
    clock = manualClock(start);
    storage = memoryStorage();
  });
  afterEach(async () => {
    await Promise.all(opened.map((recorder) => recorder.dispose()));
    opened = [];
    assert.equal(clock.pending, 0, 'nothing is left waiting');
  });

  function open(): Opened {
    const said: string[] = [];
    let replaced = 0;
    const recorder = new HistoryStore({
      storage,
      clock,
      hours: () => 24,
      onReplaced: () => replaced++,
      log: { info: (words) => said.push(words), warn: (words) => said.push(words) },
    });
    opened.push(recorder);
    return { recorder, said, replaced: () => replaced };
  }

  const until = async (probe: () => boolean, what: string): Promise<void> => {
    for (let turn = 0; turn < 400; turn++) {
      if (probe()) return;
      await sleep(5);
    }
    assert.fail(what);
  };

  async function scrapes(recorder: HistoryStore, count: number, run = 'session', value = 0.5): Promise<void> {
    for (let each = 0; each < count; each++) {
      recorder.add(snapshot(clock.now(), kv(clock.now(), value), { a: kv(clock.now(), value) }), run);
      await clock.advance(10_000);
      // Deflating takes real time, of which the clock knows nothing.
      await sleep(4);
    }
  }

  const length = (recorder: HistoryStore): number => queryAll(recorder.history).series[0]?.at.length ?? 0;

  it('reads nothing and writes nothing before it is needed', async () => {
    let asked = 0;
    storage.list = () => {
      asked += 1;
      return Promise.resolve([]);
    };
    open();
    await clock.advance(600_000);
    assert.equal(asked + storage.files.size, 0);
  });

  it('writes each minute, and a window that opens the run goes on with it', async () => {
    const first = open();
    await scrapes(first.recorder, 8);
    await until(() => storage.files.size > 0, 'a file');
    await scrapes(first.recorder, 3);
    await first.recorder.dispose();
    const second = open();
    await scrapes(second.recorder, 1);
    await until(() => second.replaced() === 1, 'the files are read');
    assert.equal(length(second.recorder), 12);
    await scrapes(second.recorder, 2);
    assert.equal(length(second.recorder), 14);
    assert.deepEqual([...first.said, ...second.said], []);
  });

  it('tells what engines were called, before a first scrape, and waits no longer than two seconds for it', async () => {
    const first = open();
    await scrapes(first.recorder, 8);
    await first.recorder.dispose();
    const second = open();
    assert.deepEqual([...(await second.recorder.loadEngineNames('session'))], [['a', 'engine 0']]);
    await scrapes(second.recorder, 1);
    await until(() => second.replaced() === 1, 'what was read for the names');
    assert.equal(length(second.recorder), 9);
    assert.deepEqual([...(await second.recorder.loadEngineNames('another'))], []);
    storage.list = () => new Promise(() => undefined);
    const third = open();
    const told: ReadonlyMap<string, string>[] = [];
    void third.recorder.loadEngineNames('session').then((names) => told.push(names));
    await clock.advance(1_900);
    assert.equal(told.length, 0);
    await clock.advance(200);
    await until(() => told.length > 0, 'an answer');
    assert.equal(told[0]?.size, 0);
    await clock.advance(30_000);
  });

  it('shows the newest run to somebody who looks before the first scrape', async () => {
    const first = open();
    await scrapes(first.recorder, 3);
    await first.recorder.dispose();
    const second = open();
    second.recorder.openNewestRun();
    second.recorder.openNewestRun();
    await until(() => second.replaced() === 1, 'the files are read');
    assert.equal(length(second.recorder), 3);
    await scrapes(second.recorder, 1);
    await until(() => second.replaced() === 2, 'and read for the run that is met');
    assert.equal(length(second.recorder), 4);
  });

  it('begins anew with another run, and finds the first again', async () => {
    const { recorder } = open();
    await scrapes(recorder, 3, 'one', 1);
    await scrapes(recorder, 3, 'two', 2);
    assert.deepEqual(findSeries(queryAll(recorder.history), 'kv').value, [2, 2, 2]);
    await scrapes(recorder, 1, 'one', 3);
    await until(() => length(recorder) === 4, 'the first run again');
    assert.deepEqual(findSeries(queryAll(recorder.history), 'kv').value, [1, 1, 1, 3]);
  });

  it('says once that the disk takes nothing, tries on, and says when it does', async () => {
    const { recorder, said, replaced } = open();
    await scrapes(recorder, 1);
    await until(() => replaced() === 1, 'the files are read');
    storage.fault = 'EROFS: read-only file system';
    // The first write has begun, and the clock waits for the disk's word: its deadline would come before that on a busy machine.
    await scrapes(recorder, 6);
    await until(() => said.length === 1, 'a word');
    await scrapes(recorder, 13);
    await scrapes(recorder, 14);
    assert.equal(said.length, 1);
    storage.fault = undefined;
    // On a busy machine a write takes several minutes of the clock's time.
    for (let turn = 0; turn < 60 && said.length < 2; turn++) await scrapes(recorder, 1);
    await until(() => said.length === 2, 'a second word');
    assert.match(said[0] ?? '', /EROFS/);
    assert.ok(storage.files.size > 0);
  });

  it('keeps to memory when a file system never answers, and ends all the same', async () => {
    storage.append = () => new Promise(() => undefined);
    const { recorder } = open();
    await scrapes(recorder, 12);
    assert.equal(length(recorder), 12);
    const ended = recorder.dispose();
    await sleep(20);
    await clock.advance(60_000);
    await sleep(20);
    await clock.advance(60_000);
    await ended;
  });

  it('forgets every run when it is told to, and records on', async () => {
    const { recorder } = open();
    await scrapes(recorder, 8);
    await until(() => storage.files.size > 0, 'a file');
    await recorder.clear();
    assert.deepEqual([storage.files.size, length(recorder)], [0, 0]);
    await scrapes(recorder, 8);
    await until(() => storage.files.size > 0, 'a file');
    assert.equal(length(recorder), 8);
  });

  it('works without a place for files', async () => {
    const recorder = new HistoryStore({
      storage: undefined,
      clock,
      hours: () => 24,
      onReplaced: () => undefined,
      log: { info: () => undefined, warn: () => undefined },
    });
    opened.push(recorder);
    recorder.openNewestRun();
    await scrapes(recorder, 8);
    await recorder.clear();
    await scrapes(recorder, 1);
    assert.equal(length(recorder), 1);
  });

  describe('a past that somebody else has kept', () => {
    const minute = 60_000;
    /** A gauge and a rate every 15 s, up to a step before the first snapshot. */
    const kept = (from: number, to: number): Snapshot[] =>
      Array.from({ length: Math.floor((to - from) / 15_000) }, (_, index) => {
        const at = to - 15_000 * (Math.floor((to - from) / 15_000) - index);
        return snapshot(at, { ...kv(at), rate: { value: 7, from: at - minute, to: at } });
      });

    it('stands before the first snapshot, without a gap, a double or a seam', async () => {
      const spans: BackfillRange[] = [];
      const recorder = new HistoryStore({
        storage,
        clock,
        hours: () => 24,
        onReplaced: () => undefined,
        log: { info: () => undefined, warn: assert.fail },
        backfill: (span) => {
          spans.push(span);
          return Promise.resolve(kept(span.first.at - 10 * minute, span.first.at));
        },
      });
      opened.push(recorder);
      recorder.add(snapshot(clock.now(), kv(clock.now())), 'session');
      await until(() => length(recorder) > 30, 'the past is there');
      for (let each = 0; each < 3; each++) {
        await clock.advance(10_000);
        recorder.add(
          snapshot(clock.now(), {
            ...kv(clock.now()),
            rate: { value: 8, from: clock.now() - 10_000, to: clock.now() },
          }),
          'session',
        );
      }
      assert.equal(spans[0]?.from, start - 24 * 60 * minute);
      for (const measure of ['kv', 'rate']) {
        const { at, value } = findSeries(queryAll(recorder.history), measure);
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

    it('is asked for only from where the files end', async () => {
      const { recorder } = open();
      await scrapes(recorder, 12);
      await recorder.dispose();
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
          return Promise.resolve([]);
        },
      });
      opened.push(again);
      again.add(snapshot(clock.now(), kv(clock.now())), 'session');
      await until(() => spans.length > 0, 'the past is asked for');
      assert.ok(
        (spans[0]?.from ?? 0) >= start + 110_000 && (spans[0]?.from ?? 0) < start + 3 * minute,
        String((spans[0]?.from ?? 0) - start),
      );
    });

    it('that cannot be had is said, and the files are read all the same', async () => {
      const { recorder } = open();
      await scrapes(recorder, 4);
      await recorder.dispose();
      await clock.advance(10 * minute);
      const said: string[] = [];
      const again = new HistoryStore({
        storage,
        clock,
        hours: () => 24,
        onReplaced: () => undefined,
        log: { info: () => undefined, warn: (words) => said.push(words) },
        backfill: () => Promise.reject(new Error('refused')),
      });
      opened.push(again);
      again.add(snapshot(clock.now(), kv(clock.now())), 'session');
      await until(() => length(again) > 4, 'the files are read');
      assert.match(said.join(), /past.*refused/);
    });
  });
});

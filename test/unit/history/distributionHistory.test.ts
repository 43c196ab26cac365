import assert from 'node:assert/strict';
import type { Snapshot } from '../../../src/api';
import { fileMagic } from '../../../src/history/codec';
import { DistributionHistory } from '../../../src/history/distributionHistory';
import { History } from '../../../src/history/history';
import { Journal } from '../../../src/history/journal';
import type { ChartDistribution } from '../../../src/shared/chartData';
import { memoryStorage, reloadHistory, type MemoryStorage } from './memoryStorage';
import { kv, snapshot, start } from './support';

const minute = 60_000;
const hour = 60 * minute;

const withBuckets = (at: number, bounds = [0.1, 1]): Snapshot => {
  const step = Math.round((at - start) / 10_000);
  return snapshot(
    at,
    kv(at),
    {},
    {
      distributions: {
        ttft_seconds: {
          from: at - 30_000,
          to: at,
          bounds,
          counts: [step, 1, ...bounds.slice(1).map(() => 0)],
          counted: 1,
          of: 1,
        },
      },
    },
  );
};

/** Scrapes every ten seconds, writes each minute and, with `atEnd`, at the end. */
async function watch(
  storage: MemoryStorage,
  writer: string,
  from: number,
  to: number,
  { history = new History(), atEnd = false, bounds = [0.1, 1] } = {},
): Promise<History> {
  const journal = new Journal({ storage, run: 'run', writer });
  let written = from;
  for (let at = from; at <= to; at += 10_000) {
    history.add(withBuckets(at, bounds));
    if (at - written < minute) continue;
    written = at;
    await journal.take(history, at);
    await journal.write(at);
  }
  if (!atEnd) return history;
  await journal.take(history, to, true);
  await journal.write(to);
  return history;
}

const ttft = (history: History, from = 0): ChartDistribution => {
  const [found] = history.distributionHistory.query(['ttft_seconds'], from, Infinity);
  assert.ok(found, 'the histogram exists');
  return found;
};

describe('the buckets of histograms', () => {
  it('are restored: the last hour in full, before it the last rate window of each minute', async () => {
    const storage = memoryStorage();
    const end = start + 3 * hour;
    const before = await watch(storage, 'one', start, end, { atEnd: true });
    const again = await reloadHistory(storage, end);
    assert.deepEqual(ttft(again, end - hour), ttft(before, end - hour));
    assert.equal(ttft(again, end - hour).to.length, 361);
    const old = ttft(again).to.filter((to) => to < end - hour - minute);
    assert.deepEqual(old.slice(0, 3), [start + 50_000, start + 110_000, start + 170_000]);
    assert.ok(
      old.length >= 115 && old.every((to, index) => index === 0 || to - old[index - 1]! === minute),
      'one a minute, none missing',
    );
    const { counts, to } = ttft(again);
    for (const [index, row] of counts.entries()) assert.deepEqual(row, [(to[index]! - start) / 10_000, 1, 0]);
  });

  it('continue after a reload in the middle of a minute, without repeats', async () => {
    const storage = memoryStorage();
    await watch(storage, 'one', start, start + 5 * minute + 20_000, { atEnd: true });
    const history = await reloadHistory(storage, start + 5 * minute + 30_000);
    await watch(storage, 'two', start + 5 * minute + 30_000, start + 10 * minute, { history, atEnd: true });
    const { to } = ttft(await reloadHistory(storage, start + 10 * minute));
    assert.deepEqual(
      to,
      Array.from({ length: 61 }, (_, step) => start + step * 10_000),
    );
    // Without the points, each minute is there once.
    for (const name of [...storage.files.keys()]) if (name.includes('.points.')) storage.files.delete(name);
    const minutes = ttft(await reloadHistory(storage, start + 3 * hour)).to;
    assert.deepEqual(minutes, [
      ...Array.from({ length: 10 }, (_, each) => start + each * minute + 50_000),
      start + 10 * minute,
    ]);
  });

  it('lose a minute at most in a crash, also in the middle of a write', async () => {
    const storage = memoryStorage();
    await watch(storage, 'one', start, start + 5 * minute + 50_000);
    assert.equal(ttft(await reloadHistory(storage, start + 6 * minute)).to.at(-1), start + 5 * minute);
    const name = [...storage.files.keys()].find((each) => each.includes('.points.'))!;
    const whole = storage.files.get(name)!;
    for (let cut = 1; cut < whole.length - Buffer.from(whole).lastIndexOf(fileMagic); cut += 7) {
      storage.files.set(name, whole.subarray(0, whole.length - cut));
      const { to, counts } = ttft(await reloadHistory(storage, start + 6 * minute));
      assert.equal(to.at(-1), start + 4 * minute, `${cut} bytes short`);
      assert.deepEqual(counts.at(-1), [24, 1, 0]);
    }
  });

  it('of two VS Code windows are there once and without gaps', async () => {
    const storage = memoryStorage();
    const [one, two] = [new History(), new History()];
    for (let step = 0; step < 10; step++) {
      const from = start + step * minute;
      await watch(storage, 'one', from, from + minute, { history: one });
      await watch(storage, 'two', from + 3_000, from + minute + 3_000, { history: two });
    }
    const { to } = ttft(await reloadHistory(storage, start + 11 * minute));
    assert.ok(to.every((time, index) => index === 0 || (time > to[index - 1]! && time - to[index - 1]! <= 10_000)));
  });

  it('start over with other bounds, and stay removed after the clock went back', async () => {
    const storage = memoryStorage();
    const history = await watch(storage, 'one', start, start + 5 * minute);
    const journal = new Journal({ storage, run: 'run', writer: 'back' });
    await watch(storage, 'one', start + 2 * minute, start + 3 * minute, { history });
    await journal.take(history, start + 3 * minute);
    assert.equal(ttft(history).to.at(-1), start + 3 * minute);
    await watch(storage, 'two', start + 4 * minute, start + 6 * minute, { bounds: [1, 2, 4] });
    const again = ttft(await reloadHistory(storage, start + 7 * minute));
    assert.deepEqual([again.bounds, again.counts[0]?.length], [[1, 2, 4], 4]);
  });

  it('are missing in files of older versions, whose series are restored all the same', async () => {
    const storage = memoryStorage();
    const history = new History();
    const journal = new Journal({ storage, run: 'run', writer: 'old' });
    for (let at = start; at <= start + 2 * minute; at += 10_000) history.add(snapshot(at, kv(at), { a: kv(at) }));
    await journal.take(history, start + 2 * minute, true);
    await journal.write(start + 2 * minute);
    const again = await reloadHistory(storage, start + 3 * minute);
    assert.deepEqual(again.distributionHistory.query(['ttft_seconds'], 0, Infinity), []);
    assert.equal(again.subjects.length, 1);
  });

  it('are dropped after the configured hours, and stay small', async () => {
    const history = new History({ hours: () => 2 });
    const sizes: number[] = [];
    for (let each = 0; each < 6; each++) {
      for (let at = start + each * hour; at < start + (each + 1) * hour; at += 10_000) history.add(withBuckets(at));
      sizes.push(history.distributionHistory.bytes);
    }
    assert.ok(ttft(history).to[0]! >= start + 4 * hour - 2 * minute);
    assert.equal(sizes.at(-1), sizes.at(-2));
    assert.ok(sizes.at(-1)! < 30_000, String(sizes.at(-1)));
  });
});

describe('the buckets of histograms in memory', () => {
  const now = 1_760_000_000_000;
  const scrape = (at: number, counts: number[], bounds = [0.1, 1]): Parameters<DistributionHistory['add']>[0] => ({
    at,
    distributions: { ttft: { from: at - 30_000, to: at, bounds, counts, counted: 4, of: 4 } },
  });

  it('are kept for an hour in full, then by the minute, for a day', () => {
    const history = new DistributionHistory(() => 24);
    for (let step = 0; step <= 3 * 360; step++) history.add(scrape(now + step * 10_000, [step, 1, 0]));
    const end = now + 3 * hour;
    const [stored] = history.query(['ttft'], 0, Infinity);
    assert.equal(stored?.to.filter((to) => to >= end - hour).length, 361);
    assert.ok(stored && stored.to.length <= 367 + 2 * 60 + 2, String(stored?.to.length));
    history.add(scrape(end + 24.5 * hour, [1, 0, 0]));
    assert.equal(history.query(['ttft'], 0, Infinity)[0]?.to.length, 1);
    assert.deepEqual(history.query(['other'], 0, Infinity), []);
  });

  it('grow only with a new window, withdraw what a clock took back, and begin anew with other buckets', () => {
    const history = new DistributionHistory(() => 24);
    assert.equal(history.add(scrape(now, [1, 0, 0])).length, 1);
    assert.deepEqual(history.add(scrape(now, [1, 0, 0])), []);
    history.add(scrape(now + 20_000, [2, 0, 0]));
    history.add(scrape(now + 10_000, [3, 0, 0]));
    assert.deepEqual(history.query(['ttft'], 0, Infinity)[0]?.counts, [
      [1, 0, 0],
      [3, 0, 0],
    ]);
    history.add(scrape(now + 30_000, [1, 1], [1]));
    assert.deepEqual(history.query(['ttft'], 0, Infinity)[0]?.counts, [[1, 1]]);
  });
});

import assert from 'node:assert/strict';
import { memoryStorage, openWriter, reloadHistory } from './memoryStorage';
import { queryAll, findSeries, snapshot, start } from './support';

const minute = 60_000;
const hour = 60 * minute;

describe('a journal and its reload', () => {
  it('restore both tiers, aggregates with their spread, and continue', async () => {
    const storage = memoryStorage();
    const window = openWriter(storage, 'one');
    const end = start + 3 * hour;
    await window.scrapeBetween(start, end);
    const again = await reloadHistory(storage, end);
    assert.deepEqual(queryAll(again, start + 30 * minute), queryAll(window.history, start + 30 * minute));
    assert.deepEqual(findSeries(queryAll(again), 'kv', 'a').at.slice(0, 2), [start + minute / 2, start + 1.5 * minute]);
    const after = openWriter(storage, 'two', again);
    await after.scrapeBetween(end + 10_000, end + hour);
    const both = await reloadHistory(storage, end + hour);
    const { at, value } = findSeries(queryAll(both, start + 3.2 * hour), 'kv', 'a');
    assert.ok(!value.includes(null), 'no gap at the reload');
    assert.ok(at.every((time, index) => index === 0 || time - at[index - 1]! <= minute));
  });

  it('lose a minute at most if the window crashes', async () => {
    const storage = memoryStorage();
    await openWriter(storage, 'one').scrapeBetween(start, start + 10 * minute + 50_000);
    const { at } = findSeries(queryAll(await reloadHistory(storage, start + 11 * minute)), 'kv', 'a');
    assert.equal(at.length, 61);
    assert.equal(at.at(-1), start + 10 * minute);
  });

  it('restore gaps, also those found after their minute was written', async () => {
    const storage = memoryStorage();
    const window = openWriter(storage, 'one');
    await window.scrapeBetween(start, start + 20 * minute, () => 1);
    await window.scrapeBetween(start + 40 * minute, start + 3 * hour, () => 1);
    const again = findSeries(queryAll(await reloadHistory(storage, start + 3 * hour)), 'kv', 'a');
    assert.deepEqual(
      again.at.filter((_, index) => again.value[index] === null),
      [start + 21 * minute],
    );
  });

  it('restore bands and continue those that were open', async () => {
    const storage = memoryStorage();
    const window = openWriter(storage, 'one');
    const asleep = (at: number) =>
      snapshot(at, {}, {}, { engines: [{ id: 'a', name: 'a', node: '', state: 'asleep', measures: {} }] });
    window.history.add(asleep(start));
    window.history.add(asleep(start + 60_000));
    await window.journal.take(window.history, start + 60_000);
    await window.journal.write(start + 60_000);
    const again = await reloadHistory(storage, start + 70_000);
    const bands = () =>
      again
        .query({ measures: [], engines: 'each', from: 0, to: Infinity })
        .bands.map(({ from, to, label }) => [from, to, label]);
    assert.deepEqual(bands(), [[start, start + 60_000, 'asleep']]);
    again.add(asleep(start + 80_000));
    assert.deepEqual(bands(), [[start, undefined, 'asleep']]);
  });

  it('never mix two runs', async () => {
    const storage = memoryStorage();
    await openWriter(storage, 'one', undefined, 'first').scrapeBetween(start, start + 2 * minute, () => 1);
    await openWriter(storage, 'one', undefined, 'second').scrapeBetween(
      start + 3 * minute,
      start + 5 * minute,
      () => 2,
    );
    assert.deepEqual(
      new Set(findSeries(queryAll(await reloadHistory(storage, start + 6 * minute, 'first')), 'kv').value),
      new Set([1]),
    );
    assert.deepEqual(
      new Set(findSeries(queryAll(await reloadHistory(storage, start + 6 * minute, 'second')), 'kv').value),
      new Set([2]),
    );
  });

  it('of two VS Code windows have no repeats and no gaps', async () => {
    const storage = memoryStorage();
    const one = openWriter(storage, 'one');
    const two = openWriter(storage, 'two');
    for (let step = 0; step < 30; step++) {
      const from = start + step * minute;
      await one.scrapeBetween(from, from + minute, (at) => at - start);
      await two.scrapeBetween(from + 30_000 + 1, from + 90_000 + 1, (at) => at - start);
    }
    const { at, value } = findSeries(queryAll(await reloadHistory(storage, start + 31 * minute)), 'kv', 'a');
    assert.ok(at.every((time, index) => index === 0 || time > at[index - 1]!));
    assert.ok(
      at.every((time, index) => index === 0 || time - at[index - 1]! <= 10_001),
      'no gap',
    );
    for (const [index, time] of at.entries()) assert.equal(value[index], time - start);
  });

  it('do not restore what was removed because the clock went back', async () => {
    const storage = memoryStorage();
    const window = openWriter(storage, 'one');
    await window.scrapeBetween(start, start + hour, () => 1);
    await window.scrapeBetween(start + 10 * minute, start + 20 * minute, () => 5);
    const again = findSeries(queryAll(await reloadHistory(storage, start + hour)), 'kv', 'a');
    assert.deepEqual(again, findSeries(queryAll(window.history), 'kv', 'a'));
    assert.equal(again.at.at(-1), start + 20 * minute);
  });

  it('write everything once a full disk has room again', async () => {
    const storage = memoryStorage();
    const window = openWriter(storage, 'one');
    await window.scrapeBetween(start, start + 2 * minute);
    storage.fault = 'ENOSPC: no space left on device';
    await assert.rejects(window.scrapeBetween(start + 2 * minute + 10_000, start + 4 * minute), /ENOSPC/);
    storage.fault = undefined;
    await window.scrapeBetween(start + 4 * minute, start + 6 * minute);
    assert.deepEqual(
      findSeries(queryAll(await reloadHistory(storage, start + 6 * minute)), 'kv', 'a'),
      findSeries(queryAll(window.history), 'kv', 'a'),
    );
  });
});

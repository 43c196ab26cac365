import assert from 'node:assert/strict';
import type { Snapshot } from '../../../src/api';
import { History } from '../../../src/history/history';
import { Journal } from '../../../src/history/journal';
import { memoryStorage, openWriter, reloadHistory } from './memoryStorage';
import { findSeries, gpuPart, kv, queryAll, snapshot, start } from './support';

const minute = 60_000;
const hour = 60 * minute;

const withParts = (at: number): Snapshot =>
  snapshot(at, kv(at), { a: kv(at) }, { parts: [gpuPart(at, (at - start) / 10_000)] });

describe('loadHistory', () => {
  it('restores a run of less than a minute point by point', async () => {
    const storage = memoryStorage();
    const { history, journal } = openWriter(storage, 'one');
    for (const at of [start + 20_000, start + 30_000, start + 40_000])
      history.add(snapshot(at, kv(at, at - start), { a: kv(at, at - start) }));
    await journal.take(history, start + 45_000, true);
    await journal.write(start + 45_000);
    const again = queryAll(await reloadHistory(storage, start + 50_000));
    for (const engine of [undefined, 'a'])
      assert.deepEqual(findSeries(again, 'kv', engine).value, [20_000, 30_000, 40_000]);
  });

  it('restores every point of a run of less than an hour, and of the last hour of a longer one', async () => {
    const storage = memoryStorage();
    const window = openWriter(storage, 'one');
    await window.scrapeBetween(start + 20_000, start + 40 * minute + 20_000);
    const short = findSeries(queryAll(await reloadHistory(storage, start + 41 * minute)), 'kv', 'a');
    assert.deepEqual(
      short.at,
      Array.from({ length: 241 }, (_, step) => start + 20_000 + step * 10_000),
    );
    await window.scrapeBetween(start + 40 * minute + 30_000, start + 3 * hour + 20_000);
    const end = start + 3 * hour + 20_000;
    await window.journal.take(window.history, end, true);
    await window.journal.write(end);
    const { at } = findSeries(queryAll(await reloadHistory(storage, end), end - hour), 'kv', 'a');
    assert.deepEqual(
      at,
      Array.from({ length: 361 }, (_, step) => end - hour + step * 10_000),
    );
  });

  it('restores the minute of a reload with the mean, lowest and highest of both windows', async () => {
    const storage = memoryStorage();
    const first = openWriter(storage, 'one');
    await first.scrapeBetween(start, start + minute + 20_000, (at) => (at - start) / 10_000);
    await first.journal.take(first.history, start + minute + 20_000, true);
    await first.journal.write(start + minute + 20_000);
    const again = openWriter(storage, 'two', await reloadHistory(storage, start + minute + 25_000));
    await again.scrapeBetween(start + minute + 30_000, start + 3 * hour, (at) => Math.min(11, (at - start) / 10_000));
    for (const history of [again.history, await reloadHistory(storage, start + 3 * hour)]) {
      const { at, value, lowest, highest } = findSeries(queryAll(history), 'kv', 'a');
      const index = at.indexOf(start + 1.5 * minute);
      assert.deepEqual([value[index], lowest?.[index], highest?.[index]], [8.5, 6, 11]);
    }
  });

  it('restores nodes and GPUs like engines, but does not count them as engines', async () => {
    const storage = memoryStorage();
    const history = new History();
    const journal = new Journal({ storage, run: 'run', writer: 'one' });
    for (let at = start; at <= start + 2 * minute; at += 10_000) {
      const { series, engineCount } = history.add(withParts(at));
      assert.deepEqual(
        [engineCount, series.find(({ measure }) => measure === 'gpu_memory')?.engine],
        [1, { id: 'gpu 10.0.0.1 0', name: 'GPU 0 on 10.0.0.1', node: '10.0.0.1', nonEngine: true }],
      );
    }
    await journal.take(history, start + 2 * minute, true);
    await journal.write(start + 2 * minute);
    const again = await reloadHistory(storage, start + 2 * minute);
    assert.deepEqual(queryAll(again), queryAll(history));
    const { value, engine } = findSeries(queryAll(again), 'gpu_memory', 'gpu 10.0.0.1 0');
    assert.deepEqual([value.length, value.at(-1), engine?.nonEngine], [13, 12, true]);
    assert.deepEqual(
      again.subjects.map(({ id, nonEngine }) => [id, nonEngine]),
      [
        ['a', undefined],
        ['gpu 10.0.0.1 0', true],
      ],
    );
    const { engineCount: engines, series } = again.query({
      measures: ['kv', 'gpu_memory'],
      engines: 'each',
      from: 0,
      to: Infinity,
    });
    assert.deepEqual([engines, series.length], [1, 2]);
  });
});

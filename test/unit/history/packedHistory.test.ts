import assert from 'node:assert/strict';
import type { Measure } from '../../../src/api';
import { History } from '../../../src/history/history';
import { loadHistory } from '../../../src/history/loadHistory';
import { roundToSingle } from '../../../src/history/roundToSingle';
import type { ChartSeries } from '../../../src/shared/chartData';
import { randomOf } from '../support/random';
import { memoryStorage, openWriter } from './memoryStorage';
import { findSeries, queryAll, snapshot, start } from './support';

const minute = 60_000;
const hour = 60 * minute;

/** What was measured of one series, as a plain list. */
type Rows = { at: number; value: number }[];
type Walk = (random: () => number, last: number) => number;

/** Kinds of measures that engines have. */
const walks: Record<string, Walk> = {
  requests: (random, last) => Math.max(0, last + Math.round(6 * random() - 3)),
  rate: (random, last) => (random() < 0.1 ? 0 : Math.abs(last + 900 * random() - 450)),
  ratio: (random) => random(),
  constant: () => 17.3,
  tiny: (random) => random() * 1e-30,
  large: (random) => 1e15 * random(),
  signed: (random) => random() - 0.5,
  tokens: (random, last) => last + Math.floor(random() * 1e6),
};

/** Feeds hours of random walks with measures that are missing or late, and a clock that goes back. */
function feed(history: History, seed: number, hours: number, engines: readonly string[]): Map<string, Rows> {
  const random = randomOf(seed);
  const rows = new Map<string, Rows>();
  const lasts = new Map<string, number>();
  const isMissing = new Map<string, boolean>();
  let at = start;
  while (at < start + hours * hour) {
    at += random() < 0.002 ? -200_000 : random() < 0.002 ? 500_000 : 10_000;
    const measuresOf = (engine: string): Record<string, Measure> =>
      Object.fromEntries(
        Object.entries(walks).flatMap(([id, walk]) => {
          const key = `${id} ${engine}`;
          if (random() < 0.02) isMissing.set(key, !isMissing.get(key));
          if (isMissing.get(key)) return [];
          const value = walk(random, lasts.get(key) ?? 5);
          const to = at - Math.floor(random() * 3) * 700;
          lasts.set(key, value);
          const earlier = (rows.get(key) ?? []).filter((row) => row.at < to);
          // Unless the clock went back, this is all of them.
          rows.set(key, earlier);
          earlier.push({ at: to, value });
          return [[id, { value, to }]];
        }),
      );
    history.add(snapshot(at, {}, Object.fromEntries(engines.map((engine) => [engine, measuresOf(engine)]))));
  }
  return rows;
}

/** The mean, lowest and highest of the minute of a time, as they are read. */
function minuteOf(rows: Rows, at: number): [number, number, number] {
  const values = rows
    .filter((row) => Math.floor(row.at / minute) === Math.floor(at / minute))
    .map(({ value }) => value);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, Math.min(...values), Math.max(...values)].map((one) => roundToSingle(Math.fround(one))) as [
    number,
    number,
    number,
  ];
}

/** Compares a series with the list of what was measured. Returns its numbers of points and minutes. */
function compare(
  series: ChartSeries,
  rows: Rows,
  isEqual: (shown: number, truth: number) => boolean,
): [number, number] {
  const byTime = new Map(rows.map(({ at, value }) => [at, value]));
  let points = 0;
  let minutes = 0;
  for (const [index, at] of series.at.entries()) {
    const value = series.value[index] ?? null;
    if (value === null) continue;
    const low = series.lowest?.[index] ?? undefined;
    if (low === undefined) {
      const point = byTime.get(at) ?? NaN;
      assert.ok(isEqual(value, point), `${series.measure} at ${at}: ${value}, not ${point}`);
      points += 1;
      continue;
    }
    const shown = [value, low, series.highest?.[index] ?? NaN];
    const truth = minuteOf(rows, at);
    assert.ok(
      shown.every((one, column) => isEqual(one, truth[column] ?? NaN)),
      `${series.measure} of the minute ${at}: ${shown.join()}, not ${truth.join()}`,
    );
    minutes += 1;
  }
  return [points, minutes];
}

describe('what a history has packed', () => {
  for (const seed of [1, 2, 3])
    it(`is what was measured (seed ${seed})`, () => {
      const history = new History();
      const rows = feed(history, seed, 3, ['a', 'b']);
      const all = queryAll(history);
      const compared = ['a', 'b'].flatMap((engine) =>
        Object.keys(walks).map((id) =>
          compare(findSeries(all, id, engine), rows.get(`${id} ${engine}`) ?? [], Object.is),
        ),
      );
      const sum = (column: 0 | 1): number => compared.reduce((total, counts) => total + counts[column], 0);
      assert.ok(sum(0) > 500 && sum(1) > 500, `${sum(0)} points and ${sum(1)} minutes`);
    });

  it('is rounded where there is no room, the oldest most, before anything is dropped', () => {
    const exact = new History();
    feed(exact, 5, 5, ['a', 'b']);
    const budgetBytes = Math.round(exact.bytes * 0.8);
    const history = new History({ budgetBytes });
    const rows = feed(history, 5, 5, ['a', 'b']);
    assert.ok(history.bytes <= budgetBytes, `${history.bytes} of ${budgetBytes}`);
    const all = queryAll(history);
    for (const id of Object.keys(walks)) {
      const [series, truth] = [findSeries(all, id, 'a'), rows.get(`${id} a`) ?? []];
      assert.ok((series.at[0] ?? Infinity) <= (truth[0]?.at ?? 0) + minute, 'the first minute is there');
      const isClose = (shown: number, value: number): boolean => Math.abs(shown - value) <= Math.abs(value) * 2 ** -8;
      compare(series, truth, isClose);
      const newest = series.value.findLast((value) => value !== null);
      const last = truth.at(-1)?.value ?? NaN;
      assert.ok(Math.abs((newest ?? NaN) - last) <= Math.abs(last) * 1e-6, 'points have seven digits');
    }
    assert.deepEqual(
      findSeries(all, 'constant', 'a').value.filter(
        (value) => value !== null && Math.abs(value - 17.3) > 17.3 * 2 ** -8,
      ),
      [],
    );
  });

  it('is packed more closely when more is read from disk than there is room for', async () => {
    const storage = memoryStorage();
    const { history, journal } = openWriter(storage, 'one');
    const rows = feed(history, 7, 6, ['a', 'b']);
    const end = start + 6 * hour;
    await journal.take(history, end, true);
    await journal.write(end);
    const read = async (budgetBytes?: number): Promise<History> => {
      const again = new History(budgetBytes === undefined ? {} : { budgetBytes });
      await loadHistory(again, 'run', { storage, now: end, warn: assert.fail, signal: new AbortController().signal });
      return again;
    };
    const exact = await read();
    for (const id of Object.keys(walks))
      compare(findSeries(queryAll(exact), id, 'a'), rows.get(`${id} a`) ?? [], Object.is);
    const budgetBytes = Math.round(exact.bytes * 0.8);
    const packed = await read(budgetBytes);
    assert.ok(packed.bytes <= budgetBytes, `${packed.bytes} of ${budgetBytes}`);
    for (const id of Object.keys(walks)) {
      const [series, whole] = [findSeries(queryAll(packed), id, 'a'), findSeries(queryAll(exact), id, 'a')];
      assert.equal(series.at[0], whole.at[0], 'the first minute is there');
    }
  });

  it('counts the bytes that it has', () => {
    const history = new History({ hours: () => 2 });
    feed(history, 9, 3, ['a']);
    const before = history.bytes;
    history.add(snapshot(start + 10 * hour, {}));
    history.add(snapshot(start + 20 * hour, {}));
    assert.ok(before > 10_000 && history.bytes < before / 10, `${before}, then ${history.bytes}`);
  });
});

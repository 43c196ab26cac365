import assert from 'node:assert/strict';
import type { Measure, Snapshot } from '../../../src/api';
import { fullRateMs, History } from '../../../src/history/history';
import { findSeries, gpuPart, kv, queryAll, snapshot, start } from './support';

/** An hour at one point a second. */
const maxTierPoints = 3_600;

describe('History', () => {
  it('keeps the aggregate with its spread, and each engine by id and name, at the time of the measure', () => {
    const history = new History();
    const lowest = { engine: 'a', value: 0.1 };
    const highest = { engine: 'b', value: 0.9 };
    history.add(
      snapshot(start + 5, { kv: { value: 0.9, to: start, lowest, highest } }, { a: kv(start, 0.1), b: kv(start, 0.9) }),
    );
    assert.deepEqual(queryAll(history), {
      engineCount: 2,
      bands: [],
      series: [
        { measure: 'kv', at: [start], value: [0.9], lowest: [0.1], highest: [0.9] },
        { measure: 'kv', engine: { id: 'a', name: 'engine 0' }, at: [start], value: [0.1] },
        { measure: 'kv', engine: { id: 'b', name: 'engine 1' }, at: [start], value: [0.9] },
      ],
    });
  });

  it('adds nothing while a measure’s time does not change', () => {
    const history = new History();
    history.add(snapshot(start, kv(start)));
    const increment = history.add(snapshot(start + 3000, kv(start)));
    assert.deepEqual(increment.series, []);
    assert.deepEqual(findSeries(queryAll(history), 'kv').at, [start]);
  });

  it('leaves one gap while a measure is missing, and no zero', () => {
    const history = new History();
    history.add(snapshot(start, kv(start, 0.4)));
    for (let step = 1; step < 5; step++) history.add(snapshot(start + step * 10_000, {}));
    history.add(snapshot(start + 50_000, kv(start + 50_000, 0.6)));
    assert.deepEqual(findSeries(queryAll(history), 'kv').value, [0.4, null, 0.6]);
  });

  it('begins no series for a value that was never measured', () => {
    const history = new History();
    history.add(snapshot(start, { kv: { value: NaN, to: start } }));
    assert.deepEqual(queryAll(history).series, []);
  });

  it('keeps a measured zero', () => {
    const history = new History();
    history.add(snapshot(start, kv(start, 0)));
    assert.deepEqual(findSeries(queryAll(history), 'kv').value, [0]);
  });

  it('treats a value that is not finite as missing', () => {
    const history = new History();
    history.add(snapshot(start, kv(start)));
    const increment = history.add(snapshot(start + 10_000, { kv: { value: Infinity, to: start + 10_000 } }));
    assert.deepEqual(findSeries(increment, 'kv').value, [null]);
    const spread = {
      kv: { value: 0.5, to: start + 20_000, lowest: { engine: 'a', value: NaN }, highest: { engine: 'b', value: 1 } },
    };
    assert.deepEqual(findSeries(history.add(snapshot(start + 20_000, spread)), 'kv').lowest, [null]);
  });

  it('leaves a gap after minutes without a scrape, unless a rate window covers them', () => {
    const history = new History();
    history.add(snapshot(start, { kv: { value: 1, to: start }, rate: { value: 1, from: start - 10_000, to: start } }));
    const later = start + 600_000;
    history.add(snapshot(later, { kv: { value: 2, to: later }, rate: { value: 2, from: start, to: later } }));
    assert.deepEqual(findSeries(queryAll(history), 'kv').value, [1, null, 2]);
    assert.deepEqual(findSeries(queryAll(history), 'rate').value, [1, 2]);
  });

  it('joins points that are a minute apart', () => {
    const history = new History();
    history.add(snapshot(start, kv(start, 1)));
    history.add(snapshot(start + 60_000, kv(start + 60_000, 2)));
    assert.deepEqual(findSeries(queryAll(history), 'kv').value, [1, 2]);
  });

  it('adds a gap for an engine that is no longer listed, and drops it with its last point', () => {
    const history = new History();
    history.add(snapshot(start, {}, { a: kv(start) }));
    const increment = history.add(snapshot(start + 10_000, {}));
    assert.deepEqual(findSeries(increment, 'kv', 'a').value, [null]);
    history.add(snapshot(start + 25 * fullRateMs, {}));
    assert.deepEqual(queryAll(history), { series: [], bands: [], engineCount: 0 });
  });

  it('limits the number of points', () => {
    const history = new History();
    for (let step = 0; step < maxTierPoints * 2; step++)
      history.add(snapshot(start + step * 100, kv(start + step * 100)));
    const { at } = findSeries(queryAll(history), 'kv');
    assert.ok(at.length > maxTierPoints - 700 && at.length <= maxTierPoints + 12, String(at.length));
  });

  it('limits the number of series, except the aggregate’s', () => {
    for (const [count, kept] of [
      [100, 100],
      [101, 100],
      [200, 100],
    ] as const) {
      const history = new History({ maxSeries: 100 });
      const engines = Object.fromEntries(Array.from({ length: count }, (_, index) => [`e${index}`, kv(start)]));
      history.add(snapshot(start, kv(start), engines));
      history.add(snapshot(start + 10_000, { late: { value: 1, to: start + 10_000 } }, engines));
      const { series } = queryAll(history);
      assert.equal(series.length, kept + 2, 'two aggregates');
      assert.ok(findSeries({ series }, 'late'));
    }
  });

  it('returns the points from a time on, and listed engines first', () => {
    const history = new History();
    history.add(snapshot(start, kv(start), { a: kv(start), b: kv(start) }));
    history.add(snapshot(start + 10_000, kv(start + 10_000), { b: kv(start + 10_000), c: kv(start + 10_000) }));
    const data = queryAll(history, start + 10_000, 2);
    assert.deepEqual(findSeries(data, 'kv').at, [start + 10_000]);
    assert.deepEqual(
      data.series.flatMap(({ engine }) => engine?.id ?? []),
      ['b', 'c'],
    );
    assert.equal(data.engineCount, 3);
    assert.deepEqual(
      queryAll(history, 0, 0).series.map(({ engine }) => engine),
      [undefined],
    );
  });

  it('returns copies', () => {
    const history = new History();
    history.add(snapshot(start, kv(start)));
    const before = queryAll(history);
    history.add(snapshot(start + 10_000, kv(start + 10_000)));
    assert.deepEqual(findSeries(before, 'kv').at, [start]);
  });

  it('removes what is later when the clock goes back', () => {
    const history = new History();
    for (const at of [start, start + 10_000, start + 500_000]) history.add(snapshot(at, kv(at)));
    history.add(snapshot(start + 10_000, kv(start + 10_000, 0.7)));
    const { at, value } = findSeries(queryAll(history), 'kv');
    assert.deepEqual(at, [start, start + 10_000]);
    assert.deepEqual(value, [0.5, 0.7]);
  });

  it('accepts ids like __proto__', () => {
    const history = new History();
    const odd = JSON.parse(`{"__proto__":{"value":1,"to":${start}},"constructor":{"value":2,"to":${start}}}`) as Record<
      string,
      Measure
    >;
    history.add(snapshot(start, odd, { __proto__: odd }));
    history.add(snapshot(start + 10_000, {}));
    assert.deepEqual(findSeries(queryAll(history), '__proto__').value, [1, null]);
    assert.deepEqual(findSeries(queryAll(history), 'constructor').value, [2, null]);
  });

  it('leaves a gap while a node is missing', () => {
    const history = new History();
    const withGpu = (at: number, value: number): Snapshot =>
      snapshot(at, kv(at), { a: kv(at) }, { parts: [gpuPart(at, value)] });
    history.add(withGpu(start, 0));
    history.add(snapshot(start + 10_000, kv(start + 10_000)));
    history.add(withGpu(start + 20_000, 2));
    assert.deepEqual(findSeries(queryAll(history), 'gpu_memory', 'gpu 10.0.0.1 0').value, [0, null, 2]);
  });
});

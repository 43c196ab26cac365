import assert from 'node:assert/strict';
import type { Engine, Measure, Snapshot } from '../../src/api';
import { History, HISTORY_MS, MAX_POINTS, MAX_SERIES } from '../../src/metrics/history';
import type { ChartData, ChartSeries } from '../../src/shared/chartData';

const start = 1_760_000_000_000;

function snapshot(at: number, measures: Record<string, Measure>, engines: Record<string, Record<string, Measure>> = {}): Snapshot {
  const listed: Engine[] = Object.entries(engines).map(([id, own], index) => ({ id, name: `engine ${index}`, node: '', state: 'active', measures: own }));
  return { at, window: undefined, trigger: 'timer', values: {}, measures, sinceStart: {}, engines: listed, targets: [], findings: [] };
}

const kv = (to: number, value = 0.5): Record<string, Measure> => ({ kv: { value, to } });

function find(data: ChartData, measure: string, engine?: string): ChartSeries {
  const series = data.series.find((one) => one.measure === measure && one.engine?.id === engine);
  assert.ok(series, `${measure} of ${engine ?? 'all'}`);
  return series;
}

describe('history', () => {
  it('keeps the aggregate with its spread, and each engine by id and name, at the time of the measure', () => {
    const history = new History();
    const lowest = { engine: 'a', value: 0.1 };
    const highest = { engine: 'b', value: 0.9 };
    history.add(snapshot(start + 5, { kv: { value: 0.9, to: start, lowest, highest } }, { a: kv(start, 0.1), b: kv(start, 0.9) }));
    assert.deepEqual(history.data(0), {
      engines: 2, bands: [],
      series: [
        { measure: 'kv', at: [start], value: [0.9], lowest: [0.1], highest: [0.9] },
        { measure: 'kv', engine: { id: 'a', name: 'engine 0' }, at: [start], value: [0.1] },
        { measure: 'kv', engine: { id: 'b', name: 'engine 1' }, at: [start], value: [0.9] },
      ],
    });
  });

  it('adds nothing while a measure’s time stands still', () => {
    const history = new History();
    history.add(snapshot(start, kv(start)));
    const increment = history.add(snapshot(start + 3000, kv(start)));
    assert.deepEqual(increment.series, []);
    assert.deepEqual(find(history.data(0), 'kv').at, [start]);
  });

  it('leaves one gap where a measure is missing, however long, and no zero', () => {
    const history = new History();
    history.add(snapshot(start, kv(start, 0.4)));
    for (let step = 1; step < 5; step++) history.add(snapshot(start + step * 10_000, {}));
    history.add(snapshot(start + 50_000, kv(start + 50_000, 0.6)));
    assert.deepEqual(find(history.data(0), 'kv').value, [0.4, null, 0.6]);
  });

  it('begins no series for what was never measured', () => {
    const history = new History();
    history.add(snapshot(start, { kv: { value: NaN, to: start } }));
    assert.deepEqual(history.data(0).series, []);
  });

  it('keeps a zero that was measured', () => {
    const history = new History();
    history.add(snapshot(start, kv(start, 0)));
    assert.deepEqual(find(history.data(0), 'kv').value, [0]);
  });

  it('treats a value that is not finite as missing, and never hands one out', () => {
    const history = new History();
    history.add(snapshot(start, kv(start)));
    const increment = history.add(snapshot(start + 10_000, { kv: { value: Infinity, to: start + 10_000 } }));
    assert.deepEqual(find(increment, 'kv').value, [null]);
    const spread = { kv: { value: 0.5, to: start + 20_000, lowest: { engine: 'a', value: NaN }, highest: { engine: 'b', value: 1 } } };
    assert.deepEqual(find(history.add(snapshot(start + 20_000, spread)), 'kv').lowest, [null]);
  });

  it('leaves a gap where nobody asked for minutes, but joins a rate whose window reaches back', () => {
    const history = new History();
    history.add(snapshot(start, { kv: { value: 1, to: start }, rate: { value: 1, from: start - 10_000, to: start } }));
    const later = start + 600_000;
    history.add(snapshot(later, { kv: { value: 2, to: later }, rate: { value: 2, from: start, to: later } }));
    assert.deepEqual(find(history.data(0), 'kv').value, [1, null, 2]);
    assert.deepEqual(find(history.data(0), 'rate').value, [1, 2]);
  });

  it('joins what the slow timer measures once a minute', () => {
    const history = new History();
    history.add(snapshot(start, kv(start, 1)));
    history.add(snapshot(start + 60_000, kv(start + 60_000, 2)));
    assert.deepEqual(find(history.data(0), 'kv').value, [1, 2]);
  });

  it('gives an engine that is no longer listed a gap, and drops it with its last point', () => {
    const history = new History();
    history.add(snapshot(start, {}, { a: kv(start) }));
    const increment = history.add(snapshot(start + 10_000, {}));
    assert.deepEqual(find(increment, 'kv', 'a').value, [null]);
    history.add(snapshot(start + HISTORY_MS + 20_000, {}));
    assert.deepEqual(history.data(0), { series: [], bands: [], engines: 0 });
  });

  it('keeps an hour, by the snapshots’ own time', () => {
    const history = new History();
    for (let step = 0; step <= 720; step++) history.add(snapshot(start + step * 10_000, kv(start + step * 10_000)));
    const { at } = find(history.data(0), 'kv');
    assert.ok(at.length >= 361 && at.length <= 400, String(at.length));
    assert.equal(at.at(-1), start + 7_200_000);
  });

  it('is bounded in points however fast they come', () => {
    const history = new History();
    for (let step = 0; step < MAX_POINTS * 2; step++) history.add(snapshot(start + step * 10, kv(start + step * 10)));
    assert.ok(find(history.data(0), 'kv').at.length <= MAX_POINTS + 50);
  });

  it('is bounded in series; aggregates have their place', () => {
    const history = new History();
    const engines = Object.fromEntries(Array.from({ length: MAX_SERIES + 100 }, (_, index) => [`e${index}`, kv(start)]));
    history.add(snapshot(start, kv(start), engines));
    history.add(snapshot(start + 10_000, { late: { value: 1, to: start + 10_000 } }, engines));
    const { series } = history.data(0);
    assert.equal(series.length, MAX_SERIES + 1);
    assert.ok(find({ series, bands: [], engines: 0 }, 'late'));
  });

  it('gives the points from a time on, and the engines that are still listed first', () => {
    const history = new History();
    history.add(snapshot(start, kv(start), { a: kv(start), b: kv(start) }));
    history.add(snapshot(start + 10_000, kv(start + 10_000), { b: kv(start + 10_000), c: kv(start + 10_000) }));
    const data = history.data(start + 10_000, 2);
    assert.deepEqual(find(data, 'kv').at, [start + 10_000]);
    assert.deepEqual(data.series.flatMap(({ engine }) => engine?.id ?? []), ['b', 'c']);
    assert.equal(data.engines, 3);
    assert.deepEqual(history.data(0, 0).series.map(({ engine }) => engine), [undefined]);
  });

  it('hands out copies', () => {
    const history = new History();
    history.add(snapshot(start, kv(start)));
    const before = history.data(0);
    history.add(snapshot(start + 10_000, kv(start + 10_000)));
    assert.deepEqual(find(before, 'kv').at, [start]);
  });

  it('withdraws, when the clock goes back, what was noted for later', () => {
    const history = new History();
    for (const at of [start, start + 10_000, start + 500_000]) history.add(snapshot(at, kv(at)));
    history.add(snapshot(start + 10_000, kv(start + 10_000, 0.7)));
    const { at, value } = find(history.data(0), 'kv');
    assert.deepEqual(at, [start, start + 10_000]);
    assert.deepEqual(value, [0.5, 0.7]);
  });

  it('takes ids like __proto__ as any other', () => {
    const history = new History();
    const odd = JSON.parse(`{"__proto__":{"value":1,"to":${start}},"constructor":{"value":2,"to":${start}}}`) as Record<string, Measure>;
    history.add(snapshot(start, odd, { __proto__: odd }));
    history.add(snapshot(start + 10_000, {}));
    assert.deepEqual(find(history.data(0), '__proto__').value, [1, null]);
    assert.deepEqual(find(history.data(0), 'constructor').value, [2, null]);
  });
});

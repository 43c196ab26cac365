import assert from 'node:assert/strict';
import { sliceSeries } from '../../../src/history/sliceSeries';
import type { ChartQuery, ChartSeries } from '../../../src/shared/chartData';

const rows = (measure: string, engine?: string): ChartSeries => ({
  measure,
  ...(engine !== undefined && { engine: { id: engine, name: engine } }),
  at: [10, 20, 30, 40],
  value: [1, null, 3, 4],
  lowest: [0, null, 2, 3],
  highest: [2, null, 4, 5],
});
const all = [rows('kv'), rows('kv', 'a'), rows('kv', 'b'), rows('other')];
const query: ChartQuery = { measures: ['kv'], engines: 'aggregate', from: 0, to: Infinity };

describe('sliceSeries', () => {
  const found = (change: Partial<ChartQuery>): (string | undefined)[] =>
    sliceSeries(all, { ...query, ...change }).map(({ engine }) => engine?.id);

  it('returns the aggregate, each engine, or some of them', () => {
    assert.deepEqual(found({}), [undefined]);
    assert.deepEqual(found({ engines: 'each' }), ['a', 'b']);
    assert.deepEqual(found({ engines: ['b', 'gone'] }), ['b']);
  });

  it('returns all columns of the time range, ends and gaps included', () => {
    const [{ at, value, lowest, highest }] = sliceSeries(all, { ...query, from: 20, to: 30 }) as [ChartSeries];
    assert.deepEqual(
      { at, value, lowest, highest },
      { at: [20, 30], value: [null, 3], lowest: [null, 2], highest: [null, 4] },
    );
    assert.deepEqual(all[0]!.at, [10, 20, 30, 40], 'a copy');
  });

  it('returns no series without rows in that time, and no more rows than requested', () => {
    assert.deepEqual(found({ from: 41 }), []);
    const long: ChartSeries = {
      measure: 'kv',
      at: Array.from({ length: 11_000 }, (_, index) => index),
      value: Array.from({ length: 11_000 }, (_, index) => (index === 7_777 ? 99 : 1)),
    };
    const [{ at, value }] = sliceSeries([long], { ...query, maxPoints: 4_000 }) as [ChartSeries];
    assert.ok(at.length <= 4_000 && value.includes(99), `${at.length} rows`);
  });
});

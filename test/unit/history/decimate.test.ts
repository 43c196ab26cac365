import assert from 'node:assert/strict';
import { decimate } from '../../../src/history/decimate';
import type { ChartSeries } from '../../../src/shared/chartData';
import { randomOf } from '../support/random';

const line = (value: (number | null)[]): ChartSeries => ({
  measure: 'kv',
  at: value.map((_, index) => index * 10_000),
  value,
});

describe('decimate', () => {
  it('returns a short series as it is', () => {
    const series = line([1, null, 3]);
    assert.equal(decimate(series, 10), series);
  });

  it('keeps extremes, gaps, first and last row, in order, within the limit', () => {
    const next = randomOf(7);
    for (const most of [10, 50, 333, 1000]) {
      const series = line(Array.from({ length: 5000 }, () => next()));
      series.value[1234] = 1e9;
      series.value[3456] = -1e9;
      for (let index = 2000; index < 2600; index++) series.value[index] = null;
      const { at, value } = decimate(series, most);
      assert.ok(at.length <= most && at.length > most / 2, `${at.length} of ${most}`);
      assert.ok(at.every((time, index) => index === 0 || time > at[index - 1]!));
      assert.deepEqual([at[0], at.at(-1)], [0, 49_990_000]);
      assert.ok(value.includes(1e9) && value.includes(-1e9) && value.includes(null));
      for (const [index, time] of at.entries())
        assert.equal(value[index], series.value[time / 10_000], 'rows are rows of the series');
    }
  });

  it('keeps the lowest of the lowest and the highest of the highest', () => {
    const series: ChartSeries = {
      ...line(Array.from({ length: 1000 }, () => 5)),
      lowest: Array.from({ length: 1000 }, (_, index) => (index === 500 ? 1 : null)),
      highest: Array.from({ length: 1000 }, (_, index) => (index === 700 ? 9 : 6)),
    };
    const { lowest, highest, value, at } = decimate(series, 30);
    assert.ok(lowest?.includes(1) && highest?.includes(9));
    assert.equal(lowest?.length, at.length);
    assert.equal(highest?.length, value.length);
  });

  it('accepts rows that are close together and gaps of hours', () => {
    const at = [...Array.from({ length: 500 }, (_, index) => index), 9e7];
    const { at: left } = decimate({ measure: 'kv', at, value: at.map(() => 1) }, 20);
    assert.deepEqual([left[0], left.at(-1)], [0, 9e7]);
  });
});

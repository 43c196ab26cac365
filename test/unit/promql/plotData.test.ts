import assert from 'node:assert/strict';
import { buildPlotData } from '../../../src/promql/plotData';

const series = (name: string, at: number[], value: number[], more: Record<string, string> = {}) => ({
  labels: { engine: name, job: 'ray', ...more },
  at,
  value,
  histograms: 0,
});

describe('promql: plots', () => {
  it('a missing step is a gap, and what is no number is none', () => {
    const {
      series: [line],
    } = buildPlotData([series('0', [0, 10, 40, 50], [1, NaN, 3, Infinity])], 10, 16);
    assert.deepEqual([line?.at, line?.value, line?.engine], [[0, 10, 20, 40, 50], [1, null, null, 3, null], undefined]);
  });
  it('lines are named by what tells them apart', () => {
    const { series: lines } = buildPlotData([series('0', [0], [1]), series('1', [0], [2])], 10, 16);
    assert.deepEqual(
      lines.map(({ engine }) => engine?.name),
      ['0', '1'],
    );
    const two = buildPlotData(
      [series('0', [0], [1], { le: '1' }), series('0', [0], [1], { le: '2' }), series('1', [0], [1], { le: '2' })],
      10,
      16,
    );
    assert.deepEqual(
      two.series.map(({ engine }) => engine?.name),
      ['{engine="0", le="1"}', '{engine="0", le="2"}', '{engine="1", le="2"}'],
    );
  });
  it('Ray’s long ids are named by their beginning', () => {
    const id = (digit: string): string => digit.repeat(56);
    const { series: lines } = buildPlotData(
      ['a', 'b'].map((digit) => series('0', [0], [1], { WorkerId: id(digit), instance: digit })),
      10,
      16,
    );
    assert.deepEqual(
      lines.map(({ engine }) => engine?.name),
      ['aaaaaaaa…', 'bbbbbbbb…'],
    );
  });
  it('of many the highest are drawn', () => {
    const { series: lines, seriesCount } = buildPlotData(
      Array.from({ length: 40 }, (_, index) => series(String(index), [0], [index])),
      10,
      16,
    );
    assert.equal(seriesCount, 40);
    assert.deepEqual(
      lines.map(({ value }) => value[0]),
      Array.from({ length: 16 }, (_, index) => 39 - index),
    );
  });
});

/** Results as data of the chart's page. */
import assert from 'node:assert/strict';
import { buildPlotData } from '../../../src/promql/plotData';

const series = (name: string, at: number[], value: number[], labels: Record<string, string> = {}) => ({
  labels: { engine: name, job: 'ray', ...labels },
  at,
  value,
  histograms: 0,
});

describe('Plots of a result', () => {
  it('have a gap at a missing step and at a value that is not finite', () => {
    const {
      series: [line],
    } = buildPlotData([series('0', [0, 10, 40, 50], [1, NaN, 3, Infinity])], 10, 16);
    assert.deepEqual([line?.at, line?.value, line?.engine], [[0, 10, 20, 40, 50], [1, null, null, 3, null], undefined]);
  });
  it('name lines by the labels that tell them apart', () => {
    const { series: lines } = buildPlotData([series('0', [0], [1]), series('1', [0], [2])], 10, 16);
    assert.deepEqual(
      lines.map(({ engine }) => engine?.name),
      ['0', '1'],
    );
    const withTwoLabels = buildPlotData(
      [series('0', [0], [1], { le: '1' }), series('0', [0], [1], { le: '2' }), series('1', [0], [1], { le: '2' })],
      10,
      16,
    );
    assert.deepEqual(
      withTwoLabels.series.map(({ engine }) => engine?.name),
      ['{engine="0", le="1"}', '{engine="0", le="2"}', '{engine="1", le="2"}'],
    );
  });
  it('shorten Ray’s long IDs to their beginning', () => {
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
  it('have the lines with the highest last value if there are too many', () => {
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

/** Which engines have a row in a heat map, in which order, and which share one. */
import assert from 'node:assert/strict';
import type { ChartBand, ChartSeries } from '../../../src/shared/chartData';
import { arrangeRows, heatmapEngines, mergedText, orderEngines, type HeatmapInput } from '../../../webview/heatmapRows';

const range = { from: 0, to: 100_000 };
const seriesOf = (id: string, node: string, ...value: (number | null)[]): ChartSeries => ({
  measure: 'm',
  engine: { id, name: `engine ${id}`, node },
  at: value.map((_, index) => (index + 1) * 10_000),
  value,
});
const input = (series: ChartSeries[], change: Partial<HeatmapInput> = {}): HeatmapInput => ({
  series,
  subjects: [],
  statesById: new Map(),
  selected: undefined,
  ...change,
});

describe('The rows of a heat map', () => {
  const series = [seriesOf('10', 'n2', 5, 1), seriesOf('2', 'n10', 3, 9), seriesOf('1', 'n2', 4, 2)];
  const ids = (order: 'node' | 'value' | 'mean'): string[] =>
    orderEngines(heatmapEngines(input(series), range), order, range, true).map(({ subject }) => subject.id);

  it('are ordered by the numbers in nodes and names, by newest value or by mean, the highest first', () => {
    assert.deepEqual(ids('node'), ['1', '10', '2']);
    assert.deepEqual(ids('value'), ['2', '1', '10']);
    assert.deepEqual(ids('mean'), ['2', '1', '10']);
    assert.deepEqual(
      orderEngines(heatmapEngines(input([...series, seriesOf('0', 'n1', null, null)]), range), 'value', range, true).at(
        -1,
      )?.subject.id,
      '0',
      'without a value last',
    );
  });

  it('include engines that were never measured, or were only in a state, and leave out those of another time', () => {
    const band: ChartBand = { kind: 'state', engine: { id: 'd', name: 'd' }, from: 1, to: 5, label: 'dead' };
    const subjects = [
      { id: 'new', name: 'new', state: 'starting' },
      { id: 'old', name: 'old' },
    ];
    const engines = heatmapEngines(input([], { subjects, statesById: new Map([['d', [band]]]) }), range);
    assert.deepEqual(engines.map(({ subject }) => subject.id).sort(), ['d', 'new']);
    assert.deepEqual(heatmapEngines(input(series), { from: 500_000, to: 600_000 }), []);
  });

  it('leave out engines that were replaced and have no value in this time', () => {
    const dead = (id: string): ChartBand => ({ kind: 'state', engine: { id, name: id }, from: 1, label: 'dead' });
    const subjects = [
      { id: '1', name: 'engine 1', state: 'dead', isReplaced: true as const },
      { id: '7', name: 'engine 7', state: 'dead', isReplaced: true as const },
      { id: '8', name: 'engine 8', state: 'dead' },
    ];
    const statesById = new Map(['1', '7', '8'].map((id) => [id, [dead(id)]]));
    const rows = heatmapEngines(input(series, { subjects, statesById }), range);
    assert.deepEqual(rows.map(({ subject }) => subject.id).sort(), ['1', '10', '2', '8']);
    assert.equal(rows.find(({ subject }) => subject.id === '1')?.states.length, 1, 'with their states');
  });

  it('are those of the selected engines, or of all GPUs of a metric of GPUs', () => {
    const selected = new Set(['2']);
    assert.equal(heatmapEngines(input(series, { selected }), range).length, 1);
    const gpu: ChartSeries = { ...seriesOf('g', 'n1', 1), engine: { id: 'g', name: 'GPU 0', nonEngine: true } };
    assert.deepEqual(
      heatmapEngines(input([gpu], { selected, subjects: [{ id: '2', name: '2', state: 'active' }] }), range).map(
        ({ subject }) => subject.id,
      ),
      ['g'],
    );
  });

  it('are merged by node, and then by neighbouring nodes, if there is too little room; and say so', () => {
    const engines = heatmapEngines(
      input(Array.from({ length: 24 }, (_, index) => seriesOf(String(index), `n${Math.floor(index / 4)}`, index))),
      range,
    );
    const arranged = (maxRows: number): [string, number, number] => {
      const { kind, rows } = arrangeRows(engines, maxRows);
      return [kind, rows.length, rows.reduce((sum, row) => sum + row.engines.length, 0)];
    };
    assert.deepEqual(arranged(24), ['engine', 24, 24]);
    assert.deepEqual(arranged(23), ['node', 6, 24]);
    assert.deepEqual(arranged(5), ['nodes', 3, 24]);
    assert.equal(arrangeRows(engines, 5).rows[0]?.name, 'n0 – n1');
    assert.equal(mergedText(arrangeRows(engines, 24)), '');
    assert.match(mergedText(arrangeRows(engines, 23)), /24 rows: each row is a node and shows its highest engine/);
  });
});

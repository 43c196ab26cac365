import assert from 'node:assert/strict';
import type { ChartSeries } from '../../../src/shared/chartData';
import { isSeriesColumns, packSeries, unpackSeries, type SeriesColumns } from '../../../src/shared/seriesColumns';

const [a, b] = [
  { id: 'a', name: 'engine 0', node: '10.0.0.1' },
  { id: 'b', name: 'engine 1' },
];
const series: ChartSeries[] = [
  { measure: 'kv', engine: a, at: [1, 2, 3], value: [0.1, null, 0] },
  { measure: 'kv', engine: b, at: [2.5], value: [1e-9] },
  { measure: 'running', engine: b, at: [4, 5], value: [7, 8] },
];

describe('packSeries', () => {
  it('keeps times, values, gaps and zeros of single subjects, each subject once', () => {
    const columns = packSeries(series);
    assert.deepEqual(columns.subjects, [a, b]);
    assert.deepEqual(unpackSeries(columns), series);
    assert.deepEqual(Array.from(columns.measures[0]!.value), [0.1, NaN, 0, 1e-9]);
  });

  it('leaves aggregates and spreads out', () => {
    const aggregate = { measure: 'kv', at: [1], value: [1], lowest: [0], highest: [1] };
    const minutes = { measure: 'kv', engine: a, at: [1], value: [1], lowest: [0], highest: [1] };
    assert.deepEqual(unpackSeries(packSeries([aggregate, minutes])), [
      { measure: 'kv', engine: a, at: [1], value: [1] },
    ]);
    assert.deepEqual(packSeries([]), { subjects: [], measures: [] });
  });
});

describe('isSeriesColumns', () => {
  const columns = (): SeriesColumns => structuredClone(packSeries(series));
  const change = (apply: (columns: SeriesColumns) => void): unknown => {
    const changed = columns();
    apply(changed);
    return changed;
  };

  it('accepts columns, also without any', () => {
    assert.ok(isSeriesColumns(columns()));
    assert.ok(isSeriesColumns(packSeries([])));
  });

  for (const [what, broken] of Object.entries<unknown>({
    'what is no object': 'columns',
    'no subjects': { measures: [] },
    'no measures': { subjects: [] },
    'a subject without a name': change(({ subjects }) => subjects.splice(0, 1, { id: 'a' } as typeof a)),
    'a subject that is not there': change(({ subjects }) => subjects.pop()),
    'a measure that is a number': change(({ measures }) => Object.assign(measures[0]!, { measure: 1 })),
    'numbers in an ordinary array': change(({ measures }) => Object.assign(measures[0]!, { value: [0.1, NaN, 0, 1] })),
    'a value too few': change(({ measures }) => Object.assign(measures[0]!, { value: new Float64Array(3) })),
    'rows beyond the end': change(({ measures }) => measures[0]!.rows.fill(9)),
    'rows that belong to no series': change(({ measures }) => measures[0]!.rows.fill(1)),
    'times out of order': change(({ measures }) => measures[0]!.at.reverse()),
    'a repeated time': change(({ measures }) => measures[0]!.at.fill(1)),
    'a time that is no number': change(({ measures }) => measures[0]!.at.fill(NaN, 3)),
  }))
    it(`refuses ${what}`, () => assert.equal(isSeriesColumns(broken), false));
});

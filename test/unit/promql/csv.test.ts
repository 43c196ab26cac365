/** Results as CSV. */
import assert from 'node:assert/strict';
import type { QueryData } from '../../../src/prometheus/responseData';
import { csvLines } from '../../../src/promql/csv';
import { maxLabelColumns } from '../../../src/promql/textTable';

const csvText = (data: QueryData): string => [...csvLines(data)].join('');

describe('A result as CSV', () => {
  it('quotes cells, and turns formulas into text', () => {
    const csv = csvText({
      type: 'vector',
      samples: [
        { labels: { __name__: 'm', a: '=1+1' }, at: 0, value: -1 },
        { labels: { __name__: 'm', b: 'x,"y"\n' }, at: 0, value: Infinity },
      ],
    });
    assert.equal(
      csv,
      '__name__,a,b,time,value\r\nm,\'=1+1,,1970-01-01T00:00:00.000Z,-1\r\nm,,"x,""y""\n",1970-01-01T00:00:00.000Z,+Inf\r\n',
    );
  });

  it('has a column per label, and one of JSON if they are too many', () => {
    const samples = (count: number): QueryData => ({
      type: 'vector',
      samples: Array.from({ length: count }, (_, index) => ({ labels: { [`l${index}`]: 'x' }, at: 0, value: 1 })),
    });
    const heads = (count: number): string[] => csvText(samples(count)).split('\r\n')[0]?.split(',') ?? [];
    assert.equal(heads(maxLabelColumns).length, maxLabelColumns + 2);
    assert.deepEqual(heads(maxLabelColumns + 1), ['labels', 'time', 'value']);
    assert.match(csvText(samples(maxLabelColumns + 1)), /\r\n"\{""l7"":""x""\}",1970/);
  });

  it('is made line by line', () => {
    const at = Array.from({ length: 100_000 }, (_, index) => index);
    const lines = csvLines({ type: 'matrix', series: [{ labels: {}, at, value: at, histograms: 0 }] });
    assert.equal(lines.next().value, 'time,value\r\n');
    assert.equal(lines.next().value, '1970-01-01T00:00:00.000Z,0\r\n');
  });
});

/** Results as CSV. */
import assert from 'node:assert/strict';
import { csvOf } from '../../../src/promql/csv';

describe('A result as CSV', () => {
  it('quotes cells, and turns formulas into text', () => {
    const csv = csvOf({
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
});

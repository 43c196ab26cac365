/** What the words of a query are. */
import assert from 'node:assert/strict';
import { callAt, wordUnder } from '../../../src/promql/queryWords';

describe('The words of a query', () => {
  it('tells which argument of which call an offset is in', () => {
    const callAtEnd = (text: string): string => {
      const call = callAt(text, text.length);
      return call ? `${call.name} ${call.argument}` : '-';
    };
    assert.deepEqual(
      [
        'label_replace(foo, "a,(", ',
        'sum by (a) (rate(',
        'topk(3, ',
        'sum(x) by (',
        'x + (',
        'f(x) ',
        'rate(x) # f(',
      ].map(callAtEnd),
      ['label_replace 2', 'rate 0', 'topk 1', '-', '-', '-', '-'],
    );
  });

  it('tells functions, aggregations, metrics, labels, groupings and keywords apart', () => {
    const text = 'sum by (engine) (rate(ray_x{job="a"}[5m] offset 1h))';
    const kindOf = (word: string): string | undefined => wordUnder(text, text.indexOf(word) + 1)?.kind;
    assert.deepEqual(['sum', 'by', 'engine', 'rate', 'ray_x', 'job', 'offset'].map(kindOf), [
      'aggregation',
      'keyword',
      'grouping',
      'function',
      'metric',
      'label',
      'keyword',
    ]);
  });
});

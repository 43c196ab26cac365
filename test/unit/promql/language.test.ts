/** Formatting of queries. */
import assert from 'node:assert/strict';
import { format } from '../../../src/promql/language';
import { querySnippets } from '../../../src/promql/snippets';

describe('Formatting of PromQL', () => {
  for (const [query, formatted] of [
    ['sum(rate(x{a="b",  c = "d"}[5m]) )by(engine)', 'sum by (engine) (rate(x{a="b", c="d"}[5m]))'],
    ['# kept\nx+y', '# kept\nx + y'],
    ['rate( x[ $__rate_interval ] )', 'rate(x[$__rate_interval])'],
    ['-x ', '-x'],
    ['x{}', 'x'],
    ['x{a="a  ,  b"}', 'x{a="a  ,  b"}'],
    ['x[5m:  10s] @ end( )', 'x[5m:10s] @ end()'],
  ] as const)
    it(`${query} → ${formatted}`, () => assert.equal(format(query), formatted));

  it('leaves a query with a comment inside as it is', () => assert.equal(format('sum( # why\n x)'), undefined));

  it('leaves a query that does not parse as it is', () => assert.equal(format('sum((x)'), undefined));

  it('does not change what it formatted', function () {
    this.timeout(20_000);
    for (const { query } of querySnippets) {
      const formatted = format(query);
      assert.ok(formatted !== undefined, query);
      assert.equal(format(formatted), formatted);
    }
  });
});

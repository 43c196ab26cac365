/** Errors that are found without a server. */
import assert from 'node:assert/strict';
import { checkSyntax } from '../../../src/promql/language';
import { variableProblems } from '../../../src/promql/problems';
import { querySnippets } from '../../../src/promql/snippets';

describe('PromQL errors without a server', () => {
  for (const query of [
    ...querySnippets.map((snippet) => snippet.query),
    'x{a="b"} # "c',
    'x - x offset 5m',
    'sum(rate(x[$__rate_interval])) by (a) > bool 2',
  ]) {
    it(`finds nothing wrong with ${query.slice(0, 90)}`, () =>
      assert.deepEqual([...checkSyntax(query), ...variableProblems(query)], []));
  }

  for (const [query, marked] of [
    ['sum(rate(x[5m])', '('],
    ['rate(x)', 'x'],
    ['max(\r\n  # a\r\n  rate(x)\r\n)', 'x'],
    ['sum by (a) (x) y', 'y'],
    ['x{a="b', '"b'],
    ['x)', ')'],
    ['x\r\n+\r\nsum(y z)', 'z'],
    ['histogram_quantile(x)', 'histogram_quantile(x)'],
  ] as const) {
    it(`marks ${marked} in ${JSON.stringify(query)}`, () => {
      const [first] = checkSyntax(query);
      assert.ok(first && first.to > first.from, query);
      const text = query.slice(first.from, first.to);
      assert.ok(text.includes(marked) || marked.includes(text), `${first.message}: ${text}`);
    });
  }
});

/** Formatting of queries. */
import assert from 'node:assert/strict';
import type { SyntaxNode } from '@lezer/common';
import fc from 'fast-check';
import { parseQuery } from '../../../src/promql/grammar';
import { format } from '../../../src/promql/language';
import { prettify } from '../../../src/promql/prettify';
import { querySnippets } from '../../../src/promql/snippets';

describe('Formatting of PromQL', () => {
  for (const [query, formatted] of [
    ['sum(rate(x{a="b",  c = "d"}[5m]) )by(engine)', 'sum by (engine) (rate(x{a="b", c="d"}[5m]))'],
    ['# kept\nx+y', '# kept\nx + y'],
    ['rate( x[ $__rate_interval ] )', 'rate(x[$__rate_interval])'],
    ['-x ', '-x'],
    ['x{}', 'x'],
    ['sum(\r\n  x{a="b"}\r\n)\r\nby (c)', 'sum by (c) (x{a="b"})'],
    ['x{a="a  ,  b"}', 'x{a="a  ,  b"}'],
    ['x{a="{}"}', 'x{a="{}"}'],
    ['x{ a="{ }", b=`, )`, }', 'x{a="{ }", b=`, )`}'],
    ['label_replace(x{ }, "a", "{}$1, ]", "b", "{}(.*)")', 'label_replace(x, "a", "{}$1, ]", "b", "{}(.*)")'],
    ['{"my metric, {}"}', '{"my metric, {}"}'],
    ['count_values ("{}" ,x)', 'count_values("{}", x)'],
    ['x[5m:  10s] @ end( )', 'x[5m:10s] @ end()'],
  ] as const)
    it(`${query} → ${formatted}`, () => assert.equal(format(query), formatted));

  it('changes white space, commas, empty braces and the place of groupings only', () => {
    /** All other words in the order of the text, but a grouping before its arguments. */
    const wordsOf = (query: string): string[] => {
      const words: string[] = [];
      parseQuery(query).tree.iterate({
        enter: ({ node, name }) => {
          if (name === 'AggregateModifier') return false;
          if (name === 'AggregateExpr') words.push(...wordsOfModifier(query, node.getChild('AggregateModifier')));
          if (node.firstChild === null && name !== 'LabelMatchers')
            words.push(query.slice(node.from, node.to).replace(/^\(\s+\)$/, '()'));
          return true;
        },
      });
      return words;
    };
    const wordsOfModifier = (query: string, modifier: SyntaxNode | null): string[] =>
      modifier ? [query.slice(modifier.from, modifier.to).replace(/[\s,]+/g, '')] : [];

    const text = fc.string({ unit: fc.constantFrom(...'{}[]()," \'`#$,:ab') });
    const literal = text.map((value) => JSON.stringify(value));
    const { query } = fc.letrec<{ query: string }>((tie) => ({
      query: fc.oneof(
        { depthSize: 'small' },
        fc.tuple(literal, literal).map(([a, b]) => `x{ a=${a},b =~ ${b} ,}`),
        literal.map((name) => `{${name}}`),
        fc.constantFrom('y{ }', 'time( )', '1', '1h'),
        tie('query').map((inner) => `sum( ${inner} )by( le ,a )`),
        tie('query').map((inner) => `- ( ${inner} )`),
        fc.tuple(tie('query'), tie('query')).map(([left, right]) => `${left}+ on(a)  group_left  ( ) ${right}`),
        fc.tuple(tie('query'), literal).map(([inner, a]) => `label_replace( ${inner},${a},"$1" ,"b", ${a} )`),
      ),
    }));
    fc.assert(
      fc.property(query, (original) => {
        const { tree } = parseQuery(original);
        const formatted = prettify(tree, original);
        assert.ok(formatted !== undefined);
        assert.deepEqual(wordsOf(formatted), wordsOf(original), formatted);
        assert.equal(prettify(parseQuery(formatted).tree, formatted), formatted);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves a query that is nested without end as it is', () =>
    assert.equal(format(`${'('.repeat(3000)}x${')'.repeat(3000)}`), undefined));

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

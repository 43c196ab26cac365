/** Text from outside in PromQL, read back by the grammar. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  escapeInQuotes,
  labelName,
  oneOf,
  quoteString,
  seriesSelector,
  stringValue,
} from '../../../src/prometheus/promqlText';
import { parseQuery } from '../../../src/promql/grammar';
import { starterQueries } from '../../../src/promql/starterQueries';
import { childrenOf, descendantsOf, metricNameOf, textOf } from '../../../src/promql/syntaxNodes';
import { substitute } from '../../../src/promql/variables';

/** Characters that mean something in PromQL, in its strings or in regular expressions, among others. */
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'"\'`\\{}[](),=~!#$|.*+?^:-/ \n\r\t\0ab1é大😀', '\ud800') }),
  fc.string({ unit: 'binary' }),
);
const quotes = ['"', "'", '`'] as const;
const wellFormed = (value: string): string => value.replace(/\p{Surrogate}/gu, '\ufffd');

/** The only node of a kind in a query without an error. */
function onlyNode(query: string, kind: string): string {
  const { tree } = parseQuery(query);
  assert.deepEqual(descendantsOf(tree.topNode, '⚠'), [], query);
  const nodes = descendantsOf(tree.topNode, kind);
  assert.equal(nodes.length, 1, query);
  return textOf(nodes[0] ?? assert.fail(query), query);
}

describe('Text in PromQL', () => {
  it('is one string of the grammar, between each kind of quote', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(...quotes), (value, quote) => {
        const inside = escapeInQuotes(value, quote);
        if (inside === undefined) return assert.ok(quote === '`' && value.includes('`'));
        const literal = onlyNode(`x{a=${quote}${inside}${quote}}`, 'StringLiteral');
        assert.equal(literal, `${quote}${inside}${quote}`);
        return assert.equal(stringValue(literal), wellFormed(value));
      }),
      { numRuns: 500 },
    );
  });

  it('is one metric with its matchers, whatever the names of metric and labels are', () => {
    const name = fc.oneof(
      text,
      fc.constantFrom(
        'up',
        'a:b',
        'a.b',
        'sum',
        'by',
        'on',
        'bool',
        'NaN',
        'inf',
        'offset',
        'or',
        'start',
        'fill',
        '1a',
      ),
    );
    fc.assert(
      fc.property(name, name, text, (metric, label, value) => {
        fc.pre(metric !== '' && label !== '');
        const query = seriesSelector(metric, [`${labelName(label)}=${quoteString(value)}`]);
        const { tree } = parseQuery(`rate(${query}[5m])`);
        assert.deepEqual(descendantsOf(tree.topNode, '⚠'), [], query);
        const [selector, second] = descendantsOf(tree.topNode, 'VectorSelector');
        assert.ok(selector && !second, query);
        assert.equal(metricNameOf(selector, `rate(${query}[5m])`), wellFormed(metric), query);
        const grouped = `sum by (${labelName(label)}) (${seriesSelector(metric)})`;
        const grouping = parseQuery(grouped).tree.topNode;
        assert.deepEqual(descendantsOf(grouping, '⚠'), [], grouped);
        const [labels] = descendantsOf(grouping, 'GroupingLabels');
        assert.equal(labels && childrenOf(labels).length, 1, grouped);
      }),
      { numRuns: 500 },
    );
  });

  it('is matched by its pattern, and nothing else is', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 3 }), text, (values, other) => {
        const pattern = new RegExp(`^(?:${oneOf(values)})$`, 'su');
        for (const value of values) assert.match(value, pattern);
        assert.equal(pattern.test(other), values.includes(other));
      }),
    );
  });

  it('stays in the quotes of a variable', () => {
    fc.assert(
      fc.property(text, fc.constantFrom(...quotes), (engine, quote) => {
        const context = { scrapeIntervalMs: 1, stepMs: 1, rangeMs: 1, nodes: [], engines: [engine], sessions: [] };
        const query = substitute(`x{WorkerId=~${quote}$engine${quote}}`, context).text;
        const pattern = new RegExp(`^(?:${stringValue(onlyNode(query, 'StringLiteral'))})$`, 'su');
        assert.match(wellFormed(engine), pattern);
      }),
    );
  });

  it('makes valid queries of the names of any server', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('gauge', 'counter', 'histogram'), fc.array(text), (name, type, labels) => {
        fc.pre(name !== '');
        for (const { query } of starterQueries(name, type, labels))
          assert.deepEqual(descendantsOf(parseQuery(query.replace(/\[\$\w+\]/g, '[5m]')).tree.topNode, '⚠'), [], query);
      }),
    );
  });

  for (const [literal, value] of [
    ['"\\x41\\u00e9\\U0001F600\\101"', 'Aé😀A'],
    ["'\\'\"\\a'", '\'"\u0007'],
    ['`\\n`', '\\n'],
    ['"\\U99999999"', '\u{10ffff}'],
  ] as const)
    it(`reads ${literal}`, () => assert.equal(stringValue(literal), value));

  for (const [metric, series] of [
    ['up', 'up{a="b"}'],
    ['http.requests', '{"http.requests", a="b"}'],
    ['bool', '{__name__="bool", a="b"}'],
  ] as const)
    it(`selects ${metric} as ${series}`, () => assert.equal(seriesSelector(metric, ['a="b"']), series));
});

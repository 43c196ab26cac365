/** Variables of queries. */
import assert from 'node:assert/strict';
import { maskVariables, substitute, usesOf, type VariableContext } from '../../../src/promql/variables';

const context: VariableContext = {
  scrapeIntervalMs: 15_000,
  stepMs: 5_000,
  rangeMs: 3_600_000,
  nodes: ['10.0.0.1', '10.0.0.2'],
  engines: ['a', 'b'],
  sessions: [],
};

describe('Variables of queries', () => {
  it('are replaced by ranges as in Grafana, and by regular expressions escaped for their quotes', () => {
    const text = 'rate(x{n=~"$node", m=~`${node}`}[$__rate_interval]) # $node';
    const { text: sentQuery, usedVariables } = substitute(text, context);
    assert.equal(
      sentQuery,
      'rate(x{n=~"10\\\\.0\\\\.0\\\\.1|10\\\\.0\\\\.0\\\\.2", m=~`10\\.0\\.0\\.1|10\\.0\\.0\\.2`}[1m]) # $node',
    );
    assert.deepEqual(
      usedVariables.map(({ name }) => name),
      ['node', '__rate_interval'],
    );
  });

  it('match everything without a run', () => assert.equal(substitute('x{a=~"$session"}', context).text, 'x{a=~".*"}'));

  it('keep every offset of the sent query traceable to the typed one', () => {
    const text = 'a[$__range] + b{n=~"$engine"} > c';
    const { text: sentQuery, originalOffset } = substitute(text, context);
    for (const char of ['a', '+', 'b', '>', 'c'])
      assert.equal(originalOffset(sentQuery.indexOf(char)), text.indexOf(char), char);
    assert.equal(originalOffset(sentQuery.indexOf('1h') + 1), text.indexOf('$__range'));
  });

  it('do not include the $ of a regular expression, but unknown names outside of strings', () => {
    assert.deepEqual(usesOf('x{a=~"foo$|bar$b"}'), []);
    assert.deepEqual(
      usesOf('x[$w]').map(({ name, variable }) => [name, variable]),
      [['w', undefined]],
    );
  });

  it('are masked for the grammar without moving any offset', () => {
    const text = 'rate(x{a=~"$node"}[$__rate_interval]) > 1';
    assert.equal(maskVariables(text), 'rate(x{a=~"$node"}[111111111111111m]) > 1');
  });
});

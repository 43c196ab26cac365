import assert from 'node:assert/strict';
import type { QueryData } from '../../../src/prometheus/responseData';
import { PrometheusError } from '../../../src/prometheus/errors';
import { mostRows, resultText, type ExecutedQuery } from '../../../src/promql/result';

const asked: ExecutedQuery = { query: 'x', sentQuery: 'x', variables: [], base: 'http://h:1', at: 0, unit: 'fraction' };
const text = (data: QueryData, more: Partial<ExecutedQuery> = {}, warnings: string[] = []): string =>
  resultText({ ...asked, ...more }, { kind: 'answer', answer: { data, warnings, infos: [], raw: '', tookMs: 12.4 } });
const body = (data: QueryData, more?: Partial<ExecutedQuery>): string[] =>
  text(data, more).trimEnd().split('\n').slice(4);

describe('promql: results', () => {
  it('a table, the largest first, columns aligned, what all share said once, with units', () => {
    const samples = [
      { engine: '0', v: 0.1 },
      { engine: '10', v: 0.95 },
    ].map(({ engine, v }) => ({ labels: { __name__: 'x', engine, job: 'ray' }, at: 0, value: v }));
    assert.deepEqual(body({ type: 'vector', samples }), [
      'All: x{job="ray"}',
      '',
      'value  engine',
      ' 95 %  10',
      ' 10 %  0',
    ]);
  });
  it('the server’s order where the query sorts', () => {
    const samples = [
      { labels: { a: '1' }, at: 0, value: 1 },
      { labels: { a: '2' }, at: 0, value: 2 },
    ];
    assert.match(body({ type: 'vector', samples }, { query: 'sort(x)', unit: undefined })[1] ?? '', /^ +1  1$/);
  });
  it('NaN and infinities are said as Prometheus says them, and come last or first', () => {
    const samples = [NaN, Infinity, 1].map((value, index) => ({ labels: { a: String(index) }, at: 0, value }));
    assert.deepEqual(
      body({ type: 'vector', samples }, { unit: undefined })
        .slice(1)
        .map((line) => line.trim().split(/ +/)[0]),
      ['+Inf', '1', 'NaN'],
    );
  });
  it('more series than a document shows are shown in part, and said', () => {
    const samples = Array.from({ length: 10_001 }, (_, index) => ({
      labels: { i: String(index) },
      at: 0,
      value: index,
    }));
    const lines = body({ type: 'vector', samples });
    assert.equal(lines.length, 1 + mostRows + 2);
    assert.equal(lines.at(-1), 'Shown: 1,000 of 10,001 series. CSV and JSON have all of them.');
  });
  it('a matrix in summary, gaps and NaN left out of the extremes', () => {
    const lines = body(
      { type: 'matrix', series: [{ labels: { a: 'b' }, at: [0, 1000, 2000], value: [1, NaN, 3], histograms: 0 }] },
      { unit: undefined },
    );
    assert.deepEqual(
      lines.map((line) => line.trim().split(/ +/)),
      [
        ['points', 'lowest', 'mean', 'highest', 'last', 'a'],
        ['3', '1', '2', '3', '3', 'b'],
      ],
    );
  });
  it('nothing is said to be nothing', () =>
    assert.match(text({ type: 'vector', samples: [] }), /0 series[\s\S]*No series\./));
  it('scalars and strings', () => {
    assert.deepEqual(body({ type: 'scalar', at: 0, value: 0.5 }), ['50 %']);
    assert.deepEqual(body({ type: 'string', at: 0, text: 'a\nb' }), ['a\\nb']);
  });
  it('a stranger’s labels stay in their line, and do nothing', () => {
    const lines = body({
      type: 'vector',
      samples: [{ labels: { a: 'x\n\u001b[31m\u202eError: y' }, at: 0, value: 1 }],
    });
    assert.equal(lines.length, 2);
    assert.ok(lines[1]?.includes('\\n\\u001b[31m\\u202eError: y'));
  });
  it('warnings, variables, errors with their way on', () => {
    assert.match(
      text({ type: 'scalar', at: 0, value: 1 }, { variables: [{ name: 'node', value: 'a|b' }] }, [
        'PromQL warning: careful',
      ]),
      /\$node = a\|b\nSent: x\n\nWarning: careful\n/,
    );
    const error = resultText(asked, { kind: 'error', error: new PrometheusError('unauthorised', 'HTTP 401') });
    assert.match(
      error,
      /Error: The server asks who you are \(401\)\. HTTP 401\nSet a token: SkyRL: Set Token for Prometheus\.\n/,
    );
  });
});

/** The text of result documents. */
import assert from 'node:assert/strict';
import type { QueryData } from '../../../src/prometheus/responseData';
import { PrometheusError } from '../../../src/prometheus/errors';
import { resultText, type ExecutedQuery } from '../../../src/promql/result';
import { maxRows } from '../../../src/promql/resultTable';
import { maxLabelColumns } from '../../../src/promql/textTable';
import { runToEnd } from '../../../src/shared/timeSlice';

const executed: ExecutedQuery = {
  query: 'x',
  sentQuery: 'x',
  variables: [],
  base: 'http://h:1',
  at: 0,
  unit: 'fraction',
};
const documentText = (data: QueryData, overrides: Partial<ExecutedQuery> = {}, warnings: string[] = []): string =>
  runToEnd(
    resultText(
      { ...executed, ...overrides },
      { kind: 'answer', answer: { data, warnings, infos: [], raw: new Uint8Array(), tookMs: 12.4 } },
    ),
  );
/** The lines below the query and the facts about it. */
const bodyLines = (data: QueryData, overrides?: Partial<ExecutedQuery>): string[] =>
  documentText(data, overrides).trimEnd().split('\n').slice(4);

describe('The text of a result', () => {
  it('is an aligned table with units, the largest value first, and shared labels once above it', () => {
    const samples = [
      { engine: '0', v: 0.1 },
      { engine: '10', v: 0.95 },
    ].map(({ engine, v }) => ({ labels: { __name__: 'x', engine, job: 'ray' }, at: 0, value: v }));
    assert.deepEqual(bodyLines({ type: 'vector', samples }), [
      'All: x{job="ray"}',
      '',
      'value  engine',
      ' 95 %  10',
      ' 10 %  0',
    ]);
  });
  it('has the largest of many samples, in their order', () => {
    const samples = Array.from({ length: 3 * maxRows }, (_, index) => ({
      labels: { a: String(index) },
      at: 0,
      value: index % 3 === 0 ? NaN : (index * 7919) % 3000,
    }));
    const lines = bodyLines({ type: 'vector', samples }, { unit: undefined });
    const sorted = samples
      .map(({ value }) => value)
      .filter((value) => value >= 0)
      .sort((a, b) => b - a);
    const shown = lines.slice(1, 1 + maxRows).map((line) => Number(line.trim().split(/ +/)[0]?.replaceAll(',', '')));
    assert.deepEqual(shown, sorted.slice(0, maxRows));
  });
  it('has one column for labels of too many names', () => {
    const samples = (count: number): QueryData => ({
      type: 'vector',
      samples: Array.from({ length: count }, (_, index) => ({ labels: { [`l${index}`]: 'x' }, at: 0, value: 1 })),
    });
    assert.equal(bodyLines(samples(maxLabelColumns))[0]?.trim().split(/ +/).length, 1 + maxLabelColumns);
    assert.deepEqual(bodyLines(samples(maxLabelColumns + 1)).slice(0, 2), ['value  labels', '100 %  {l0="x"}']);
  });
  it('keeps the server’s order if the query sorts', () => {
    const samples = [
      { labels: { a: '1' }, at: 0, value: 1 },
      { labels: { a: '2' }, at: 0, value: 2 },
    ];
    assert.match(bodyLines({ type: 'vector', samples }, { query: 'sort(x)', unit: undefined })[1] ?? '', /^ +1  1$/);
  });
  it('writes NaN and infinities as Prometheus does, infinity first and NaN last', () => {
    const samples = [NaN, Infinity, 1].map((value, index) => ({ labels: { a: String(index) }, at: 0, value }));
    assert.deepEqual(
      bodyLines({ type: 'vector', samples }, { unit: undefined })
        .slice(1)
        .map((line) => line.trim().split(/ +/)[0]),
      ['+Inf', '1', 'NaN'],
    );
  });
  it('shows at most the limit of series, and says so', () => {
    const samples = Array.from({ length: 10_001 }, (_, index) => ({
      labels: { i: String(index) },
      at: 0,
      value: index,
    }));
    const lines = bodyLines({ type: 'vector', samples });
    assert.equal(lines.length, 1 + maxRows + 2);
    assert.equal(lines.at(-1), 'Shown: 1,000 of 10,001 series. CSV and JSON have all of them.');
  });
  it('summarizes a matrix, without NaN in its extremes and mean', () => {
    const lines = bodyLines(
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
  it('says that there are no series', () =>
    assert.match(documentText({ type: 'vector', samples: [] }), /0 series[\s\S]*No series\./));
  it('shows scalars and strings', () => {
    assert.deepEqual(bodyLines({ type: 'scalar', at: 0, value: 0.5 }), ['50 %']);
    assert.deepEqual(bodyLines({ type: 'string', at: 0, text: 'a\nb' }), ['a\\nb']);
  });
  it('escapes control characters of untrusted labels, which stay on their line', () => {
    const lines = bodyLines({
      type: 'vector',
      samples: [{ labels: { a: 'x\n\u001b[31m\u202eError: y' }, at: 0, value: 1 }],
    });
    assert.equal(lines.length, 2);
    assert.ok(lines[1]?.includes('\\n\\u001b[31m\\u202eError: y'));
  });
  it('shows warnings and variables, and errors with advice', () => {
    assert.match(
      documentText({ type: 'scalar', at: 0, value: 1 }, { variables: [{ name: 'node', value: 'a|b' }] }, [
        'PromQL warning: careful',
      ]),
      /\$node = a\|b\nSent: x\n\nWarning: careful\n/,
    );
    const error = runToEnd(
      resultText(executed, { kind: 'error', error: new PrometheusError('unauthorised', 'HTTP 401') }),
    );
    assert.match(
      error,
      /Error: The server asks who you are \(401\)\. HTTP 401\nSet a token: SkyRL: Set Token for Prometheus\.\n/,
    );
  });
});

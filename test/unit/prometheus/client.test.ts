/** The client's parts that need no server. What a real one answers is asked in `test/unit/prometheus/real.test.ts`. */
import assert from 'node:assert/strict';
import { pageUrl, prometheusBase } from '../../../src/prometheus/prometheusUrl';
import { envelopeOf } from '../../../src/prometheus/apiEnvelope';
import { createPrometheusClient } from '../../../src/prometheus/client';
import { authorization, readSecret, settingHeaders } from '../../../src/prometheus/credentials';
import { durationMs, durationText } from '../../../src/prometheus/duration';
import { metadataOf, queryData } from '../../../src/prometheus/responseData';
import { prometheusErrors, PrometheusError, toPrometheusError } from '../../../src/prometheus/errors';
import { parseErrorPosition } from '../../../src/prometheus/responseErrors';
import type { PrometheusRequest, PrometheusResponse } from '../../../src/prometheus/sender';
import { HttpError } from '../../../src/http/httpGet';

const json = (value: unknown, status = 200): PrometheusResponse => ({
  status,
  mediaType: 'application/json',
  text: JSON.stringify(value),
});
const good = (data: unknown): PrometheusResponse => json({ status: 'success', data });

function clientOf(answer: (sending: PrometheusRequest) => PrometheusResponse | Error): {
  client: ReturnType<typeof createPrometheusClient>;
  sent: PrometheusRequest[];
} {
  const sent: PrometheusRequest[] = [];
  const client = createPrometheusClient({
    base: 'http://h',
    typedByUser: false,
    now: () => 0,
    headers: () => Promise.resolve({ authorization: 'x' }),
    send: (sending) => {
      sent.push(sending);
      const given = answer(sending);
      return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
    },
  });
  return { client, sent };
}
const { signal } = new AbortController();
const kindOf = (run: () => unknown): string => {
  try {
    run();
    return 'no error';
  } catch (error) {
    return error instanceof PrometheusError ? error.kind : String(error);
  }
};

describe('prometheus: address', () => {
  for (const [typed, base] of [
    ['127.0.0.1:9090', 'http://127.0.0.1:9090'],
    [' https://h/prom/ ', 'https://h/prom'],
    ['http://h/graph?g0.expr=up', 'http://h'],
    ['http://h/p/classic/graph', 'http://h/p'],
    ['http://h/api/v1/query?query=up', 'http://h'],
    ['http://h/workspaces/ws-1/api/v1', 'http://h/workspaces/ws-1'],
    ['http://[::1]:9090/', 'http://[::1]:9090'],
  ] as const)
    it(`${typed} → ${base}`, () => assert.equal(prometheusBase(typed), base));
  for (const typed of ['', 'ftp://h', 'http://u:p@h', 'http://169.254.169.254', 'javascript:alert(1)'])
    it(`not ${typed}`, () => assert.throws(() => prometheusBase(typed), HttpError));
  it('the page has the query in its address', () =>
    assert.equal(
      pageUrl('http://h/p', 'a b&c', { rangeMs: 60_000 }),
      'http://h/p/graph?g0.expr=a+b%26c&g0.tab=0&g0.range_input=60s',
    ));
});

describe('prometheus: credentials', () => {
  it('a token is bearer, a name and password basic', () => {
    assert.deepEqual(readSecret(' Bearer abc '), { kind: 'bearer', token: 'abc' });
    assert.equal(
      authorization(readSecret('u:p:q') ?? assert.fail()),
      `Basic ${Buffer.from('u:p:q').toString('base64')}`,
    );
    for (const text of ['', '  ', 'a\nb', 'a\u0000b']) assert.equal(readSecret(text), undefined, JSON.stringify(text));
  });
  it('headers of the settings hold no secret and no line', () => {
    const { headers, problems } = settingHeaders({
      'X-Scope-OrgID': 'team',
      Authorization: 'x',
      cookie: 'y',
      'a b': '1',
      'X-A': 'b\r\nc',
      'X-N': 7,
    });
    assert.deepEqual(headers, { 'X-Scope-OrgID': 'team' });
    assert.equal(problems.length, 5);
    assert.ok(problems.every((problem) => !problem.includes('b\r\nc')));
  });
});

describe('prometheus: data', () => {
  it('special values, milliseconds, native histograms', () => {
    const data = queryData({
      resultType: 'vector',
      result: [
        { metric: { a: 'b' }, value: [1.5, '+Inf'] },
        { metric: {}, value: [2, 'NaN'] },
        { metric: {}, histogram: [3, { count: '7', sum: '1e2', buckets: [[0, '0.5', '1', '7']] }] },
      ],
    });
    assert.deepEqual(data, {
      type: 'vector',
      samples: [
        { labels: { a: 'b' }, at: 1500, value: Infinity },
        { labels: {}, at: 2000, value: NaN },
        { labels: {}, at: 3000, histogram: { count: 7, sum: 100, buckets: [{ low: 0.5, high: 1, count: 7 }] } },
      ],
    });
  });
  it('a label may be called __proto__', () => {
    const data = queryData(
      JSON.parse('{"resultType":"vector","result":[{"metric":{"__proto__":"x"},"value":[1,"1"]}]}'),
    );
    assert.ok(data.type === 'vector' && Object.entries(data.samples[0]?.labels ?? {}).join() === '__proto__,x');
  });
  for (const wrong of [
    null,
    {},
    { resultType: 'vector' },
    { resultType: 'vector', result: [{}] },
    { resultType: 'vector', result: [{ metric: { a: 1 }, value: [1, '1'] }] },
    { resultType: 'matrix', result: [{ metric: {}, values: [[1]] }] },
    { resultType: 'odd', result: [1, '1'] },
  ]) {
    it(`${JSON.stringify(wrong)} is no answer`, () => assert.throws(() => queryData(wrong)));
  }
  it('durations there and back', () => {
    for (const [text, ms] of [
      ['1m30s', 90_000],
      ['250ms', 250],
      ['1d', 86_400_000],
    ] as const)
      assert.deepEqual([durationMs(text), durationText(ms)], [ms, text]);
    for (const text of ['', '1.5h', '5', '1ns']) assert.equal(durationMs(text), undefined, text);
  });
  it('metadata of odd shapes is left out', () =>
    assert.deepEqual([...metadataOf({ a: [{ type: 'gauge', help: 'h' }], b: [], c: 'x' }).keys()], ['a']));
});

describe('prometheus: errors', () => {
  for (const [what, sent, kind] of [
    ['a page', { status: 200, mediaType: 'text/html', text: '<html>' }, 'not-prometheus'],
    ['JSON of another', json({ ok: true }), 'not-prometheus'],
    ['half an answer', { status: 200, mediaType: 'application/json', text: '{"status":"suc' }, 'broken-answer'],
    ['a sign-in', { status: 302, mediaType: 'text/html', text: '' }, 'redirect'],
    ['401', { status: 401, mediaType: 'text/plain', text: 'Unauthorized\n' }, 'unauthorised'],
    ['403', { status: 403, mediaType: '', text: '' }, 'forbidden'],
    ['404', { status: 404, mediaType: 'text/plain', text: '404 page not found' }, 'no-api'],
    ['429', { status: 429, mediaType: 'text/plain', text: '' }, 'busy'],
    ['502', { status: 502, mediaType: 'text/html', text: '<html>bad' }, 'gateway'],
    ['503 while starting', { status: 503, mediaType: 'text/plain', text: 'Service Unavailable' }, 'starting'],
    [
      'https',
      { status: 400, mediaType: 'text/plain', text: 'Client sent an HTTP request to an HTTPS server.' },
      'https-expected',
    ],
    [
      'cancelled',
      json({ status: 'error', errorType: 'canceled', error: 'query was canceled in expression evaluation' }, 499),
      'cancelled',
    ],
    ['a storage error', json({ status: 'error', errorType: 'internal', error: 'disk' }, 500), 'internal'],
    ['a type of tomorrow', json({ status: 'error', errorType: 'odd', error: 'disk' }, 500), 'other'],
  ] as const)
    it(`${what} is ${kind}`, () =>
      assert.equal(
        kindOf(() => envelopeOf(sent)),
        kind,
      ));
  it('a page’s markup is never shown', () =>
    assert.ok(
      !toPrometheusError(
        attempt(() => envelopeOf({ status: 502, mediaType: 'text/html', text: '<b>x' })),
      ).message.includes('<b>'),
    ));
  it('the place of a parse error', () =>
    assert.deepEqual(parseErrorPosition('invalid parameter "query": 1:9: parse error: unclosed'), {
      position: { line: 1, column: 9 },
      message: 'parse error: unclosed',
    }));
  it('every kind has words that end like a sentence', () => {
    for (const [kind, { message }] of Object.entries(prometheusErrors)) assert.match(message, /\.$/, kind);
  });
});

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

describe('prometheus: client', () => {
  const vector = { resultType: 'vector', result: [] };
  it('queries go by POST as a form, look-ups of values by GET', async () => {
    const { client, sent } = clientOf(({ url }) => good(url.includes('/values') ? ['a'] : vector));
    await client.query('up + 1', 1500, signal);
    await client.labelValues('job', ['up{a="b"}'], signal);
    assert.deepEqual(
      sent.map(({ method, url, form }) => [method, url, form]),
      [
        ['POST', 'http://h/api/v1/query', 'query=up+%2B+1&time=1.5'],
        ['GET', 'http://h/api/v1/label/job/values?match%5B%5D=up%7Ba%3D%22b%22%7D', undefined],
      ],
    );
  });
  it('a proxy that refuses POST is asked by GET from then on', async () => {
    const { client, sent } = clientOf(({ method }) =>
      method === 'POST' ? { status: 405, mediaType: 'text/plain', text: '' } : good(vector),
    );
    await client.query('up', 0, signal);
    await client.query('up', 0, signal);
    assert.deepEqual(
      sent.map(({ method }) => method),
      ['POST', 'GET', 'GET'],
    );
  });
  it('a 404 by both is no API there, and POST is tried again the next time', async () => {
    const { client, sent } = clientOf(() => ({ status: 404, mediaType: 'text/plain', text: '404 page not found' }));
    await assert.rejects(client.query('up', 0, signal), { kind: 'no-api' });
    await assert.rejects(client.query('up', 0, signal), { kind: 'no-api' });
    assert.deepEqual(
      sent.map(({ method }) => method),
      ['POST', 'GET', 'POST', 'GET'],
    );
  });
  it('a server that cannot format says nothing about a query', async () => {
    assert.equal(
      await clientOf(() => ({ status: 404, mediaType: 'text/plain', text: '' })).client.formatQuery('x', signal),
      undefined,
    );
  });
  it('failures of the connection keep their kind', async () => {
    for (const [kind, wanted] of [
      ['refused', 'refused'],
      ['cut', 'broken-answer'],
      ['cancelled', 'cancelled'],
      ['certificate-not-trusted', 'certificate-not-trusted'],
      ['time-out', 'time-out'],
      ['too-large', 'too-large'],
    ] as const) {
      await assert.rejects(clientOf(() => new HttpError(kind, 'x')).client.query('up', 0, signal), { kind: wanted });
    }
  });
});

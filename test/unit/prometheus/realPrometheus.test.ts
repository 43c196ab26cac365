/**
 * A real Prometheus, with data that gives the same answers each time: what it answers, and every way in which it says
 * no.
 */
import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPrometheusClient, type PrometheusClient } from '../../../src/prometheus/client';
import { createSender } from '../../../src/prometheus/sender';
import { checkSyntax, format } from '../../../src/promql/language';
import { querySnippets } from '../../../src/promql/snippets';
import { substitute } from '../../../src/promql/variables';
import { findPrometheus, startPrometheus, type RealPrometheus } from '../../prometheus/server';

const { signal } = new AbortController();
/** Two engines: a counter that grows by 10 a second from 0, and a gauge, for ten minutes. */
const begin = 1_700_000_000;
const steps = Array.from({ length: 61 }, (_, index) => index * 10);
const openMetrics = [
  '# TYPE tokens counter',
  ...['0', '1'].flatMap((engine) =>
    steps.map((second) => `tokens_total{engine="${engine}"} ${second * 10} ${begin + second}`),
  ),
  '# TYPE usage gauge',
  ...['0', '1'].flatMap((engine) =>
    steps.map((second) => `usage{engine="${engine}"} ${(Number(engine) + 1) / 4} ${begin + second}`),
  ),
  '# EOF',
  '',
].join('\n');
const end = (begin + 600) * 1000;

describe('a real Prometheus', () => {
  const sender = createSender();
  let real: RealPrometheus;
  let client: PrometheusClient;
  /** Without a cap on samples, so that a query can take long. */
  let patient: RealPrometheus;
  const endless = 'max_over_time(sum_over_time(vector(1)[10s:1ms])[1h:1s])';
  const clientOf = (base: string, headers: Record<string, string> = {}): PrometheusClient =>
    createPrometheusClient({
      send: sender.send,
      base,
      typedByUser: true,
      now: Date.now,
      headers: () => Promise.resolve(headers),
    });

  before(async function () {
    this.timeout(60_000);
    const found = findPrometheus();
    if ('reason' in found) return this.skip();
    real = await startPrometheus(found.path, { openMetrics, flags: ['--query.max-samples=50000'] });
    patient = await startPrometheus(found.path);
    client = clientOf(real.url);
  });
  after(async () => {
    await real?.stop();
    await patient?.stop();
    await sender.close();
  });

  it('answers a vector, a matrix, a scalar and a string', async () => {
    const vector = await client.query('rate(tokens_total[1m])', end, signal);
    assert.ok(vector.data.type === 'vector');
    assert.deepEqual(
      vector.data.samples.map(({ value, at, labels }) => [value, at, labels]),
      [
        [10, end, { engine: '0' }],
        [10, end, { engine: '1' }],
      ],
    );
    const matrix = await client.queryRange('max(usage)', { from: end - 60_000, to: end, stepMs: 10_000 }, signal);
    assert.deepEqual(matrix.data, {
      type: 'matrix',
      series: [
        {
          labels: {},
          at: Array.from({ length: 7 }, (_, index) => end - 60_000 + index * 10_000),
          value: Array.from({ length: 7 }, () => 0.5),
          histograms: 0,
        },
      ],
    });
    assert.deepEqual((await client.query('-1/0', end, signal)).data, { type: 'scalar', at: end, value: -Infinity });
    assert.deepEqual((await client.query('"a"', end, signal)).data, { type: 'string', at: end, text: 'a' });
  });

  it('tells names, labels and values that fit', async () => {
    assert.deepEqual(await client.labelValues('__name__', [], signal), ['tokens_total', 'usage']);
    assert.deepEqual(await client.labelNames(['usage'], signal), ['__name__', 'engine']);
    assert.deepEqual(await client.labelValues('engine', ['usage{engine!="0"}'], signal), ['1']);
    assert.equal((await client.series(['usage'], 1, signal)).length, 1);
    assert.match((await client.buildInfo(signal)).version, /^\d+\./);
    assert.deepEqual(await client.targets(signal), []);
  });

  for (const [what, ask, kind, said] of [
    [
      'a query that does not parse',
      () => client.query('sum(rate(tokens_total[1m])', end, signal),
      'bad-query',
      /1:27.*|unclosed left parenthesis/,
    ],
    ['a wrong type', () => client.query('rate(tokens_total)', end, signal), 'bad-query', /expected type range vector/],
    [
      'a range of a range',
      () => client.queryRange('tokens_total[1m]', { from: end - 60_000, to: end, stepMs: 10_000 }, signal),
      'bad-query',
      /range vector/,
    ],
    [
      'a regular expression at work',
      () => client.query('label_replace(usage, "a", "$1", "engine", "(")', end, signal),
      'execution',
      /regular expression/,
    ],
    ['many to many', () => client.query('usage * on () usage', end, signal), 'execution', /many/],
    [
      'too many points',
      () => client.queryRange('usage', { from: 0, to: 11_002_000, stepMs: 1000 }, signal),
      'too-many-points',
      /11,000/,
    ],
    [
      'a step of nothing',
      () => client.queryRange('usage', { from: 0, to: 1000, stepMs: 0 }, signal),
      'bad-parameter',
      /step/,
    ],
    [
      'a beginning behind the end',
      () => client.queryRange('usage', { from: 2000, to: 1000, stepMs: 1000 }, signal),
      'bad-parameter',
      /end/,
    ],
    [
      'too many samples',
      () => client.query('sum_over_time(vector(1)[10m:1ms])', end, signal),
      'too-many-samples',
      /too many samples/,
    ],
  ] as const) {
    it(`${what}: ${kind}`, async function () {
      this.timeout(10_000);
      await assert.rejects(ask, (error: { kind: string; serverMessage: string }) => {
        assert.equal(error.kind, kind, error.serverMessage);
        assert.match(error.serverMessage, said);
        return true;
      });
    });
  }

  it('11,001 points are still given', async () => {
    const { data } = await client.queryRange('vector(1)', { from: end - 11_000_000, to: end, stepMs: 1000 }, signal);
    assert.equal(data.type === 'matrix' && data.series[0]?.at.length, 11_001);
  });

  it('a parse error has its place, and formatting gives the query back', async () => {
    await assert.rejects(client.formatQuery('sum(\n  rate(tokens_total)\n)', signal), {
      kind: 'bad-query',
      position: { line: 2, column: 8 },
    });
    assert.equal(await client.formatQuery('sum(usage)by(engine)', signal), 'sum by (engine) (usage)');
  });

  it('cancelling ends the request', async () => {
    const abort = new AbortController();
    const asked = clientOf(patient.url).query(endless, end, abort.signal);
    setTimeout(() => abort.abort(), 100);
    await assert.rejects(asked, { kind: 'cancelled' });
  });

  it('a path that holds no API', () =>
    assert.rejects(clientOf(`${real.url}/elsewhere`).query('up', end, signal), { kind: 'no-api' }));
  it('a port where nobody listens', () =>
    assert.rejects(clientOf('http://127.0.0.1:1').query('up', end, signal), { kind: 'refused' }));

  it('every query that is offered is valid for it, and our grammar agrees', async function () {
    this.timeout(60_000);
    const context = {
      scrapeIntervalMs: 15_000,
      stepMs: 15_000,
      rangeMs: 3_600_000,
      nodes: [],
      engines: [],
      sessions: [],
    };
    for (const { label, query } of querySnippets) {
      const { text } = substitute(query, context);
      const theirs = await client
        .formatQuery(text, signal)
        .catch((error: Error) => assert.fail(`${label}: ${error.message}`));
      assert.deepEqual(checkSyntax(query), [], label);
      const ours = format(text) ?? assert.fail(label);
      // Laid out by us it is the same query to the server, and, comments apart, what it would write.
      assert.equal(await client.formatQuery(ours, signal), theirs, label);
    }
  });
});

describe('in front of a Prometheus', () => {
  const sender = createSender();
  let server: Server;
  let answer: (response: ServerResponse) => void = () => undefined;
  let seen: string | undefined;
  let client: PrometheusClient;

  before(async () => {
    server = createServer((request, response) => {
      seen = request.headers.authorization;
      request.resume();
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = createPrometheusClient({
      send: sender.send,
      base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      typedByUser: false,
      now: Date.now,
      headers: () => Promise.resolve({ authorization: 'Bearer t' }),
    });
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await sender.close();
  });

  const page =
    (status: number, type: string, body: string, headers = {}) =>
    (response: ServerResponse): void => {
      response.writeHead(status, { 'content-type': type, ...headers });
      response.end(body);
    };
  for (const [what, reply, kind] of [
    ['a proxy that wants to know who one is', page(401, 'text/html', '<h1>Sign in</h1>'), 'unauthorised'],
    ['one that says no', page(403, 'text/plain', 'no'), 'forbidden'],
    ['a sign-in page behind a redirect', page(302, 'text/html', '', { location: 'http://elsewhere' }), 'redirect'],
    ['a web page', page(200, 'text/html', '<html>'), 'not-prometheus'],
    [
      'half an answer',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"status":');
        setTimeout(() => response.destroy(), 20);
      },
      'broken-answer',
    ],
    // As Prometheus 2.42 answers when its --query.timeout is over; here that cannot be reached at will.
    [
      'a query that took too long',
      page(
        503,
        'application/json',
        '{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}',
      ),
      'query-time-out',
    ],
    ['an answer that ends too early', page(200, 'application/json', '{"status":"success","da'), 'broken-answer'],
    ['a gateway', page(502, 'text/html', '<html>'), 'gateway'],
    ['broken gzip', page(200, 'application/json', 'no gzip', { 'content-encoding': 'gzip' }), 'broken-answer'],
  ] as const) {
    it(`${what}: ${kind}`, async () => {
      answer = reply;
      await assert.rejects(client.query('up', 0, signal), { kind });
      assert.equal(seen, 'Bearer t');
    });
  }
});

/** The client's requests, with responses by hand. Real servers are asked in `clientOf….test.ts`. */
import assert from 'node:assert/strict';
import { HttpError } from '../../../src/http/httpGet';
import { createPrometheusClient } from '../../../src/prometheus/client';
import type { PrometheusRequest, PrometheusResponse } from '../../../src/prometheus/sender';

const { signal } = new AbortController();
const json = (value: unknown, status = 200): PrometheusResponse => ({
  status,
  mediaType: 'application/json',
  body: Buffer.from(JSON.stringify(value)),
});
const good = (data: unknown): PrometheusResponse => json({ status: 'success', data });

/** A client whose requests are answered by a function. */
function clientOf(answer: (request: PrometheusRequest) => PrometheusResponse | Error): {
  client: ReturnType<typeof createPrometheusClient>;
  sent: PrometheusRequest[];
} {
  const sent: PrometheusRequest[] = [];
  const client = createPrometheusClient({
    base: 'http://h',
    typedByUser: false,
    now: () => 0,
    headers: () => Promise.resolve({ authorization: 'x' }),
    send: (request) => {
      sent.push(request);
      const result = answer(request);
      return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
    },
  });
  return { client, sent };
}

describe('the client of a Prometheus', () => {
  const vector = { resultType: 'vector', result: [] };
  it('sends queries as a form by POST, and looks up values by GET', async () => {
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
  it('uses GET after a proxy refused POST', async () => {
    const { client, sent } = clientOf(({ method }) =>
      method === 'POST' ? { status: 405, mediaType: 'text/plain', body: Buffer.from('') } : good(vector),
    );
    await client.query('up', 0, signal);
    await client.query('up', 0, signal);
    assert.deepEqual(
      sent.map(({ method }) => method),
      ['POST', 'GET', 'GET'],
    );
  });
  for (const [what, status, body] of [
    ['Grafana', 403, { message: 'Posts not allowed on proxied Prometheus datasource except on /query' }],
    ['a gateway', 405, { detail: 'Method Not Allowed' }],
    ['a plugin', 500, { message: 'An error occurred within the plugin' }],
    ['Kubernetes', 403, { kind: 'Status', status: 'Failure', message: 'cannot create resource "services/proxy"' }],
    ['a server that names the method', 405, { status: 'error', errorType: 'bad_data', error: 'method not allowed' }],
  ] as const)
    it(`uses GET for all calls after ${what} refused POST with ${status}`, async () => {
      const { client, sent } = clientOf(({ method, url }) =>
        method === 'POST' ? json(body, status) : good(url.includes('/labels') ? ['a'] : vector),
      );
      assert.deepEqual(await client.labelNames([], signal), ['a']);
      await client.query('up', 0, signal);
      assert.deepEqual(
        sent.map(({ method }) => method),
        ['POST', 'GET', 'GET'],
      );
      assert.equal(client.prefersGet, true);
    });
  it('keeps the error of POST if GET is refused as well', async () => {
    const { client, sent } = clientOf(({ method }) => json({ message: `no ${method}` }, method === 'POST' ? 403 : 404));
    await assert.rejects(client.query('up', 0, signal), { kind: 'forbidden', serverMessage: 'HTTP 403: no POST' });
    assert.equal(sent.length, 2);
  });
  for (const [what, response] of [
    ['an error of the API', json({ status: 'error', errorType: 'internal', error: 'disk' }, 500)],
    ['a sign-in', { status: 401, mediaType: 'text/html', body: Buffer.from('') }],
    ['a proxy without a server', { status: 502, mediaType: 'text/html', body: Buffer.from('') }],
  ] as const)
    it(`does not ask again after ${what}`, async () => {
      const { client, sent } = clientOf(() => response);
      await assert.rejects(client.query('up', 0, signal));
      assert.equal(sent.length, 1);
    });
  it('finds no API if POST and GET get 404, and tries POST again the next time', async () => {
    const { client, sent } = clientOf(() => ({
      status: 404,
      mediaType: 'text/plain',
      body: Buffer.from('404 page not found'),
    }));
    await assert.rejects(client.query('up', 0, signal), { kind: 'no-api' });
    await assert.rejects(client.query('up', 0, signal), { kind: 'no-api' });
    assert.deepEqual(
      sent.map(({ method }) => method),
      ['POST', 'GET', 'POST', 'GET'],
    );
  });
  it('formats nothing if the server cannot format', async () => {
    assert.equal(
      await clientOf(() => ({ status: 404, mediaType: 'text/plain', body: Buffer.from('') })).client.formatQuery(
        'x',
        signal,
      ),
      undefined,
    );
  });
  it('keeps the kind of connection failures', async () => {
    for (const [kind, expected] of [
      ['refused', 'refused'],
      ['cut', 'broken-answer'],
      ['cancelled', 'cancelled'],
      ['certificate-not-trusted', 'certificate-not-trusted'],
      ['time-out', 'time-out'],
      ['too-large', 'too-large'],
    ] as const) {
      await assert.rejects(clientOf(() => new HttpError(kind, 'x')).client.query('up', 0, signal), { kind: expected });
    }
  });
});

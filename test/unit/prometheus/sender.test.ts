/** Requests to what answers for a Prometheus: proxies, sign-in pages, broken connections. */
import assert from 'node:assert/strict';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPrometheusClient, type PrometheusClient } from '../../../src/prometheus/client';
import { createSender } from '../../../src/prometheus/sender';

const { signal } = new AbortController();

describe('a server that answers for a Prometheus', () => {
  const sender = createSender();
  let server: Server;
  let answer: (response: ServerResponse) => void = () => undefined;
  let receivedAuthorization: string | undefined;
  let client: PrometheusClient;

  before(async () => {
    server = createServer((request, response) => {
      receivedAuthorization = request.headers.authorization;
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
  for (const [what, respond, kind] of [
    ['a proxy that asks for credentials', page(401, 'text/html', '<h1>Sign in</h1>'), 'unauthorised'],
    ['a proxy that rejects them', page(403, 'text/plain', 'no'), 'forbidden'],
    ['a sign-in page behind a redirect', page(302, 'text/html', '', { location: 'http://elsewhere' }), 'redirect'],
    ['a web page', page(200, 'text/html', '<html>'), 'not-prometheus'],
    [
      'half a response',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        response.write('{"status":');
        setTimeout(() => response.destroy(), 20);
      },
      'broken-answer',
    ],
    // What Prometheus 2.42 answers after its --query.timeout, which a test cannot reach reliably.
    [
      'a query that took too long',
      page(
        503,
        'application/json',
        '{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}',
      ),
      'query-time-out',
    ],
    ['half the JSON', page(200, 'application/json', '{"status":"success","da'), 'broken-answer'],
    ['a gateway', page(502, 'text/html', '<html>'), 'gateway'],
    ['broken gzip', page(200, 'application/json', 'no gzip', { 'content-encoding': 'gzip' }), 'broken-answer'],
  ] as const) {
    it(`is ${kind} for ${what}`, async () => {
      answer = respond;
      await assert.rejects(client.query('up', 0, signal), { kind });
      assert.equal(receivedAuthorization, 'Bearer t');
    });
  }
});

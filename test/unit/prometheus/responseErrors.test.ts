/** Every response of a Prometheus, or of something in front of it, that is not a success. */
import assert from 'node:assert/strict';
import { envelopeOf, parseResponse } from '../../../src/prometheus/apiEnvelope';
import { prometheusErrors, PrometheusError } from '../../../src/prometheus/errors';
import { parseErrorPosition } from '../../../src/prometheus/responseErrors';
import type { PrometheusResponse } from '../../../src/prometheus/sender';

const json = (value: unknown, status = 200): PrometheusResponse => ({
  status,
  mediaType: 'application/json',
  body: Buffer.from(JSON.stringify(value)),
});

/** What opening a response fails with. */
async function errorOf(response: PrometheusResponse): Promise<PrometheusError> {
  try {
    envelopeOf(await parseResponse(response));
  } catch (error) {
    assert.ok(error instanceof PrometheusError, String(error));
    return error;
  }
  throw new Error('no error');
}

describe('the errors of a Prometheus', () => {
  for (const [what, response, kind] of [
    ['a web page', { status: 200, mediaType: 'text/html', body: Buffer.from('<html>') }, 'not-prometheus'],
    ['JSON of another server', json({ ok: true }), 'not-prometheus'],
    [
      'half a response',
      { status: 200, mediaType: 'application/json', body: Buffer.from('{"status":"suc') },
      'broken-answer',
    ],
    ['a redirect to a sign-in page', { status: 302, mediaType: 'text/html', body: Buffer.from('') }, 'redirect'],
    ['401', { status: 401, mediaType: 'text/plain', body: Buffer.from('Unauthorized\n') }, 'unauthorised'],
    ['403', { status: 403, mediaType: '', body: Buffer.from('') }, 'forbidden'],
    ['404', { status: 404, mediaType: 'text/plain', body: Buffer.from('404 page not found') }, 'no-api'],
    ['429', { status: 429, mediaType: 'text/plain', body: Buffer.from('') }, 'busy'],
    ['502', { status: 502, mediaType: 'text/html', body: Buffer.from('<html>bad') }, 'gateway'],
    [
      '503 while starting',
      { status: 503, mediaType: 'text/plain', body: Buffer.from('Service Unavailable') },
      'starting',
    ],
    [
      'a server that expects https',
      { status: 400, mediaType: 'text/plain', body: Buffer.from('Client sent an HTTP request to an HTTPS server.') },
      'https-expected',
    ],
    [
      'a cancelled query',
      json({ status: 'error', errorType: 'canceled', error: 'query was canceled in expression evaluation' }, 499),
      'cancelled',
    ],
    ['a storage error', json({ status: 'error', errorType: 'internal', error: 'disk' }, 500), 'internal'],
    ['an unknown error type', json({ status: 'error', errorType: 'odd', error: 'disk' }, 500), 'other'],
  ] as const)
    it(`are ${kind} for ${what}`, async () => assert.equal((await errorOf(response)).kind, kind));

  it('never show the markup of a page', async () => {
    const { message } = await errorOf({ status: 502, mediaType: 'text/html', body: Buffer.from('<b>x') });
    assert.ok(!message.includes('<b>'));
  });

  it('say what is beyond the limits of JSON', async () => {
    const data = `${'['.repeat(200)}${']'.repeat(200)}`;
    const { message, advice } = await errorOf({
      status: 200,
      mediaType: 'application/json',
      body: Buffer.from(`{"status":"success","data":${data}}`),
    });
    assert.equal(message, 'The answer is beyond what is read. It is nested more than 128 levels deep.');
    assert.match(advice ?? '', /^Aggregate on the server/);
  });

  it('have the position of a syntax error', () =>
    assert.deepEqual(parseErrorPosition('invalid parameter "query": 1:9: parse error: unclosed'), {
      position: { line: 1, column: 9 },
      message: 'parse error: unclosed',
    }));
  it('have a message that is a sentence for every kind', () => {
    for (const [kind, { message }] of Object.entries(prometheusErrors)) assert.match(message, /\.$/, kind);
  });
});

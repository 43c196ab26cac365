/** Every response of a Prometheus, or of something in front of it, that is not a success. */
import assert from 'node:assert/strict';
import { envelopeOf } from '../../../src/prometheus/apiEnvelope';
import { prometheusErrors, PrometheusError, toPrometheusError } from '../../../src/prometheus/errors';
import { parseErrorPosition } from '../../../src/prometheus/responseErrors';
import type { PrometheusResponse } from '../../../src/prometheus/sender';

const json = (value: unknown, status = 200): PrometheusResponse => ({
  status,
  mediaType: 'application/json',
  text: JSON.stringify(value),
});
/** What `run` throws, or what it returns. */
function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

const kindOf = (run: () => unknown): string => {
  try {
    run();
    return 'no error';
  } catch (error) {
    return error instanceof PrometheusError ? error.kind : String(error);
  }
};

describe('the errors of a Prometheus', () => {
  for (const [what, response, kind] of [
    ['a web page', { status: 200, mediaType: 'text/html', text: '<html>' }, 'not-prometheus'],
    ['JSON of another server', json({ ok: true }), 'not-prometheus'],
    ['half a response', { status: 200, mediaType: 'application/json', text: '{"status":"suc' }, 'broken-answer'],
    ['a redirect to a sign-in page', { status: 302, mediaType: 'text/html', text: '' }, 'redirect'],
    ['401', { status: 401, mediaType: 'text/plain', text: 'Unauthorized\n' }, 'unauthorised'],
    ['403', { status: 403, mediaType: '', text: '' }, 'forbidden'],
    ['404', { status: 404, mediaType: 'text/plain', text: '404 page not found' }, 'no-api'],
    ['429', { status: 429, mediaType: 'text/plain', text: '' }, 'busy'],
    ['502', { status: 502, mediaType: 'text/html', text: '<html>bad' }, 'gateway'],
    ['503 while starting', { status: 503, mediaType: 'text/plain', text: 'Service Unavailable' }, 'starting'],
    [
      'a server that expects https',
      { status: 400, mediaType: 'text/plain', text: 'Client sent an HTTP request to an HTTPS server.' },
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
    it(`are ${kind} for ${what}`, () =>
      assert.equal(
        kindOf(() => envelopeOf(response)),
        kind,
      ));
  it('never show the markup of a page', () =>
    assert.ok(
      !toPrometheusError(
        attempt(() => envelopeOf({ status: 502, mediaType: 'text/html', text: '<b>x' })),
      ).message.includes('<b>'),
    ));
  it('have the position of a syntax error', () =>
    assert.deepEqual(parseErrorPosition('invalid parameter "query": 1:9: parse error: unclosed'), {
      position: { line: 1, column: 9 },
      message: 'parse error: unclosed',
    }));
  it('have a message that is a sentence for every kind', () => {
    for (const [kind, { message }] of Object.entries(prometheusErrors)) assert.match(message, /\.$/, kind);
  });
});

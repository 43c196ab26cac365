import { strict as assert } from 'node:assert';
import { HttpError } from '../../../src/http/httpGet';
import { requestError, toHttpError } from '../../../src/http/httpErrors';

const coded = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`message of ${code}`), { code, ...more });

const rows: readonly (readonly [what: string, error: unknown, kind: string])[] = [
  ['a refused connection', coded('ECONNREFUSED'), 'refused'],
  [
    'a connection that both addresses of localhost refuse',
    new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]),
    'refused',
  ],
  [
    'a cause of a cause',
    new Error('fetch failed', { cause: new Error('other', { cause: coded('ENOTFOUND') }) }),
    'name-not-resolved',
  ],
  ['an unknown code around a known one', coded('UND_ERR', { cause: coded('ECONNREFUSED') }), 'refused'],
  ['a missing network', coded('ENETUNREACH'), 'unreachable'],
  ['an unanswered connection', coded('UND_ERR_CONNECT_TIMEOUT'), 'time-out'],
  ['a self-signed certificate', coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'certificate-not-trusted'],
  ['a certificate of another name', coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'certificate-not-trusted'],
  ['a reset connection', coded('ECONNRESET'), 'cut'],
  ['an answer that is not HTTP', coded('HPE_INVALID_CONSTANT'), 'wrong-type'],
  ['an answer that is not TLS', coded('ERR_SSL_WRONG_VERSION_NUMBER'), 'wrong-type'],
  ['an unknown error', new Error('something'), 'other'],
  ['a thrown text', 'text', 'other'],
  ['undefined', undefined, 'other'],
];

describe('toHttpError', () => {
  for (const [what, error, kind] of rows) {
    it(`makes ${kind} of ${what}`, () => {
      const made = toHttpError(error);
      assert.equal(made.kind, kind);
      assert.notEqual(made.message, '');
      if (kind !== 'other') assert.doesNotMatch(made.message, /message of|UND_ERR|E[A-Z]{4}/, 'a message for people');
    });
  }

  it('returns an HttpError as it is', () => {
    const error = new HttpError('forbidden', 'no');
    assert.equal(toHttpError(error), error);
  });

  it('does not take a property that every object has for a code', () =>
    assert.equal(toHttpError(coded('constructor')).kind, 'other'));
  it('ends in a circle of causes', () => {
    const error = new Error('round');
    error.cause = error;
    assert.equal(toHttpError(error).kind, 'other');
  });
});

describe('requestError', () => {
  it('names cancellation first, then the deadline, then the error', () => {
    const [open, aborted] = [new AbortController().signal, AbortSignal.abort()];
    const kindAndMessage = (signal: AbortSignal, deadline: AbortSignal): string[] => {
      const { kind, message } = requestError(coded('ECONNREFUSED'), { signal, deadline, timeoutMs: 1500 });
      return [kind, message];
    };
    assert.deepEqual(kindAndMessage(aborted, aborted), ['cancelled', 'cancelled']);
    assert.deepEqual(kindAndMessage(open, aborted), ['time-out', 'no answer within 1.5 s']);
    assert.deepEqual(kindAndMessage(open, open), ['refused', 'connection refused']);
  });
});

import { strict as assert } from 'node:assert';
import { HttpError } from '../../../src/http/httpGet';
import { toHttpError } from '../../../src/http/httpErrors';

const coded = (code: string, more: object = {}): Error =>
  Object.assign(new Error(`message of ${code}`), { code, ...more });

const rows: readonly (readonly [what: string, error: unknown, kind: string])[] = [
  ['refused', coded('ECONNREFUSED'), 'refused'],
  [
    'refused on both of localhost’s addresses',
    new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]),
    'refused',
  ],
  [
    'a cause within a cause',
    new Error('fetch failed', { cause: new Error('other', { cause: coded('ENOTFOUND') }) }),
    'name-not-resolved',
  ],
  ['a code that says nothing around one that does', coded('UND_ERR', { cause: coded('ECONNREFUSED') }), 'refused'],
  ['no network', coded('ENETUNREACH'), 'unreachable'],
  ['no answer to the connection', coded('UND_ERR_CONNECT_TIMEOUT'), 'time-out'],
  ['self-signed', coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'certificate-not-trusted'],
  ['another name’s certificate', coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'certificate-not-trusted'],
  ['reset', coded('ECONNRESET'), 'cut'],
  ['unknown', new Error('something'), 'other'],
  ['no error at all', 'text', 'other'],
  ['nothing', undefined, 'other'],
];

describe('errors of Node and undici as ids of the state table', () => {
  for (const [what, error, kind] of rows) {
    it(`${what}: ${kind}`, () => {
      const made = toHttpError(error);
      assert.equal(made.kind, kind);
      assert.notEqual(made.message, '');
      if (kind !== 'other') assert.doesNotMatch(made.message, /message of|UND_ERR|E[A-Z]{4}/, 'words for people');
    });
  }

  it('an HttpError stays itself', () => {
    const error = new HttpError('forbidden', 'no');
    assert.equal(toHttpError(error), error);
  });

  it('a name that every object has is no code', () => assert.equal(toHttpError(coded('constructor')).kind, 'other'));
  it('a circle of causes ends', () => {
    const error = new Error('round');
    error.cause = error;
    assert.equal(toHttpError(error).kind, 'other');
  });
});

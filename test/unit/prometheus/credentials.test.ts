/** Credentials and headers for a Prometheus. */
import assert from 'node:assert/strict';
import { authorization, readSecret, settingHeaders } from '../../../src/prometheus/credentials';

describe('credentials for a Prometheus', () => {
  it('are a bearer token, or a user and password for basic authentication', () => {
    assert.deepEqual(readSecret(' Bearer abc '), { kind: 'bearer', token: 'abc' });
    assert.equal(
      authorization(readSecret('u:p:q') ?? assert.fail()),
      `Basic ${Buffer.from('u:p:q').toString('base64')}`,
    );
    for (const text of ['', '  ', 'a\nb', 'a\u0000b']) assert.equal(readSecret(text), undefined, JSON.stringify(text));
  });
  it('do not come from the headers setting, which must not hold secrets or line breaks', () => {
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

import assert from 'node:assert/strict';
import { redactSecrets, redactUrl, withoutCredentials } from '../../../src/http/redact';

describe('withoutCredentials', () => {
  it('removes user name and password and nothing else', () => {
    const texts = ['http://a:b@h:1/x?y=@z', 'https://a@h', 'ray://u:p@h:1', 'http://h/a@b', 'h:1', 'x@h'];
    assert.deepEqual(texts.map(withoutCredentials), [
      'http://h:1/x?y=@z',
      'https://h',
      'ray://h:1',
      'http://h/a@b',
      'h:1',
      'x@h',
    ]);
  });
});

describe('redactUrl', () => {
  const rows = [
    ['http://u:p@h:1/metrics?key=k', 'http://h:1/metrics?…'],
    ['http://h:1/nodes?view=summary', 'http://h:1/nodes?view=summary'],
    ['http://h:1/metrics', 'http://h:1/metrics'],
  ] as const;
  for (const [url, shown] of rows) it(`shows ${url} as ${shown}`, () => assert.equal(redactUrl(url), shown));
});

describe('redactSecrets', () => {
  it('redacts every address in a sentence and keeps the sentence', () => {
    assert.equal(
      redactSecrets('Refused. http://u:p@h:1/m?key=k: no. See (https://a@b/c).'),
      'Refused. http://h:1/m?…: no. See (https://b/c).',
    );
  });
});

/** What may be shown of addresses: no user name, no password, no query but Ray's own. */
import assert from 'node:assert/strict';
import { redactUrl, describeTokenState, redactSecrets } from '../../../src/discovery/errorAdvice';
import { codeSpan } from '../../../src/views/connection/connectionReport';

describe('what a diagnosis may show', () => {
  const rows = [
    ['http://u:p@h:1/metrics?key=k', 'http://h:1/metrics?…'],
    ['http://h:1/nodes?view=summary', 'http://h:1/nodes?view=summary'],
    ['http://h:1/metrics', 'http://h:1/metrics'],
  ] as const;
  for (const [url, shown] of rows) it(url, () => assert.equal(redactUrl(url), shown));

  it('addresses within a sentence, too, and the sentence stays', () => {
    assert.equal(
      redactSecrets('Refused. http://u:p@h:1/m?key=k: no. See (https://a@b/c).'),
      'Refused. http://h:1/m?…: no. See (https://b/c).',
    );
  });

  it('a stranger’s text is one code span, of a bounded length', () => {
    const text = codeSpan(`\`\`\`\n[x](command:y) ${'z'.repeat(5000)}`);
    assert.match(text, /^`[^`\n]+`$/);
    assert.ok(text.length < 500);
    assert.equal(codeSpan(' \n'), '(empty)');
  });

  it('each state of the token has words', () => {
    assert.deepEqual(
      [
        describeTokenState({ state: 'none' }),
        describeTokenState({ state: 'sent', provider: 'command' }),
        describeTokenState({ state: 'sent', provider: 'RAY_AUTH_TOKEN' }),
      ],
      ['none found, none sent', 'sent, given by SkyRL: Set Dashboard Token', 'sent, from RAY_AUTH_TOKEN'],
    );
    assert.match(
      describeTokenState({ state: 'withheld', provider: '~/.ray/auth_token' }),
      /found in ~\/\.ray\/auth_token, not sent/,
    );
    assert.match(describeTokenState({ state: 'unusable', provider: 'RAY_AUTH_TOKEN' }), /not sent/);
  });
});

import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { codeSpan } from '../../../../src/views/shared/codeSpan';

describe('codeSpan', () => {
  it('makes untrusted text one code span of bounded length', () => {
    const text = codeSpan(`\`\`\`\n[x](command:y) ${'z'.repeat(5000)}`);
    assert.match(text, /^`[^`\n]+`$/);
    assert.ok(text.length < 500);
    assert.equal(codeSpan(' \n'), '(empty)');
  });

  it('shows neither credentials nor the home folder', () => {
    assert.equal(codeSpan('http://u:p@h:1/metrics'), '`http://h:1/metrics`');
    assert.equal(codeSpan(`${homedir()}/run.yaml`), '`~/run.yaml`');
  });
});

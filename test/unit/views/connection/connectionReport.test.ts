import assert from 'node:assert/strict';
import { codeSpan } from '../../../../src/views/connection/connectionReport';

describe('codeSpan', () => {
  it('makes one code span of bounded length of an untrusted text', () => {
    const text = codeSpan(`\`\`\`\n[x](command:y) ${'z'.repeat(5000)}`);
    assert.match(text, /^`[^`\n]+`$/);
    assert.ok(text.length < 500);
    assert.equal(codeSpan(' \n'), '(empty)');
  });
});

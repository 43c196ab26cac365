/** Untrusted text in Markdown documents. */
import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
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

  it('is one code span and nothing else to a Markdown parser', () => {
    const markdown = new MarkdownIt({ html: true, linkify: true });
    const text = fc.string({ unit: fc.constantFrom(...'`\\[]()<>!*_~#|&;$@:/\n\r\t\0 ab1é😀') });
    fc.assert(
      fc.property(text, (untrusted) => {
        const [open, inline, close, ...others] = markdown.parse(`- Version: ${codeSpan(untrusted)}`, {}).slice(2, -2);
        assert.deepEqual(
          [open?.type, inline?.type, close?.type, others],
          ['paragraph_open', 'inline', 'paragraph_close', []],
        );
        const kinds = inline?.children?.map(({ type }) => type);
        const shown = inline?.children?.at(1)?.content ?? '';
        if (codeSpan(untrusted) === '(empty)') return assert.deepEqual(kinds, ['text']);
        assert.deepEqual(kinds, ['text', 'code_inline']);
        return assert.equal(shown.replaceAll('\u200b', ''), codeSpan(untrusted).slice(1, -1).replaceAll('\u200b', ''));
      }),
    );
  });
});

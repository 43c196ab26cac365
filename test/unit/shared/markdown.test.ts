/** Untrusted text in Markdown, read back by a Markdown parser. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { escapeMarkdown, markdownRow } from '../../../src/shared/markdown';

type Token = ReturnType<MarkdownIt['parse']>[number];

const markdown = new MarkdownIt({ html: true, linkify: true });
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'`\\[]()<>!*_~#|&;$@:/.+-=\n\r\t\0 ab1é😀wht') }),
  fc.constantFrom(
    'https://evil.example/',
    'www.evil.example',
    'a@evil.example',
    '&lt;b&gt;',
    '<!--',
    '1. x',
    '- x',
    '> x',
  ),
);

/** The text that a reader sees, and the kinds of all tokens inside. */
const shownOf = (token: Token | undefined): { shown: string; kinds: string[] } => ({
  shown: (token?.children ?? []).map(({ content }) => content).join(''),
  kinds: [...new Set((token?.children ?? []).map(({ type }) => type))],
});

/** What a parser makes of white space and of NUL. */
const seen = (value: string): string => value.replace(/\s+/g, ' ').replaceAll('\0', '\ufffd').trim();
const withoutBreaks = (value: string): string => value.replaceAll('\u200b', '');

describe('escapeMarkdown', () => {
  it('makes one cell of a table, which shows the text and nothing else', () =>
    fc.assert(
      fc.property(text, text, (first, second) => {
        const table = [
          ['a', 'b'],
          ['---', '---'],
          [escapeMarkdown(first), escapeMarkdown(second)],
        ].map(markdownRow);
        const cells = markdown
          .parse(table.join(''), {})
          .filter(({ type }) => type === 'inline')
          .slice(2);
        assert.equal(cells.length, 2, table.join(''));
        for (const [index, original] of [first, second].entries()) {
          const { shown, kinds } = shownOf(cells[index]);
          assert.deepEqual(
            kinds.filter((kind) => !['text', 'text_special'].includes(kind)),
            [],
            table.join(''),
          );
          assert.equal(withoutBreaks(shown).trim(), seen(original));
        }
      }),
      { numRuns: 1000 },
    ));

  it('stays in its line of a list or a quotation', () =>
    fc.assert(
      fc.property(text, fc.constantFrom('- Name: ', '> Name: '), (untrusted, start) => {
        const inline = markdown
          .parse(`${start}${escapeMarkdown(untrusted)}\n`, {})
          .filter(({ type }) => type === 'inline');
        assert.equal(inline.length, 1);
        const { kinds } = shownOf(inline[0]);
        assert.deepEqual(
          kinds.filter((kind) => !['text', 'text_special'].includes(kind)),
          [],
        );
      }),
    ));
});

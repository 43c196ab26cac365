/** Expands the words that a loop goes over. */
import type { Word, WordPart } from 'unbash';
import { joinTexts, unknownMark, unwrittenText, type MappedText } from '../mappedText';
import type { ShellContext } from './context';
import { expandArguments, expandPart } from './expandWords';
import { expandedText } from './source';
import type { ExpandedWord } from './variables';

/** Most words that braces such as `{1..100}` are expanded to. */
const maxBraceWords = 1_000;

/** The alternatives of `{a,b}` or `{1..4}`; undefined for nested ones. */
function braceAlternatives(text: string): string[] | undefined {
  const inner = text.slice(1, -1);
  const range = /^(-?\d+)\.\.(-?\d+)(?:\.\.(\d+))?$/.exec(inner);
  if (!range) return /[{}"'$`\\]/.test(inner) ? undefined : inner.split(',');
  const [from, to, step] = [Number(range[1]), Number(range[2]), Math.max(1, Number(range[3] ?? 1))];
  const count = Math.floor(Math.abs(to - from) / step) + 1;
  const width =
    /^-?0\d/.test(range[1] ?? '') || /^-?0\d/.test(range[2] ?? '')
      ? Math.max((range[1] ?? '').length, (range[2] ?? '').length)
      : 0;
  if (count > maxBraceWords) return undefined;
  return Array.from({ length: count }, (_, index) =>
    String(from + Math.sign(to - from) * index * step).padStart(width, '0'),
  );
}

const isFilePattern = (part: WordPart): boolean =>
  part.type === 'ExtendedGlob' || (part.type === 'Glob' && part.kind !== 'bracket');

/** Expands a word in the list of a loop, with its braces. */
export function expandLoopWords(word: Word, context: ShellContext): ExpandedWord[] {
  const parts = word.parts ?? [];
  if (parts.some(isFilePattern))
    return [
      { value: unwrittenText(unknownMark, { unresolvedReason: `it depends on the files there (${word.text})` }) },
    ];
  const at = parts.findIndex(({ type }) => type === 'BraceExpansion');
  const brace = parts[at];
  const alternatives = brace && braceAlternatives(brace.text);
  if (!brace || !alternatives) return expandArguments(word, context);
  const texts = (from: number, to: number): MappedText[] =>
    parts.slice(from, to).map((part) => expandPart(part, context));
  const [before, after] = [texts(0, at), texts(at + 1, parts.length)];
  return alternatives.map((text) => ({
    value: joinTexts([...before, expandedText(context.source, brace, text), ...after]),
  }));
}

/** Reads Python's string literals, mapped to the file. */
import { joinTexts, mapSpans, type MappedText } from '../mappedText';
import { createSpan, unknownText, writtenText, type ScriptSource } from '../shell/source';
import { childrenOf, type SyntaxNode } from './parser';

const simpleEscapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

/** A stretch of a literal without replacements; `doubled` braces of a format string are single ones. */
function readStretch(source: ScriptSource, from: number, to: number, isRaw: boolean, isFormat: boolean): MappedText {
  const texts: MappedText[] = [];
  const { text } = source;
  let start = from;
  const flush = (at: number): void => {
    if (at > start) texts.push(writtenText(source, { pos: start, end: at }));
  };
  for (let at = from; at < to;) {
    const [character, next] = [text[at] ?? '', text[at + 1] ?? ''];
    const isBrace = isFormat && (character === '{' || character === '}') && next === character;
    const escape = !isRaw && character === '\\' ? simpleEscapes[next] : undefined;
    if (!isBrace && escape === undefined) {
      at++;
      continue;
    }
    flush(at);
    texts.push(mapSpans([createSpan(source, { pos: at, end: at + 2 }, isBrace ? character : (escape ?? ''))]));
    at += 2;
    start = at;
  }
  flush(to);
  return joinTexts(texts);
}

/** The text of a `String` or `FormatString`; `replace` gives the text of what is in braces. */
export function readString(
  source: ScriptSource,
  node: SyntaxNode,
  replace: (node: SyntaxNode) => MappedText,
): MappedText {
  const written = source.text.slice(node.from, node.to);
  const [, prefix = '', quotes = ''] = /^([A-Za-z]*)("""|'''|"|')/.exec(written) ?? [];
  const isClosed = written.length >= prefix.length + 2 * quotes.length && written.endsWith(quotes);
  const [from, to] = [node.from + prefix.length + quotes.length, node.to - (isClosed ? quotes.length : 0)];
  if (quotes === '') return unknownText(source, { pos: node.from, end: node.to }, 'it is computed by Python');
  const isRaw = /r/i.test(prefix);
  const isFormat = node.name === 'FormatString';
  const texts: MappedText[] = [];
  let at = from;
  for (const child of isFormat ? childrenOf(node).filter(({ name }) => name === 'FormatReplacement') : []) {
    texts.push(readStretch(source, at, child.from, isRaw, isFormat), replace(child));
    at = child.to;
  }
  return joinTexts([...texts, readStretch(source, at, to, isRaw, isFormat)]);
}

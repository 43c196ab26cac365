/** The shell's patterns (`*`, `?`, `[a-z]`) on texts, in time linear in both. */

import { spend, type Budget } from './budget';

/** Longest text that a pattern is matched against; real paths and names are shorter. */
const maxTextLength = 4_096;

type Token = 'any' | ((character: string) => boolean);

/** A pattern as a list of tokens; undefined for extended patterns (`@(a|b)`, `[[:alpha:]]`), which are not read. */
function parsePattern(pattern: string): Token[] | undefined {
  if (/[?*+@!]\(|\[:|\[\.|\[=/.test(pattern)) return undefined;
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? '';
    const set = character === '[' ? /^\[([!^]?)(\]?[^\]]*)\]/.exec(pattern.slice(at)) : null;
    if (character === '*') {
      if (tokens.at(-1) !== 'any') tokens.push('any');
    } else if (character === '?') tokens.push(() => true);
    else if (set) {
      const inSet = parseSet(set[2] ?? '');
      tokens.push(set[1] === '' ? inSet : (each) => !inSet(each));
      at += set[0].length - 1;
    } else {
      const literal = character === '\\' && at + 1 < pattern.length ? (pattern[++at] ?? '') : character;
      tokens.push((each) => each === literal);
    }
  }
  return tokens;
}

function parseSet(members: string): (character: string) => boolean {
  const ranges: [string, string][] = [];
  const plain = members.replace(/(.)-(.)/gs, (_, from: string, to: string) => {
    ranges.push([from, to]);
    return '';
  });
  return (character) => plain.includes(character) || ranges.some(([from, to]) => from <= character && character <= to);
}

/** Every length that the tokens match at the start of the characters, in ascending order. */
function matchLengths(tokens: readonly Token[], characters: readonly string[]): number[] {
  const lengths: number[] = [];
  let reached = new Set<number>();
  const add = (to: Set<number>, at: number): void => {
    to.add(at);
    if (tokens[at] === 'any') add(to, at + 1);
  };
  add(reached, 0);
  for (let length = 0; ; length++) {
    if (reached.has(tokens.length)) lengths.push(length);
    const character = characters[length];
    if (character === undefined || reached.size === 0) return lengths;
    const next = new Set<number>();
    for (const at of reached) {
      const token = tokens[at];
      if (token === 'any') add(next, at);
      else if (token?.(character) === true) add(next, at + 1);
    }
    reached = next;
  }
}

/** The steps that matching takes: each character is compared with each token. */
const cost = (text: string, pattern: string): number => 1 + ((text.length * pattern.length) >> 5);

/** A pattern without special characters as plain text; undefined for any other one. */
const plainPattern = (pattern: string): string | undefined =>
  /^(?:[^*?[\]\\@+!(]|\\.)*$/s.test(pattern) ? pattern.replace(/\\(.)/gs, '$1') : undefined;

/** Whether a pattern matches a whole text; undefined if that is not known. */
export function matches(pattern: string, text: string, budget: Budget): boolean | undefined {
  const plain = plainPattern(pattern);
  if (plain !== undefined) return plain === text;
  spend(budget, cost(text, pattern));
  const tokens = text.length > maxTextLength ? undefined : parsePattern(pattern);
  const characters = [...text];
  return tokens && matchLengths(tokens, characters).at(-1) === characters.length;
}

/** The text without what a pattern matches at its start (`#`, `##`) or end (`%`, `%%`); undefined if not known. */
export function removeMatch(
  text: string,
  pattern: string,
  operator: '#' | '##' | '%' | '%%',
  budget: Budget,
): string | undefined {
  spend(budget, cost(text, pattern));
  const tokens = text.length > maxTextLength ? undefined : parsePattern(pattern);
  if (!tokens) return undefined;
  const isPrefix = operator.startsWith('#');
  const characters = isPrefix ? [...text] : [...text].reverse();
  const lengths = matchLengths(isPrefix ? tokens : [...tokens].reverse(), characters);
  const length = (operator.length === 2 ? lengths.at(-1) : lengths[0]) ?? 0;
  const rest = characters.slice(length);
  return (isPrefix ? rest : rest.reverse()).join('');
}

/** Longest text in which matches of a pattern are replaced: each character may begin one. */
const maxReplaceLength = 512;

/** The text with the first (`/`) or all (`//`) matches replaced, or one at its start (`/#`) or end (`/%`). */
export function replaceMatch(
  text: string,
  pattern: string,
  replacement: string,
  operator: '/' | '//' | '/#' | '/%',
  budget: Budget,
): string | undefined {
  const plain = plainPattern(pattern);
  if (plain === '') return operator === '/#' ? replacement + text : operator === '/%' ? text + replacement : text;
  if (plain !== undefined && operator === '//') return text.replaceAll(plain, () => replacement);
  if (plain !== undefined && operator === '/') return text.replace(plain, () => replacement);
  const tokens = text.length > maxReplaceLength ? undefined : parsePattern(pattern);
  if (!tokens) return undefined;
  spend(budget, text.length * cost(text, pattern));
  const characters = [...text];
  const result: string[] = [];
  let isDone = false;
  for (let at = 0; at < characters.length;) {
    const lengths = isDone || (operator === '/#' && at > 0) ? [] : matchLengths(tokens, characters.slice(at));
    const length = lengths.findLast((each) => operator !== '/%' || at + each === characters.length) ?? 0;
    if (length > 0) {
      result.push(replacement);
      at += length;
      isDone = operator !== '//';
    } else result.push(characters[at++] ?? '');
  }
  return result.join('');
}

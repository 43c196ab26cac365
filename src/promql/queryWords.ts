/**
 * The words of a query and what each of them is. Needs no grammar, so it works on a query that is still being typed.
 */
import { functionDoc } from './functions';
import { scanQuery } from './scanQuery';

interface Call {
  /** Name of the function or aggregation. */
  name: string;
  /** Offset of the opening parenthesis. */
  parenOffset: number;
  /** Index of the argument, counted from 0. */
  argument: number;
}

/** A name in a query. */
export interface QueryWord {
  /** A `grouping` is a label in `by (…)` and the like, a `label` is one in braces. */
  kind: 'function' | 'aggregation' | 'metric' | 'label' | 'grouping' | 'keyword';
  name: string;
  /** Offsets in the query. */
  from: number;
  to: number;
  /** The calls around it, the innermost last. */
  calls: readonly Call[];
  /** Of a metric: the offset behind its braces. */
  selectorTo?: number;
  /** Of a metric: the range in brackets behind it; `text` is what they enclose. */
  range?: { from: number; to: number; text: string };
  /** Of a label: the metric before the braces. */
  metric?: string;
}

const keywords =
  /^(?:by|without|on|ignoring|group_left|group_right|bool|offset|and|or|unless|atan2|inf|nan|start|end)$/i;
const groupings = /^(?:by|without|on|ignoring|group_left|group_right)$/i;

/** Strings and comments replaced by spaces, so that offsets stay the same. */
function maskNonCode(text: string): string {
  return scanQuery(text)
    .map(({ kind, from, to }) => (kind === 'code' ? text.slice(from, to) : text.slice(from, to).replace(/[^\n]/g, ' ')))
    .join('');
}

/** An open bracket. */
interface Frame {
  bracket: string;
  call?: Call;
  /** Whether it is the bracket of `by (…)` or the like. */
  isGrouping: boolean;
  /** The metric before it, or an empty string. */
  metric: string;
}

/** Every word of a query, and the calls that are open at its end, the innermost last. */
export function parseWords(text: string): { words: QueryWord[]; openCalls: Call[] } {
  const code = maskNonCode(text);
  const words: QueryWord[] = [];
  const frames: Frame[] = [];
  const openCalls = (): Call[] => frames.flatMap(({ call }) => (call ? [{ ...call }] : []));
  let callee = '';
  let followsGrouping = false;
  const tokens = /[a-zA-Z_:][\w:]*|[0-9][\w.]*|\$\w*|[()[\]{},]|[^\s]/g;
  for (const match of code.matchAll(tokens)) {
    const [token] = match;
    const frame = frames.at(-1);
    if (token === '(' || token === '[' || token === '{') {
      const isCall = token === '(' && callee !== '' && !followsGrouping;
      frames.push({
        bracket: token,
        isGrouping: token === '(' && followsGrouping,
        metric: words.at(-1)?.kind === 'metric' ? (words.at(-1)?.name ?? '') : '',
        ...(isCall && { call: { name: callee, parenOffset: match.index, argument: 0 } }),
      });
      // After `sum by (a)` the callee is still sum.
      if (isCall) callee = '';
      followsGrouping = false;
    } else if (token === ')' || token === ']' || token === '}') {
      const closed = frames.pop();
      if (!closed?.isGrouping) callee = '';
    } else if (token === ',') {
      if (frame?.call) frame.call.argument += 1;
    } else if (/^[a-zA-Z_:]/.test(token) && frame?.bracket !== '[') {
      const word = toWord(token, match.index, code, frame, openCalls());
      words.push(word);
      followsGrouping = word.kind === 'keyword' && groupings.test(token);
      if (word.kind === 'function' || word.kind === 'aggregation') callee = token;
    } else {
      followsGrouping = false;
    }
  }
  return { words, openCalls: openCalls() };
}

function toWord(name: string, from: number, code: string, frame: Frame | undefined, calls: Call[]): QueryWord {
  const to = from + name.length;
  const word = { name, from, to, calls };
  if (frame?.bracket === '{') return { ...word, kind: 'label', metric: frame.metric };
  if (frame?.isGrouping) return { ...word, kind: 'grouping' };
  const rest = code.slice(to);
  const doc = functionDoc(name);
  if (doc?.kind === 'aggregation' && /^\s*(?:\(|by\b|without\b)/i.test(rest)) return { ...word, kind: 'aggregation' };
  if (/^\s*\(/.test(rest) && !keywords.test(name)) return { ...word, kind: 'function' };
  if (keywords.test(name)) return { ...word, kind: 'keyword' };
  return { ...word, kind: 'metric', ...selectorEnd(code, to) };
}

/** Where the selector of a metric ends whose name ends at an offset, and the range behind it. */
function selectorEnd(code: string, nameTo: number): Pick<QueryWord, 'selectorTo' | 'range'> {
  const braces = /^\s*\{[^}]*\}/.exec(code.slice(nameTo));
  const selectorTo = nameTo + (braces?.[0].length ?? 0);
  const range = /^\s*\[([^\]]*)\]/.exec(code.slice(selectorTo));
  if (!range) return { selectorTo };
  const from = selectorTo + range[0].indexOf('[');
  return { selectorTo, range: { from, to: selectorTo + range[0].length, text: range[1] ?? '' } };
}

/** Whether a word is an argument of a function, at any depth. */
export const isInsideCall = (word: QueryWord, functionName: string): boolean =>
  word.calls.some((call) => call.name.toLowerCase() === functionName);

/** The word at an offset, which may be the one behind its last character. Undefined if there is none. */
export function wordUnder(text: string, offset: number): QueryWord | undefined {
  return parseWords(text).words.find(({ from, to }) => from <= offset && offset <= to);
}

/** The innermost call around an offset. Undefined outside of calls and in a comment. */
export function callAt(text: string, offset: number): Call | undefined {
  const isInComment = scanQuery(text).some(({ kind, from, to }) => kind === 'comment' && from < offset && offset <= to);
  return isInComment ? undefined : parseWords(text.slice(0, offset)).openCalls.at(-1);
}

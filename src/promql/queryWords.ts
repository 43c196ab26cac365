/** What stands where in a query, without a grammar: enough for hover, signatures and hints while one still types. */
import { scanQuery } from './scanQuery';
import { functionDoc } from './functions';

export interface Call {
  name: string;
  /** Offset of the parenthesis. */
  parenOffset: number;
  /** Commas between the parenthesis and the place. */
  argument: number;
}

export interface QueryWord {
  kind: 'function' | 'aggregation' | 'metric' | 'label' | 'grouping' | 'keyword';
  name: string;
  from: number;
  to: number;
  /** Functions and aggregations around it, the innermost last. */
  calls: readonly Call[];
  /** Of a metric: behind its braces, and its range where one follows. */
  selectorTo?: number;
  range?: { from: number; to: number; text: string };
  /** Of a label in braces: the metric before them. */
  metric?: string;
}

const keywords =
  /^(?:by|without|on|ignoring|group_left|group_right|bool|offset|and|or|unless|atan2|inf|nan|start|end)$/i;
const groupings = /^(?:by|without|on|ignoring|group_left|group_right)$/i;

/** Strings and comments as spaces of the same length: offsets stay. */
export function maskNonCode(text: string): string {
  return scanQuery(text)
    .map(({ kind, from, to }) => (kind === 'code' ? text.slice(from, to) : text.slice(from, to).replace(/[^\n]/g, ' ')))
    .join('');
}

interface Frame {
  bracket: string;
  call?: Call;
  /** `by (` and its like hold labels. */
  grouping: boolean;
  metric: string;
}

/** Every word of a query, and the calls that are open at its end. */
export function parseWords(text: string): { words: QueryWord[]; open: Call[] } {
  const code = maskNonCode(text);
  const words: QueryWord[] = [];
  const stack: Frame[] = [];
  const calls = (): Call[] => stack.flatMap(({ call }) => (call ? [{ ...call }] : []));
  let callee = '';
  let wasGrouping = false;
  const token = /[a-zA-Z_:][\w:]*|[0-9][\w.]*|\$\w*|[()[\]{},]|[^\s]/g;
  for (const match of code.matchAll(token)) {
    const [found] = match;
    const at = match.index;
    const top = stack.at(-1);
    if (found === '(' || found === '[' || found === '{') {
      const isCall = found === '(' && callee !== '' && !wasGrouping;
      stack.push({
        bracket: found,
        grouping: found === '(' && wasGrouping,
        metric: words.at(-1)?.kind === 'metric' ? (words.at(-1)?.name ?? '') : '',
        ...(isCall && { call: { name: callee, parenOffset: at, argument: 0 } }),
      });
      // After `sum by (a)` the callee is still sum.
      if (isCall) callee = '';
      wasGrouping = false;
    } else if (found === ')' || found === ']' || found === '}') {
      const closed = stack.pop();
      if (!closed?.grouping) callee = '';
    } else if (found === ',') {
      if (top?.call) top.call.argument += 1;
    } else if (/^[a-zA-Z_:]/.test(found) && top?.bracket !== '[') {
      const word = wordAt(found, at, code, top, calls());
      words.push(word);
      wasGrouping = word.kind === 'keyword' && groupings.test(found);
      if (word.kind === 'function' || word.kind === 'aggregation') callee = found;
    } else if (found !== ')' && !/^\s/.test(found)) {
      wasGrouping = false;
    }
  }
  return { words, open: calls() };
}

function wordAt(name: string, from: number, code: string, top: Frame | undefined, calls: Call[]): QueryWord {
  const to = from + name.length;
  const base = { name, from, to, calls };
  if (top?.bracket === '{') return { ...base, kind: 'label', metric: top.metric };
  if (top?.grouping) return { ...base, kind: 'grouping' };
  const rest = code.slice(to);
  const doc = functionDoc(name);
  if (doc?.kind === 'aggregation' && /^\s*(?:\(|by\b|without\b)/i.test(rest)) return { ...base, kind: 'aggregation' };
  if (/^\s*\(/.test(rest) && !keywords.test(name)) return { ...base, kind: 'function' };
  if (keywords.test(name)) return { ...base, kind: 'keyword' };
  return { ...base, kind: 'metric', ...selectorEnd(code, to) };
}

function selectorEnd(code: string, to: number): Pick<QueryWord, 'selectorTo' | 'range'> {
  const braces = /^\s*\{[^}]*\}/.exec(code.slice(to));
  const selectorTo = to + (braces?.[0].length ?? 0);
  const range = /^\s*\[([^\]]*)\]/.exec(code.slice(selectorTo));
  if (!range) return { selectorTo };
  const from = selectorTo + range[0].indexOf('[');
  return { selectorTo, range: { from, to: selectorTo + range[0].length, text: range[1] ?? '' } };
}

/** The word at an offset; at its end counts too. */
export function wordUnder(text: string, offset: number): QueryWord | undefined {
  return parseWords(text).words.find(({ from, to }) => from <= offset && offset <= to);
}

/** The call whose arguments an offset is within. */
export function callAt(text: string, offset: number): Call | undefined {
  const inside = scanQuery(text).some(({ kind, from, to }) => kind === 'comment' && from < offset && offset <= to);
  return inside ? undefined : parseWords(text.slice(0, offset)).open.at(-1);
}

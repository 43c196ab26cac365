/** Splits a query into code, strings and comments, so that none is mistaken for another. */

/** A stretch of a query's text. */
export interface LexicalSpan {
  kind: 'code' | 'string' | 'comment';
  /** Offsets; `to` is behind the last character. A string includes its quotes, a comment excludes its newline. */
  from: number;
  to: number;
  /** Of a string: its quote. */
  quote?: string;
  /** Of a string: whether it has its closing quote. */
  closed?: boolean;
}

function endOfString(text: string, from: number, quote: string): { to: number; closed: boolean } {
  for (let at = from + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\' && quote !== '`') at += 1;
    else if (char === quote) return { to: at + 1, closed: true };
    // Only a raw string may span lines.
    else if (char === '\n' && quote !== '`') return { to: at, closed: false };
  }
  return { to: text.length, closed: false };
}

/** The spans of a text, in order and without gaps. */
export function scanQuery(text: string): LexicalSpan[] {
  const spans: LexicalSpan[] = [];
  let codeFrom = 0;
  const add = (span: LexicalSpan): void => {
    if (span.from > codeFrom) spans.push({ kind: 'code', from: codeFrom, to: span.from });
    spans.push(span);
    codeFrom = span.to;
  };
  for (let at = 0; at < text.length; at = Math.max(at + 1, codeFrom)) {
    const char = text[at] ?? '';
    if (char === '#') {
      const newline = text.indexOf('\n', at);
      add({ kind: 'comment', from: at, to: newline < 0 ? text.length : newline });
    } else if (char === '"' || char === "'" || char === '`') {
      add({ kind: 'string', from: at, quote: char, ...endOfString(text, at, char) });
    }
  }
  if (codeFrom < text.length) spans.push({ kind: 'code', from: codeFrom, to: text.length });
  return spans;
}

const closingOf: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

/** The quote and brackets that close everything open at the end of a text, so that a grammar can parse it. */
export function closers(text: string): string {
  const openBrackets: string[] = [];
  let quote = '';
  for (const span of scanQuery(text)) {
    if (span.kind === 'string' && span.closed === false && span.to === text.length) quote = span.quote ?? '';
    if (span.kind !== 'code') continue;
    for (const char of text.slice(span.from, span.to)) {
      if (closingOf[char] !== undefined) openBrackets.push(closingOf[char]);
      else if (char === openBrackets.at(-1)) openBrackets.pop();
    }
  }
  return quote + openBrackets.reverse().join('');
}

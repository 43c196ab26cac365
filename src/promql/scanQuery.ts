/** Walks a query's text as PromQL sees it: code, strings and comments. Everything that must not mistake one for another goes through here. */

export interface LexicalSpan {
  kind: 'code' | 'string' | 'comment';
  from: number;
  /** Behind the last character; a string's quotes are in it, a comment's line end is not. */
  to: number;
  /** Only for strings: the quote, and whether it is closed. */
  quote?: string;
  closed?: boolean;
}

function endOfString(text: string, from: number, quote: string): { to: number; closed: boolean } {
  for (let at = from + 1; at < text.length; at += 1) {
    const char = text[at];
    if (char === '\\' && quote !== '`') at += 1;
    else if (char === quote) return { to: at + 1, closed: true };
    // Only a raw string goes over a line's end.
    else if (char === '\n' && quote !== '`') return { to: at, closed: false };
  }
  return { to: text.length, closed: false };
}

/** The pieces of a text, in order and without gaps. */
export function scanQuery(text: string): LexicalSpan[] {
  const found: LexicalSpan[] = [];
  let codeFrom = 0;
  const add = (piece: LexicalSpan): void => {
    if (piece.from > codeFrom) found.push({ kind: 'code', from: codeFrom, to: piece.from });
    found.push(piece);
    codeFrom = piece.to;
  };
  for (let at = 0; at < text.length; at = Math.max(at + 1, codeFrom)) {
    const char = text[at] ?? '';
    if (char === '#') {
      const end = text.indexOf('\n', at);
      add({ kind: 'comment', from: at, to: end < 0 ? text.length : end });
    } else if (char === '"' || char === "'" || char === '`') {
      add({ kind: 'string', from: at, quote: char, ...endOfString(text, at, char) });
    }
  }
  if (codeFrom < text.length) found.push({ kind: 'code', from: codeFrom, to: text.length });
  return found;
}

const closing: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

/** What closes everything that is open at the end of a text, quotes first: a grammar needs it where nothing is closed while one types. */
export function closers(text: string): string {
  const open: string[] = [];
  let quote = '';
  for (const piece of scanQuery(text)) {
    if (piece.kind === 'string' && piece.closed === false && piece.to === text.length) quote = piece.quote ?? '';
    if (piece.kind !== 'code') continue;
    for (const char of text.slice(piece.from, piece.to)) {
      if (closing[char] !== undefined) open.push(closing[char]);
      else if (char === open.at(-1)) open.pop();
    }
  }
  return quote + open.reverse().join('');
}

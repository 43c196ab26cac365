/** Parses OmegaConf's `${…}` to a small tree (https://omegaconf.readthedocs.io/en/latest/grammar.html), without dictionary and list literals. */

/** An argument of a resolver such as `oc.env`. */
export interface Argument {
  nodes: TemplateNode[];
  /** Written in quotes, so that `null` is the word and not the value. */
  quoted: boolean;
}

/** A part of a text: plain text, a reference to a key, or a call of a resolver. */
export type TemplateNode =
  | { kind: 'text'; text: string }
  | { kind: 'key'; nodes: TemplateNode[] }
  | { kind: 'call'; resolver: string; args: Argument[] };

/** Deepest nesting of `${…}`; real configs have three levels. It bounds the recursion. */
const maxDepth = 32;

class InterpolationError extends Error {}

interface Cursor {
  text: string;
  at: number;
}

/** Reads up to one of `stops` outside brackets and quotes, without consuming it. */
function template(cursor: Cursor, stops: string, depth: number): TemplateNode[] {
  const parts: TemplateNode[] = [];
  const { text } = cursor;
  let literal = '';
  let brackets = 0;
  let quote = '';
  const flush = (): void => {
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
  };
  /** Reads a `${…}`, the backslashes before one, or `$` and `\` as plain text. */
  const special = (): void => {
    const start = cursor.at;
    while (text[cursor.at] === '\\') cursor.at++;
    const slashes = cursor.at - start;
    if (!text.startsWith('${', cursor.at)) {
      if (slashes === 0) cursor.at++;
      literal += text.slice(start, cursor.at);
      return;
    }
    literal += '\\'.repeat(slashes >> 1);
    cursor.at += 2;
    if (slashes % 2 === 1) {
      literal += '${';
      return;
    }
    flush();
    parts.push(interpolation(cursor, depth + 1));
  };
  while (cursor.at < text.length) {
    const character = text[cursor.at] ?? '';
    if (character === '\\' || character === '$') {
      special();
      continue;
    }
    if (quote === '' && brackets === 0 && stops.includes(character)) break;
    if (stops !== '') {
      if (quote !== '') quote = character === quote ? '' : quote;
      else if (character === '"' || character === "'") quote = character;
      else if ('[({'.includes(character)) brackets++;
      else if ('])}'.includes(character)) brackets--;
    }
    literal += character;
    cursor.at++;
  }
  flush();
  return parts;
}

/** Removes the blanks around an argument, and its quotes. */
function argument(parts: TemplateNode[]): Argument {
  const [first, last] = [parts[0], parts.at(-1)];
  if (first?.kind === 'text') first.text = first.text.trimStart();
  if (last?.kind === 'text') last.text = last.text.trimEnd();
  const quote = first?.kind === 'text' ? first.text[0] : undefined;
  const quoted =
    (quote === '"' || quote === "'") &&
    last?.kind === 'text' &&
    last.text.endsWith(quote) &&
    (first !== last || last.text.length > 1);
  if (quoted && first?.kind === 'text') {
    last.text = last.text.slice(0, -1);
    first.text = first.text.slice(1);
  }
  return { nodes: parts, quoted };
}

/** Reads the rest of an interpolation after `${`, including its `}`. */
function interpolation(cursor: Cursor, depth: number): TemplateNode {
  if (depth > maxDepth) throw new InterpolationError('${…} is nested too deep');
  const head = argument(template(cursor, ':}', depth)).nodes;
  if (head.every((part) => part.kind === 'text' && part.text === '')) throw new InterpolationError('${} names nothing');
  if (cursor.text[cursor.at] === '}') {
    cursor.at++;
    return { kind: 'key', nodes: head };
  }
  const args: Argument[] = [];
  while (cursor.at < cursor.text.length && cursor.text[cursor.at] !== '}') {
    cursor.at++;
    args.push(argument(template(cursor, ',}', depth)));
  }
  if (cursor.at >= cursor.text.length) throw new InterpolationError('a ${ is not closed');
  cursor.at++;
  return { kind: 'call', resolver: head.map((part) => (part.kind === 'text' ? part.text : '${…}')).join(''), args };
}

/** The parts of a text, or as a clause for people why it cannot be parsed. A text without `${` is one part. */
export function parseInterpolation(text: string): TemplateNode[] | string {
  try {
    return template({ text, at: 0 }, '', 0);
  } catch (error) {
    if (error instanceof InterpolationError) return error.message;
    throw error;
  }
}

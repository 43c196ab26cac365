/**
 * The grammar of one sample line, text format 0.0.4 and OpenMetrics, quote-aware: label values may hold `}` `,` `=` `#` raw.
 * Metric and label names may be quoted (Prometheus 3's UTF-8 names).
 */
import { parseNumber } from './parseNumber';
import { internString } from './internString';

/** Labels of a series but for a bucket's `le`, by name; a Map, so that `__proto__` is a label like any other. */
export type Labels = ReadonlyMap<string, string>;

export interface Sample {
  name: string;
  labels: Labels;
  le: string | undefined;
  value: number;
  /** Offset just behind name and labels, from the line's first byte: what the same series begins with next time. */
  prefixEnd: number;
}

/** What is wrong with a line, and where: `offset` counts from the line's first byte. */
export interface LineError {
  reason: string;
  offset: number;
}

const blanks = /[ \t]*/y;
const noBlanks = /[^ \t]*/y;
const metricNameToken = /[a-zA-Z_:][\w:]*/y;
const labelNameToken = /[a-zA-Z_]\w*/y;
const escapes = /\\[\\"n]/g;
const beyondAscii = /[^\x00-\x7f]/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class LineFault extends Error {
  constructor(readonly error: LineError) {
    super(error.reason);
  }
}

/**
 * Reads along one line; each step either moves on or throws a LineFault. The line is held with a character for each byte (Latin-1), so that
 * offsets are the bytes' and the searching is done by the engine's own code, which is fast from the first line on.
 */
class Cursor {
  readonly line: string;
  at = 0;

  constructor(
    private readonly bytes: Buffer,
    private readonly start: number,
    end: number,
  ) {
    this.line = bytes.toString('latin1', start, end);
  }

  get done(): boolean {
    return this.at >= this.line.length;
  }

  /** Whether this character stands here. */
  isAt(character: string): boolean {
    return this.line.charAt(this.at) === character;
  }

  fail(reason: string): never {
    throw new LineFault({ reason, offset: this.at });
  }

  /** Goes behind what a sticky pattern takes from here on. */
  private pass(pattern: RegExp): void {
    pattern.lastIndex = this.at;
    if (pattern.test(this.line)) this.at = pattern.lastIndex;
  }

  skipBlanks(): void {
    if (this.isAt(' ') || this.isAt('\t')) this.pass(blanks);
  }

  readName(pattern: RegExp): string {
    const from = this.at;
    this.pass(pattern);
    return this.at === from
      ? this.fail('a name is missing')
      : internString(this.bytes, this.start + from, this.start + this.at);
  }

  /** A quoted text. `\\`, `\"` and `\n` are escapes; any other backslash stands for itself, as in Prometheus. */
  readQuoted(): string {
    const from = this.at + 1;
    let end = this.line.indexOf('"', from);
    while (end !== -1 && this.isEscaped(end, from)) end = this.line.indexOf('"', end + 1);
    this.at = end === -1 ? this.line.length : end;
    if (end === -1) this.fail('a quote is not closed');
    const text = this.text(from, end);
    this.at = end + 1;
    return text.includes('\\') ? text.replace(escapes, (pair) => (pair === '\\n' ? '\n' : pair.charAt(1))) : text;
  }

  /** Whether an odd number of backslashes stands before `at`. */
  private isEscaped(at: number, from: number): boolean {
    let first = at;
    while (first > from && this.line.charAt(first - 1) === '\\') first -= 1;
    return (at - first) % 2 === 1;
  }

  private text(from: number, to: number): string {
    // No part of the line's text, which would hold all of it.
    const text = internString(this.bytes, this.start + from, this.start + to);
    if (!beyondAscii.test(text)) return text;
    try {
      return utf8.decode(this.bytes.subarray(this.start + from, this.start + to));
    } catch {
      return this.fail('not UTF-8');
    }
  }

  /** A number up to the next blank. */
  readNumber(what: string): number {
    const from = this.at;
    this.pass(noBlanks);
    const value = parseNumber(this.bytes, this.start + from, this.start + this.at);
    if (value === undefined) {
      this.at = from;
      this.fail(`the ${what} is no number`);
    }
    return value;
  }
}

/** `{a="1","b.c"="2",}`; a quoted text alone is the metric's name. */
function readLabels(cursor: Cursor, labels: Map<string, string>): string | undefined {
  let metricName: string | undefined;
  cursor.at += 1;
  cursor.skipBlanks();
  while (!cursor.isAt('}')) {
    const wasQuoted = cursor.isAt('"');
    const name = wasQuoted ? cursor.readQuoted() : cursor.readName(labelNameToken);
    cursor.skipBlanks();
    if (cursor.isAt('=')) {
      cursor.at += 1;
      cursor.skipBlanks();
      if (!cursor.isAt('"')) cursor.fail('a label value is not quoted');
      if (labels.has(name)) cursor.fail('a label stands twice');
      labels.set(name, cursor.readQuoted());
    } else if (wasQuoted && metricName === undefined) metricName = name;
    else cursor.fail('a label has no value');
    cursor.skipBlanks();
    if (cursor.isAt(',')) {
      cursor.at += 1;
      cursor.skipBlanks();
    } else if (!cursor.isAt('}')) cursor.fail('the labels are not closed');
  }
  cursor.at += 1;
  return metricName;
}

/** Parses the sample line `bytes[start, end)`, without its line feed. A bad line is a LineError, never a throw. */
export function parseLine(bytes: Buffer, start: number, end: number): Sample | LineError {
  const cursor = new Cursor(bytes, start, end);
  try {
    cursor.skipBlanks();
    const labels = new Map<string, string>();
    let name = cursor.isAt('{') ? undefined : cursor.readName(metricNameToken);
    const nameEnd = cursor.at;
    cursor.skipBlanks();
    const braces = cursor.isAt('{');
    if (braces) {
      const quotedName = readLabels(cursor, labels);
      if (name !== undefined && quotedName !== undefined) cursor.fail('the metric has two names');
      name ??= quotedName ?? cursor.fail('the metric has no name');
    } else if (cursor.at === nameEnd)
      cursor.fail(cursor.done ? 'the value is missing' : 'a name holds a character it cannot');
    const prefixEnd = braces ? cursor.at : nameEnd;
    cursor.skipBlanks();
    if (cursor.done) cursor.fail('the value is missing');
    const value = cursor.readNumber('value');
    cursor.skipBlanks();
    // An exemplar needs no reading: it is about one observation, not about the sample.
    if (!cursor.done && !cursor.isAt('#')) {
      cursor.readNumber('timestamp');
      cursor.skipBlanks();
    }
    if (!cursor.done && !cursor.isAt('#')) cursor.fail('something stands behind the sample');
    const le = labels.get('le');
    labels.delete('le');
    return { name: name as string, labels, le, value, prefixEnd };
  } catch (error) {
    if (error instanceof LineFault) return error.error;
    throw error;
  }
}

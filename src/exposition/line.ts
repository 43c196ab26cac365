/**
 * The grammar of one sample line, text format 0.0.4 and OpenMetrics, quote-aware: label values may hold `}` `,` `=` `#` raw.
 * Metric and label names may be quoted (Prometheus 3's UTF-8 names).
 */
import { parseNumber } from './number';

/** Labels by name; a Map, so that `__proto__` is a label like any other. */
export type Labels = ReadonlyMap<string, string>;

export interface Sample {
  name: string;
  labels: Labels;
  value: number;
  /** Offset just behind name and labels: what the same series begins with next time. */
  prefixEnd: number;
}

/** What is wrong with a line, and where: `offset` counts from the line's first byte. */
export interface LineError {
  reason: string;
  offset: number;
}

const tab = 0x09;
const space = 0x20;
const quote = 0x22;
const hash = 0x23;
const comma = 0x2c;
const equals = 0x3d;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

const isBlank = (byte: number | undefined): boolean => byte === space || byte === tab;
const isLetter = (byte: number): boolean => (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f;
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class LineFault extends Error {
  constructor(readonly line: LineError) {
    super(line.reason);
  }
}

/** Reads along the bytes of one line; each step either moves on or throws a LineFault. */
class Cursor {
  constructor(private readonly bytes: Uint8Array, public at: number, private readonly start: number, private readonly end: number) {}

  get done(): boolean {
    return this.at >= this.end;
  }

  peek(): number | undefined {
    return this.done ? undefined : this.bytes[this.at];
  }

  skipBlanks(): void {
    while (isBlank(this.peek())) this.at += 1;
  }

  fail(reason: string): never {
    throw new LineFault({ reason, offset: this.at - this.start });
  }

  /** A bare metric name (`colons`) or label name. */
  name(colons: boolean): string {
    const from = this.at;
    for (let byte = this.peek(); byte !== undefined; byte = this.peek()) {
      if (!(isLetter(byte) || (colons && byte === 0x3a) || (this.at > from && isDigit(byte)))) break;
      this.at += 1;
    }
    if (this.at === from) this.fail('a name is missing');
    return this.text(from, this.at);
  }

  /** A quoted text. `\\`, `\"` and `\n` are escapes; any other backslash stands for itself, as in Prometheus. */
  quoted(): string {
    this.at += 1;
    const from = this.at;
    let escaped = false;
    for (let byte = this.peek(); byte !== quote; byte = this.peek()) {
      if (byte === undefined) this.fail('a quote is not closed');
      if (byte === backslash) {
        escaped = true;
        this.at += 1;
      }
      this.at += 1;
    }
    const text = this.text(from, this.at);
    this.at += 1;
    return escaped ? text.replace(/\\[\\"n]/g, (pair) => (pair === '\\n' ? '\n' : pair.charAt(1))) : text;
  }

  private text(from: number, to: number): string {
    try {
      return utf8.decode(this.bytes.subarray(from, to));
    } catch {
      return this.fail('not UTF-8');
    }
  }

  /** A number up to the next blank. */
  number(what: string): number {
    const from = this.at;
    while (!this.done && !isBlank(this.peek())) this.at += 1;
    const value = parseNumber(this.bytes, from, this.at);
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
  while (cursor.peek() !== closeBrace) {
    const wasQuoted = cursor.peek() === quote;
    const name = wasQuoted ? cursor.quoted() : cursor.name(false);
    cursor.skipBlanks();
    if (cursor.peek() === equals) {
      cursor.at += 1;
      cursor.skipBlanks();
      if (cursor.peek() !== quote) cursor.fail('a label value is not quoted');
      if (labels.has(name)) cursor.fail('a label stands twice');
      labels.set(name, cursor.quoted());
    } else if (wasQuoted && metricName === undefined) metricName = name;
    else cursor.fail('a label has no value');
    cursor.skipBlanks();
    if (cursor.peek() === comma) {
      cursor.at += 1;
      cursor.skipBlanks();
    } else if (cursor.peek() !== closeBrace) cursor.fail('the labels are not closed');
  }
  cursor.at += 1;
  return metricName;
}

/** Parses the sample line `bytes[start, end)`, without its line feed. A bad line is a LineError, never a throw. */
export function parseLine(bytes: Uint8Array, start: number, end: number): Sample | LineError {
  const cursor = new Cursor(bytes, start, start, end);
  try {
    cursor.skipBlanks();
    const labels = new Map<string, string>();
    let name = cursor.peek() === openBrace ? undefined : cursor.name(true);
    const nameEnd = cursor.at;
    cursor.skipBlanks();
    const braces = cursor.peek() === openBrace;
    if (braces) {
      const quotedName = readLabels(cursor, labels);
      if (name !== undefined && quotedName !== undefined) cursor.fail('the metric has two names');
      name ??= quotedName ?? cursor.fail('the metric has no name');
    } else if (cursor.at === nameEnd) cursor.fail(cursor.done ? 'the value is missing' : 'a name holds a character it cannot');
    const prefixEnd = braces ? cursor.at : nameEnd;
    cursor.skipBlanks();
    if (cursor.done) cursor.fail('the value is missing');
    const value = cursor.number('value');
    cursor.skipBlanks();
    // An exemplar needs no reading: it is about one observation, not about the sample.
    if (!cursor.done && cursor.peek() !== hash) {
      cursor.number('timestamp');
      cursor.skipBlanks();
    }
    if (!cursor.done && cursor.peek() !== hash) cursor.fail('something stands behind the sample');
    return { name: name as string, labels, value, prefixEnd };
  } catch (error) {
    if (error instanceof LineFault) return error.line;
    throw error;
  }
}

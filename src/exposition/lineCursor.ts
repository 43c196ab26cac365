/** A cursor over one line of an exposition. Each step either moves on or throws a `LineFault`. */
import { internString } from './internString';
import { parseNumber } from './parseNumber';

/** What is wrong with a line, and where. */
export interface LineError {
  reason: string;
  /** In bytes from the line's first byte. */
  offset: number;
}

/** Thrown by the cursor for a line that is not a valid sample. */
export class LineFault extends Error {
  constructor(readonly error: LineError) {
    super(error.reason);
  }
}

const blanks = /[ \t]*/y;
const nonBlanks = /[^ \t]*/y;
const escapeSequence = /\\[\\"n]/g;
const nonAscii = /[^\x00-\x7f]/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads along the line `bytes[start, end)`. The line is held as a string of one character per byte (Latin-1), so that
 * offsets are those of the bytes and searches run in native code, which is fast from the first line on.
 */
export class LineCursor {
  offset = 0;
  private readonly line: string;

  constructor(
    private readonly bytes: Buffer,
    private readonly start: number,
    end: number,
  ) {
    this.line = bytes.toString('latin1', start, end);
  }

  get isAtEnd(): boolean {
    return this.offset >= this.line.length;
  }

  /** Whether the next character is this one. */
  isAt(character: string): boolean {
    return this.line.charAt(this.offset) === character;
  }

  /** Whether a sticky pattern matches here. */
  matches(pattern: RegExp): boolean {
    pattern.lastIndex = this.offset;
    return pattern.test(this.line);
  }

  /** Throws a LineFault at the current offset. */
  fail(reason: string): never {
    throw new LineFault({ reason, offset: this.offset });
  }

  skipBlanks(): void {
    if (this.isAt(' ') || this.isAt('\t')) this.skip(blanks);
  }

  /** Reads a name that matches a sticky pattern. */
  readName(pattern: RegExp): string {
    const from = this.offset;
    this.skip(pattern);
    return this.offset === from
      ? this.fail('a name is missing')
      : internString(this.bytes, this.start + from, this.start + this.offset);
  }

  /** Reads a quoted text. `\\`, `\"` and `\n` are escapes; any other backslash is kept, as Prometheus does. */
  readQuoted(): string {
    const from = this.offset + 1;
    let end = this.line.indexOf('"', from);
    while (end !== -1 && this.isEscaped(end, from)) end = this.line.indexOf('"', end + 1);
    this.offset = end === -1 ? this.line.length : end;
    if (end === -1) this.fail('a quote is not closed');
    const text = this.decode(from, end);
    this.offset = end + 1;
    return text.includes('\\')
      ? text.replace(escapeSequence, (sequence) => (sequence === '\\n' ? '\n' : sequence.charAt(1)))
      : text;
  }

  /** Reads a number up to the next blank. `what` names it in the error. */
  readNumber(what: string): number {
    const from = this.offset;
    this.skip(nonBlanks);
    const value = parseNumber(this.bytes, this.start + from, this.start + this.offset);
    if (value === undefined) {
      this.offset = from;
      this.fail(`the ${what} is no number`);
    }
    return value;
  }

  /** Moves past what a sticky pattern matches here. */
  private skip(pattern: RegExp): void {
    if (this.matches(pattern)) this.offset = pattern.lastIndex;
  }

  /** Whether an odd number of backslashes precedes `offset`. */
  private isEscaped(offset: number, from: number): boolean {
    let first = offset;
    while (first > from && this.line.charAt(first - 1) === '\\') first -= 1;
    return (offset - first) % 2 === 1;
  }

  private decode(from: number, to: number): string {
    // A slice of `line` would keep the whole line in memory.
    const text = internString(this.bytes, this.start + from, this.start + to);
    if (!nonAscii.test(text)) return text;
    try {
      return utf8.decode(this.bytes.subarray(this.start + from, this.start + to));
    } catch {
      return this.fail('not UTF-8');
    }
  }
}

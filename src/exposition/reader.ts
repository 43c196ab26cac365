/**
 * Reads one target's answers, scrape after scrape, as the bytes come in; no text of the whole body is ever made.
 *
 * Met first, a line of a wanted family goes through the full grammar and its series is interned. Met again, a cursor walks the known
 * series beside the lines (lines come and go, their order stays), compares the bytes before the value and reads only the number.
 */
import { parseLine, type LineError, type Labels } from './line';
import { parseNumber } from './number';

export type { Labels } from './line';

/** One interned series. `Meta` is what the caller's `describe` made of its name and labels; the object stays the same over scrapes. */
export interface Series<Meta> {
  name: string;
  labels: Labels;
  meta: Meta;
}

export interface BadLine extends LineError {
  /** Zero-based. */
  line: number;
}

/** One answer, read. `values[i]` belongs to `series[i]`. */
export interface Exposition<Meta> {
  series: Series<Meta>[];
  values: number[];
  /** Lines that are no comment and not empty, wanted or not. */
  samples: number;
  bytes: number;
  /** The first few bad lines, and how many there were. */
  bad: BadLine[];
  badCount: number;
  /** The body ended within a line: it may be cut. */
  endsInLine: boolean;
  /** OpenMetrics' `# EOF` was there. */
  sawEof: boolean;
}

interface Known<Meta> {
  /** Name, labels and the blank behind them, as they came. */
  prefix: Uint8Array;
  series: Series<Meta>;
  /** What stood behind it when it was last met with something behind it. */
  next: Known<Meta> | undefined;
}

const lineFeed = 0x0a;
const hash = 0x23;
const space = 0x20;
const openBrace = 0x7b;
const keptBadLines = 5;
/** A line longer than this is not a sample; holding it would let a body without line feeds fill the memory. */
const longestLine = 1 << 20;
const tooLong: LineError = { reason: 'a line without an end', offset: 0 };
const metricName = /^[a-zA-Z_:][\w:]*$/;

const isBlank = (byte: number | undefined): boolean => byte === space || byte === 0x09;

/** Whether the line `bytes[start, end)` begins with `part`. */
function beginsWith(bytes: Buffer, start: number, end: number, part: Uint8Array): boolean {
  const stop = start + part.length;
  return stop <= end && bytes.compare(part, 0, part.length, start, stop) === 0;
}

/** Whether a bare metric name ends at this byte. */
const endsName = (byte: number | undefined): boolean => byte === undefined || byte === lineFeed || byte === openBrace || isBlank(byte);

/** Where a bare metric name ends; searched by the engine's own code, since every family that nobody wants comes through here. */
function nameEnd(bytes: Buffer, start: number, end: number): number {
  const brace = bytes.indexOf(openBrace, start);
  const blank = bytes.indexOf(space, start);
  return Math.min(end, brace === -1 ? end : brace, blank === -1 ? end : blank);
}

/** Where the line's first byte is that is no blank. */
function firstByte(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at])) at += 1;
  return at;
}

/**
 * The reader of one target. `describe` says what a wanted series is, and undefined for a name that is not wanted;
 * it is asked once a name and once a series, never once a line.
 */
export class ExpositionReader<Meta> {
  private readonly byPrefix = new Map<string, Known<Meta>>();
  /** The first series; behind it hang the others in the order of the lines. */
  private head: Known<Meta> | undefined;
  /** The series that was read last. */
  private cursor: Known<Meta> | undefined;
  private result = emptyExposition<Meta>();
  private carry: Buffer | undefined;
  private line = 0;
  /** Within a line that is too long already: nothing of it is read or held any more. */
  private dropping = false;
  private runName: Uint8Array | undefined;
  private runWanted = false;

  constructor(private readonly wanted: (name: string) => boolean, private readonly describe: (name: string, labels: Labels) => Meta | undefined) {}

  /** How many series are interned. */
  get size(): number {
    return this.byPrefix.size;
  }

  /** Begins a new answer; what a broken one left behind is dropped. */
  begin(): void {
    this.result = emptyExposition<Meta>();
    this.carry = undefined;
    this.cursor = undefined;
    this.line = 0;
    this.dropping = false;
  }

  /** Takes the next part of the body. The chunk may be reused by the caller afterwards. */
  feed(chunk: Uint8Array): void {
    this.result.bytes += chunk.byteLength;
    const part = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = this.carry ? Buffer.concat([this.carry, part]) : part;
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
      if (!this.dropping) this.readLine(bytes, start, end);
      this.dropping = false;
      this.line += 1;
      start = end + 1;
    }
    if (!this.dropping && bytes.length - start > longestLine) {
      this.bad(tooLong);
      this.dropping = true;
    }
    this.carry = start < bytes.length && !this.dropping ? Buffer.from(bytes.subarray(start)) : undefined;
  }

  /** Ends the answer and gives what was read. */
  end(): Exposition<Meta> {
    const rest = this.carry;
    this.carry = undefined;
    if (rest) this.readLine(rest, 0, rest.length);
    this.result.endsInLine = rest !== undefined || this.dropping;
    this.forgetTheDead();
    return this.result;
  }

  /** Engines that restart leave their old series behind; once those are most of the table it is built anew. */
  private forgetTheDead(): void {
    if (this.byPrefix.size <= 4 * this.result.series.length + 4096) return;
    this.byPrefix.clear();
    this.head = undefined;
  }

  private readLine(bytes: Buffer, start: number, end: number): void {
    const first = firstByte(bytes, start, end);
    if (first === end) return;
    if (bytes[first] === hash) {
      if (end - start === 5 && bytes.toString('latin1', start, end) === '# EOF') this.result.sawEof = true;
      return;
    }
    if (end - start > longestLine) return this.bad(tooLong);
    const expected = this.cursor ? this.cursor.next : this.head;
    if (expected && beginsWith(bytes, start, end, expected.prefix)) this.readKnown(expected, bytes, start, end);
    else if (this.isWanted(bytes, start, end)) this.readUnexpected(bytes, start, end);
    else this.result.samples += 1;
  }

  /** Lines of one family stand together, so the answer for the name before is nearly always the answer. */
  private isWanted(bytes: Buffer, start: number, end: number): boolean {
    const run = this.runName;
    if (run && beginsWith(bytes, start, end, run) && endsName(bytes[start + run.length])) return this.runWanted;
    const stop = nameEnd(bytes, start, end);
    this.runName = Buffer.from(bytes.subarray(start, stop));
    const name = bytes.toString('latin1', start, stop);
    // A quoted name stands inside the braces, and what is no name makes a bad line: the grammar tells.
    this.runWanted = !metricName.test(name) || this.wanted(name);
    return this.runWanted;
  }

  private readKnown(known: Known<Meta>, bytes: Buffer, start: number, end: number): void {
    const from = start + known.prefix.length;
    // Everything but a lone number (a timestamp, an exemplar, more blanks) takes the long way.
    const value = parseNumber(bytes, from, end);
    if (value === undefined) this.readUnexpected(bytes, start, end);
    else this.push(known, value);
  }

  private readUnexpected(bytes: Buffer, start: number, end: number): void {
    const sample = parseLine(bytes, start, end);
    if (!('name' in sample)) return this.bad(sample);
    // Where no blank stands before the value, the value's first digit must not become part of the prefix.
    const prefixEnd = start + sample.prefixEnd;
    const prefix = bytes.subarray(start, isBlank(bytes[prefixEnd]) ? prefixEnd + 1 : prefixEnd);
    const key = prefix.toString('latin1');
    let known = this.byPrefix.get(key);
    if (!known) {
      const meta = this.describe(sample.name, sample.labels);
      if (meta === undefined) {
        this.result.samples += 1;
        return;
      }
      known = this.intern(key, prefix, { name: sample.name, labels: sample.labels, meta });
    }
    this.push(known, sample.value);
  }

  /** A new series goes where the cursor stands, so that the chain keeps the order of the lines. */
  private intern(key: string, prefix: Buffer, series: Series<Meta>): Known<Meta> {
    const known: Known<Meta> = { prefix: Buffer.from(prefix), series, next: this.cursor ? this.cursor.next : this.head };
    this.byPrefix.set(key, known);
    return known;
  }

  private push(known: Known<Meta>, value: number): void {
    if (this.cursor) this.cursor.next = known;
    else this.head = known;
    this.cursor = known;
    this.result.samples += 1;
    this.result.series.push(known.series);
    this.result.values.push(value);
  }

  private bad(error: LineError): void {
    this.result.badCount += 1;
    if (this.result.bad.length < keptBadLines) this.result.bad.push({ ...error, line: this.line });
  }
}

function emptyExposition<Meta>(): Exposition<Meta> {
  return { series: [], values: [], samples: 0, bytes: 0, bad: [], badCount: 0, endsInLine: false, sawEof: false };
}

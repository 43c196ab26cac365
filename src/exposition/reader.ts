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
const keptBadLines = 5;
/** A line longer than this is not a sample; holding it would let a body without line feeds fill the memory. */
const longestLine = 1 << 20;

const toKey = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

/** Whether `bytes` holds `part` at `at`. */
function holds(bytes: Buffer, at: number, part: Uint8Array): boolean {
  return bytes.compare(part, 0, part.length, at, at + part.length) === 0;
}

/** Where a bare metric name ends. */
function nameEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  for (; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === 0x7b || byte === space || byte === 0x09) break;
  }
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
  private runName: Uint8Array = new Uint8Array();
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
  }

  /** Takes the next part of the body. The chunk may be reused by the caller afterwards. */
  feed(chunk: Uint8Array): void {
    this.result.bytes += chunk.byteLength;
    const part = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const bytes = this.carry ? Buffer.concat([this.carry, part]) : part;
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
      this.readLine(bytes, start, end);
      start = end + 1;
    }
    if (bytes.length - start > longestLine) {
      this.bad({ reason: 'a line without an end', offset: 0 });
      start = bytes.length;
    }
    this.carry = start < bytes.length ? Buffer.from(bytes.subarray(start)) : undefined;
  }

  /** Ends the answer and gives what was read. */
  end(): Exposition<Meta> {
    const rest = this.carry;
    this.carry = undefined;
    if (rest) {
      this.readLine(rest, 0, rest.length);
      this.result.endsInLine = true;
    }
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
    const line = this.line;
    this.line += 1;
    if (start === end) return;
    if (bytes[start] === hash) {
      if (end - start === 5 && bytes.toString('latin1', start, end) === '# EOF') this.result.sawEof = true;
      return;
    }
    const expected = this.cursor ? this.cursor.next : this.head;
    if (expected && holds(bytes, start, expected.prefix)) this.readKnown(expected, bytes, start, end, line);
    else if (this.isWanted(bytes, start, end)) this.readUnexpected(bytes, start, end, line);
    else this.result.samples += 1;
  }

  /** Lines of one family stand together, so the answer for the name before is nearly always the answer. */
  private isWanted(bytes: Buffer, start: number, end: number): boolean {
    const stop = nameEnd(bytes, start, end);
    if (this.runName.length !== stop - start || !holds(bytes, start, this.runName)) {
      this.runName = Uint8Array.from(bytes.subarray(start, stop));
      // A quoted name stands inside the braces: only the grammar can tell.
      this.runWanted = stop === start || this.wanted(bytes.toString('latin1', start, stop));
    }
    return this.runWanted;
  }

  private readKnown(known: Known<Meta>, bytes: Buffer, start: number, end: number, line: number): void {
    const from = start + known.prefix.length;
    // Everything but a lone number (a timestamp, an exemplar, more blanks) takes the long way.
    const value = parseNumber(bytes, from, end);
    if (value === undefined) this.readUnexpected(bytes, start, end, line);
    else this.push(known, value);
  }

  private readUnexpected(bytes: Buffer, start: number, end: number, line: number): void {
    const sample = parseLine(bytes, start, end);
    if (!('name' in sample)) {
      this.bad(sample, line);
      return;
    }
    const prefix = bytes.subarray(start, Math.min(sample.prefixEnd + 1, end));
    const key = toKey(prefix);
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
  private intern(key: string, prefix: Uint8Array, series: Series<Meta>): Known<Meta> {
    const known: Known<Meta> = { prefix: Uint8Array.from(prefix), series, next: this.cursor ? this.cursor.next : this.head };
    if (this.cursor) this.cursor.next = known;
    else this.head = known;
    this.byPrefix.set(key, known);
    return known;
  }

  private push(known: Known<Meta>, value: number): void {
    this.cursor = known;
    this.result.samples += 1;
    this.result.series.push(known.series);
    this.result.values.push(value);
  }

  private bad(error: LineError, line = this.line): void {
    this.result.badCount += 1;
    if (this.result.bad.length < keptBadLines) this.result.bad.push({ ...error, line });
  }
}

function emptyExposition<Meta>(): Exposition<Meta> {
  return { series: [], values: [], samples: 0, bytes: 0, bad: [], badCount: 0, endsInLine: false, sawEof: false };
}

/**
 * Reads one target's answers, scrape after scrape, as the bytes come in; no text of the whole body is ever made. Met first, a line of a wanted family
 * is read by itself, the long way, and its series is interned. Met again, lines are read in runs, as they stood in the answer before.
 */
import { Body, giveBack, kindOf, lineKind, lineWidth, noteFirst, takeBody } from './indexedBody';
import { Namings } from './nameFilter';
import { longestValue, Runs } from './incrementalReader';
import { Samples } from './sampleBuffer';
import { none, SeriesTable } from './seriesTable';
import { keptBadLines, longestLine, tooLong, type BadLine, type Describe, type Exposition } from './types';
import type { LineError } from './parseLine';

export type { Labels } from './parseLine';
export type { Exposition, Series, Siblings } from './types';

const lineFeed = 0x0a;
const hash = 0x23;
const space = 0x20;
/** Before the first answer, and between answers. */
const noBody = new Body(0);
const noRuns = new Runs(noBody, noBody, new Samples<unknown>(), 0);

const isBlank = (byte: number | undefined): boolean => byte === space || byte === 0x09;

/** Where the line's first byte is that is no blank. */
function firstByte(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at])) at += 1;
  return at;
}

/** The reader of one target. `wanted` is asked once a name, `describe` once a series, never once a line. */
export class ExpositionReader<Meta> {
  private table: SeriesTable<Meta>;
  private readonly names: Namings;
  private before = noBody;
  private now = noBody;
  private samples = new Samples<Meta>();
  private runs = noRuns;
  private bad: BadLine[] = [];
  private badCount = 0;
  private bytes = 0;
  private sawEof = false;
  /** Within a line that is too long already. */
  private dropping = false;
  private dropped = 0;

  constructor(
    wanted: (name: string) => boolean,
    private readonly describe: Describe<Meta>,
  ) {
    this.names = new Namings(wanted);
    this.table = new SeriesTable(describe);
  }

  /** How many series are interned. */
  get size(): number {
    return this.table.series.length;
  }

  /** The bytes of the last answer, whole; a view, which the next answer overwrites. */
  get lastBody(): Uint8Array {
    return this.before.bytes.subarray(0, this.before.filled);
  }

  /** Begins a new answer; what a broken one left behind is dropped. */
  begin(): void {
    giveBack(this.now);
    this.now = takeBody(this.before.filled);
    this.samples.count = 0;
    this.runs = new Runs(this.before, this.now, this.samples, this.size);
    this.bad = [];
    this.badCount = 0;
    this.bytes = 0;
    this.sawEof = false;
    this.dropping = false;
    this.dropped = 0;
  }

  /** Takes the next part of the body. The chunk may be reused by the caller afterwards. */
  feed(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    const rest = this.dropping ? this.afterLine(chunk) : chunk;
    this.now.append(rest);
    this.readLines();
    if (this.now.filled - this.now.read <= longestLine || this.dropping) return;
    this.noteBad(tooLong);
    // Nothing of it is held any more, or a body without line feeds would fill the memory.
    this.now.filled = this.now.read;
    this.dropping = true;
  }

  /** Ends the answer and gives what was read. */
  end(): Exposition<Meta> {
    const { now } = this;
    const endsInLine = now.read < now.filled || this.dropping;
    if (now.read < now.filled) {
      this.readLongWay(now.filled);
      // Without its line feed it is not to be compared with.
      now.places[(now.lines - 1) * lineWidth + kindOf] = lineKind.long;
    }
    const exposition: Exposition<Meta> = {
      series: this.samples.listSeries(this.table.series),
      values: this.samples.takeValues(),
      samples: now.samples,
      bytes: this.bytes,
      bad: this.bad,
      badCount: this.badCount,
      endsInLine,
      sawEof: this.sawEof,
    };
    if (this.before === noBody) noteFirst(now.filled);
    giveBack(this.before);
    [this.before, this.now, this.runs] = [now, noBody, noRuns];
    this.forgetTheDead(exposition.series.length);
    return exposition;
  }

  /** What is left of a chunk behind the end of a line that is too long. */
  private afterLine(chunk: Uint8Array): Uint8Array {
    const end = chunk.indexOf(lineFeed);
    if (end === -1) return chunk.subarray(0, 0);
    this.dropping = false;
    this.dropped += 1;
    return chunk.subarray(end + 1);
  }

  /** Engines that restart leave their old series behind; once those are most of the table it is built anew. */
  private forgetTheDead(living: number): void {
    if (this.size <= 4 * living + 4096) return;
    this.table = new SeriesTable(this.describe);
    this.samples = new Samples<Meta>();
    this.before.lines = 0;
  }

  /** Every whole line that is there. */
  private readLines(): void {
    const { now, runs } = this;
    for (;;) {
      while (runs.read() > 0);
      const end = now.bytes.indexOf(lineFeed, now.read);
      if (end === -1 || end >= now.filled) return;
      this.readLongWay(end);
    }
  }

  /** Reads the line that ends at `end` by itself. */
  private readLongWay(end: number): void {
    const { now, names, table } = this;
    const { bytes, read: start } = now;
    now.read = Math.min(end + 1, now.filled);
    const first = firstByte(bytes, start, end);
    if (first === end || bytes[first] === hash) {
      const isEof = end - start === 5 && bytes.toString('latin1', start, end) === '# EOF';
      this.sawEof ||= isEof;
      return this.addLine(end, end, isEof ? lineKind.long : lineKind.still);
    }
    if (end - start > longestLine) return this.addBad(tooLong, end);
    const naming = names.read(now.view, start, end);
    if (naming === 'unwanted') return this.passOver(names.end, end);
    const error = table.read(now, start, names.end, end, naming === 'none' ? undefined : names.name);
    if (error) return this.addBad(error, end);
    const { index, value, valueAt } = table;
    const isDescribed = table.series[index] !== undefined;
    now.samples += 1;
    if (isDescribed) this.samples.add(index, value);
    if (valueAt === none) now.add(end, end, lineKind.long);
    else this.addLine(valueAt, end, isDescribed ? index : lineKind.undescribed, value);
  }

  /** A sample that nobody wants: what is behind its last blank is taken for its value. */
  private passOver(nameStop: number, end: number): void {
    const {
      now,
      now: { bytes },
    } = this;
    let blank = end - 1;
    for (const stop = Math.max(nameStop, end - longestValue); blank > stop && bytes[blank] !== space;) blank -= 1;
    now.samples += 1;
    if (bytes[blank] === space) this.addLine(blank + 1, end, lineKind.unwanted);
    else now.add(end, end, lineKind.long);
  }

  /** Adds a line that may stand here again, and goes on behind where it stood before. */
  private addLine(valueAt: number, end: number, kind: number, value = 0): void {
    this.now.add(valueAt, end, kind, value);
    if (kind >= 0) this.runs.resumeAtSeries(kind);
    else this.runs.resumeAtText();
  }

  private addBad(error: LineError, end: number): void {
    this.noteBad(error);
    this.now.add(end, end, lineKind.long);
  }

  private noteBad(error: LineError): void {
    this.badCount += 1;
    if (this.bad.length < keptBadLines) this.bad.push({ ...error, line: this.now.lines + this.dropped });
  }
}

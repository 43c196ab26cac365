/**
 * Reads one target's answers, scrape after scrape, as the bytes come in; no text of the whole body is ever made.
 *
 * Met first, a line of a wanted family goes through the grammar and its series is interned. Met again, a cursor walks the lines of the answer
 * before beside the new ones (lines come and go, their order stays): a run of lines is taken to stand as it stood, its values are read where
 * they are then expected, and one native comparison of all that is not a value says whether that was right.
 */
import { Body, endOf, giveBack, kindOf, lineKind, lineWidth, noteFirst, takeBody } from './body';
import { Namings } from './naming';
import { parseNumber } from './number';
import { none, SeriesTable } from './seriesTable';
import { keptBadLines, longestLine, tooLong, type BadLine, type Describe, type Exposition, type Series } from './types';
import type { LineError } from './line';

export type { Labels } from './line';
export type { Exposition, Series, Siblings } from './types';

const lineFeed = 0x0a;
const hash = 0x23;
const space = 0x20;
/** Lines that one comparison confirms: enough to make it cheap, few enough that little is done twice where a line is another. */
const longestRun = 32;
/** No number is longer; a value that seems to be is read at the wrong place. */
const longestValue = 64;

/** Before the first answer. */
const noBody = new Body(0);

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
  /** The next line of the answer before, and how many lines a run tries. */
  private cursor = 0;
  private run = longestRun;
  /** A line that stands differently is near: runs grow again only behind it. */
  private closingIn = false;
  /** Offset of the first byte that is not read. */
  private at = 0;
  /** Series that were read, by index, and their values. */
  private order = new Int32Array(256);
  private values = new Float64Array(256);
  private count = 0;
  private samples = 0;
  private lastOrder = new Int32Array(0);
  private lastSeries: readonly Series<Meta>[] = [];
  private lineOfSeries: Int32Array | undefined;
  private bad: BadLine[] = [];
  private badCount = 0;
  private bytes = 0;
  private sawEof = false;
  /** Within a line that is too long already. */
  private dropping = false;
  private dropped = 0;

  constructor(wanted: (name: string) => boolean, private readonly describe: Describe<Meta>) {
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
    this.cursor = 0;
    this.run = longestRun;
    this.closingIn = false;
    this.at = 0;
    this.count = 0;
    this.samples = 0;
    this.lineOfSeries = undefined;
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
    if (this.now.filled - this.at <= longestLine || this.dropping) return;
    this.noteBad(tooLong);
    // Nothing of it is held any more, or a body without line feeds would fill the memory.
    this.now.filled = this.at;
    this.dropping = true;
  }

  /** Ends the answer and gives what was read. */
  end(): Exposition<Meta> {
    const { now } = this;
    const endsInLine = this.at < now.filled || this.dropping;
    if (this.at < now.filled) {
      this.readLongWay(now.filled);
      // Without its line feed it is not to be compared with.
      now.places[(now.lines - 1) * lineWidth + kindOf] = lineKind.long;
    }
    const exposition: Exposition<Meta> = {
      series: this.seriesOfOrder(),
      values: this.values.slice(0, this.count),
      samples: this.samples, bytes: this.bytes, bad: this.bad, badCount: this.badCount, endsInLine, sawEof: this.sawEof,
    };
    if (this.before === noBody) noteFirst(now.filled);
    giveBack(this.before);
    [this.before, this.now] = [now, noBody];
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

  /** The series as an array: the same one as before where nothing came, went or moved. */
  private seriesOfOrder(): readonly Series<Meta>[] {
    const order = this.order.subarray(0, this.count);
    const same = order.length === this.lastOrder.length && Buffer.from(order.buffer, 0, order.byteLength).equals(Buffer.from(this.lastOrder.buffer, 0, order.byteLength));
    if (same) return this.lastSeries;
    this.lastOrder = order.slice();
    const series = new Array<Series<Meta>>(order.length);
    for (let place = 0; place < order.length; place += 1) series[place] = this.table.series[order[place] as number] as Series<Meta>;
    return (this.lastSeries = series);
  }

  /** Engines that restart leave their old series behind; once those are most of the table it is built anew. */
  private forgetTheDead(living: number): void {
    if (this.size <= 4 * living + 4096) return;
    this.table = new SeriesTable(this.describe);
    this.before.lines = 0;
    this.lastOrder = new Int32Array(0);
    this.lastSeries = [];
  }

  /** Every whole line that is there. */
  private readLines(): void {
    for (;;) {
      if (this.cursor < this.before.lines) {
        const read = this.readRun(this.run);
        if (read > 0) continue;
        if (read === 0 && this.run > 1) {
          this.run = Math.max(1, this.run >> 2);
          this.closingIn = true;
          continue;
        }
      }
      const end = this.now.bytes.indexOf(lineFeed, this.at);
      if (end === -1 || end >= this.now.filled) return;
      this.readLongWay(end);
    }
  }

  /**
   * Reads up to `most` lines as they stood in the answer before. Gives how many; 0 where they do not stand so, and then nothing has been read;
   * -1 where the next line takes the long way or is not there in whole.
   */
  private readRun(most: number): number {
    const { before, now, cursor } = this;
    const { bytes: old, places } = before;
    const { bytes, filled } = now;
    const mark = { count: this.count, lines: now.lines, samples: this.samples };
    const last = Math.min(before.lines, cursor + most);
    // From here on nothing is compared yet, in the answer before and in this one.
    let oldFrom = before.startOf(cursor);
    let from = this.at;
    let shift = from - oldFrom;
    let line = cursor;
    for (; line < last; line += 1) {
      const place = line * lineWidth;
      const oldValue = places[place] as number;
      const oldEnd = places[place + endOf] as number;
      const kind = places[place + kindOf] as number;
      if (kind === lineKind.long || oldEnd + shift >= filled) break;
      const valueAt = oldValue + shift;
      let end = valueAt;
      if (kind === lineKind.still) {
        if (bytes[end] !== lineFeed) return this.takeBack(mark);
      } else {
        const stop = Math.min(filled, valueAt + longestValue);
        while (end < stop && bytes[end] !== lineFeed) end += 1;
        if (end === stop) {
          if (stop === filled) break;
          return this.takeBack(mark);
        }
        if (kind >= 0) {
          const value = parseNumber(bytes, valueAt, end);
          if (value === undefined) break;
          if (this.table.series[kind] !== undefined) this.push(kind, value);
        }
        this.samples += 1;
        if (end === oldEnd + shift) for (let at = oldValue; at < oldEnd; at += 1) old[at] = bytes[at + shift] as number;
        else {
          if (!this.isSame(oldFrom, oldValue, from)) return this.takeBack(mark);
          oldFrom = oldEnd;
          from = end;
          shift = end - oldEnd;
        }
      }
      now.add(valueAt, end, kind);
    }
    if (line === cursor) return -1;
    const oldTo = before.startOf(line);
    if (!this.isSame(oldFrom, oldTo, from)) return this.takeBack(mark);
    this.cursor = line;
    this.at = oldTo + shift;
    if (!this.closingIn) this.run = Math.min(longestRun, 4 * this.run);
    return line - cursor;
  }

  private isSame(oldFrom: number, oldTo: number, from: number): boolean {
    return this.before.bytes.compare(this.now.bytes, from, from + oldTo - oldFrom, oldFrom, oldTo) === 0;
  }

  private takeBack({ count, lines, samples }: { count: number; lines: number; samples: number }): 0 {
    this.count = count;
    this.now.lines = lines;
    this.samples = samples;
    return 0;
  }

  /** Reads the line that ends at `end` by itself, and puts the cursor behind it where it stood in the answer before. */
  private readLongWay(end: number): void {
    const { now, at: start } = this;
    const { bytes } = now;
    this.at = Math.min(end + 1, now.filled);
    this.run = 1;
    this.closingIn = false;
    const first = firstByte(bytes, start, end);
    if (first === end || bytes[first] === hash) {
      const isEof = end - start === 5 && bytes.toString('latin1', start, end) === '# EOF';
      this.sawEof ||= isEof;
      now.add(end, end, isEof ? lineKind.long : lineKind.still);
      return;
    }
    if (end - start > longestLine) return this.addBad(tooLong, end);
    const naming = this.names.read(now.view, start, end);
    if (naming === 'unwanted') return this.passOver(this.names.end, end);
    const { table } = this;
    const error = table.read(now, start, this.names.end, end, naming === 'none' ? undefined : this.names.name);
    if (error) return this.addBad(error, end);
    this.samples += 1;
    const { index, valueAt } = table;
    if (table.series[index] !== undefined) this.push(index, table.value);
    now.add(valueAt === none ? end : valueAt, end, valueAt === none ? lineKind.long : index);
    this.resume(index);
  }

  /** A sample that nobody wants: what is behind its last blank is taken for its value. */
  private passOver(nameStop: number, end: number): void {
    this.samples += 1;
    const { bytes } = this.now;
    let blank = end - 1;
    for (const stop = Math.max(nameStop, end - longestValue); blank > stop && bytes[blank] !== space;) blank -= 1;
    const isPlain = bytes[blank] === space;
    this.now.add(isPlain ? blank + 1 : end, end, isPlain ? lineKind.unwanted : lineKind.long);
  }

  private resume(series: number): void {
    if (this.before.lines === 0) return;
    const line = this.linesOfSeries()[series] ?? 0;
    if (line > this.cursor) this.cursor = line;
  }

  /** By series, behind which line of the answer before it stood; 0 for none. */
  private linesOfSeries(): Int32Array {
    if (this.lineOfSeries) return this.lineOfSeries;
    const lines = new Int32Array(this.size);
    const { places } = this.before;
    for (let line = 0; line < this.before.lines; line += 1) {
      const series = places[line * lineWidth + kindOf] as number;
      if (series >= 0) lines[series] = line + 1;
    }
    this.lineOfSeries = lines;
    return lines;
  }

  private push(series: number, value: number): void {
    if (this.count === this.order.length) {
      const [order, values] = [new Int32Array(2 * this.count), new Float64Array(2 * this.count)];
      order.set(this.order);
      values.set(this.values);
      this.order = order;
      this.values = values;
    }
    this.order[this.count] = series;
    this.values[this.count] = value;
    this.count += 1;
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

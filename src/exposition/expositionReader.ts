/**
 * Reads one target's answers, scrape after scrape, as the bytes come in; no text of the whole body is ever made. Met first, a line of a wanted family
 * is read by itself, the long way, and its series is interned. Met again, lines are read in runs, as they stood in the answer before.
 */
import {
  IndexedBody,
  releaseBody,
  kindColumn,
  lineKind,
  lineStride,
  noteFirstLength,
  acquireBody,
} from './indexedBody';
import { NameFilter } from './nameFilter';
import { maxValueBytes, IncrementalReader } from './incrementalReader';
import { SampleBuffer } from './sampleBuffer';
import { noIndex, SeriesTable } from './seriesTable';
import { maxBadLines, maxLineBytes, lineTooLong, type BadLine, type Describe, type Exposition } from './types';
import type { LineError } from './parseLine';

export type { Labels } from './parseLine';
export type { Exposition, Series, SeriesGroup as Siblings } from './types';

const lineFeed = 0x0a;
const hash = 0x23;
const space = 0x20;
/** Before the first answer, and between answers. */
const noBody = new IndexedBody(0);
const noIncrementalReader = new IncrementalReader(noBody, noBody, new SampleBuffer<unknown>(), 0);

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
  private readonly nameFilter: NameFilter;
  private previous = noBody;
  private current = noBody;
  private samples = new SampleBuffer<Meta>();
  private incrementalReader = noIncrementalReader;
  private bad: BadLine[] = [];
  private badCount = 0;
  private bytes = 0;
  private sawEof = false;
  /** Within a line that is too long already. */
  private isSkippingLine = false;
  private skippedLines = 0;

  constructor(
    wanted: (name: string) => boolean,
    private readonly describe: Describe<Meta>,
  ) {
    this.nameFilter = new NameFilter(wanted);
    this.table = new SeriesTable(describe);
  }

  /** How many series are interned. */
  get seriesCount(): number {
    return this.table.series.length;
  }

  /** The bytes of the last answer, whole; a view, which the next answer overwrites. */
  get lastBody(): Uint8Array {
    return this.previous.bytes.subarray(0, this.previous.filledEnd);
  }

  /** Begins a new answer; what a broken one left behind is dropped. */
  begin(): void {
    releaseBody(this.current);
    this.current = acquireBody(this.previous.filledEnd);
    this.samples.count = 0;
    this.incrementalReader = new IncrementalReader(this.previous, this.current, this.samples, this.seriesCount);
    this.bad = [];
    this.badCount = 0;
    this.bytes = 0;
    this.sawEof = false;
    this.isSkippingLine = false;
    this.skippedLines = 0;
  }

  /** Takes the next part of the body. The chunk may be reused by the caller afterwards. */
  feed(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    const rest = this.isSkippingLine ? this.skipOverlongLine(chunk) : chunk;
    this.current.append(rest);
    this.readLines();
    if (this.current.filledEnd - this.current.readEnd <= maxLineBytes || this.isSkippingLine) return;
    this.noteBad(lineTooLong);
    // Nothing of it is held any more, or a body without line feeds would fill the memory.
    this.current.filledEnd = this.current.readEnd;
    this.isSkippingLine = true;
  }

  /** Ends the answer and gives what was read. */
  end(): Exposition<Meta> {
    const { current } = this;
    const endsInLine = current.readEnd < current.filledEnd || this.isSkippingLine;
    if (current.readEnd < current.filledEnd) {
      this.readLine(current.filledEnd);
      // Without its line feed it is not to be compared with.
      current.lineTable[(current.lineCount - 1) * lineStride + kindColumn] = lineKind.irregular;
    }
    const exposition: Exposition<Meta> = {
      series: this.samples.listSeries(this.table.series),
      values: this.samples.takeValues(),
      samples: current.sampleCount,
      bytes: this.bytes,
      badLines: this.bad,
      badCount: this.badCount,
      endsInLine,
      sawEof: this.sawEof,
    };
    if (this.previous === noBody) noteFirstLength(current.filledEnd);
    releaseBody(this.previous);
    [this.previous, this.current, this.incrementalReader] = [current, noBody, noIncrementalReader];
    this.dropStaleSeries(exposition.series.length);
    return exposition;
  }

  /** What is left of a chunk behind the end of a line that is too long. */
  private skipOverlongLine(chunk: Uint8Array): Uint8Array {
    const end = chunk.indexOf(lineFeed);
    if (end === -1) return chunk.subarray(0, 0);
    this.isSkippingLine = false;
    this.skippedLines += 1;
    return chunk.subarray(end + 1);
  }

  /** Engines that restart leave their old series behind; once those are most of the table it is built anew. */
  private dropStaleSeries(living: number): void {
    if (this.seriesCount <= 4 * living + 4096) return;
    this.table = new SeriesTable(this.describe);
    this.samples = new SampleBuffer<Meta>();
    this.previous.lineCount = 0;
  }

  /** Every whole line that is there. */
  private readLines(): void {
    const { current, incrementalReader } = this;
    for (;;) {
      while (incrementalReader.readBatch() > 0);
      const end = current.bytes.indexOf(lineFeed, current.readEnd);
      if (end === -1 || end >= current.filledEnd) return;
      this.readLine(end);
    }
  }

  /** Reads the line that ends at `end` by itself. */
  private readLine(end: number): void {
    const { current, nameFilter, table } = this;
    const { bytes, readEnd: start } = current;
    current.readEnd = Math.min(end + 1, current.filledEnd);
    const first = firstByte(bytes, start, end);
    if (first === end || bytes[first] === hash) {
      const isEof = end - start === 5 && bytes.toString('latin1', start, end) === '# EOF';
      this.sawEof ||= isEof;
      return this.addLine(end, end, isEof ? lineKind.irregular : lineKind.comment);
    }
    if (end - start > maxLineBytes) return this.addBad(lineTooLong, end);
    const naming = nameFilter.read(current.view, start, end);
    if (naming === 'unwanted') return this.skipValue(nameFilter.end, end);
    const error = table.read(current, start, nameFilter.end, end, naming === 'none' ? undefined : nameFilter.name);
    if (error) return this.addBad(error, end);
    const { index, value, valueStart } = table;
    const isDescribed = table.series[index] !== undefined;
    current.sampleCount += 1;
    if (isDescribed) this.samples.add(index, value);
    if (valueStart === noIndex) current.addLine(end, end, lineKind.irregular);
    else this.addLine(valueStart, end, isDescribed ? index : lineKind.undescribed, value);
  }

  /** A sample that nobody wants: what is behind its last blank is taken for its value. */
  private skipValue(nameStop: number, end: number): void {
    const {
      current,
      current: { bytes },
    } = this;
    let blank = end - 1;
    for (const stop = Math.max(nameStop, end - maxValueBytes); blank > stop && bytes[blank] !== space;) blank -= 1;
    current.sampleCount += 1;
    if (bytes[blank] === space) this.addLine(blank + 1, end, lineKind.unwanted);
    else current.addLine(end, end, lineKind.irregular);
  }

  /** Adds a line that may stand here again, and goes on behind where it stood before. */
  private addLine(valueAt: number, end: number, kind: number, value = 0): void {
    this.current.addLine(valueAt, end, kind, value);
    if (kind >= 0) this.incrementalReader.resumeAtSeries(kind);
    else this.incrementalReader.resumeAtText();
  }

  private addBad(error: LineError, end: number): void {
    this.noteBad(error);
    this.current.addLine(end, end, lineKind.irregular);
  }

  private noteBad(error: LineError): void {
    this.badCount += 1;
    if (this.bad.length < maxBadLines) this.bad.push({ ...error, line: this.current.lineCount + this.skippedLines });
  }
}

/**
 * Reads the expositions of one target, scrape after scrape, while their bytes arrive. No string of a whole body is
 * made. A wanted line that is new is parsed on its own and its series interned. Lines that are as in the scrape before
 * are read in batches by the `IncrementalReader`.
 */
import { BadLineLog } from './badLineLog';
import { acquireBody, noteFirstLength, releaseBody } from './bodyPool';
import { hash, isBlank, lineFeed, space } from './characterCodes';
import { IncrementalReader, maxValueBytes } from './incrementalReader';
import { IndexedBody, kindColumn, lineKind, lineStride } from './indexedBody';
import { NameFilter } from './nameFilter';
import { lineTooLong, maxLineBytes, maxLines, maxSeries, tooMany } from './limits';
import type { LineError } from './parseLine';
import { SampleBuffer } from './sampleBuffer';
import { noIndex, SeriesTable } from './seriesTable';
import type { Describe, Exposition } from './types';

export type { Labels } from './parseLine';
export type { Exposition, Series } from './types';

/** In use before the first exposition and between two. */
const noBody = new IndexedBody(0);
const noIncrementalReader = new IncrementalReader(noBody, noBody, new SampleBuffer<unknown>(), 0);
const eofMark = '# EOF';
/** Longer comments are cut when they are passed on. */
const maxCommentBytes = 2_000;

/** Offset of the first byte that is not blank, or `end`. */
function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let offset = start;
  while (offset < end && isBlank(bytes[offset])) offset += 1;
  return offset;
}

/**
 * Reads one target. Call `begin`, then `feed` for each chunk, then `end`. `feed` and `end` throw an `HttpError` if the
 * exposition is beyond a limit; drop the reader then, and its memory with it.
 */
export class ExpositionReader<Meta> {
  private table: SeriesTable<Meta>;
  private readonly nameFilter: NameFilter;
  private previous = noBody;
  private current = noBody;
  private samples = new SampleBuffer<Meta>();
  private incrementalReader = noIncrementalReader;
  private badLines = new BadLineLog();
  private bytes = 0;
  private sawEof = false;
  /** Whether the next bytes belong to an overlong line, which is dropped. */
  private isSkippingLine = false;
  private skippedLines = 0;

  /**
   * `isWanted` is called once per metric name, `describe` once per name and labels, `noteComment` with each comment that
   * was not in the exposition before.
   */
  constructor(
    isWanted: (name: string) => boolean,
    private readonly describe: Describe<Meta>,
    private readonly noteComment?: (line: string) => void,
  ) {
    this.nameFilter = new NameFilter(isWanted);
    this.table = new SeriesTable(describe);
  }

  /** Number of interned series. */
  get seriesCount(): number {
    return this.table.series.length;
  }

  /** The memory of the bodies that it holds, in bytes. */
  get bodyBytes(): number {
    return this.previous.memoryBytes + this.current.memoryBytes;
  }

  /** The bytes of the last exposition. The next one overwrites them. */
  get lastBody(): Uint8Array {
    return this.previous.bytes.subarray(0, this.previous.filledEnd);
  }

  /** Begins an exposition. Drops one that was begun and not ended. */
  begin(): void {
    releaseBody(this.current);
    this.current = acquireBody(this.previous.filledEnd);
    this.samples.count = 0;
    this.table.beginExposition();
    this.incrementalReader = new IncrementalReader(this.previous, this.current, this.samples, this.seriesCount);
    this.badLines = new BadLineLog();
    this.bytes = 0;
    this.sawEof = false;
    this.isSkippingLine = false;
    this.skippedLines = 0;
  }

  /** Reads the next chunk of the body. The chunk is copied, so that its owner may reuse it. */
  feed(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    const text = this.isSkippingLine ? this.skipOverlongLine(chunk) : chunk;
    this.current.append(text);
    // Without a line feed no line is complete. Searching the whole line again for each of its chunks would take too long.
    if (text.includes(lineFeed)) this.readLines();
    if (this.current.filledEnd - this.current.readEnd <= maxLineBytes || this.isSkippingLine) return;
    this.noteBadLine(lineTooLong);
    // Its bytes are dropped at once, or a body without line feeds would fill the memory.
    this.current.filledEnd = this.current.readEnd;
    this.isSkippingLine = true;
  }

  /** Ends the exposition and returns what was read. */
  end(): Exposition<Meta> {
    const { current } = this;
    const endsInLine = current.readEnd < current.filledEnd || this.isSkippingLine;
    if (current.readEnd < current.filledEnd) {
      this.readLine(current.filledEnd);
      // Without its line feed the line must not be compared with.
      current.lineTable[(current.lineCount - 1) * lineStride + kindColumn] = lineKind.irregular;
      this.checkLimits();
    }
    const exposition: Exposition<Meta> = {
      series: this.samples.listSeries(this.table.series),
      values: this.samples.takeValues(),
      samples: current.sampleCount,
      bytes: this.bytes,
      badLines: this.badLines.lines,
      badCount: this.badLines.count,
      endsInLine,
      sawEof: this.sawEof,
    };
    if (this.previous === noBody) noteFirstLength(current.filledEnd);
    releaseBody(this.previous);
    current.trim();
    [this.previous, this.current, this.incrementalReader] = [current, noBody, noIncrementalReader];
    if (this.table.isMostlyStale(exposition.series, exposition.bytes)) this.dropTable();
    return exposition;
  }

  /** Drops an exposition that was begun and will not end, and gives its body back. */
  abandon(): void {
    releaseBody(this.current);
    [this.current, this.incrementalReader] = [noBody, noIncrementalReader];
  }

  /** The part of a chunk after the end of an overlong line. */
  private skipOverlongLine(chunk: Uint8Array): Uint8Array {
    const end = chunk.indexOf(lineFeed);
    if (end === -1) return chunk.subarray(0, 0);
    this.isSkippingLine = false;
    this.skippedLines += 1;
    return chunk.subarray(end + 1);
  }

  /** Begins a new series table, so that series that are no longer exposed are given back. */
  private dropTable(): void {
    this.table = new SeriesTable(this.describe);
    this.samples = new SampleBuffer<Meta>();
    this.previous.lineCount = 0;
  }

  private checkLimits(): void {
    if (this.current.lineCount > maxLines) throw tooMany(maxLines, 'lines');
    if (this.samples.count > maxSeries) throw tooMany(maxSeries, 'series');
  }

  /** Reads every complete line. */
  private readLines(): void {
    const { current, incrementalReader } = this;
    for (;;) {
      while (incrementalReader.readBatch() > 0);
      this.checkLimits();
      const end = current.bytes.indexOf(lineFeed, current.readEnd);
      if (end === -1 || end >= current.filledEnd) return;
      this.readLine(end);
    }
  }

  /** Reads the one line that ends at `end`. */
  private readLine(end: number): void {
    const { current, nameFilter, table } = this;
    const { bytes, readEnd: start } = current;
    current.readEnd = Math.min(end + 1, current.filledEnd);
    const first = skipBlanks(bytes, start, end);
    if (first === end || bytes[first] === hash) return this.addComment(start, end);
    if (end - start > maxLineBytes) return this.addBadLine(lineTooLong, end);
    const verdict = nameFilter.read(current.view, start, end);
    if (verdict === 'unwanted') return this.addUnwanted(nameFilter.end, end);
    const error = table.read(current, start, nameFilter.end, end, verdict === 'none' ? undefined : nameFilter.name);
    if (error) return this.addBadLine(error, end);
    const { index, value, valueStart } = table;
    const isDescribed = table.series[index] !== undefined;
    current.sampleCount += 1;
    if (isDescribed) this.samples.add(index, value);
    if (valueStart === noIndex) current.addLine(end, end, lineKind.irregular);
    else this.addLine(valueStart, end, isDescribed ? index : lineKind.undescribed, value);
  }

  private addComment(start: number, end: number): void {
    const { bytes } = this.current;
    const isEof = end - start === eofMark.length && bytes.toString('latin1', start, end) === eofMark;
    this.sawEof ||= isEof;
    if (this.noteComment && !isEof)
      this.noteComment(bytes.toString('utf8', start, Math.min(end, start + maxCommentBytes)));
    this.addLine(end, end, isEof ? lineKind.irregular : lineKind.comment);
  }

  /** Adds a sample of an unwanted family. What follows its last blank is assumed to be its value. */
  private addUnwanted(nameEnd: number, end: number): void {
    const { current } = this;
    const { bytes } = current;
    const searchEnd = Math.max(nameEnd, end - maxValueBytes);
    let blank = end - 1;
    while (blank > searchEnd && bytes[blank] !== space) blank -= 1;
    current.sampleCount += 1;
    if (bytes[blank] === space) this.addLine(blank + 1, end, lineKind.unwanted);
    else current.addLine(end, end, lineKind.irregular);
  }

  /** Adds a line that the next scrape may repeat, and continues the comparison after its previous occurrence. */
  private addLine(valueStart: number, end: number, kind: number, value = 0): void {
    this.current.addLine(valueStart, end, kind, value);
    if (kind >= 0) this.incrementalReader.resumeAtSeries(kind);
    else this.incrementalReader.resumeAtText();
  }

  private addBadLine(error: LineError, end: number): void {
    this.noteBadLine(error);
    this.current.addLine(end, end, lineKind.irregular);
  }

  private noteBadLine(error: LineError): void {
    this.badLines.add(error, this.current.lineCount + this.skippedLines);
  }
}

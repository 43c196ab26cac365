/**
 * Reads the expositions of one target, scrape after scrape, while their bytes arrive. No string of a whole body is
 * made. A wanted line that is new is parsed on its own and its series interned. Lines that are as in the scrape before
 * are read in batches by the `IncrementalReader`.
 */
import { BadLineLog } from './badLineLog';
import { CarriageReturns } from './carriageReturns';
import { hash, isBlank, lineFeed, space } from './characterCodes';
import { GrowingBytes } from './growingBytes';
import { IncrementalReader } from './incrementalReader';
import { sharedBuffer, spareBytes } from './lineBuffer';
import { LineIndex, lineKind, noGroup } from './lineIndex';
import { acquireLineIndex, noteFirstLines, releaseLineIndex } from './lineIndexPool';
import { NameFilter } from './nameFilter';
import { lineTooLong, maxLineBytes, maxLines, maxSeries, tooMany } from './limits';
import type { LineError } from './parseLine';
import { SampleBuffer } from './sampleBuffer';
import { noIndex, SeriesTable } from './seriesTable';
import { TextBudget } from './textBudget';
import type { Describe, Exposition } from './types';
import { maxValueBytes } from './wholeLines';

export type { Labels } from './parseLine';
export type { Exposition, Series } from './types';

/** In use before the first exposition and between two. */
const noLines = new LineIndex(0);
const noIncrementalReader = new IncrementalReader(noLines, noLines, sharedBuffer, new SampleBuffer<unknown>(), 0);
const noBytes = Buffer.alloc(0);
/** Larger chunks are read in parts, so that limits are checked in between. */
const maxPartBytes = 256 * 1024;
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
  private previous = noLines;
  private current = noLines;
  /** The bytes of a line whose end has not arrived yet. */
  private readonly openLine = new GrowingBytes();
  private samples = new SampleBuffer<Meta>();
  private incrementalReader = noIncrementalReader;
  private badLines = new BadLineLog();
  private carriageReturns = new CarriageReturns();
  private bytes = 0;
  private sawEof = false;
  /** Whether the next bytes belong to an overlong line, which is dropped. */
  private isSkippingLine = false;
  private skippedLines = 0;
  /** Whether lines that are new are held whole. */
  private holdsWhole = true;
  /** The text that the budget knows of, in bytes. */
  private budgetedBytes = 0;

  /**
   * `isWanted` is called once per metric name, `describe` once per name and labels, `noteComment` with each comment that
   * was not in the exposition before. `budget` is that of all readers that hold their texts at the same time.
   */
  constructor(
    isWanted: (name: string) => boolean,
    private readonly describe: Describe<Meta>,
    private readonly noteComment?: (line: string) => void,
    private readonly budget = new TextBudget(),
  ) {
    this.nameFilter = new NameFilter(isWanted);
    this.table = new SeriesTable(describe);
  }

  /** Number of interned series. */
  get seriesCount(): number {
    return this.table.series.length;
  }

  /** The memory of the lines that it holds, in bytes. */
  get bodyBytes(): number {
    return this.previous.memoryBytes + this.current.memoryBytes + this.openLine.capacity;
  }

  /** The bytes of the last exposition, made from its lines; each ends with a line feed only. */
  get lastBody(): Uint8Array {
    return this.previous.toText();
  }

  /** Begins an exposition. Drops one that was begun and not ended. */
  begin(): void {
    releaseLineIndex(this.current);
    this.current = acquireLineIndex(this.previous.count, this.previous.text.end);
    this.current.prefixes = this.table.prefixes;
    this.openLine.clear();
    this.samples.count = 0;
    this.table.beginExposition();
    // The lines of a table that was dropped have other numbers.
    const comparable = this.previous.prefixes === this.table.prefixes ? this.previous : noLines;
    this.incrementalReader = new IncrementalReader(
      comparable,
      this.current,
      sharedBuffer,
      this.samples,
      this.seriesCount,
    );
    this.badLines = new BadLineLog();
    this.carriageReturns = new CarriageReturns();
    this.bytes = 0;
    this.sawEof = false;
    this.isSkippingLine = false;
    this.skippedLines = 0;
  }

  /** Reads the next chunk of the body. What is needed of the chunk is copied, so that its owner may reuse it. */
  feed(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    this.feedText(this.carriageReturns.remove(chunk));
  }

  private feedText(text: Uint8Array): void {
    for (let start = 0; start < text.byteLength; start += maxPartBytes)
      this.feedPart(text.subarray(start, start + maxPartBytes));
  }

  private feedPart(part: Uint8Array): void {
    const { openLine } = this;
    let text = this.isSkippingLine ? this.skipOverlongLine(part) : part;
    const openEnd = openLine.end > 0 ? text.indexOf(lineFeed) + 1 : 0;
    if (openEnd > 0) {
      this.readCopy(text.subarray(0, openEnd));
      text = text.subarray(openEnd);
    }
    const end = text.byteLength > spareBytes ? text.lastIndexOf(lineFeed, text.byteLength - spareBytes - 1) + 1 : 0;
    if (end > 0) {
      sharedBuffer.wrap(text, end);
      this.readLines();
    }
    const rest = text.subarray(end);
    const restEnd = rest.lastIndexOf(lineFeed) + 1;
    if (restEnd > 0) this.readCopy(rest.subarray(0, restEnd));
    openLine.appendChunk(rest.subarray(restEnd));
    if (openLine.end <= maxLineBytes) return;
    this.noteBadLine(lineTooLong);
    // Its bytes are dropped at once, or a body without line feeds would fill the memory.
    openLine.clear();
    this.isSkippingLine = true;
  }

  /** Ends the exposition and returns what was read. */
  end(): Exposition<Meta> {
    const { current, openLine } = this;
    this.feedText(this.carriageReturns.rest());
    const endsInLine = openLine.end > 0 || this.isSkippingLine;
    if (openLine.end > 0) {
      sharedBuffer.fill(openLine.content, noBytes);
      this.readLine(sharedBuffer.filledEnd);
      this.finishLines();
      // Without its line feed the line must not be compared with.
      current.kinds[current.count - 1] = lineKind.irregular;
    }
    openLine.free();
    const exposition: Exposition<Meta> = {
      series: this.samples.listSeries(this.table.series),
      values: this.samples.takeValues(),
      samples: current.sampleCount,
      bytes: this.bytes,
      badLines: this.badLines.lines,
      badCount: this.badLines.count,
      endsInLine,
      // OpenMetrics ends a line with a line feed only.
      sawEof: this.sawEof && !this.carriageReturns.hasRemoved,
    };
    if (this.previous === noLines) noteFirstLines(current);
    releaseLineIndex(this.previous);
    current.trim();
    this.noteHeld(current.text.end);
    [this.previous, this.current, this.incrementalReader] = [current, noLines, noIncrementalReader];
    if (this.table.isMostlyStale(exposition.series, exposition.bytes)) this.dropTable();
    return exposition;
  }

  /** Drops an exposition that was begun and will not end, and gives its memory back. */
  abandon(): void {
    releaseLineIndex(this.current);
    this.openLine.free();
    [this.current, this.incrementalReader] = [noLines, noIncrementalReader];
    this.noteHeld(this.previous.text.end);
  }

  /** Gives its share of the budget back. It reads nothing any more. */
  dispose(): void {
    this.noteHeld(0);
  }

  private noteHeld(bytes: number): void {
    this.budget.add(bytes - this.budgetedBytes);
    this.budgetedBytes = bytes;
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
  }

  private checkLimits(): void {
    if (this.current.count > maxLines) throw tooMany(maxLines, 'lines');
    if (this.samples.count > maxSeries) throw tooMany(maxSeries, 'series');
  }

  /** Reads a copy of the open line and the bytes after it. */
  private readCopy(bytes: Uint8Array): void {
    sharedBuffer.fill(this.openLine.content, bytes);
    this.openLine.clear();
    this.readLines();
  }

  /** Reads all lines of the shared buffer. */
  private readLines(): void {
    const { incrementalReader } = this;
    this.holdsWhole = this.budget.hasRoom;
    while (sharedBuffer.readEnd < sharedBuffer.filledEnd) {
      incrementalReader.readLines();
      this.checkLimits();
      if (sharedBuffer.readEnd < sharedBuffer.filledEnd)
        this.readLine(sharedBuffer.bytes.indexOf(lineFeed, sharedBuffer.readEnd));
    }
    this.finishLines();
  }

  /** Keeps the text of the lines that were read, and gives the shared buffer back. */
  private finishLines(): void {
    const { text } = this.current;
    this.current.copyText(sharedBuffer, sharedBuffer.readEnd);
    sharedBuffer.clear();
    if (text.end > this.budgetedBytes) this.noteHeld(text.end);
    this.checkLimits();
  }

  /** Reads the one line that ends at `end`. */
  private readLine(end: number): void {
    const { current, nameFilter, table } = this;
    const { bytes, view, readEnd: start, filledEnd } = sharedBuffer;
    sharedBuffer.readEnd = Math.min(end + 1, filledEnd);
    const first = skipBlanks(bytes, start, end);
    if (first === end || bytes[first] === hash) return this.addComment(start, end);
    if (end - start > maxLineBytes) return this.addBadLine(lineTooLong);
    const verdict = nameFilter.read(view, start, end);
    if (verdict === 'unwanted') return this.addUnwanted(end);
    const error = table.read(
      sharedBuffer,
      start,
      nameFilter.end,
      end,
      verdict === 'none' ? undefined : nameFilter.name,
      !this.holdsWhole,
    );
    if (error) return this.addBadLine(error);
    const { index, value, valueStart, groupNumber, boundNumber } = table;
    const isDescribed = table.series[index] !== undefined;
    current.sampleCount += 1;
    if (isDescribed) this.samples.add(index, value);
    const kind = isDescribed ? index : lineKind.undescribed;
    // A value without a blank before it is found by the grammar alone.
    if (valueStart === noIndex || !isBlank(bytes[valueStart - 1])) this.addWholeLine(lineKind.irregular);
    else if (groupNumber === noGroup) this.addWholeLine(kind, value, sharedBuffer.readEnd - valueStart);
    else {
      const line = { group: groupNumber, bound: boundNumber, kind, value };
      current.addValueLine(line, sharedBuffer, start, valueStart);
      this.resumeAfter(kind);
    }
  }

  private addComment(start: number, end: number): void {
    const { bytes } = sharedBuffer;
    const isEof = end - start === eofMark.length && bytes.toString('latin1', start, end) === eofMark;
    this.sawEof ||= isEof;
    if (this.noteComment && !isEof)
      this.noteComment(bytes.toString('utf8', start, Math.min(end, start + maxCommentBytes)));
    this.addWholeLine(isEof ? lineKind.irregular : lineKind.comment);
  }

  /** Adds a sample of an unwanted family. What follows its last blank is assumed to be its value. */
  private addUnwanted(end: number): void {
    const { bytes } = sharedBuffer;
    const searchEnd = Math.max(this.nameFilter.end, end - maxValueBytes);
    let blank = end - 1;
    while (blank > searchEnd && bytes[blank] !== space) blank -= 1;
    this.current.sampleCount += 1;
    if (bytes[blank] === space) this.addWholeLine(lineKind.unwanted, 0, sharedBuffer.readEnd - blank - 1);
    else this.addWholeLine(lineKind.irregular);
  }

  /** Adds the line that was read last, whose own text is the whole line. */
  private addWholeLine(kind: number, value = 0, valueLength = 0): void {
    this.current.addWholeLine(kind, value, valueLength, sharedBuffer);
    if (kind !== lineKind.irregular) this.resumeAfter(kind);
  }

  /** Continues the comparison after the previous occurrence of the line that was read last. */
  private resumeAfter(kind: number): void {
    if (kind >= 0) this.incrementalReader.resumeAtSeries(kind);
    else this.incrementalReader.resumeAtText();
  }

  private addBadLine(error: LineError): void {
    this.noteBadLine(error);
    this.addWholeLine(lineKind.irregular);
  }

  private noteBadLine(error: LineError): void {
    this.badLines.add(error, this.current.count + this.skippedLines);
  }
}

/**
 * Reads an exposition by comparing it with the one before. Between two scrapes lines come and go, but their order stays
 * and most lines differ in their value only. So a batch of lines is assumed to be the same as before, the values are
 * parsed where they are then expected, and one native comparison of all other bytes confirms the assumption.
 */
import { lineFeed } from './characterCodes';
import { equalBytes } from './compareBytes';
import { endColumn, headLength, kindColumn, lineKind, lineStride, type IndexedBody } from './indexedBody';
import { parseNumber } from './parseNumber';
import type { SampleBuffer } from './sampleBuffer';

/** Lines that one comparison confirms. More make it cheaper, fewer waste less work if a line differs. */
const maxBatchLines = 128;
/** No number is longer. A value that seems longer is expected at the wrong offset. */
export const maxValueBytes = 64;
/** How many lines of the previous body are searched for a line that was read on its own. */
const resumeLookahead = 32;

/** Compares one exposition with the previous one of the same target. */
export class IncrementalReader {
  /** The line of the previous body that is expected next. */
  private cursor = 0;
  /** Whether the batch before ended early, so that the next line probably differs. */
  private expectsDifference = false;
  private lineAfterSeries: Int32Array | undefined;

  /** `knownSeries`: how many series the table held before this exposition. */
  constructor(
    private readonly previous: IndexedBody,
    private readonly current: IndexedBody,
    private readonly samples: SampleBuffer<unknown>,
    private readonly knownSeries: number,
  ) {}

  /**
   * Reads the next lines that are as in the previous body, and returns how many. 0 if the next line differs, is
   * irregular or is incomplete.
   */
  readBatch(): number {
    const { previous, current, cursor } = this;
    if (cursor >= previous.lineCount || (this.expectsDifference && !this.nextLineLooksSame())) return 0;
    const { bytes: oldBytes, lineTable: oldTable, values: oldValues, heads: oldHeads } = previous;
    const lastLine = Math.min(previous.lineCount, cursor + maxBatchLines);
    current.reserve(lastLine - cursor);
    const { bytes, view, filledEnd, lineTable, values, heads } = current;
    // Bytes from these offsets on are not compared yet; lines before `confirmed` are.
    let oldFrom = previous.startOf(cursor);
    let from = current.readEnd;
    let confirmed = cursor;
    let shift = from - oldFrom;
    let line = cursor;
    let entry = current.lineCount * lineStride;
    const lineShift = current.lineCount - cursor;
    for (; line < lastLine; line += 1, entry += lineStride) {
      const oldValueStart = oldTable[line * lineStride] as number;
      const oldEnd = oldTable[line * lineStride + endColumn] as number;
      const kind = oldTable[line * lineStride + kindColumn] as number;
      const valueStart = oldValueStart + shift;
      let end = oldEnd + shift;
      if (kind === lineKind.irregular || end >= filledEnd) break;
      const head = view.getFloat64(valueStart, true);
      let value = oldValues[line] as number;
      if (kind === lineKind.comment) {
        if (bytes[end] !== lineFeed) break;
      } else if (oldEnd - oldValueStart >= headLength || head !== oldHeads[line]) {
        const searchEnd = Math.min(filledEnd, valueStart + maxValueBytes);
        for (end = valueStart; end < searchEnd && bytes[end] !== lineFeed;) end += 1;
        if (end === searchEnd) break;
        if (kind !== lineKind.unwanted) {
          const number = parseNumber(bytes, valueStart, end);
          if (number === undefined) break;
          value = number;
        }
        if (end === oldEnd + shift) {
          // The new value goes into the previous body too, so that one comparison can span it.
          for (let at = oldValueStart; at < oldEnd; at += 1) oldBytes[at] = bytes[at + shift] as number;
          oldValues[line] = value;
          oldHeads[line] = head;
        } else {
          // The value has another length, so that everything after it has moved.
          if (!this.isSame(oldFrom, oldValueStart, from)) break;
          oldFrom = oldEnd;
          from = end;
          shift = end - oldEnd;
          confirmed = line + 1;
        }
      }
      lineTable[entry] = valueStart;
      lineTable[entry + endColumn] = end;
      lineTable[entry + kindColumn] = kind;
      values[line + lineShift] = value;
      heads[line + lineShift] = head;
    }
    const sameEnd = this.isSame(oldFrom, previous.startOf(line), from)
      ? line
      : this.findDifference(confirmed, line, shift);
    this.expectsDifference = sameEnd < lastLine;
    return this.commitBatch(sameEnd);
  }

  /** Continues after the line of a series that was read on its own. */
  resumeAtSeries(seriesIndex: number): void {
    if (seriesIndex >= this.knownSeries) return;
    const line = this.linesAfterSeries()[seriesIndex] as number;
    if (line > this.cursor) this.cursor = line;
  }

  /** Continues after the line that differs from the last line read only in its value, if there is one nearby. */
  resumeAtText(): void {
    const { previous, current } = this;
    const { lineTable } = previous;
    if (this.cursor === previous.lineCount) return;
    const start = current.startOf(current.lineCount - 1);
    const length = (current.lineTable[(current.lineCount - 1) * lineStride] as number) - start;
    const lastLine = Math.min(previous.lineCount, this.cursor + resumeLookahead);
    for (let line = this.cursor; line < lastLine; line += 1) {
      const oldStart = previous.startOf(line);
      if (
        (lineTable[line * lineStride] as number) - oldStart === length &&
        equalBytes(current.view, start, previous.view, oldStart, oldStart + length)
      ) {
        this.cursor = line + 1;
        return;
      }
    }
  }

  /** Whether the next line is probably the expected one, apart from its value. */
  private nextLineLooksSame(): boolean {
    const { previous, current, cursor } = this;
    const start = previous.startOf(cursor);
    const valueStart = previous.lineTable[cursor * lineStride] as number;
    return (
      previous.lineTable[cursor * lineStride + kindColumn] !== lineKind.irregular &&
      current.readEnd + valueStart - start <= current.filledEnd &&
      equalBytes(current.view, current.readEnd, previous.view, start, valueStart)
    );
  }

  /** Whether the previous body's bytes in a range are the current body's from `from` on. */
  private isSame(oldFrom: number, oldTo: number, from: number): boolean {
    return this.previous.bytes.compare(this.current.bytes, from, from + oldTo - oldFrom, oldFrom, oldTo) === 0;
  }

  /**
   * The first line whose bytes differ, by bisection. Lines before `same` are known to be the same, and not all before
   * `different` are. `shift`: how much farther back the lines are in the current body.
   */
  private findDifference(same: number, different: number, shift: number): number {
    let [low, high] = [same, different];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const from = this.previous.startOf(low);
      if (this.isSame(from, this.previous.startOf(middle), from + shift)) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Accepts the lines before `end`, whose offsets and values are already in the current body. */
  private commitBatch(end: number): number {
    const { current, samples, cursor } = this;
    const { lineTable, values, lineCount } = current;
    const count = end - cursor;
    for (let line = lineCount; line < lineCount + count; line += 1) {
      const kind = lineTable[line * lineStride + kindColumn] as number;
      if (kind !== lineKind.comment) current.sampleCount += 1;
      if (kind >= 0) samples.add(kind, values[line] as number);
    }
    current.lineCount = lineCount + count;
    current.readEnd = current.startOf(current.lineCount);
    this.cursor = end;
    return count;
  }

  /** By series, the line of the previous body that followed it; 0 for none. */
  private linesAfterSeries(): Int32Array {
    if (this.lineAfterSeries) return this.lineAfterSeries;
    const lines = new Int32Array(this.knownSeries);
    const { lineTable, lineCount } = this.previous;
    for (let line = 0; line < lineCount; line += 1) {
      const seriesIndex = lineTable[line * lineStride + kindColumn] as number;
      if (seriesIndex >= 0) lines[seriesIndex] = line + 1;
    }
    this.lineAfterSeries = lines;
    return lines;
  }
}

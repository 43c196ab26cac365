/**
 * Walks the lines of the answer before beside the new ones: lines come and go, their order stays. A run of lines is taken to stand as it stood, its
 * values are read where they are then expected, and one native comparison of all that is not a value says whether that was right.
 */
import { endColumn, headLength, kindColumn, lineKind, lineStride, type IndexedBody } from './indexedBody';
import { parseNumber } from './parseNumber';
import type { SampleBuffer } from './sampleBuffer';
import { equalBytes } from './compareBytes';

const lineFeed = 0x0a;
/** Lines that one comparison confirms: enough to make it cheap, few enough that little is done in vain where a line is another. */
const maxBatchLines = 128;
/** No number is longer; a value that seems to be is read at the wrong place. */
export const maxValueBytes = 64;
/** How many lines of the answer before are looked through for one that was read by itself. */
const resumeLookahead = 32;

export class IncrementalReader {
  /** The next line of the answer before. */
  private cursor = 0;
  /** The next line may well be another than there. */
  private mayDiffer = false;
  private lineOfSeries: Int32Array | undefined;

  /** `known`: how many series there were in all before this answer. */
  constructor(
    private readonly previous: IndexedBody,
    private readonly current: IndexedBody,
    private readonly samples: SampleBuffer<unknown>,
    private readonly known: number,
  ) {}

  /** Reads lines as they stood in the answer before. Gives how many; 0 where the next one does not stand so, takes the long way or is not there in whole. */
  readBatch(): number {
    const { previous, current, cursor } = this;
    if (cursor >= previous.lineCount || (this.mayDiffer && !this.seemsSame())) return 0;
    const { bytes: old, lineTable: oldPlaces, values: oldValues, heads: oldHeads } = previous;
    const last = Math.min(previous.lineCount, cursor + maxBatchLines);
    current.reserve(last - cursor);
    const { bytes, view, filledEnd, lineTable, values, heads } = current;
    // From here on nothing is compared yet, in the answer before and in this one, and lines before `sure` are.
    let oldFrom = previous.startOf(cursor);
    let from = current.readEnd;
    let sure = cursor;
    let shift = from - oldFrom;
    let line = cursor;
    let place = current.lineCount * lineStride;
    const placeShift = current.lineCount - cursor;
    for (; line < last; line += 1, place += lineStride) {
      const oldValue = oldPlaces[line * lineStride] as number;
      const oldEnd = oldPlaces[line * lineStride + endColumn] as number;
      const kind = oldPlaces[line * lineStride + kindColumn] as number;
      const valueAt = oldValue + shift;
      let end = oldEnd + shift;
      if (kind === lineKind.irregular || end >= filledEnd) break;
      const head = view.getFloat64(valueAt, true);
      let value = oldValues[line] as number;
      if (kind === lineKind.comment) {
        if (bytes[end] !== lineFeed) break;
      } else if (oldEnd - oldValue >= headLength || head !== oldHeads[line]) {
        const stop = Math.min(filledEnd, valueAt + maxValueBytes);
        for (end = valueAt; end < stop && bytes[end] !== lineFeed;) end += 1;
        if (end === stop) break;
        if (kind !== lineKind.unwanted) {
          const number = parseNumber(bytes, valueAt, end);
          if (number === undefined) break;
          value = number;
        }
        if (end === oldEnd + shift) {
          for (let at = oldValue; at < oldEnd; at += 1) old[at] = bytes[at + shift] as number;
          oldValues[line] = value;
          oldHeads[line] = head;
        } else {
          if (!this.isSame(oldFrom, oldValue, from)) break;
          oldFrom = oldEnd;
          from = end;
          shift = end - oldEnd;
          sure = line + 1;
        }
      }
      lineTable[place] = valueAt;
      lineTable[place + endColumn] = end;
      lineTable[place + kindColumn] = kind;
      values[line + placeShift] = value;
      heads[line + placeShift] = head;
    }
    const end = this.isSame(oldFrom, previous.startOf(line), from) ? line : this.lastSame(sure, line, shift);
    this.mayDiffer = end < last;
    return this.commitBatch(end);
  }

  /** Puts the cursor behind the line of a series that was read by itself. */
  resumeAtSeries(series: number): void {
    if (series >= this.known) return;
    const line = this.linesOfSeries()[series] as number;
    if (line > this.cursor) this.cursor = line;
  }

  /** Puts the cursor behind the line, if it is near, that is the same but for its value as the one of this answer that was read last, by itself. */
  resumeAtText(): void {
    const { previous, current } = this;
    const { lineTable } = previous;
    if (this.cursor === previous.lineCount) return;
    const start = current.startOf(current.lineCount - 1);
    const length = (current.lineTable[(current.lineCount - 1) * lineStride] as number) - start;
    const last = Math.min(previous.lineCount, this.cursor + resumeLookahead);
    for (let line = this.cursor; line < last; line += 1) {
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

  /** Whether the next line is, but for its value, the one at the cursor; a guess. */
  private seemsSame(): boolean {
    const { previous, current, cursor } = this;
    const start = previous.startOf(cursor);
    const valueAt = previous.lineTable[cursor * lineStride] as number;
    return (
      previous.lineTable[cursor * lineStride + kindColumn] !== lineKind.irregular &&
      current.readEnd + valueAt - start <= current.filledEnd &&
      equalBytes(current.view, current.readEnd, previous.view, start, valueAt)
    );
  }

  private isSame(oldFrom: number, oldTo: number, from: number): boolean {
    return this.previous.bytes.compare(this.current.bytes, from, from + oldTo - oldFrom, oldFrom, oldTo) === 0;
  }

  /** Up to which line all is the same; up to `sure` it is, up to `not` it is not. `shift`: how much farther behind the lines stand now. */
  private lastSame(sure: number, not: number, shift: number): number {
    let [low, high] = [sure, not];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const from = this.previous.startOf(low);
      if (this.isSame(from, this.previous.startOf(middle), from + shift)) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Takes the lines up to `end`, whose places and values are written already. */
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

  /** By series, behind which line of the answer before it stood; 0 for none. */
  private linesOfSeries(): Int32Array {
    if (this.lineOfSeries) return this.lineOfSeries;
    const numbers = new Int32Array(this.known);
    const { lineTable, lineCount } = this.previous;
    for (let line = 0; line < lineCount; line += 1) {
      const series = lineTable[line * lineStride + kindColumn] as number;
      if (series >= 0) numbers[series] = line + 1;
    }
    this.lineOfSeries = numbers;
    return numbers;
  }
}

/**
 * Reads an exposition by comparing it with the one before. Between two scrapes lines come and go, but their order stays
 * and most lines differ in their value only. So the next lines are compared with those that are expected, without
 * searching for their ends or their labels.
 */
import { lineFeed } from './characterCodes';
import { equalBytes } from './compareBytes';
import { matchPrefix } from './linePrefixes';
import type { LineBuffer } from './lineBuffer';
import { lineKind, noGroup, type LineIndex } from './lineIndex';
import { parseNumber } from './parseNumber';
import type { SampleBuffer } from './sampleBuffer';
import { findLineEnd, readWholeLines } from './wholeLines';

/** How many lines of the previous exposition are searched for a line that was read on its own. */
const resumeLookahead = 32;

const noIndex = -1;

/** Compares one exposition with the previous one of the same target. */
export class IncrementalReader {
  /** The line of the previous exposition that is expected next. */
  private cursor = 0;
  /** Whether the lines before ended early, so that the next one probably differs. */
  private expectsDifference = false;
  private lineAfterSeries: Int32Array | undefined;

  /** `knownSeries`: how many series the table held before this exposition. */
  constructor(
    private readonly previous: LineIndex,
    private readonly current: LineIndex,
    private readonly buffer: LineBuffer,
    private readonly samples: SampleBuffer<unknown>,
    private readonly knownSeries: number,
  ) {}

  /** Reads the next lines as far as they are as in the previous exposition but for their values. */
  readLines(): void {
    const { previous, buffer } = this;
    for (let isSame = true; isSame && this.cursor < previous.count && buffer.readEnd < buffer.filledEnd;)
      isSame = previous.groups[this.cursor] === noGroup ? this.readNextWholeLines() : this.readValueLines();
  }

  /** Continues after the line of a series that was read on its own. */
  resumeAtSeries(seriesIndex: number): void {
    if (seriesIndex >= this.knownSeries) return;
    const line = this.linesAfterSeries()[seriesIndex] as number;
    if (line > this.cursor) this.cursor = line;
  }

  /** Continues after the line that differs from the last line read only in its value, if there is one nearby. */
  resumeAtText(): void {
    const { previous, current, buffer } = this;
    const last = current.count - 1;
    const group = current.groups[last] as number;
    const textLength = (current.ends[last] as number) - current.startOf(last);
    const length = textLength - (current.valueLengths[last] as number);
    const lastLine = Math.min(previous.count, this.cursor + resumeLookahead);
    for (let line = this.cursor; line < lastLine; line += 1) {
      if (previous.groups[line] !== group || previous.kinds[line] !== current.kinds[last]) continue;
      const isFound =
        group === noGroup
          ? this.hasText(line, buffer.readEnd - textLength, length)
          : previous.bounds[line] === current.bounds[last];
      if (!isFound) continue;
      this.cursor = line + 1;
      return;
    }
  }

  /** Whether a line of the previous exposition, but for its value, is the `length` bytes at `start` of the buffer. */
  private hasText(line: number, start: number, length: number): boolean {
    const { previous, buffer } = this;
    const oldStart = previous.startOf(line);
    const oldValueStart = (previous.ends[line] as number) - (previous.valueLengths[line] as number);
    return (
      oldValueStart - oldStart === length &&
      equalBytes(buffer.view, start, previous.text.view, oldStart, oldStart + length)
    );
  }

  /** Reads lines whose own text is the whole of them. False if the next line differs. */
  private readNextWholeLines(): boolean {
    const { previous, current, buffer, samples, cursor } = this;
    if (this.expectsDifference && !this.nextLineLooksSame()) return false;
    const first = current.count;
    const isSame = readWholeLines(previous, cursor, current, buffer);
    const count = current.count - first;
    const { kinds, values } = current;
    for (let line = first; line < first + count; line += 1) {
      const kind = kinds[line] as number;
      if (kind !== lineKind.comment) current.sampleCount += 1;
      if (kind >= 0) samples.add(kind, values[line] as number);
    }
    this.cursor = cursor + count;
    this.expectsDifference = !isSame;
    return isSame;
  }

  /** Whether the next line is probably the expected one, apart from its value. */
  private nextLineLooksSame(): boolean {
    const { previous, buffer, cursor } = this;
    const length =
      (previous.ends[cursor] as number) - (previous.valueLengths[cursor] as number) - previous.startOf(cursor);
    return (
      previous.kinds[cursor] !== lineKind.irregular &&
      buffer.readEnd + length <= buffer.filledEnd &&
      this.hasText(cursor, buffer.readEnd, length)
    );
  }

  /** Reads lines whose own text is their value. False if the next line differs. */
  private readValueLines(): boolean {
    const { previous, current, buffer, samples, cursor } = this;
    const { groups: oldGroups, bounds: oldBounds, kinds: oldKinds, values: oldValues, ends: oldEnds } = previous;
    const { prefixes, count: oldCount } = previous;
    const { bytes: oldBytes } = previous.text;
    const { bytes, view, filledEnd } = buffer;
    current.reserve(oldCount - cursor);
    current.copyText(buffer, buffer.readEnd);
    const { groups, bounds, kinds, values, ends, text } = current;
    let line = cursor;
    let out = current.count;
    let start = buffer.readEnd;
    let isSame = true;
    for (; line < oldCount && start < filledEnd; line += 1) {
      const group = oldGroups[line] as number;
      if (group === noGroup) break;
      const bound = oldBounds[line] as number;
      const kind = oldKinds[line] as number;
      let value = oldValues[line] as number;
      isSame = false;
      if (kind === lineKind.irregular) break;
      const valueStart = matchPrefix(prefixes, group, bound, view, start, filledEnd);
      if (valueStart === noIndex) break;
      let old = line === 0 ? 0 : (oldEnds[line - 1] as number);
      let lineEnd = valueStart;
      while (bytes[lineEnd] === oldBytes[old] && bytes[lineEnd] !== lineFeed) {
        lineEnd += 1;
        old += 1;
      }
      if (bytes[lineEnd] !== oldBytes[old]) {
        lineEnd = findLineEnd(bytes, lineEnd, valueStart, filledEnd);
        const number = lineEnd === noIndex ? undefined : parseNumber(bytes, valueStart, lineEnd);
        if (number === undefined) break;
        value = number;
      }
      isSame = true;
      start = lineEnd + 1;
      text.append(bytes, valueStart, start);
      groups[out] = group;
      bounds[out] = bound;
      kinds[out] = kind;
      values[out] = value;
      ends[out] = text.end;
      out += 1;
      if (kind >= 0) samples.add(kind, value);
    }
    current.sampleCount += out - current.count;
    current.count = out;
    buffer.readEnd = buffer.copiedEnd = start;
    this.cursor = line;
    return isSame;
  }

  /** By series, the line of the previous exposition that followed it; 0 for none. */
  private linesAfterSeries(): Int32Array {
    if (this.lineAfterSeries) return this.lineAfterSeries;
    const lines = new Int32Array(this.knownSeries);
    const { kinds, count } = this.previous;
    for (let line = 0; line < count; line += 1) {
      const seriesIndex = kinds[line] as number;
      if (seriesIndex >= 0) lines[seriesIndex] = line + 1;
    }
    this.lineAfterSeries = lines;
    return lines;
  }
}

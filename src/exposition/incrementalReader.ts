/**
 * Reads an exposition by comparing it with the one before. Between two scrapes lines come and go, but their order stays
 * and most lines differ in their value only. So the next line is compared with the one that is expected, without
 * searching for its end or its labels.
 */
import { isBlank, lineFeed } from './characterCodes';
import { equalBytes } from './compareBytes';
import { matchPrefix } from './linePrefixes';
import type { LineBuffer } from './lineBuffer';
import { lineKind, noGroup, type LineIndex } from './lineIndex';
import { parseNumber } from './parseNumber';
import type { SampleBuffer } from './sampleBuffer';

/** No number is longer. A value that seems longer is expected at the wrong offset. */
export const maxValueBytes = 64;
/** How many lines of the previous exposition are searched for a line that was read on its own. */
const resumeLookahead = 32;

const noIndex = -1;

/** Compares one exposition with the previous one of the same target. */
export class IncrementalReader {
  /** The line of the previous exposition that is expected next. */
  private cursor = 0;
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
    const { previous, current, buffer, samples, cursor } = this;
    const { groups: oldGroups, bounds: oldBounds, kinds: oldKinds, values: oldValues, ends: oldEnds } = previous;
    const { prefixes, count: oldCount } = previous;
    const { bytes: oldBytes } = previous.text;
    const { bytes, view, filledEnd } = buffer;
    current.reserve(oldCount - cursor);
    const { groups, bounds, kinds, values, ends, text } = current;
    let line = cursor;
    let out = current.count;
    let start = buffer.readEnd;
    /** Whole lines from here on are not in the text yet. */
    let copyFrom = start;
    for (; line < oldCount && start < filledEnd; line += 1) {
      const kind = oldKinds[line] as number;
      if (kind === lineKind.irregular) break;
      const group = oldGroups[line] as number;
      let value = oldValues[line] as number;
      let lineEnd: number;
      if (group === noGroup) {
        lineEnd = this.matchWholeLine(line, kind, start);
        if (lineEnd === noIndex) break;
        if (kind >= 0) value = this.wholeLineValue;
      } else {
        const bound = oldBounds[line] as number;
        const valueStart = matchPrefix(prefixes, group, bound, view, start, filledEnd);
        if (valueStart === noIndex) break;
        let old = line === 0 ? 0 : (oldEnds[line - 1] as number);
        lineEnd = valueStart;
        while (bytes[lineEnd] === oldBytes[old] && bytes[lineEnd] !== lineFeed) {
          lineEnd += 1;
          old += 1;
        }
        if (bytes[lineEnd] !== oldBytes[old]) {
          const searchEnd = valueStart + maxValueBytes;
          while (bytes[lineEnd] !== lineFeed && lineEnd < searchEnd) lineEnd += 1;
          const number = lineEnd < searchEnd ? parseNumber(bytes, valueStart, lineEnd) : undefined;
          if (number === undefined) break;
          value = number;
        }
        if (copyFrom < start) text.append(bytes, copyFrom, start);
        copyFrom = lineEnd + 1;
        text.append(bytes, valueStart, copyFrom);
        bounds[out] = bound;
      }
      groups[out] = group;
      kinds[out] = kind;
      values[out] = value;
      start = lineEnd + 1;
      ends[out] = text.end + start - copyFrom;
      out += 1;
      if (kind !== lineKind.comment) current.sampleCount += 1;
      if (kind >= 0) samples.add(kind, value);
    }
    if (copyFrom < start) text.append(bytes, copyFrom, start);
    current.count = out;
    buffer.readEnd = start;
    this.cursor = line;
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
    const last = current.count - 1;
    const group = current.groups[last] as number;
    const start = current.startOf(last);
    const length = group === noGroup ? textLengthToCompare(current, last) : 0;
    const lastLine = Math.min(previous.count, this.cursor + resumeLookahead);
    for (let line = this.cursor; line < lastLine; line += 1) {
      if (previous.groups[line] !== group || previous.kinds[line] !== current.kinds[last]) continue;
      const isFound =
        group === noGroup
          ? textLengthToCompare(previous, line) === length && this.hasTextAt(line, start, length)
          : previous.bounds[line] === current.bounds[last];
      if (!isFound) continue;
      this.cursor = line + 1;
      return;
    }
  }

  private hasTextAt(line: number, start: number, length: number): boolean {
    const { previous, current } = this;
    const oldStart = previous.startOf(line);
    return equalBytes(current.text.view, start, previous.text.view, oldStart, oldStart + length);
  }

  /** The value of the line that `matchWholeLine` matched. */
  private wholeLineValue = 0;

  /**
   * Compares the line at `start` with a previous line whose own text is the whole line. Returns the offset of its line
   * feed, or `noIndex` if it differs in more than its value.
   */
  private matchWholeLine(line: number, kind: number, start: number): number {
    const { previous, buffer } = this;
    const { bytes, view, filledEnd } = buffer;
    const oldStart = previous.startOf(line);
    const length = textLengthToCompare(previous, line);
    const valueStart = start + length;
    if (valueStart > filledEnd || !equalBytes(view, start, previous.text.view, oldStart, oldStart + length))
      return noIndex;
    if (kind === lineKind.comment) return valueStart - 1;
    const searchEnd = Math.min(filledEnd, valueStart + maxValueBytes);
    let end = valueStart;
    while (end < searchEnd && bytes[end] !== lineFeed) end += 1;
    if (end === searchEnd) return noIndex;
    if (kind === lineKind.unwanted) return end;
    const value = parseNumber(bytes, valueStart, end);
    if (value === undefined) return noIndex;
    this.wholeLineValue = value;
    return end;
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

/** Of a line whose own text is the whole line, how much of it stays the same: all but the value of a sample. */
function textLengthToCompare({ kinds, ends, text: { bytes } }: LineIndex, line: number): number {
  const start = line === 0 ? 0 : (ends[line - 1] as number);
  let end = ends[line] as number;
  if (kinds[line] === lineKind.comment) return end - start;
  // What follows the last blank is the value, or is assumed to be.
  for (end -= 1; end > start && !isBlank(bytes[end - 1]);) end -= 1;
  return end - start;
}

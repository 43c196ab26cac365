/**
 * Walks the lines of the answer before beside the new ones: lines come and go, their order stays. A run of lines is taken to stand as it stood, its
 * values are read where they are then expected, and one native comparison of all that is not a value says whether that was right.
 */
import { endOf, headLength, kindOf, lineKind, lineWidth, type Body } from './indexedBody';
import { parseNumber } from './parseNumber';
import type { Samples } from './sampleBuffer';
import { isSame } from './compareBytes';

const lineFeed = 0x0a;
/** Lines that one comparison confirms: enough to make it cheap, few enough that little is done in vain where a line is another. */
const longestRun = 128;
/** No number is longer; a value that seems to be is read at the wrong place. */
export const longestValue = 64;
/** How many lines of the answer before are looked through for one that was read by itself. */
const near = 32;

export class Runs {
  /** The next line of the answer before. */
  private cursor = 0;
  /** The next line may well be another than there. */
  private unsure = false;
  private lineOfSeries: Int32Array | undefined;

  /** `known`: how many series there were in all before this answer. */
  constructor(
    private readonly before: Body,
    private readonly now: Body,
    private readonly samples: Samples<unknown>,
    private readonly known: number,
  ) {}

  /** Reads lines as they stood in the answer before. Gives how many; 0 where the next one does not stand so, takes the long way or is not there in whole. */
  read(): number {
    const { before, now, cursor } = this;
    if (cursor >= before.lines || (this.unsure && !this.seemsSame())) return 0;
    const { bytes: old, places: oldPlaces, values: oldValues, heads: oldHeads } = before;
    const last = Math.min(before.lines, cursor + longestRun);
    now.reserve(last - cursor);
    const { bytes, view, filled, places, values, heads } = now;
    // From here on nothing is compared yet, in the answer before and in this one, and lines before `sure` are.
    let oldFrom = before.startOf(cursor);
    let from = now.read;
    let sure = cursor;
    let shift = from - oldFrom;
    let line = cursor;
    let place = now.lines * lineWidth;
    const placeShift = now.lines - cursor;
    for (; line < last; line += 1, place += lineWidth) {
      const oldValue = oldPlaces[line * lineWidth] as number;
      const oldEnd = oldPlaces[line * lineWidth + endOf] as number;
      const kind = oldPlaces[line * lineWidth + kindOf] as number;
      const valueAt = oldValue + shift;
      let end = oldEnd + shift;
      if (kind === lineKind.long || end >= filled) break;
      const head = view.getFloat64(valueAt, true);
      let value = oldValues[line] as number;
      if (kind === lineKind.still) {
        if (bytes[end] !== lineFeed) break;
      } else if (oldEnd - oldValue >= headLength || head !== oldHeads[line]) {
        const stop = Math.min(filled, valueAt + longestValue);
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
      places[place] = valueAt;
      places[place + endOf] = end;
      places[place + kindOf] = kind;
      values[line + placeShift] = value;
      heads[line + placeShift] = head;
    }
    const end = this.isSame(oldFrom, before.startOf(line), from) ? line : this.lastSame(sure, line, shift);
    this.unsure = end < last;
    return this.settle(end);
  }

  /** Puts the cursor behind the line of a series that was read by itself. */
  resumeAtSeries(series: number): void {
    if (series >= this.known) return;
    const line = this.linesOfSeries()[series] as number;
    if (line > this.cursor) this.cursor = line;
  }

  /** Puts the cursor behind the line, if it is near, that is the same but for its value as the one of this answer that was read last, by itself. */
  resumeAtText(): void {
    const { before, now } = this;
    const { places } = before;
    if (this.cursor === before.lines) return;
    const start = now.startOf(now.lines - 1);
    const length = (now.places[(now.lines - 1) * lineWidth] as number) - start;
    const last = Math.min(before.lines, this.cursor + near);
    for (let line = this.cursor; line < last; line += 1) {
      const oldStart = before.startOf(line);
      if (
        (places[line * lineWidth] as number) - oldStart === length &&
        isSame(now.view, start, before.view, oldStart, oldStart + length)
      ) {
        this.cursor = line + 1;
        return;
      }
    }
  }

  /** Whether the next line is, but for its value, the one at the cursor; a guess. */
  private seemsSame(): boolean {
    const { before, now, cursor } = this;
    const start = before.startOf(cursor);
    const valueAt = before.places[cursor * lineWidth] as number;
    return (
      before.places[cursor * lineWidth + kindOf] !== lineKind.long &&
      now.read + valueAt - start <= now.filled &&
      isSame(now.view, now.read, before.view, start, valueAt)
    );
  }

  private isSame(oldFrom: number, oldTo: number, from: number): boolean {
    return this.before.bytes.compare(this.now.bytes, from, from + oldTo - oldFrom, oldFrom, oldTo) === 0;
  }

  /** Up to which line all is the same; up to `sure` it is, up to `not` it is not. `shift`: how much farther behind the lines stand now. */
  private lastSame(sure: number, not: number, shift: number): number {
    let [low, high] = [sure, not];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      const from = this.before.startOf(low);
      if (this.isSame(from, this.before.startOf(middle), from + shift)) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Takes the lines up to `end`, whose places and values are written already. */
  private settle(end: number): number {
    const { now, samples, cursor } = this;
    const { places, values, lines } = now;
    const count = end - cursor;
    for (let line = lines; line < lines + count; line += 1) {
      const kind = places[line * lineWidth + kindOf] as number;
      if (kind !== lineKind.still) now.samples += 1;
      if (kind >= 0) samples.add(kind, values[line] as number);
    }
    now.lines = lines + count;
    now.read = now.startOf(now.lines);
    this.cursor = end;
    return count;
  }

  /** By series, behind which line of the answer before it stood; 0 for none. */
  private linesOfSeries(): Int32Array {
    if (this.lineOfSeries) return this.lineOfSeries;
    const numbers = new Int32Array(this.known);
    const { places, lines } = this.before;
    for (let line = 0; line < lines; line += 1) {
      const series = places[line * lineWidth + kindOf] as number;
      if (series >= 0) numbers[series] = line + 1;
    }
    this.lineOfSeries = numbers;
    return numbers;
  }
}

/** What the lines of one target begin with, compared piece by piece: a name, a label block, and a bucket's bound. */
import { closeBrace, openBrace, space } from './characterCodes';
import { equalBytes, toByteText, type ByteText } from './compareBytes';
import { internString } from './internString';
import type { LineBuffer } from './lineBuffer';
import type { LinePrefix, LinePrefixes } from './lineIndex';

const noIndex = -1;
/** Numbers of bounds have two bytes. */
const maxBounds = 2 ** 16;

/**
 * Whether the line at `start` begins with the name and labels of this group, with this bound. Returns the offset of its
 * value, or `noIndex` if the line is another one.
 */
export function matchPrefix(
  { groups, bounds }: LinePrefixes,
  groupNumber: number,
  boundNumber: number,
  view: DataView,
  start: number,
  filledEnd: number,
): number {
  const { nameText, blockText, leOffset } = groups[groupNumber] as LinePrefix;
  const nameLength = nameText.text.length;
  const nameEnd = start + nameLength;
  if (blockText === undefined)
    return nameEnd + 1 < filledEnd &&
      equalBytes(view, start, nameText.bytes, 0, nameLength) &&
      view.getUint8(nameEnd) === space
      ? nameEnd + 1
      : noIndex;
  const blockLength = blockText.text.length;
  const bound = bounds[boundNumber] as ByteText;
  const boundLength = bound.text.length;
  const valueStart = nameEnd + blockLength + boundLength + 3;
  if (valueStart >= filledEnd || !equalBytes(view, start, nameText.bytes, 0, nameLength)) return noIndex;
  const headStart = nameEnd + 1;
  const isSame =
    boundLength === 0
      ? equalBytes(view, headStart, blockText.bytes, 0, blockLength)
      : equalBytes(view, headStart, blockText.bytes, 0, leOffset) &&
        equalBytes(view, headStart + leOffset, bound.bytes, 0, boundLength) &&
        equalBytes(view, headStart + leOffset + boundLength, blockText.bytes, leOffset, blockLength);
  return isSame &&
    view.getUint8(nameEnd) === openBrace &&
    view.getUint8(valueStart - 2) === closeBrace &&
    view.getUint8(valueStart - 1) === space
    ? valueStart
    : noIndex;
}

/** The texts of all bounds of one target, each with a number. */
export class BoundTexts {
  /** By number. The first is that of lines without a bound. */
  readonly list: ByteText[] = [{ text: '', bytes: new DataView(new ArrayBuffer(0)) }];
  private readonly numberByText = new Map<string, number>();
  /** By number, that of the bound which followed it last: the buckets of all engines come in the same order. */
  private readonly following: number[] = [];
  private last = 0;

  /** The number of the bound's text `[start, end)`; undefined if it cannot have one. */
  numberAt({ bytes, view }: LineBuffer, start: number, end: number): number | undefined {
    const expected = this.following[this.last] ?? 0;
    const { text, bytes: expectedBytes } = this.list[expected] as ByteText;
    const isExpected = text.length === end - start && equalBytes(view, start, expectedBytes, 0, text.length);
    const number = isExpected ? expected : this.numberOf(internString(bytes, start, end));
    if (number === undefined) return undefined;
    this.following[this.last] = number;
    this.last = number;
    return number;
  }

  /** The number of a text. One that is new gets the next number. */
  private numberOf(text: string): number | undefined {
    const known = this.numberByText.get(text);
    if (known !== undefined) return known;
    const byteText = this.list.length < maxBounds ? toByteText(text) : undefined;
    if (!byteText) return undefined;
    const number = this.list.push(byteText) - 1;
    this.numberByText.set(text, number);
    return number;
  }
}

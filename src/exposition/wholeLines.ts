/**
 * Reads lines that are held whole, as far as they are as in the previous exposition but for their values. A batch of
 * lines is assumed to be the same, the values are parsed where they are then expected, and one native comparison of all
 * other bytes confirms the assumption.
 */
import { lineFeed } from './characterCodes';
import type { LineBuffer } from './lineBuffer';
import { lineKind, noBound, noGroup, type LineIndex } from './lineIndex';
import { parseNumber } from './parseNumber';

/** Lines that one comparison confirms. More make it cheaper, fewer waste less work if a line differs. */
const maxBatchLines = 128;
/** No number is longer. A value that seems longer is expected at the wrong offset. */
export const maxValueBytes = 64;
/** How many bytes of two values are compared as one number. */
const wordBytes = 8;

const noIndex = -1;

/** Where the value at `valueStart` ends with a line feed, which is searched from `from` on; `noIndex` if it is too long. */
export function findLineEnd(bytes: Buffer, from: number, valueStart: number, filledEnd: number): number {
  const searchEnd = Math.min(filledEnd, valueStart + maxValueBytes);
  let end = from;
  while (end < searchEnd && bytes[end] !== lineFeed) end += 1;
  return end < searchEnd ? end : noIndex;
}

/** Whether a value with its line feed has the same bytes as before. Other values may count as different. */
function isSameValue(bytes: DataView, start: number, old: DataView, oldStart: number, length: number): boolean {
  return (
    length <= 2 * wordBytes &&
    bytes.getFloat64(start, true) === old.getFloat64(oldStart, true) &&
    (length <= wordBytes ||
      bytes.getFloat64(start + length - wordBytes, true) === old.getFloat64(oldStart + length - wordBytes, true))
  );
}

/**
 * Reads lines of the buffer into `current`, as those of the previous exposition from `cursor` on. False if the line after
 * them differs, is irregular or is incomplete.
 */
export function readWholeLines(previous: LineIndex, cursor: number, current: LineIndex, buffer: LineBuffer): boolean {
  const lastLine = Math.min(previous.count, cursor + maxBatchLines);
  current.reserve(lastLine - cursor);
  const { groups: oldGroups, kinds: oldKinds, values: oldValues, ends: oldEnds, text: oldText } = previous;
  const { valueLengths: oldValueLengths } = previous;
  const { groups, bounds, kinds, values, ends, valueLengths, count: firstOut } = current;
  const { bytes, view, filledEnd, readEnd } = buffer;
  const { bytes: oldBytes, view: oldView } = oldText;
  /** From an offset of the buffer to one of the text of the lines. */
  const textShift = current.text.end - buffer.copiedEnd;
  // Bytes from these offsets on are not compared yet; lines before `confirmed` are.
  let oldFrom = previous.startOf(cursor);
  let from = readEnd;
  let confirmed = cursor;
  let shift = from - oldFrom;
  let line = cursor;
  let out = firstOut;
  let isSame = true;
  for (; line < lastLine; line += 1, out += 1) {
    if (oldGroups[line] !== noGroup) break;
    const kind = oldKinds[line] as number;
    const oldEnd = oldEnds[line] as number;
    const valueLength = oldValueLengths[line] as number;
    let end = oldEnd + shift;
    let newLength = valueLength;
    let value = oldValues[line] as number;
    isSame = kind !== lineKind.irregular && end <= filledEnd;
    if (!isSame) break;
    if (valueLength > 0) {
      const oldValueStart = oldEnd - valueLength;
      const valueStart = oldValueStart + shift;
      if (!isSameValue(view, valueStart, oldView, oldValueStart, valueLength)) {
        const lineEnd = findLineEnd(bytes, valueStart, valueStart, filledEnd);
        const number =
          lineEnd === noIndex
            ? undefined
            : kind === lineKind.unwanted
              ? value
              : parseNumber(bytes, valueStart, lineEnd);
        isSame = number !== undefined;
        if (number === undefined) break;
        value = number;
        if (lineEnd + 1 === end) {
          // The new value goes into the previous text too, so that one comparison can span it.
          for (let at = oldValueStart; at < oldEnd; at += 1) oldBytes[at] = bytes[at + shift] as number;
          oldValues[line] = value;
        } else {
          // The value has another length, so that everything after it has moved.
          isSame = oldBytes.compare(bytes, from, valueStart, oldFrom, oldValueStart) === 0;
          if (!isSame) break;
          end = lineEnd + 1;
          newLength = end - valueStart;
          oldFrom = oldEnd;
          from = end;
          shift = end - oldEnd;
          confirmed = line + 1;
        }
      }
    }
    groups[out] = noGroup;
    bounds[out] = noBound;
    kinds[out] = kind;
    values[out] = value;
    ends[out] = end + textShift;
    valueLengths[out] = newLength;
  }
  const isConfirmed =
    oldBytes.compare(bytes, from, previous.startOf(line) + shift, oldFrom, previous.startOf(line)) === 0;
  const count = (isConfirmed ? line : findDifference(previous, buffer, confirmed, line, shift)) - cursor;
  if (count > 0) {
    current.count = firstOut + count;
    buffer.readEnd = (ends[current.count - 1] as number) - textShift;
  }
  return isSame && isConfirmed;
}

/**
 * The first line whose bytes differ, by bisection. Lines before `same` are known to be the same, and not all before
 * `different` are. `shift`: how much farther back the lines are in the buffer.
 */
function findDifference(
  previous: LineIndex,
  { bytes }: LineBuffer,
  same: number,
  different: number,
  shift: number,
): number {
  let [low, high] = [same, different];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const [from, to] = [previous.startOf(low), previous.startOf(middle)];
    if (previous.text.bytes.compare(bytes, from + shift, to + shift, from, to) === 0) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The lines of one exposition: what the next scrape is compared with, and what its text can be made from again. A line's
 * own text is the whole of it, or, where memory counts, only the value of a sample: all lines of an engine have the same
 * labels.
 */
import type { ByteText } from './compareBytes';
import { GrowingBytes } from './growingBytes';
import type { LineBuffer } from './lineBuffer';

/** What a line is. Numbers from 0 on are the index of the line's series. */
export const lineKind = {
  /** A comment or an empty line. It is compared as a whole. */
  comment: -1,
  /** A sample of a family that is not wanted. Its value is skipped. */
  unwanted: -2,
  /** A sample that `Describe` left out. Its value is parsed and dropped. */
  undescribed: -3,
  /** A line that is parsed by the grammar in each scrape: a bad one, or one with a timestamp or an exemplar. */
  irregular: -4,
} as const;

/** The group of a line whose own text is the whole line. */
export const noGroup = -1;
/** The number of the bound of a line without one. */
export const noBound = 0;

/** What the lines of one name with one label block begin with. */
export interface LinePrefix {
  readonly nameText: ByteText;
  /** The text between the braces without `le`. Undefined if there are no braces. */
  readonly blockText: ByteText | undefined;
  /** Where the bound's text is inserted into the block's text. */
  leOffset: number;
}

/** The beginnings of a target's lines, by number of group and of bound. */
export interface LinePrefixes {
  readonly groups: readonly LinePrefix[];
  /** The text of a bucket's bound within the braces, with the commas next to it, such as `,le="0.5"`. */
  readonly bounds: readonly ByteText[];
}

const noPrefixes: LinePrefixes = { groups: [], bounds: [] };

/** An exposition with fewer lines is not worth a smaller index. */
export const minLines = 256;
/** Room for lines that may stay unused, besides as many as are used. */
const spareLines = 1024;
const maxExtraLines = 128 * 1024;

/** Rounds a number up in steps of an eighth, so that expositions that differ by a few lines fit into the same index. */
export function roundUp(lines: number): number {
  const step = 2 ** (Math.floor(Math.log2(Math.max(minLines, lines))) - 3);
  return Math.ceil(Math.max(minLines, lines) / step) * step;
}

/** The lines of one exposition. It can be filled again. */
export class LineIndex {
  prefixes = noPrefixes;
  count = 0;
  /** Number of sample lines, wanted or not. */
  sampleCount = 0;
  /** By line, the number of the group that it begins with, or `noGroup`. */
  groups: Int32Array;
  /** By line, the number of its bound. */
  bounds: Uint16Array;
  /** By line, its kind. */
  kinds: Int32Array;
  /** By line, its value if it has one. */
  values: Float64Array;
  /** By line, where its own text ends, with the line feed. */
  ends: Int32Array;
  /**
   * By line whose own text is the whole of it, the length of what may differ in the next exposition: a sample's value,
   * with the line feed. 0 for any other line.
   */
  valueLengths: Uint8Array;
  /** The lines' own texts, one after the other. */
  readonly text = new GrowingBytes();

  constructor(lines: number) {
    this.groups = new Int32Array(lines);
    this.bounds = new Uint16Array(lines);
    this.kinds = new Int32Array(lines);
    this.values = new Float64Array(lines);
    this.ends = new Int32Array(lines);
    this.valueLengths = new Uint8Array(lines);
  }

  /** How many lines it can hold without growing. */
  get capacity(): number {
    return this.ends.length;
  }

  /** All its memory. */
  get memoryBytes(): number {
    const { groups, bounds, kinds, values, ends, valueLengths, text } = this;
    const columns = [groups, bounds, kinds, values, ends, valueLengths];
    return columns.reduce((sum, { byteLength }) => sum + byteLength, text.capacity);
  }

  /** Where a line's own text begins. */
  startOf(line: number): number {
    return line === 0 ? 0 : (this.ends[line - 1] as number);
  }

  /**
   * Adds the line that was read last from `buffer`, whose own text is its value, from `valueStart` on. `start`: where
   * the line begins.
   */
  addValueLine(
    line: { group: number; bound: number; kind: number; value: number },
    buffer: LineBuffer,
    start: number,
    valueStart: number,
  ): void {
    this.copyText(buffer, start);
    this.text.append(buffer.bytes, valueStart, buffer.readEnd);
    buffer.copiedEnd = buffer.readEnd;
    this.setNext(line.group, line.bound, line.kind, line.value, this.text.end, 0);
  }

  /** Adds the line that was read last from `buffer`, whose own text is the whole of it. The text is added later. */
  addWholeLine(kind: number, value: number, valueLength: number, { readEnd, copiedEnd }: LineBuffer): void {
    this.setNext(noGroup, noBound, kind, value, this.text.end + readEnd - copiedEnd, valueLength);
  }

  /** Adds the text of the lines that were read from `buffer` up to `end`, as far as it is not there yet. */
  copyText(buffer: LineBuffer, end: number): void {
    if (buffer.copiedEnd === end) return;
    this.text.append(buffer.bytes, buffer.copiedEnd, end);
    buffer.copiedEnd = end;
  }

  /** Makes room for this many further lines. */
  reserve(lines: number): void {
    const needed = this.count + lines;
    if (needed > this.capacity) this.resize(Math.max(minLines, needed + Math.min(needed >> 2, maxExtraLines)));
  }

  /** Gives back room that is left. */
  trim(): void {
    if (this.capacity > 2 * this.count + spareLines) this.resize(roundUp(this.count));
    this.text.trim();
  }

  /** Empties the index for another exposition. */
  clear(): void {
    this.prefixes = noPrefixes;
    this.count = 0;
    this.sampleCount = 0;
    this.text.clear();
  }

  /** The text of all lines, byte by byte as it was received. */
  toText(): Buffer {
    const parts: Buffer[] = [];
    for (let line = 0; line < this.count; line += 1) {
      const prefix = this.prefixes.groups[this.groups[line] as number];
      const bound = this.prefixes.bounds[this.bounds[line] as number];
      if (prefix) parts.push(Buffer.from(prefixText(prefix, bound?.text ?? ''), 'latin1'));
      parts.push(this.text.bytes.subarray(this.startOf(line), this.ends[line]));
    }
    return Buffer.concat(parts);
  }

  private setNext(group: number, bound: number, kind: number, value: number, end: number, valueLength: number): void {
    if (this.count === this.capacity) this.reserve(1);
    const { count } = this;
    this.groups[count] = group;
    this.bounds[count] = bound;
    this.kinds[count] = kind;
    this.values[count] = value;
    this.ends[count] = end;
    this.valueLengths[count] = valueLength;
    this.count = count + 1;
  }

  private resize(lines: number): void {
    const { count } = this;
    const resized = new LineIndex(lines);
    resized.groups.set(this.groups.subarray(0, count));
    resized.bounds.set(this.bounds.subarray(0, count));
    resized.kinds.set(this.kinds.subarray(0, count));
    resized.values.set(this.values.subarray(0, count));
    resized.ends.set(this.ends.subarray(0, count));
    resized.valueLengths.set(this.valueLengths.subarray(0, count));
    this.groups = resized.groups;
    this.bounds = resized.bounds;
    this.kinds = resized.kinds;
    this.values = resized.values;
    this.ends = resized.ends;
    this.valueLengths = resized.valueLengths;
  }
}

/** A line up to its value. */
function prefixText({ nameText, blockText, leOffset }: LinePrefix, bound: string): string {
  if (!blockText) return `${nameText.text} `;
  const { text } = blockText;
  const labels = bound === '' ? text : text.slice(0, leOffset) + bound + text.slice(leOffset);
  return `${nameText.text}{${labels}} `;
}

/**
 * The lines of one exposition: what the next scrape is compared with, and what its text can be made from again. All
 * lines of an engine have the same labels, so that a line holds no more than its own text: a sample its value, any
 * other line the whole of it.
 */
import type { ByteText } from './compareBytes';
import { GrowingBytes } from './growingBytes';

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
const minLines = 256;
const maxExtraLines = 128 * 1024;

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
  /** The lines' own texts, one after the other. */
  readonly text = new GrowingBytes();

  constructor(lines: number) {
    this.groups = new Int32Array(lines);
    this.bounds = new Uint16Array(lines);
    this.kinds = new Int32Array(lines);
    this.values = new Float64Array(lines);
    this.ends = new Int32Array(lines);
  }

  /** How many lines it can hold without growing. */
  get capacity(): number {
    return this.ends.length;
  }

  /** All its memory. */
  get memoryBytes(): number {
    const { groups, bounds, kinds, values, ends, text } = this;
    return (
      groups.byteLength + bounds.byteLength + kinds.byteLength + values.byteLength + ends.byteLength + text.capacity
    );
  }

  /** Where a line's own text begins. */
  startOf(line: number): number {
    return line === 0 ? 0 : (this.ends[line - 1] as number);
  }

  /** Adds a line after the others, with its own text `bytes[from, to)`. */
  addLine(group: number, bound: number, kind: number, value: number, bytes: Buffer, from: number, to: number): void {
    if (this.count === this.capacity) this.reserve(1);
    const { count, text } = this;
    text.append(bytes, from, to);
    this.groups[count] = group;
    this.bounds[count] = bound;
    this.kinds[count] = kind;
    this.values[count] = value;
    this.ends[count] = text.end;
    this.count = count + 1;
  }

  /** Makes room for this many further lines. */
  reserve(lines: number): void {
    const needed = this.count + lines;
    if (needed > this.capacity) this.resize(Math.max(minLines, needed + Math.min(needed >> 2, maxExtraLines)));
  }

  /** Gives back room that is left. */
  trim(): void {
    if (this.capacity > 1.5 * this.count + minLines) this.resize(this.count);
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

  private resize(lines: number): void {
    const { count } = this;
    const resized = new LineIndex(lines);
    resized.groups.set(this.groups.subarray(0, count));
    resized.bounds.set(this.bounds.subarray(0, count));
    resized.kinds.set(this.kinds.subarray(0, count));
    resized.values.set(this.values.subarray(0, count));
    resized.ends.set(this.ends.subarray(0, count));
    this.groups = resized.groups;
    this.bounds = resized.bounds;
    this.kinds = resized.kinds;
    this.values = resized.values;
    this.ends = resized.ends;
  }
}

/** A line up to its value. */
function prefixText({ nameText, blockText, leOffset }: LinePrefix, bound: string): string {
  if (!blockText) return `${nameText.text} `;
  const { text } = blockText;
  const labels = bound === '' ? text : text.slice(0, leOffset) + bound + text.slice(leOffset);
  return `${nameText.text}{${labels}} `;
}

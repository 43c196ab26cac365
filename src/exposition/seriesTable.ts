/** The series of one target, interned: what was read and described once is found again by the text it stands under. */
import { cutLe, type CutBlock } from './labelBlocks';
import { parseLine, type LineError } from './line';
import { parseNumber } from './number';
import type { Describe, Series } from './types';

/** A sample line, read: the index of its series (or undefined for one that is described as none), and where its value begins. */
export interface ReadLine {
  known: Known;
  value: number;
  /** Offset of the value, where the line is name, labels, a blank and a number; undefined where there is more to it. */
  valueAt: number | undefined;
}

export interface Known {
  readonly index: number;
  /** Described as none of ours. */
  readonly isOurs: boolean;
}

interface Block {
  rest: ReadonlyMap<string, string>;
  /** By name and `le`. */
  series: Map<string, Known>;
}

/** The text between the braces, less its `le`, and where the value behind it begins. */
type Place = CutBlock & { valueAt: number };

const openBrace = 0x7b;
const closeBrace = 0x7d;
const space = 0x20;

const isBlank = (byte: number | undefined): boolean => byte === space || byte === 0x09;

export class SeriesTable<Meta> {
  /** By index. */
  readonly series: (Series<Meta> | undefined)[] = [];
  /** By text. The lines of one engine stand together, so the block met last is nearly always the one. */
  private readonly blocks = new Map<string, Block>();
  private last: { head: string; tail: string; block: Block } | undefined;
  /** By the line's text before its value, those whose labels only the grammar can tell apart. */
  private readonly odd = new Map<string, Known>();

  constructor(private readonly describe: Describe<Meta>) {}

  /** Reads the sample line `bytes[start, end)`, whose bare name ends at `nameEnd`; `name` is undefined where the grammar has to find it. */
  read(bytes: Buffer, start: number, nameEnd: number, end: number, name: string | undefined): ReadLine | LineError {
    const place = name === undefined ? undefined : placeAt(bytes, nameEnd, end);
    if (name === undefined || !place) return this.readByGrammar(bytes, start, end);
    const block = this.blockOf(place);
    const value = parseNumber(bytes, place.valueAt, end);
    if (block && value !== undefined) return { known: this.ofBlock(block, name, place.le), value, valueAt: place.valueAt };
    const read = parseLine(bytes, start, end);
    if (!('name' in read)) return read;
    // Where the grammar has met the same braces, the text between them can be known again.
    if (start + read.prefixEnd + 1 !== place.valueAt || read.labels.le !== place.le) return this.intern(bytes, start, end, read);
    const known = this.ofBlock(block ?? this.addBlock(place, read.labels.rest), name, place.le);
    return { known, value: read.value, valueAt: value === undefined ? undefined : place.valueAt };
  }

  private blockOf({ head, tail }: Place): Block | undefined {
    if (this.last?.head === head && this.last.tail === tail) return this.last.block;
    const block = this.blocks.get(head + tail);
    if (block) this.last = { head, tail, block };
    return block;
  }

  private addBlock({ head, tail }: Place, rest: Block['rest']): Block {
    const block: Block = { rest, series: new Map() };
    this.blocks.set(head + tail, block);
    return block;
  }

  private ofBlock(block: Block, name: string, le: string | undefined): Known {
    const key = le === undefined ? name : `${name} ${le}`;
    let known = block.series.get(key);
    if (!known) {
      known = this.newSeries(name, { rest: block.rest, le });
      block.series.set(key, known);
    }
    return known;
  }

  private readByGrammar(bytes: Buffer, start: number, end: number): ReadLine | LineError {
    const read = parseLine(bytes, start, end);
    return 'name' in read ? this.intern(bytes, start, end, read) : read;
  }

  private intern(bytes: Buffer, start: number, end: number, { name, labels, value, prefixEnd }: Sample): ReadLine {
    const behind = start + prefixEnd;
    // Where no blank stands before the value, the value's first digit must not become part of the prefix.
    const valueAt = isBlank(bytes[behind]) ? behind + 1 : behind;
    const key = bytes.toString('latin1', start, valueAt);
    let known = this.odd.get(key);
    if (!known) {
      known = this.newSeries(name, labels);
      this.odd.set(key, known);
    }
    return { known, value, valueAt: parseNumber(bytes, valueAt, end) === undefined ? undefined : valueAt };
  }

  private newSeries(name: string, labels: Series<Meta>['labels']): Known {
    const meta = this.describe(name, labels);
    const index = this.series.length;
    this.series.push(meta === undefined ? undefined : { name, labels, meta });
    return { index, isOurs: meta !== undefined };
  }
}

/** The text between the braces behind a name, where a blank and the value follow them. A bare name has an empty block. */
function placeAt(bytes: Buffer, nameEnd: number, end: number): Place | undefined {
  if (bytes[nameEnd] === space) return { head: '', tail: '', le: undefined, valueAt: nameEnd + 1 };
  const close = bytes[nameEnd] === openBrace ? bytes.lastIndexOf(closeBrace, end - 1) : -1;
  if (close <= nameEnd || bytes[close + 1] !== space) return undefined;
  const cut = cutLe(bytes.toString('latin1', nameEnd + 1, close));
  return cut && { ...cut, valueAt: close + 2 };
}

type Sample = Exclude<ReturnType<typeof parseLine>, LineError>;

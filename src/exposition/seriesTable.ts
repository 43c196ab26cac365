/** The series of one target, interned: what was read and described once is found again by the text it stands under. */
import { LabelBlockCache, type LabelBlock, type BlockMatch } from './labelBlockCache';
import type { IndexedBody } from './indexedBody';
import { BucketIndex } from './bucketIndex';
import { parseLine, type Labels, type LineError } from './parseLine';
import { parseNumber } from './parseNumber';
import { toByteText } from './compareBytes';
import type { Describe, Series, SeriesGroup } from './types';

/** Series of one name and one label block: the one without `le`, and the buckets. */
interface InternedGroup<Meta> extends SeriesGroup<Meta | undefined> {
  /** Index of the table of the one without `le`; none where it was not met. */
  indexWithoutLe: number;
  /** Most series have none. */
  buckets: BucketIndex | undefined;
}

interface NamedBlock<Meta> extends LabelBlock {
  readonly byName: Map<string, InternedGroup<Meta>>;
  /** Of the line read last. */
  last: InternedGroup<Meta> | undefined;
}

const space = 0x20;
/** No such index, no such offset. */
export const noIndex = -1;

const isBlank = (byte: number | undefined): boolean => byte === space || byte === 0x09;

export class SeriesTable<Meta> {
  /** By index; undefined what is described as none of ours. */
  readonly series: (Series<Meta> | undefined)[] = [];
  /** Of the line read last: the index of its series; its value; and the value's offset, where the line is name, labels, a blank and a number, or else none. */
  index = noIndex;
  value = 0;
  valueStart = noIndex;
  private readonly blocks = new LabelBlockCache<NamedBlock<Meta>>();
  /** By the line's text before its value, those whose labels only the grammar can tell apart. */
  private readonly byPrefix = new Map<string, number>();

  constructor(private readonly describe: Describe<Meta>) {}

  /** Reads the sample line `[start, end)`, whose bare name ends at `nameEnd`; `name` is undefined where the grammar has to find it. Gives what is wrong with it. */
  read(
    body: IndexedBody,
    start: number,
    nameEnd: number,
    end: number,
    name: string | undefined,
  ): LineError | undefined {
    const { bytes } = body;
    const place = name === undefined ? undefined : this.blocks.find(body, nameEnd, end);
    if (name === undefined || !place) return this.readByGrammar(bytes, start, end);
    const { block } = place;
    const value = parseNumber(bytes, place.valueStart, end);
    if (block && value !== undefined) return this.note(this.ofBlock(block, name, place.le), value, place.valueStart);
    const read = parseLine(bytes, start, end);
    if (!('name' in read)) return read;
    // Where the grammar has met the same braces, the text between them can be known again.
    if (start + read.prefixEnd + 1 !== place.valueStart || read.le !== place.le)
      return this.intern(bytes, start, end, read);
    return this.note(
      this.ofBlock(block ?? this.addBlock(place, read.labels), name, place.le),
      read.value,
      value === undefined ? noIndex : place.valueStart,
    );
  }

  private addBlock(place: BlockMatch<NamedBlock<Meta>>, labels: Labels): NamedBlock<Meta> {
    const block: NamedBlock<Meta> = {
      labels,
      byteText: toByteText(place.text),
      leOffset: 0,
      next: undefined,
      byName: new Map(),
      last: undefined,
    };
    this.blocks.add(place, block);
    return block;
  }

  private ofBlock(block: NamedBlock<Meta>, name: string, le: string | undefined): number {
    let of = block.last?.name === name ? block.last : block.byName.get(name);
    if (!of) {
      of = this.describeAll(name, block.labels);
      block.byName.set(name, of);
    }
    block.last = of;
    // Those that nobody describes need not be told apart.
    if (le === undefined || of.meta === undefined)
      return of.indexWithoutLe === noIndex ? (of.indexWithoutLe = this.add(of, undefined)) : of.indexWithoutLe;
    const index = (of.buckets ??= new BucketIndex(name)).indexOf(le, this.series.length);
    if (index === this.series.length) this.add(of, le);
    return index;
  }

  private readByGrammar(bytes: Buffer, start: number, end: number): LineError | undefined {
    const read = parseLine(bytes, start, end);
    return 'name' in read ? this.intern(bytes, start, end, read) : read;
  }

  private intern(bytes: Buffer, start: number, end: number, { name, labels, le, value, prefixEnd }: Sample): undefined {
    const behind = start + prefixEnd;
    // Where no blank stands before the value, the value's first digit must not become part of the prefix.
    const valueAt = isBlank(bytes[behind]) ? behind + 1 : behind;
    const key = bytes.toString('latin1', start, valueAt);
    let index = this.byPrefix.get(key);
    if (index === undefined) {
      index = this.add(this.describeAll(name, labels), le);
      this.byPrefix.set(key, index);
    }
    return this.note(index, value, parseNumber(bytes, valueAt, end) === undefined ? noIndex : valueAt);
  }

  private note(index: number, value: number, valueAt: number): undefined {
    this.index = index;
    this.value = value;
    this.valueStart = valueAt;
  }

  private describeAll(name: string, labels: Labels): InternedGroup<Meta> {
    return { name, labels, meta: this.describe(name, labels), indexWithoutLe: noIndex, buckets: undefined };
  }

  /** Gives the index of the new series. */
  private add(of: InternedGroup<Meta>, le: string | undefined): number {
    return this.series.push(isDescribed(of) ? { group: of, le } : undefined) - 1;
  }
}

const isDescribed = <Meta>(of: InternedGroup<Meta>): of is InternedGroup<Meta> & SeriesGroup<Meta> =>
  of.meta !== undefined;

type Sample = Exclude<ReturnType<typeof parseLine>, LineError>;

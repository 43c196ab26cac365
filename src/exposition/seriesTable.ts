/** The interned series of one target: a series that was parsed and described once is found again by its text. */
import { BucketIndex } from './bucketIndex';
import { isBlank } from './characterCodes';
import { toByteText, type ByteText } from './compareBytes';
import { maxBuckets, maxLabelSets, tooMany } from './limits';
import { LabelBlockCache, type LabelBlock, type BlockMatch } from './labelBlockCache';
import type { LineBuffer } from './lineBuffer';
import { noBound, noGroup, type LinePrefix, type LinePrefixes } from './lineIndex';
import { BoundTexts } from './linePrefixes';
import { parseLine, type Labels, type LineError, type Sample } from './parseLine';
import { parseNumber } from './parseNumber';
import type { Describe, Series, SeriesGroup } from './types';

/** The series of one name and one label block: the one without `le`, and the buckets. */
interface InternedGroup<Meta> extends SeriesGroup<Meta | undefined> {
  /** By which lines name it; `noGroup` if its lines cannot be compared piece by piece. */
  number: number;
  /** Index of the series without `le`, or `noIndex`. */
  indexWithoutLe: number;
  /** Undefined for a group without buckets. */
  buckets: BucketIndex | undefined;
}

interface NamedBlock<Meta> extends LabelBlock {
  readonly groupByName: Map<string, InternedGroup<Meta>>;
  /** The group of the line read last. */
  lastGroup: InternedGroup<Meta> | undefined;
}

/** A line up to its value, as `LabelBlockCache` found it. */
interface RegularLine<Meta> {
  match: BlockMatch<NamedBlock<Meta>>;
  block: NamedBlock<Meta>;
  nameText: ByteText;
  hasBraces: boolean;
}

/** Neither an index of the table nor an offset. */
export const noIndex = -1;

/** A table may have this many label sets and this much text more than what is exposed. */
const staleLabelSets = 1024;
const staleTextBytes = 2 ** 18;

/** How many label sets these series have. */
function countLabelSets(series: readonly Series<unknown>[]): number {
  return new Set(series.map(({ group }) => group.labels)).size;
}

/** Parses sample lines and gives each series an index. */
export class SeriesTable<Meta> {
  /** By index. Undefined for series that `Describe` left out. */
  readonly series: (Series<Meta> | undefined)[] = [];
  /** Of the line read last: the index of its series, or `noIndex` if it has none, and its value. */
  index = noIndex;
  value = 0;
  /**
   * Of the line read last: the offset of its value, or `noIndex` if the line is more than name, labels, one blank and
   * value.
   */
  valueStart = noIndex;
  /** Of the line read last: the numbers of its group and its bound. `noGroup` if it must be compared as a whole. */
  groupNumber: number = noGroup;
  boundNumber: number = noBound;
  private needsPrefix = false;
  private readonly groups: LinePrefix[] = [];
  private readonly boundTexts = new BoundTexts();
  private readonly blocks = new LabelBlockCache<NamedBlock<Meta>>();
  /** Indexes by the text before the value, for lines whose labels only the grammar can find. */
  private readonly indexByPrefix = new Map<string, number>();

  /** Label sets that the current exposition added. */
  private newLabelSets = 0;
  /** How many label sets there may be before the exposed ones are counted. */
  private labelSetsToCheck = staleLabelSets;
  /** Length of all stored texts. */
  private textBytes = 0;

  constructor(private readonly describe: Describe<Meta>) {}

  /** What its lines begin with. */
  readonly prefixes: LinePrefixes = { groups: this.groups, bounds: this.boundTexts.list };

  /** Begins to count what an exposition adds. */
  beginExposition(): void {
    this.newLabelSets = 0;
  }

  /**
   * Whether most of the table is about series that are no longer exposed, as after many restarts of engines. `series`
   * and `bytes` are of the newest exposition.
   */
  isMostlyStale(series: readonly Series<Meta>[], bytes: number): boolean {
    if (this.series.length > 4 * series.length + 4096 || this.textBytes > bytes + staleTextBytes) return true;
    const labelSets = this.blocks.size + this.indexByPrefix.size;
    if (labelSets <= this.labelSetsToCheck) return false;
    const exposed = countLabelSets(series);
    this.labelSetsToCheck = labelSets + exposed + staleLabelSets;
    return labelSets > 2 * exposed + staleLabelSets;
  }

  /**
   * Reads the sample line `[start, end)` into `index`, `value`, `valueStart` and the numbers of what it begins with.
   * `nameText` ends at `nameEnd`; it is undefined if the grammar has to find the name. Without `needsPrefix` these
   * numbers are not looked for. Returns what is wrong with a bad line.
   */
  read(
    buffer: LineBuffer,
    start: number,
    nameEnd: number,
    end: number,
    nameText: ByteText | undefined,
    needsPrefix: boolean,
  ): LineError | undefined {
    const { bytes } = buffer;
    this.groupNumber = noGroup;
    this.boundNumber = noBound;
    this.needsPrefix = needsPrefix;
    const match = nameText === undefined ? undefined : this.blocks.find(buffer, nameEnd, end);
    if (nameText === undefined || !match) return this.readByGrammar(bytes, start, end);
    const { le, valueStart } = match;
    const value = parseNumber(bytes, valueStart, end);
    const hasBraces = valueStart > nameEnd + 1;
    if (match.block && value !== undefined)
      return this.setRegular(buffer, { match, block: match.block, nameText, hasBraces }, value, valueStart);
    const sample = parseLine(bytes, start, end);
    if (!('name' in sample)) return sample;
    // The block's text may be stored only if the grammar found the same braces and the same `le`.
    if (start + sample.prefixEnd + 1 !== valueStart || sample.le !== le) return this.intern(bytes, start, end, sample);
    const block = match.block ?? this.addBlock(match, sample.labels);
    return this.setRegular(
      buffer,
      { match, block, nameText, hasBraces },
      sample.value,
      value === undefined ? noIndex : valueStart,
    );
  }

  private setRegular(buffer: LineBuffer, line: RegularLine<Meta>, value: number, valueStart: number): undefined {
    const { match, block, nameText, hasBraces } = line;
    const { le, leOffset, boundStart, boundEnd } = match;
    const group = this.groupIn(block, nameText.text);
    const index = this.indexIn(group, le);
    this.setLine(index, value, valueStart);
    if (!this.needsPrefix) return;
    const prefix = this.prefixOf(group, block, nameText, hasBraces);
    if (prefix === undefined || hasBraces !== (prefix.blockText !== undefined)) return;
    if (boundEnd > boundStart) {
      if (prefix.leOffset === noIndex) prefix.leOffset = leOffset;
      if (prefix.leOffset !== leOffset) return;
      const boundNumber = this.boundTexts.numberAt(buffer, boundStart, boundEnd);
      if (boundNumber === undefined) return;
      this.boundNumber = boundNumber;
    }
    this.groupNumber = group.number;
  }

  private addBlock(match: BlockMatch<NamedBlock<Meta>>, labels: Labels): NamedBlock<Meta> {
    this.countLabelSet(match.text.length);
    const block: NamedBlock<Meta> = {
      labels,
      byteText: toByteText(match.text),
      leOffset: 0,
      next: undefined,
      groupByName: new Map(),
      lastGroup: undefined,
    };
    this.blocks.add(match, block);
    return block;
  }

  private groupIn(block: NamedBlock<Meta>, name: string): InternedGroup<Meta> {
    let group = block.lastGroup?.name === name ? block.lastGroup : block.groupByName.get(name);
    if (!group) {
      group = this.newGroup(name, block.labels);
      block.groupByName.set(name, group);
    }
    block.lastGroup = group;
    return group;
  }

  /** What the group's lines begin with; undefined if they cannot be compared piece by piece. */
  private prefixOf(
    group: InternedGroup<Meta>,
    { byteText }: NamedBlock<Meta>,
    nameText: ByteText,
    hasBraces: boolean,
  ): LinePrefix | undefined {
    // Bytes that cannot be compared as numbers are compared with the whole line.
    if (group.number === noGroup && (!hasBraces || byteText))
      group.number = this.groups.push({ nameText, blockText: hasBraces ? byteText : undefined, leOffset: noIndex }) - 1;
    return this.groups[group.number];
  }

  private indexIn(group: InternedGroup<Meta>, le: string | undefined): number {
    // Buckets that are left out need no index each.
    if (le === undefined || group.meta === undefined)
      return group.indexWithoutLe === noIndex
        ? (group.indexWithoutLe = this.addSeries(group, undefined))
        : group.indexWithoutLe;
    const buckets = (group.buckets ??= new BucketIndex(group.name));
    const index = buckets.indexOf(le, this.series.length);
    if (index === this.series.length) {
      if (buckets.size > maxBuckets) throw tooMany(maxBuckets, `buckets of ${group.name}`);
      this.addSeries(group, le);
    }
    return index;
  }

  /** Counts a new label set, whose text has this length. Throws an `HttpError` if there are too many. */
  private countLabelSet(length: number): void {
    this.textBytes += length;
    this.newLabelSets += 1;
    if (this.newLabelSets > maxLabelSets) throw tooMany(maxLabelSets, 'different sets of labels');
  }

  private readByGrammar(bytes: Buffer, start: number, end: number): LineError | undefined {
    const sample = parseLine(bytes, start, end);
    return 'name' in sample ? this.intern(bytes, start, end, sample) : sample;
  }

  /** Finds or adds the series of a line by all text before its value. Series that `Describe` leaves out get no index. */
  private intern(bytes: Buffer, start: number, end: number, { name, labels, le, value, prefixEnd }: Sample): undefined {
    const offset = start + prefixEnd;
    // Without a blank before the value, its first digit must not become part of the prefix.
    const valueStart = isBlank(bytes[offset]) ? offset + 1 : offset;
    const prefix = bytes.toString('latin1', start, valueStart);
    const index = this.indexByPrefix.get(prefix) ?? this.internPrefix(prefix, this.newGroup(name, labels), le);
    return this.setLine(index, value, parseNumber(bytes, valueStart, end) === undefined ? noIndex : valueStart);
  }

  private internPrefix(prefix: string, group: InternedGroup<Meta>, le: string | undefined): number {
    if (group.meta === undefined) return noIndex;
    this.countLabelSet(prefix.length);
    const index = this.addSeries(group, le);
    this.indexByPrefix.set(prefix, index);
    return index;
  }

  private setLine(index: number, value: number, valueStart: number): undefined {
    this.index = index;
    this.value = value;
    this.valueStart = valueStart;
  }

  private newGroup(name: string, labels: Labels): InternedGroup<Meta> {
    return {
      name,
      labels,
      meta: this.describe(name, labels),
      number: noGroup,
      indexWithoutLe: noIndex,
      buckets: undefined,
    };
  }

  /** Returns the index of the new series. */
  private addSeries(group: InternedGroup<Meta>, le: string | undefined): number {
    return this.series.push(isDescribed(group) ? { group, le } : undefined) - 1;
  }
}

const isDescribed = <Meta>(group: InternedGroup<Meta>): group is InternedGroup<Meta> & SeriesGroup<Meta> =>
  group.meta !== undefined;

/** Whose family a line is of, asked once a name. Lines of one family stand together, so a line is first compared with the name before, and then with what came behind that. */
import { equalBytes, toByteText, type ByteText } from './compareBytes';
import { metricNamePattern } from './types';

/** `none`: a quoted name stands inside the braces, and what is no name makes a bad line; the grammar tells. */
export type NameVerdict = 'wanted' | 'unwanted' | 'none';

interface Name extends ByteText {
  /** Slots of the names that came behind it: last time, and before that another. Behind an engine's histogram comes the next engine's, or the next histogram. */
  next: number;
  earlierNext: number;
  /** Of all names that were met, for readers to note what it is to them. */
  readonly number: number;
}

const openBrace = 0x7b;
const space = 0x20;

/** Names that were met, by hash, each in one of a few slots: targets of one kind have the same, in the same order. Where all of them are taken, the first is taken anew. */
const slots: (Name | undefined)[] = new Array<Name | undefined>(4096).fill(undefined);
const probeCount = 4;
const longest = 256;
let nameCount = 0;
/** No reader has to do with so many; those that come later, and the longest, are asked about again and again. */
const mostNumbered = 16 * 1024;
const verdicts = [undefined, 'wanted', 'unwanted'] as const;

export class NameFilter {
  /** Of the line read last, and where it ends in the body. */
  name = '';
  end = 0;
  private verdict: NameVerdict = 'none';
  private last: Name | undefined;
  /** By number of the name, which of `namings` it is. */
  private verdictByNumber = new Uint8Array(256);

  constructor(private readonly isWanted: (name: string) => boolean) {}

  /** Reads the name that the line `bytes[start, end)` begins with. */
  read(bytes: DataView, start: number, end: number): NameVerdict {
    const { last } = this;
    if (last && this.isAt(last, bytes, start, end)) return this.verdict;
    const found =
      (last && (this.atSlot(last.next, bytes, start, end) ?? this.atSlot(last.earlierNext, bytes, start, end))) ??
      this.find(bytes, start, end);
    this.last = found;
    this.name = found?.text ?? '';
    this.verdict = found ? this.verdictOf(found) : 'none';
    return this.verdict;
  }

  private verdictOf({ number, text }: Name): NameVerdict {
    const noted = verdicts[this.verdictByNumber[number] as number];
    if (noted) return noted;
    const wanted = this.isWanted(text);
    if (number < mostNumbered) this.note(number, wanted ? 1 : 2);
    return wanted ? 'wanted' : 'unwanted';
  }

  private note(number: number, naming: number): void {
    if (number >= this.verdictByNumber.length) {
      const larger = new Uint8Array(2 * number);
      larger.set(this.verdictByNumber);
      this.verdictByNumber = larger;
    }
    this.verdictByNumber[number] = naming;
  }

  private atSlot(slot: number, bytes: DataView, start: number, end: number): Name | undefined {
    const name = slots[slot];
    return name && this.isAt(name, bytes, start, end) ? name : undefined;
  }

  private isAt({ bytes: text }: Name, bytes: DataView, start: number, end: number): boolean {
    const { byteLength } = text;
    const stop = start + byteLength;
    if (stop >= end) return false;
    const behind = bytes.getUint8(stop);
    if ((behind !== openBrace && behind !== space) || !equalBytes(bytes, start, text, 0, byteLength)) return false;
    this.end = stop;
    return true;
  }

  /** Reads up to the name's end; undefined where it is none. */
  private find(bytes: DataView, start: number, end: number): Name | undefined {
    let at = start;
    let hash = 0;
    for (; at < end; at += 1) {
      const byte = bytes.getUint8(at);
      if (byte === openBrace || byte === space) break;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    this.end = at;
    const first = (hash ^ (hash >>> 15)) & (slots.length - probeCount);
    let free = first;
    for (let slot = first; slot < first + probeCount; slot += 1) {
      const known = slots[slot];
      if (!known) {
        free = slot;
        break;
      }
      if (known.bytes.byteLength === at - start && equalBytes(bytes, start, known.bytes, 0, at - start))
        return this.follow(known, slot);
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, at - start).toString('latin1');
    const made = metricNamePattern.test(text) ? toByteText(text) : undefined;
    if (!made) return undefined;
    const isShort = text.length <= longest;
    if (isShort && nameCount < mostNumbered) nameCount += 1;
    const name: Name = { text, bytes: made.bytes, next: 0, earlierNext: 0, number: isShort ? nameCount : mostNumbered };
    if (!isShort) return name;
    slots[free] = name;
    return this.follow(name, free);
  }

  private follow(name: Name, slot: number): Name {
    const { last } = this;
    if (last) {
      last.earlierNext = last.next;
      last.next = slot;
    }
    return name;
  }
}

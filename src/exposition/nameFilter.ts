/**
 * Decides by a line's metric name whether the line is wanted. Lines of one family come together, so a line is first
 * compared with the name of the line before, then with the names that followed that one in earlier scrapes.
 */
import { openBrace, space } from './characterCodes';
import { equalBytes, toByteText, type ByteText } from './compareBytes';
import { metricNamePattern } from './types';

/** `none`: the line does not begin with a bare name. It is bad, or has a quoted name; the grammar decides. */
type NameVerdict = 'wanted' | 'unwanted' | 'none';

interface Name extends ByteText {
  /**
   * Slots of the two names that followed this one last. After a histogram comes its next engine or the next histogram.
   */
  nextSlot: number;
  earlierNextSlot: number;
  /** Number among all names, by which each filter stores its verdict. */
  readonly number: number;
}

/**
 * Known names by hash, each in one of a few slots. All filters share them, because targets of one kind have the same
 * names in the same order. If all slots of a hash are taken, the first is reused.
 */
const slots: (Name | undefined)[] = new Array<Name | undefined>(4096).fill(undefined);
const slotsPerHash = 4;
/** Longer names are not stored. */
const maxStoredLength = 256;
/** No target has as many names. Names beyond this number have no stored verdict. */
const maxNumbered = 16 * 1024;
let nameCount = 0;

/** Codes of stored verdicts; 0 means none. */
const [unknownCode, wantedCode, unwantedCode] = [0, 1, 2] as const;

/** Filters the lines of one target. */
export class NameFilter {
  /** The offset where the name of the line read last ends. */
  end = 0;
  private last: Name | undefined;
  private lastVerdict: NameVerdict = 'none';
  /** Verdict codes by number of the name. */
  private verdictCodes = new Uint8Array(256);

  /** `isWanted` is called once per name. */
  constructor(private readonly isWanted: (name: string) => boolean) {}

  /** The name of the line read last; undefined if the line does not begin with a bare name. */
  get name(): ByteText | undefined {
    return this.last;
  }

  /** Reads the name at the beginning of the line `bytes[start, end)` and says whether it is wanted. */
  read(bytes: DataView, start: number, end: number): NameVerdict {
    const { last } = this;
    if (last && this.matches(last, bytes, start, end)) return this.lastVerdict;
    const name =
      (last &&
        (this.matchSlot(last.nextSlot, bytes, start, end) ??
          this.matchSlot(last.earlierNextSlot, bytes, start, end))) ??
      this.find(bytes, start, end);
    this.last = name;
    this.lastVerdict = name ? this.verdictOf(name) : 'none';
    return this.lastVerdict;
  }

  private verdictOf({ number, text }: Name): NameVerdict {
    const stored = this.verdictCodes[number] ?? unknownCode;
    if (stored !== unknownCode) return stored === wantedCode ? 'wanted' : 'unwanted';
    const wanted = this.isWanted(text);
    if (number < maxNumbered) this.storeVerdict(number, wanted ? wantedCode : unwantedCode);
    return wanted ? 'wanted' : 'unwanted';
  }

  private storeVerdict(number: number, code: number): void {
    if (number >= this.verdictCodes.length) {
      const larger = new Uint8Array(2 * number);
      larger.set(this.verdictCodes);
      this.verdictCodes = larger;
    }
    this.verdictCodes[number] = code;
  }

  private matchSlot(slot: number, bytes: DataView, start: number, end: number): Name | undefined {
    const name = slots[slot];
    return name && this.matches(name, bytes, start, end) ? name : undefined;
  }

  /** Whether the line begins with this name. Sets `end` if it does. */
  private matches({ bytes: nameBytes }: Name, bytes: DataView, start: number, end: number): boolean {
    const { byteLength } = nameBytes;
    const nameEnd = start + byteLength;
    if (nameEnd >= end) return false;
    const next = bytes.getUint8(nameEnd);
    if ((next !== openBrace && next !== space) || !equalBytes(bytes, start, nameBytes, 0, byteLength)) return false;
    this.end = nameEnd;
    return true;
  }

  /** Finds the name by its hash, or adds it. Sets `end`. Undefined if the line does not begin with a bare name. */
  private find(bytes: DataView, start: number, end: number): Name | undefined {
    let nameEnd = start;
    let hash = 0;
    for (; nameEnd < end; nameEnd += 1) {
      const byte = bytes.getUint8(nameEnd);
      if (byte === openBrace || byte === space) break;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    this.end = nameEnd;
    const length = nameEnd - start;
    const firstSlot = (hash ^ (hash >>> 15)) & (slots.length - slotsPerHash);
    let freeSlot = firstSlot;
    for (let slot = firstSlot; slot < firstSlot + slotsPerHash; slot += 1) {
      const known = slots[slot];
      if (!known) {
        freeSlot = slot;
        break;
      }
      if (known.bytes.byteLength === length && equalBytes(bytes, start, known.bytes, 0, length))
        return this.linkFromLast(known, slot);
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('latin1');
    const byteText = metricNamePattern.test(text) ? toByteText(text) : undefined;
    return byteText && this.addName(byteText, freeSlot);
  }

  private addName({ text, bytes }: ByteText, slot: number): Name {
    const isStored = text.length <= maxStoredLength;
    if (isStored && nameCount < maxNumbered) nameCount += 1;
    const number = isStored ? nameCount : maxNumbered;
    const name: Name = { text, bytes, nextSlot: 0, earlierNextSlot: 0, number };
    if (!isStored) return name;
    slots[slot] = name;
    return this.linkFromLast(name, slot);
  }

  private linkFromLast(name: Name, slot: number): Name {
    const { last } = this;
    if (last) {
      last.earlierNextSlot = last.nextSlot;
      last.nextSlot = slot;
    }
    return name;
  }
}

/**
 * The label blocks of one target. All series of an engine have the same labels but for a histogram's `le`, and engines come in the same order in
 * every family. So a line is first compared with the block of the line above and with the one that came after that last time:
 * no text is made of its labels. Another block is found by its text, and only one that is new is read by the grammar.
 */
import type { Body } from './indexedBody';
import { cutLe } from './splitLe';
import type { Labels } from './parseLine';
import { isSame, type KnownText } from './compareBytes';
import { shortText } from './internString';

/** A block's labels but `le`. */
export interface Block {
  readonly labels: Labels;
  /** Undefined where it is found by its text alone. */
  readonly known: KnownText | undefined;
  /** Where in the text `,le="…"` was met; 0 where it was not, or stands first. */
  cutAt: number;
  /** What came behind it last time. */
  next: Block | undefined;
}

/** A line's block, its `le`, and where its value begins. */
export interface Place<Of extends Block> {
  /** Undefined: not met yet. */
  block: Of | undefined;
  le: string | undefined;
  valueAt: number;
  /** Of a block not met yet: its text, and where in it `le` stands. */
  text: string;
  cutAt: number;
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const space = 0x20;
const quote = 0x22;
const opening = new DataView(Uint8Array.from(Buffer.from(',le="')).buffer);

/** By byte: whether a bound is made of it, as `cutLe` has it. */
const isOfBound = Uint8Array.from({ length: 256 }, (_, byte) => Number(/[-+.\w]/.test(String.fromCharCode(byte))));

export class Blocks<Of extends Block> {
  private readonly byText = new Map<string, Of>();
  private last: Of | undefined;
  private readonly place: Place<Of> = { block: undefined, le: undefined, valueAt: 0, text: '', cutAt: 0 };

  /**
   * Where name and labels of the line that ends at `end` leave off, the name at `nameEnd`; undefined where only the grammar can tell.
   * The object serves the next line, too.
   */
  find(body: Body, nameEnd: number, end: number): Place<Of> | undefined {
    if (
      this.isUnder(this.last, body, nameEnd, end) ||
      this.isUnder(this.last?.next as Of | undefined, body, nameEnd, end)
    )
      return this.place;
    const { place } = this;
    const { bytes } = body;
    const labelled = bytes[nameEnd] === openBrace;
    const close = labelled ? bytes.lastIndexOf(closeBrace, end - 1) : nameEnd;
    if (close < nameEnd || bytes[labelled ? close + 1 : close] !== space) return undefined;
    const cut = cutLe(labelled ? bytes.toString('latin1', nameEnd + 1, close) : '');
    if (!cut) return undefined;
    place.text = cut.head + cut.tail;
    place.cutAt = cut.le === undefined ? 0 : cut.head.length;
    place.le = cut.le;
    place.valueAt = labelled ? close + 2 : close + 1;
    place.block = this.byText.get(place.text);
    if (place.block) this.follow(place.block, place.cutAt);
    return place;
  }

  /** Notes a block that `find` did not know. */
  add({ text, cutAt }: Place<Of>, block: Of): void {
    this.byText.set(text, block);
    this.follow(block, cutAt);
  }

  private follow(block: Of, cutAt: number): void {
    if (cutAt > 0) block.cutAt = cutAt;
    if (this.last) this.last.next = block;
    this.last = block;
  }

  /** Whether the labels behind `nameEnd` are this block's, with or without `le`; then `place` says where. */
  private isUnder(block: Of | undefined, { bytes, view }: Body, nameEnd: number, end: number): boolean {
    if (!block?.known || bytes[nameEnd] !== openBrace) return false;
    const {
      known: { bytes: text },
      cutAt,
    } = block;
    const { byteLength: length } = text;
    let at = nameEnd + 1 + cutAt;
    if (at >= end || !isSame(view, nameEnd + 1, text, 0, cutAt)) return false;
    let le: string | undefined;
    if (cutAt > 0 && at + opening.byteLength < end && isSame(view, at, opening, 0, opening.byteLength)) {
      const from = at + opening.byteLength;
      for (at = from; isOfBound[bytes[at] as number] === 1;) at += 1;
      if (bytes[at] !== quote) return false;
      le = shortText(bytes, from, at);
      at += 1;
    }
    const valueAt = at + length - cutAt + 2;
    if (
      valueAt > end ||
      !isSame(view, at, text, cutAt, length) ||
      bytes[valueAt - 2] !== closeBrace ||
      bytes[valueAt - 1] !== space
    )
      return false;
    this.place.block = block;
    this.place.le = le;
    this.place.valueAt = valueAt;
    this.last = block;
    return true;
  }
}

/**
 * The label blocks of one target. All series of an engine have the same labels but for a histogram's `le`, and engines come in the same order in
 * every family. So a line is first compared with the block of the line above and with the one that came after that last time:
 * no text is made of its labels. Another block is found by its text, and only one that is new is read by the grammar.
 */
import type { IndexedBody } from './indexedBody';
import { splitLe } from './splitLe';
import type { Labels } from './parseLine';
import { equalBytes, type ByteText } from './compareBytes';
import { internString } from './internString';

/** A block's labels but `le`. */
export interface LabelBlock {
  readonly labels: Labels;
  /** Undefined where it is found by its text alone. */
  readonly byteText: ByteText | undefined;
  /** Where in the text `,le="…"` was met; 0 where it was not, or stands first. */
  leOffset: number;
  /** What came behind it last time. */
  next: LabelBlock | undefined;
}

/** A line's block, its `le`, and where its value begins. */
export interface BlockMatch<Of extends LabelBlock> {
  /** Undefined: not met yet. */
  block: Of | undefined;
  le: string | undefined;
  valueStart: number;
  /** Of a block not met yet: its text, and where in it `le` stands. */
  text: string;
  leOffset: number;
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const space = 0x20;
const quote = 0x22;
const opening = new DataView(Uint8Array.from(Buffer.from(',le="')).buffer);

/** By byte: whether a bound is made of it, as `cutLe` has it. */
const isOfBound = Uint8Array.from({ length: 256 }, (_, byte) => Number(/[-+.\w]/.test(String.fromCharCode(byte))));

export class LabelBlockCache<Of extends LabelBlock> {
  private readonly byText = new Map<string, Of>();
  private last: Of | undefined;
  private readonly match: BlockMatch<Of> = { block: undefined, le: undefined, valueStart: 0, text: '', leOffset: 0 };

  /**
   * Where name and labels of the line that ends at `end` leave off, the name at `nameEnd`; undefined where only the grammar can tell.
   * The object serves the next line, too.
   */
  find(body: IndexedBody, nameEnd: number, end: number): BlockMatch<Of> | undefined {
    if (
      this.isUnder(this.last, body, nameEnd, end) ||
      this.isUnder(this.last?.next as Of | undefined, body, nameEnd, end)
    )
      return this.match;
    const { match } = this;
    const { bytes } = body;
    const labelled = bytes[nameEnd] === openBrace;
    const close = labelled ? bytes.lastIndexOf(closeBrace, end - 1) : nameEnd;
    if (close < nameEnd || bytes[labelled ? close + 1 : close] !== space) return undefined;
    const cut = splitLe(labelled ? bytes.toString('latin1', nameEnd + 1, close) : '');
    if (!cut) return undefined;
    match.text = cut.head + cut.tail;
    match.leOffset = cut.le === undefined ? 0 : cut.head.length;
    match.le = cut.le;
    match.valueStart = labelled ? close + 2 : close + 1;
    match.block = this.byText.get(match.text);
    if (match.block) this.follow(match.block, match.leOffset);
    return match;
  }

  /** Notes a block that `find` did not know. */
  add({ text, leOffset }: BlockMatch<Of>, block: Of): void {
    this.byText.set(text, block);
    this.follow(block, leOffset);
  }

  private follow(block: Of, cutAt: number): void {
    if (cutAt > 0) block.leOffset = cutAt;
    if (this.last) this.last.next = block;
    this.last = block;
  }

  /** Whether the labels behind `nameEnd` are this block's, with or without `le`; then `place` says where. */
  private isUnder(block: Of | undefined, { bytes, view }: IndexedBody, nameEnd: number, end: number): boolean {
    if (!block?.byteText || bytes[nameEnd] !== openBrace) return false;
    const {
      byteText: { bytes: text },
      leOffset,
    } = block;
    const { byteLength: length } = text;
    let at = nameEnd + 1 + leOffset;
    if (at >= end || !equalBytes(view, nameEnd + 1, text, 0, leOffset)) return false;
    let le: string | undefined;
    if (leOffset > 0 && at + opening.byteLength < end && equalBytes(view, at, opening, 0, opening.byteLength)) {
      const from = at + opening.byteLength;
      for (at = from; isOfBound[bytes[at] as number] === 1;) at += 1;
      if (bytes[at] !== quote) return false;
      le = internString(bytes, from, at);
      at += 1;
    }
    const valueAt = at + length - leOffset + 2;
    if (
      valueAt > end ||
      !equalBytes(view, at, text, leOffset, length) ||
      bytes[valueAt - 2] !== closeBrace ||
      bytes[valueAt - 1] !== space
    )
      return false;
    this.match.block = block;
    this.match.le = le;
    this.match.valueStart = valueAt;
    this.last = block;
    return true;
  }
}

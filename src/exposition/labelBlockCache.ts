/**
 * The label blocks of one target. All series of an engine have the same labels but for a histogram's `le`, and engines
 * come in the same order in every family. So a line is first compared with the block of the line before and with the
 * one that followed that block last time, without making a string of its labels. Other blocks are found by their text,
 * and only new ones are parsed by the grammar.
 */
import { closeBrace, openBrace, quote, space } from './characterCodes';
import { equalBytes, type ByteText } from './compareBytes';
import { internString } from './internString';
import type { LineBuffer } from './lineBuffer';
import type { Labels } from './parseLine';
import { splitLe } from './splitLe';

/** The labels between one pair of braces, without `le`. */
export interface LabelBlock {
  readonly labels: Labels;
  /** The block's text without `le`. Undefined if its bytes cannot be compared as numbers. */
  readonly byteText: ByteText | undefined;
  /** Where `,le="…"` was cut out of the text; 0 if it was not, or was first. */
  leOffset: number;
  /** The block that followed this one last time. */
  next: LabelBlock | undefined;
}

/** The label block of a line, its `le`, and the offset of its value. */
export interface BlockMatch<Block extends LabelBlock> {
  /** Undefined if the block is new. */
  block: Block | undefined;
  le: string | undefined;
  valueStart: number;
  /** Only for a new block: its text without `le`. */
  text: string;
  /** Where `le` was cut out of the block's text. */
  leOffset: number;
  /** Where the text of `le` with its commas is; an empty range if there is none. */
  boundStart: number;
  boundEnd: number;
}

const leOpening = new DataView(Uint8Array.from(Buffer.from(',le="')).buffer);

/** By byte, 1 if it occurs in bounds as `splitLe` accepts them. */
const isBoundByte = Uint8Array.from({ length: 256 }, (_, byte) => Number(/[-+.\w]/.test(String.fromCharCode(byte))));

/** Finds the label blocks of one target's lines. */
export class LabelBlockCache<Block extends LabelBlock> {
  private readonly byText = new Map<string, Block>();
  private last: Block | undefined;
  /** Filled anew for each line, so that no object is made per line. */
  private readonly match: BlockMatch<Block> = {
    block: undefined,
    le: undefined,
    valueStart: 0,
    text: '',
    leOffset: 0,
    boundStart: 0,
    boundEnd: 0,
  };

  /** Number of label blocks. */
  get size(): number {
    return this.byText.size;
  }

  /**
   * The label block of the line that ends at `end` and whose name ends at `nameEnd`. Undefined if only the grammar can
   * tell labels from the value. The result is valid until the next call.
   */
  find(buffer: LineBuffer, nameEnd: number, end: number): BlockMatch<Block> | undefined {
    if (
      this.matches(this.last, buffer, nameEnd, end) ||
      this.matches(this.last?.next as Block | undefined, buffer, nameEnd, end)
    )
      return this.match;
    const { match } = this;
    const { bytes } = buffer;
    const hasBraces = bytes[nameEnd] === openBrace;
    const close = hasBraces ? bytes.lastIndexOf(closeBrace, end - 1) : nameEnd;
    if (close < nameEnd || bytes[hasBraces ? close + 1 : close] !== space) return undefined;
    const split = splitLe(hasBraces ? bytes.toString('latin1', nameEnd + 1, close) : '');
    if (!split) return undefined;
    match.text = split.head + split.tail;
    match.leOffset = split.le === undefined ? 0 : split.head.length;
    match.le = split.le;
    match.boundStart = nameEnd + 1 + split.head.length;
    match.boundEnd = split.le === undefined ? match.boundStart : close - split.tail.length;
    match.valueStart = hasBraces ? close + 2 : close + 1;
    match.block = this.byText.get(match.text);
    if (match.block) this.setLast(match.block, match.leOffset);
    return match;
  }

  /** Stores the block of a match that had none. */
  add({ text, leOffset }: BlockMatch<Block>, block: Block): void {
    this.byText.set(text, block);
    this.setLast(block, leOffset);
  }

  private setLast(block: Block, leOffset: number): void {
    if (leOffset > 0) block.leOffset = leOffset;
    if (this.last) this.last.next = block;
    this.last = block;
  }

  /** Whether the line has this block, with or without `le`. Fills `match` if it does. */
  private matches(block: Block | undefined, { bytes, view }: LineBuffer, nameEnd: number, end: number): boolean {
    if (!block?.byteText || bytes[nameEnd] !== openBrace) return false;
    const {
      byteText: { bytes: text },
      leOffset,
    } = block;
    const { byteLength: length } = text;
    let offset = nameEnd + 1 + leOffset;
    if (offset >= end || !equalBytes(view, nameEnd + 1, text, 0, leOffset)) return false;
    let le: string | undefined;
    const boundStart = offset;
    if (
      leOffset > 0 &&
      offset + leOpening.byteLength < end &&
      equalBytes(view, offset, leOpening, 0, leOpening.byteLength)
    ) {
      const leStart = offset + leOpening.byteLength;
      for (offset = leStart; isBoundByte[bytes[offset] as number] === 1;) offset += 1;
      if (bytes[offset] !== quote) return false;
      le = internString(bytes, leStart, offset);
      offset += 1;
    }
    const valueStart = offset + length - leOffset + 2;
    if (
      valueStart > end ||
      !equalBytes(view, offset, text, leOffset, length) ||
      bytes[valueStart - 2] !== closeBrace ||
      bytes[valueStart - 1] !== space
    )
      return false;
    this.match.block = block;
    this.match.le = le;
    this.match.leOffset = leOffset;
    this.match.boundStart = boundStart;
    this.match.boundEnd = offset;
    this.match.valueStart = valueStart;
    this.last = block;
    return true;
  }
}

/** Writes and reads numbers of any width in bits, the lowest bit first. */

/** Most bits of one number whose shifted value still fits 32 bits. */
const pieceBits = 16;

/** Bytes that grow as bits are added. */
export class BitWriter {
  private buffer = new Uint8Array(1024);
  private length = 0;
  /** Bits that do not fill a byte yet, and how many. */
  private rest = 0;
  private restBits = 0;

  /** Whole bytes so far. */
  get bytes(): number {
    return this.length;
  }

  /** Adds the lowest `width` bits, 0 to 32, of an unsigned number. */
  write(value: number, width: number): void {
    if (width > pieceBits) {
      this.write(value & 0xffff, pieceBits);
      this.write(value >>> pieceBits, width - pieceBits);
      return;
    }
    if (this.length + 4 > this.buffer.length) this.grow();
    this.rest |= (value & ((1 << width) - 1)) << this.restBits;
    this.restBits += width;
    while (this.restBits >= 8) {
      this.buffer[this.length++] = this.rest & 0xff;
      this.rest >>>= 8;
      this.restBits -= 8;
    }
  }

  /** Fills the last byte, so that what follows begins with a byte. */
  align(): void {
    if (this.restBits > 0) this.write(0, 8 - this.restBits);
  }

  /** Removes the bytes from `length` on. */
  truncate(length: number): void {
    this.length = length;
  }

  /** A view of the bytes from `start` to before `end`, until more are added. */
  view(start: number, end = this.length): Uint8Array {
    return this.buffer.subarray(start, end);
  }

  private grow(): void {
    const grown = new Uint8Array(2 * this.buffer.length);
    grown.set(this.buffer);
    this.buffer = grown;
  }
}

/** Reads what a `BitWriter` wrote, from a byte on. Beyond the end it reads zeros. */
export class BitReader {
  private rest = 0;
  private restBits = 0;

  constructor(
    private readonly buffer: Uint8Array,
    private offset: number,
  ) {}

  /** The next `width` bits, 0 to 32, as an unsigned number. */
  read(width: number): number {
    if (width > pieceBits) {
      const low = this.read(pieceBits);
      return low + this.read(width - pieceBits) * 2 ** pieceBits;
    }
    while (this.restBits < width) {
      this.rest |= (this.buffer[this.offset++] ?? 0) << this.restBits;
      this.restBits += 8;
    }
    const value = this.rest & ((1 << width) - 1);
    this.rest >>>= width;
    this.restBits -= width;
    return value;
  }
}

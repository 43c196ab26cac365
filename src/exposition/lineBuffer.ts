/** The bytes that are being read: whole lines of one target's body, for as long as one call takes. */

/** How many bytes may be read as one number beyond the last line. */
const spareBytes = 8;
const initialBytes = 128 * 1024;

/** A buffer that is filled again and again. */
export class LineBuffer {
  bytes = Buffer.alloc(0);
  /** The same bytes as `bytes`. */
  view = new DataView(new ArrayBuffer(0));
  /** End of the bytes to read. */
  filledEnd = 0;
  /** End of the bytes read so far. */
  readEnd = 0;

  /** Replaces the bytes by a copy of these two, one after the other. */
  fill(first: Uint8Array, second: Uint8Array): void {
    const length = first.byteLength + second.byteLength;
    if (this.bytes.length < length + spareBytes) this.grow(length);
    this.bytes.set(first);
    this.bytes.set(second, first.byteLength);
    this.filledEnd = length;
    this.readEnd = 0;
  }

  private grow(length: number): void {
    this.bytes = Buffer.allocUnsafeSlow(Math.max(length, initialBytes) + spareBytes);
    this.view = new DataView(this.bytes.buffer);
  }
}

/** All readers share one buffer, because each reads what it was given before it returns. */
export const sharedBuffer = new LineBuffer();

/** The bytes that are being read: whole lines of one target's body, for as long as one call takes. */

/** How many bytes may be read as one number beyond the last line. */
export const spareBytes = 8;
const initialBytes = 16 * 1024;

const noBytes: Buffer = Buffer.alloc(0);

/** Bytes to read: those of a chunk where they are, or a copy of pieces that belong together. */
export class LineBuffer {
  bytes: Buffer = noBytes;
  /** The same bytes as `bytes`. */
  view: DataView = new DataView(noBytes.buffer, 0, 0);
  /** End of the bytes to read. */
  filledEnd = 0;
  /** End of the bytes read so far. */
  readEnd = 0;
  /** End of the bytes that were added to the text of their lines. */
  copiedEnd = 0;
  private copy: Buffer = noBytes;

  /** Replaces the bytes by a copy of these two, one after the other. */
  fill(first: Uint8Array, second: Uint8Array): void {
    const length = first.byteLength + second.byteLength;
    if (this.copy.length < length + spareBytes)
      this.copy = Buffer.allocUnsafeSlow(Math.max(length, initialBytes) + spareBytes);
    this.copy.set(first);
    this.copy.set(second, first.byteLength);
    this.use(this.copy, length);
  }

  /** Replaces the bytes by the first `length` of a chunk, which has `spareBytes` more. They are not copied. */
  wrap({ buffer, byteOffset, byteLength }: Uint8Array, length: number): void {
    this.use(Buffer.from(buffer, byteOffset, byteLength), length);
  }

  /** Forgets the bytes, so that the chunk can be given back. */
  clear(): void {
    this.use(noBytes, 0);
  }

  private use(bytes: Buffer, length: number): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.filledEnd = length;
    this.readEnd = 0;
    this.copiedEnd = 0;
  }
}

/** All readers share one buffer, because each reads what it was given before it returns. */
export const sharedBuffer = new LineBuffer();

/** Bytes to which others are appended. */

/** It doubles, but grows by no more than this. */
const maxExtraBytes = 2 ** 20;
const minExtraBytes = 4 * 1024;
/** Room that may stay unused, besides half of what is used. */
const spareRoom = 64 * 1024;
/** How many bytes may be read as one number beyond the end. */
const spareBytes = 8;
/** Memory that may stay unused. */
const maxUnusedBytes = 2 * 2 ** 20;

/** Memory that is kept for the next lines. */
const maxKeptBytes = 16 * 1024;

/** So few bytes are copied faster one by one than by a call of native code. */
const maxShortBytes = 32;

const noBytes = Buffer.alloc(spareBytes);

/** A buffer that grows. */
export class GrowingBytes {
  bytes = noBytes;
  /** The same bytes as `bytes`. */
  view = new DataView(noBytes.buffer, noBytes.byteOffset, noBytes.byteLength);
  end = 0;

  /** How many bytes it can hold without growing. */
  get capacity(): number {
    return this.bytes.length - spareBytes;
  }

  /** The bytes without the room after them. */
  get content(): Uint8Array {
    return this.bytes.subarray(0, this.end);
  }

  /** Appends a copy of `source[from, to)`. */
  append(source: Buffer, from: number, to: number): void {
    if (this.end + to - from > this.capacity) this.reserve(to - from);
    const { bytes, end } = this;
    this.end = end + to - from;
    if (to - from > maxShortBytes) source.copy(bytes, end, from, to);
    else for (let at = from; at < to; at += 1) bytes[end + at - from] = source[at] as number;
  }

  /** Appends a copy of a chunk. */
  appendChunk(chunk: Uint8Array): void {
    this.reserve(chunk.byteLength);
    this.bytes.set(chunk, this.end);
    this.end += chunk.byteLength;
  }

  /** Makes room for this many further bytes. */
  reserve(length: number): void {
    const needed = this.end + length;
    if (needed > this.capacity) this.resize(needed + Math.min(maxExtraBytes, Math.max(minExtraBytes, needed)));
  }

  /** Makes room for about as much as this. */
  expect(length: number): void {
    if (length > this.capacity) this.resize(length + (length >> 3));
  }

  /** Empties it, and gives back memory of which it rarely needs so much. */
  clear(): void {
    this.end = 0;
    if (this.capacity > maxUnusedBytes) this.resize(0);
  }

  /** Empties it, and gives back what is more than a few lines need. */
  free(): void {
    this.end = 0;
    if (this.capacity > maxKeptBytes) this.resize(0);
  }

  /** Gives back room that is left. The next exposition may be an eighth longer. */
  trim(): void {
    if (this.capacity > 1.5 * this.end + spareRoom) this.resize(this.end + (this.end >> 3));
  }

  private resize(capacity: number): void {
    const resized = Buffer.allocUnsafeSlow(capacity + spareBytes);
    this.bytes.copy(resized, 0, 0, this.end);
    this.bytes = resized;
    this.view = new DataView(resized.buffer);
  }
}

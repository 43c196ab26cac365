/** One answer's bytes, with the place of each of its lines and of the value at its end: what the next answer is compared with. */

/** What a line is; a number from 0 on is the index of its series. */
export const lineKind = {
  /** A comment, or nothing: compared as a whole. */
  still: -1,
  /** A sample of a family that nobody wants: its value is passed over. */
  unwanted: -2,
  /** A line that takes the long way each time: a bad one, one with a timestamp or an exemplar. */
  long: -3,
} as const;

const noBytes = Buffer.alloc(0);
const smallest = 64 * 1024;
const idle: Buffer[] = [];
/** Answers come in a few at a time; more buffers than that are not worth keeping. */
const mostIdle = 8;

const twice = (column: Int32Array): Int32Array<ArrayBuffer> => {
  const larger = new Int32Array(Math.max(256, column.length * 2));
  larger.set(column);
  return larger;
};

export class Body {
  bytes: Buffer = noBytes;
  /** How many of the bytes are there. */
  filled = 0;
  private expected = 0;
  lines = 0;
  /** By line: the offset of its value, or of its end where it has none; of its line feed; and its kind. */
  valueAt = new Int32Array(0);
  endAt = new Int32Array(0);
  kind = new Int32Array(0);

  startOf(line: number): number {
    return line === 0 ? 0 : (this.endAt[line - 1] as number) + 1;
  }

  append(chunk: Uint8Array): void {
    const needed = this.filled + chunk.byteLength;
    if (needed > this.bytes.length) this.grow(needed);
    this.bytes.set(chunk, this.filled);
    this.filled = needed;
  }

  add(valueAt: number, endAt: number, kind: number): void {
    if (this.lines === this.endAt.length) {
      this.valueAt = twice(this.valueAt);
      this.endAt = twice(this.endAt);
      this.kind = twice(this.kind);
    }
    this.valueAt[this.lines] = valueAt;
    this.endAt[this.lines] = endAt;
    this.kind[this.lines] = kind;
    this.lines += 1;
  }

  /** Forgets what it holds; the bytes may serve another answer. `expected`: how many are to come, about. */
  clear(expected = 0): void {
    this.expected = expected;
    if (this.bytes.length > 0 && idle.length < mostIdle) idle.push(this.bytes);
    this.bytes = noBytes;
    this.filled = 0;
    this.lines = 0;
  }

  private grow(needed: number): void {
    const wanted = this.bytes.length === 0 ? Math.max(needed, this.expected) : needed;
    const found = idle.findIndex(({ length }) => length >= wanted && length <= 8 * Math.max(wanted, smallest));
    const larger = found === -1 ? Buffer.allocUnsafeSlow(Math.max(smallest, wanted > needed ? wanted : 2 * needed)) : (idle.splice(found, 1)[0] as Buffer);
    larger.set(this.bytes.subarray(0, this.filled));
    if (this.bytes.length > 0 && idle.length < mostIdle) idle.push(this.bytes);
    this.bytes = larger;
  }
}

/**
 * The bytes of one exposition, with the position of each line and of its value: what the next scrape is compared with.
 */

/** What a line is. Numbers from 0 on are the index of the line's series. */
export const lineKind = {
  /** A comment or an empty line. It is compared as a whole. */
  comment: -1,
  /** A sample of a family that is not wanted. Its value is skipped. */
  unwanted: -2,
  /** A sample that `Describe` left out. Its value is parsed and dropped. */
  undescribed: -3,
  /** A line that is parsed by the grammar in each scrape: a bad one, or one with a timestamp or an exemplar. */
  irregular: -4,
} as const;

/**
 * The line table has three columns: the offset of the line's value (or of its end if it has none), the offset of its
 * line feed, and its kind.
 */
export const [endColumn, kindColumn, lineStride] = [1, 2, 3] as const;

/** Lines are longer on average. If they are not, the line table grows. */
const assumedLineBytes = 256;
/** How many bytes of a value are compared as one number. Buffers have as much spare room at their end. */
export const headLength = 8;

/** A body that is too short doubles, but grows by no more than this. */
const maxExtraBytes = 8 * 2 ** 20;
const maxExtraLines = 128 * 1024;
/** A body keeps up to this many times what it needs, and a little more: the next exposition may be longer. */
const maxSpare = 2;
const spareBytes = 256 * 1024;
const spareLines = 4096;

/** A body that can be filled, read and filled again. */
export class IndexedBody {
  bytes: Buffer;
  /** The same bytes as `bytes`. */
  view: DataView;
  /** End of the bytes received so far. */
  filledEnd = 0;
  /** End of the bytes read so far. */
  readEnd = 0;
  lineCount = 0;
  /** Number of sample lines, wanted or not. */
  sampleCount = 0;
  /** `lineStride` numbers per line. */
  lineTable: Int32Array;
  /** The parsed value of each line that has one. */
  values: Float64Array;
  /** The first `headLength` bytes of each line's value as one number, which show whether the value changed. */
  heads: Float64Array;

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafeSlow(length + headLength);
    this.view = new DataView(this.bytes.buffer);
    const lines = Math.ceil(length / assumedLineBytes);
    this.lineTable = new Int32Array(lineStride * lines);
    this.values = new Float64Array(lines);
    this.heads = new Float64Array(lines);
  }

  /** How many bytes it can hold without growing. */
  get capacity(): number {
    return this.bytes.length - headLength;
  }

  /** All its memory: bytes, line table and values. */
  get memoryBytes(): number {
    return this.bytes.length + this.lineTable.byteLength + this.values.byteLength + this.heads.byteLength;
  }

  /** Offset of a line's first byte. */
  startOf(line: number): number {
    return line === 0 ? 0 : (this.lineTable[(line - 1) * lineStride + endColumn] as number) + 1;
  }

  /** Copies a chunk of the response to the end of the bytes. */
  append(chunk: Uint8Array): void {
    const needed = this.filledEnd + chunk.byteLength;
    if (needed > this.capacity) this.resizeBytes(needed + Math.min(needed, maxExtraBytes));
    this.bytes.set(chunk, this.filledEnd);
    this.filledEnd = needed;
  }

  /** Adds a line after the others. Offsets as in the line table. */
  addLine(valueStart: number, end: number, kind: number, value = 0): void {
    if (this.lineCount === this.values.length) this.reserve(1);
    const { lineTable, lineCount } = this;
    lineTable[lineCount * lineStride] = valueStart;
    lineTable[lineCount * lineStride + endColumn] = end;
    lineTable[lineCount * lineStride + kindColumn] = kind;
    this.values[lineCount] = value;
    this.heads[lineCount] = this.view.getFloat64(valueStart, true);
    this.lineCount = lineCount + 1;
  }

  /** Makes room for this many further lines. */
  reserve(lines: number): void {
    const needed = this.lineCount + lines;
    if (needed > this.values.length) this.resizeLines(needed + Math.min(needed, maxExtraLines));
  }

  /**
   * Gives back what it has far too much of: memory for an exposition that was several times as long, or room that was
   * made for more of it than came.
   */
  trim(): void {
    if (this.capacity > maxSpare * this.filledEnd + spareBytes) this.resizeBytes(this.filledEnd);
    if (this.values.length > maxSpare * this.lineCount + spareLines) this.resizeLines(this.lineCount);
  }

  /** Empties the body for another exposition. */
  clear(): void {
    this.filledEnd = 0;
    this.readEnd = 0;
    this.lineCount = 0;
    this.sampleCount = 0;
  }

  private resizeBytes(length: number): void {
    const resized = Buffer.allocUnsafeSlow(length + headLength);
    resized.set(this.bytes.subarray(0, this.filledEnd));
    this.bytes = resized;
    this.view = new DataView(resized.buffer);
  }

  private resizeLines(lines: number): void {
    const count = this.lineCount;
    const [lineTable, values, heads] = [
      new Int32Array(lineStride * lines),
      new Float64Array(lines),
      new Float64Array(lines),
    ];
    lineTable.set(this.lineTable.subarray(0, lineStride * count));
    values.set(this.values.subarray(0, count));
    heads.set(this.heads.subarray(0, count));
    this.lineTable = lineTable;
    this.values = values;
    this.heads = heads;
  }
}

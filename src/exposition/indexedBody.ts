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

  /** Offset of a line's first byte. */
  startOf(line: number): number {
    return line === 0 ? 0 : (this.lineTable[(line - 1) * lineStride + endColumn] as number) + 1;
  }

  /** Copies a chunk of the response to the end of the bytes. */
  append(chunk: Uint8Array): void {
    const needed = this.filledEnd + chunk.byteLength;
    if (needed > this.capacity) this.grow(2 * needed);
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
    if (needed <= this.values.length) return;
    const [lineTable, values, heads] = [
      new Int32Array(2 * lineStride * needed),
      new Float64Array(2 * needed),
      new Float64Array(2 * needed),
    ];
    lineTable.set(this.lineTable);
    values.set(this.values);
    heads.set(this.heads);
    this.lineTable = lineTable;
    this.values = values;
    this.heads = heads;
  }

  /** Empties the body for another exposition. */
  clear(): void {
    this.filledEnd = 0;
    this.readEnd = 0;
    this.lineCount = 0;
    this.sampleCount = 0;
  }

  private grow(length: number): void {
    const larger = Buffer.allocUnsafeSlow(length + headLength);
    larger.set(this.bytes.subarray(0, this.filledEnd));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

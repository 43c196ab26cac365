/** One answer's bytes, with the place of each of its lines and of the value at its end: what the next answer is compared with. */

/** What a line is; a number from 0 on is the index of its series. */
export const lineKind = {
  /** A comment, or nothing: compared as a whole. */
  comment: -1,
  /** A sample of a family that nobody wants: its value is passed over. */
  unwanted: -2,
  /** A sample that is described as none of ours: its value is read, and dropped. */
  undescribed: -3,
  /** A line that takes the long way each time: a bad one, one with a timestamp or an exemplar. */
  irregular: -4,
} as const;

/** Of each line's three numbers: the offset of its value, or of its end where it has none; of its line feed; and its kind. */
export const [endColumn, kindColumn, lineStride] = [1, 2, 3] as const;

const smallest = 64 * 1024;
/** What is not known to be so long may be no longer at first. */
const largestGuess = 1024 * 1024;
/** Lines are longer on the average; where they are not, their places grow. */
const bytesOfLine = 256;
/** How many bytes are read at once where a value begins; behind the last one there is room for them. */
export const headLength = 8;
const pool: IndexedBody[] = [];
/** As many as answers are read at a time where nobody is slow: a new one costs the memory's first touch, and its end a look at all that is held. */
const maxPooled = 16;
/** About as long as answers are that were met first. */
let expectedBytes = smallest;

export class IndexedBody {
  bytes: Buffer;
  /** The same bytes. */
  view: DataView;
  /** How many of the bytes are there, and how many are read. */
  filledEnd = 0;
  readEnd = 0;
  lineCount = 0;
  /** Lines that are no comment and not empty, wanted or not. */
  sampleCount = 0;
  /** By line, `lineWidth` numbers each. */
  lineTable: Int32Array;
  /** By line, its value, where it was read; and the first bytes from there on, as a number, by which an unchanged one is known. */
  values: Float64Array;
  heads: Float64Array;

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafeSlow(length + headLength);
    this.view = new DataView(this.bytes.buffer);
    const lines = Math.ceil(length / bytesOfLine);
    this.lineTable = new Int32Array(lineStride * lines);
    this.values = new Float64Array(lines);
    this.heads = new Float64Array(lines);
  }

  /** How many bytes it can hold before it grows. */
  get capacity(): number {
    return this.bytes.length - headLength;
  }

  startOf(line: number): number {
    return line === 0 ? 0 : (this.lineTable[(line - 1) * lineStride + endColumn] as number) + 1;
  }

  append(chunk: Uint8Array): void {
    const needed = this.filledEnd + chunk.byteLength;
    if (needed > this.capacity) this.grow(2 * needed);
    this.bytes.set(chunk, this.filledEnd);
    this.filledEnd = needed;
  }

  /** Adds a line behind the others. */
  addLine(valueAt: number, endAt: number, kind: number, value = 0): void {
    if (this.lineCount === this.values.length) this.reserve(1);
    const { lineTable, lineCount } = this;
    lineTable[lineCount * lineStride] = valueAt;
    lineTable[lineCount * lineStride + endColumn] = endAt;
    lineTable[lineCount * lineStride + kindColumn] = kind;
    this.values[lineCount] = value;
    this.heads[lineCount] = this.view.getFloat64(valueAt, true);
    this.lineCount = lineCount + 1;
  }

  /** Makes room for so many lines more. */
  reserve(more: number): void {
    const needed = this.lineCount + more;
    if (needed <= this.values.length) return;
    const [places, values, heads] = [
      new Int32Array(2 * lineStride * needed),
      new Float64Array(2 * needed),
      new Float64Array(2 * needed),
    ];
    places.set(this.lineTable);
    values.set(this.values);
    heads.set(this.heads);
    this.lineTable = places;
    this.values = values;
    this.heads = heads;
  }

  private grow(length: number): void {
    const larger = Buffer.allocUnsafeSlow(length + headLength);
    larger.set(this.bytes.subarray(0, this.filledEnd));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** In steps of an eighth: answers that differ by a few bytes fit into each other's bodies. */
function rounded(length: number): number {
  const step = 2 ** (Math.floor(Math.log2(length)) - 3);
  return Math.ceil(length / step) * step;
}

/** An empty body for an answer that is about as long as `before`; 0 where none came before. */
export function acquireBody(before: number): IndexedBody {
  const wanted = rounded(Math.max(smallest, before === 0 ? expectedBytes : before + (before >> 4)));
  const found = pool.findIndex(({ capacity }) => capacity >= wanted && capacity <= 8 * wanted);
  return found === -1 ? new IndexedBody(wanted) : (pool.splice(found, 1)[0] as IndexedBody);
}

/** Takes a body that is no longer used. */
export function releaseBody(body: IndexedBody): void {
  body.filledEnd = 0;
  body.readEnd = 0;
  body.lineCount = 0;
  body.sampleCount = 0;
  if (body.capacity > 0) pool.push(body);
  // The one that nobody took for longest fits nobody.
  if (pool.length > maxPooled) pool.shift();
}

/** Notes how long an answer was that came first. */
export function noteFirstLength(length: number): void {
  expectedBytes = Math.min(
    largestGuess,
    Math.max(smallest, length + (length >> 4), expectedBytes - (expectedBytes >> 8)),
  );
}

/**
 * Packs a few dozen numbers: as the distance of each from the lowest, in as many bits as the farthest needs. Numbers are
 * distances of integers, or of the bit patterns of floating-point numbers, which ascend as the numbers do.
 */
import type { BitReader, BitWriter } from './bitStream';

/** Significant binary digits that are kept. 53 are double precision and 24 single precision, unchanged. */
export type SignificantBits = 53 | 24 | 16 | 13 | 11 | 9;

const form = { integers: 0, singles: 1, doubles: 2, relative: 3 } as const;
/** A number that has a bit of its own for each place where it is, because it would lie far from the others. */
const outlier = { none: 0, zero: 1, nan: 2 } as const;
const maxInteger = 2 ** 31 - 1;

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);
const double = new Float64Array(1);
const doubleBits = new Uint32Array(double.buffer);
/** Whether the first word of a double is the higher one. */
const highWord = ((): 0 | 1 => {
  double[0] = 1;
  return doubleBits[0] === 0 ? 1 : 0;
})();

/** Bits that hold 0 to `range`. */
const widthOf = (range: number): number => (range < 1 ? 0 : 32 - Math.clz32(range));

/** Bit patterns of positive numbers ascend, those of negative ones descend. */
const toAscending = (bits: number): number => (bits >>> 31 ? ~bits >>> 0 : (bits | 0x8000_0000) >>> 0);
const fromAscending = (code: number): number => (code >>> 31 ? code & 0x7fff_ffff : ~code) >>> 0;

/** The code of infinity. */
const infinityCode = 0xff80_0000;

/** The code of a number in single precision, rounded to its upper `32 - dropped` bits. */
function singleCode(value: number, dropped: number): number {
  single[0] = value;
  const code = toAscending(singleBits[0] ?? 0);
  if (dropped === 0) return code;
  const unit = 2 ** dropped;
  const rounded = Math.floor((code + unit / 2) / unit);
  // The largest numbers must not become infinite.
  return rounded * unit === infinityCode && code < infinityCode ? rounded - 1 : rounded;
}

function fromSingleCode(code: number, dropped: number): number {
  singleBits[0] = fromAscending((code * 2 ** dropped) >>> 0);
  return single[0] ?? NaN;
}

/** What numbers are packed from: rounded by so many bits, and close to `reference` if there is one. */
interface Source {
  values: readonly number[];
  dropped: number;
  reference: readonly number[] | undefined;
}

/** A number in single precision, rounded to so many binary digits. */
export function roundTo(value: number, digits: SignificantBits): number {
  const dropped = Math.max(0, 24 - digits);
  return Number.isNaN(value) ? value : fromSingleCode(singleCode(value, dropped), dropped);
}

/** How numbers are packed: the lowest code, and in how many bits the distances of the others. */
interface Packing {
  form: number;
  outlier: number;
  base: number;
  width: number;
  /** Of all of it. */
  bits: number;
}

function codeAt({ values, dropped, reference }: Source, index: number, kind: number): number {
  const value = values[index] ?? NaN;
  if (kind === form.integers) return value;
  if (kind === form.singles) return singleCode(value, dropped);
  if (kind === form.relative) return singleCode(value, dropped) - singleCode(reference?.[index] ?? 0, dropped);
  double[0] = value;
  return toAscending(doubleBits[highWord] ?? 0);
}

const isOutlier = (value: number, kind: number): boolean =>
  kind === outlier.zero ? Object.is(value, 0) : kind === outlier.nan && Number.isNaN(value);

/** Undefined if the numbers lie too far apart. */
function packingOf(source: Source, kind: number, outlierKind: number): Packing | undefined {
  const { values } = source;
  let base = Infinity;
  let highest = -Infinity;
  let count = 0;
  for (let index = 0; index < values.length; index++) {
    if (isOutlier(values[index] ?? NaN, outlierKind)) continue;
    const code = codeAt(source, index, kind);
    if (code < base) base = code;
    if (code > highest) highest = code;
    count += 1;
  }
  if (count === 0) base = highest = 0;
  if (highest - base > 0xffff_ffff || Math.abs(base) > 0xffff_ffff) return undefined;
  const width = widthOf(highest - base);
  const bits = count * width + widthOf(Math.abs(base)) + (outlierKind === outlier.none ? 0 : values.length);
  return { form: kind, outlier: outlierKind, base, width, bits };
}

/** What kinds of numbers there are. */
function survey(values: readonly number[]): Record<'areIntegers' | 'areSingles' | 'hasZero' | 'hasNan', boolean> {
  const found = { areIntegers: true, areSingles: true, hasZero: false, hasNan: false };
  for (const value of values) {
    if (Number.isNaN(value)) found.hasNan = true;
    else if (value === 0 && !Object.is(value, -0)) found.hasZero = true;
    else {
      if (!Number.isInteger(value) || Math.abs(value) > maxInteger || value === 0) found.areIntegers = false;
      if (Math.fround(value) !== value) found.areSingles = false;
    }
  }
  return found;
}

/** The shortest packing. A number that is NaN always has a bit of its own, a zero if that is shorter. */
function choosePacking(source: Source, digits: SignificantBits): Packing {
  const { areIntegers, areSingles, hasZero, hasNan } = survey(source.values);
  const forms: number[] = [
    ...(areIntegers ? [form.integers] : []),
    ...(areSingles || digits <= 24 ? [form.singles, ...(source.reference && !hasNan ? [form.relative] : [])] : []),
  ];
  if (forms.length === 0) forms.push(form.doubles);
  const outliers = hasNan ? [outlier.nan] : hasZero ? [outlier.none, outlier.zero] : [outlier.none];
  let best: Packing | undefined;
  for (const kind of forms)
    for (const outlierKind of outliers) {
      const packing = packingOf(source, kind, outlierKind);
      if (packing && packing.bits < (best?.bits ?? Infinity)) best = packing;
    }
  return best ?? { form: forms[0] ?? form.doubles, outlier: outlier.none, base: 0, width: 32, bits: 0 };
}

/**
 * Adds numbers, rounded to `digits`; integers below 2^31 may stay exact. `reference`: as many numbers, already rounded,
 * that these are close to. The reader must know their count, the digits and the reference.
 */
export function writeNumbers(
  writer: BitWriter,
  values: readonly number[],
  digits: SignificantBits,
  reference?: readonly number[],
): void {
  if (values.length === 0) return;
  const source = { values, dropped: Math.max(0, 24 - digits), reference };
  const packing = choosePacking(source, digits);
  const { form: kind, outlier: outlierKind, base, width } = packing;
  writeHeader(writer, packing);
  const lows = kind === form.doubles ? writeLowWords(writer, values, outlierKind) : undefined;
  if (outlierKind !== outlier.none) for (const value of values) writer.write(isOutlier(value, outlierKind) ? 1 : 0, 1);
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? NaN;
    if (isOutlier(value, outlierKind)) continue;
    writer.write(codeAt(source, index, kind) - base, width);
    if (lows) writer.write((lowWord(value) ^ lows.first) >>> Math.min(31, lows.skipped), 32 - lows.skipped);
  }
}

function writeHeader(writer: BitWriter, { form: kind, outlier: outlierKind, base, width }: Packing): void {
  writer.write(kind, 2);
  writer.write(outlierKind, 2);
  writer.write(width, 6);
  const baseWidth = widthOf(Math.abs(base));
  writer.write(baseWidth, 6);
  writer.write(base < 0 ? 1 : 0, 1);
  writer.write(Math.abs(base), baseWidth);
}

/** Of the lower words of doubles only the bits up to the last in which they differ are packed. */
function writeLowWords(
  writer: BitWriter,
  values: readonly number[],
  outlierKind: number,
): { first: number; skipped: number } {
  const lows = values.filter((value) => !isOutlier(value, outlierKind)).map(lowWord);
  const [first = 0] = lows;
  const different = lows.reduce((bits, low) => bits | (low ^ first), 0);
  const skipped = different === 0 ? 32 : 31 - Math.clz32(different & -different);
  writer.write(first, 32);
  writer.write(skipped, 6);
  return { first, skipped };
}

function lowWord(value: number): number {
  double[0] = value;
  return doubleBits[1 - highWord] ?? 0;
}

/** Reads `count` numbers that `writeNumbers` added with the same digits and reference. */
export function readNumbers(
  reader: BitReader,
  count: number,
  digits: SignificantBits,
  reference?: readonly number[],
): number[] {
  if (count === 0) return [];
  const kind = reader.read(2);
  const outlierKind = reader.read(2);
  const width = reader.read(6);
  const baseWidth = reader.read(6);
  const isNegative = reader.read(1) === 1;
  const base = reader.read(baseWidth) * (isNegative ? -1 : 1);
  const firstLow = kind === form.doubles ? reader.read(32) : 0;
  const skipped = kind === form.doubles ? reader.read(6) : 0;
  const outliers = outlierKind === outlier.none ? undefined : Array.from({ length: count }, () => reader.read(1) === 1);
  const dropped = Math.max(0, 24 - digits);
  const values: number[] = [];
  for (let index = 0; index < count; index++) {
    if (outliers?.[index]) {
      values.push(outlierKind === outlier.nan ? NaN : 0);
      continue;
    }
    const code = base + reader.read(width);
    if (kind === form.integers) values.push(code);
    else if (kind === form.singles) values.push(fromSingleCode(code, dropped));
    else if (kind === form.relative)
      values.push(fromSingleCode(code + singleCode(reference?.[index] ?? 0, dropped), dropped));
    else {
      doubleBits[highWord] = fromAscending(code);
      doubleBits[1 - highWord] = (firstLow ^ (reader.read(32 - skipped) * 2 ** Math.min(31, skipped))) >>> 0;
      values.push(double[0] ?? NaN);
    }
  }
  return values;
}

/** Evaluates one catalog row of one subject: a gauge, a rate, a ratio, a quantile, or a quotient of other rows. */
import type { IndexedRow } from './indexedRows';
import { possibleSums } from './mergeBuckets';
import { pairedRatio, windowsWithSamples, type Fraction } from './pairedRatio';
import { bucketQuantile } from './quantile';
import { readGauge } from './readGauge';
import type { RowValue } from './rowValue';
import { bucketsOver, type SubjectSpan, type WindowDeltas } from './subjectSpan';
import { toValidNumber } from './validNumbers';

type IndexedRowOf<Kind> = Extract<IndexedRow, { kind: Kind }>;

/** The subject's values of rows that quotients are computed from, by row number. */
type Operands = ReadonlyMap<number, RowValue>;

/** Fills in numerator, denominator and the time that these rate windows cover. */
function fillQuotient(
  { subjectState }: SubjectSpan,
  windows: readonly WindowDeltas[],
  { numerator, denominator }: Fraction,
  into: RowValue,
): void {
  into.value = numerator / denominator;
  into.numerator = numerator;
  into.denominator = denominator;
  into.from = windows[0]?.from ?? NaN;
  into.to = windows.at(-1)?.to ?? NaN;
  into.seenAt = subjectState.seenAt ?? 0;
}

/** Fills in between which limits a rebuilt sum lies. */
function fillBounds(span: SubjectSpan, histogram: number | undefined, into: RowValue): void {
  const buckets = histogram !== undefined && span.rebuiltSums ? bucketsOver(span, histogram) : undefined;
  if (!buckets) return;
  const { low, high } = possibleSums(buckets);
  if (!Number.isFinite(low)) return;
  into.low = low;
  into.high = high;
}

function readRate({ row, selector, histogram }: IndexedRowOf<'rate'>, fullSpan: SubjectSpan, into: RowValue): boolean {
  const isRate = row.kind === 'rate';
  const span = isRate ? (fullSpan.timedSpan ?? fullSpan) : fullSpan;
  const windows = windowsWithSamples(span.windows, span.subjectState.seriesIndex.slotsOf(selector));
  if (!windows) return false;
  const delta = windows.reduce((sum, window) => sum + window.delta, 0);
  const seconds = windows.reduce((sum, window) => sum + (window.seconds ?? 0), 0);
  const fraction = { numerator: isRate ? delta * (row.scale ?? 1) : delta, denominator: isRate ? seconds : 1 };
  fillQuotient(span, windows, fraction, into);
  fillBounds(span, histogram, into);
  return true;
}

function readRatio(indexed: IndexedRowOf<'ratio'>, span: SubjectSpan, into: RowValue): boolean {
  const { row, histogram } = indexed;
  const ratio = pairedRatio(indexed, span);
  if (!ratio || ratio.denominator <= 0) return false;
  // The buckets of a window with half a ratio cannot be told from those of the others.
  if (ratio.isPartial && histogram !== undefined && span.rebuiltSums) return false;
  const { plus = 0 } = row.kind === 'ratio' ? row : {};
  const { denominator } = ratio;
  fillQuotient(span, ratio.windows, { numerator: ratio.numerator + plus * denominator, denominator }, into);
  fillBounds(span, histogram, into);
  return true;
}

function readQuantile({ row, histogram }: IndexedRowOf<'quantile'>, span: SubjectSpan, into: RowValue): boolean {
  const buckets = bucketsOver(span, histogram);
  const quantile = buckets && bucketQuantile(row.quantile, buckets);
  if (!quantile) return false;
  fillQuotient(span, span.windows, { numerator: quantile.value, denominator: 1 }, into);
  into.buckets = buckets;
  into.bucket = quantile.bucket;
  return true;
}

/** The result covers the time of all operands and is as old as the oldest. */
function readQuotient(indexed: IndexedRowOf<'quotient'>, operands: Operands, into: RowValue): boolean {
  const numerator = operands.get(indexed.numerator);
  if (!numerator) return false;
  let { from, to, seenAt } = numerator;
  let denominator = 0;
  for (const row of indexed.denominator) {
    const operand = operands.get(row);
    if (!operand) return false;
    denominator += operand.value;
    if (!(operand.from >= from)) from = Number.isNaN(operand.from) ? from : operand.from;
    to = Math.max(to, operand.to);
    seenAt = Math.min(seenAt, operand.seenAt);
  }
  if (!(denominator > 0)) return false;
  into.value = numerator.value / denominator;
  into.numerator = numerator.value;
  into.denominator = denominator;
  into.from = from;
  into.to = to;
  into.seenAt = seenAt;
  return true;
}

function readRow(indexed: IndexedRow, span: SubjectSpan, operands: Operands, into: RowValue): boolean {
  switch (indexed.kind) {
    case 'gauge':
      return readGauge(indexed, span.subjectState, into);
    case 'rate':
      return readRate(indexed, span, into);
    case 'ratio':
      return readRatio(indexed, span, into);
    case 'quantile':
      return readQuantile(indexed, span, into);
    case 'quotient':
      return readQuotient(indexed, operands, into);
  }
}

/** Whether the bounds allow the value. If not, sum and buckets contradict each other, as while one of them is missing. */
function allowsValue({ value, low, high, denominator }: RowValue): boolean {
  const rounding = 1e-9 * Math.max(1, Math.abs(value));
  return low / denominator <= value + rounding && value - rounding <= high / denominator;
}

/**
 * Whether a value can be the row's: it is a valid number, and what it was divided from is finite. A share that
 * rounding made smaller than 0 or larger than 1 becomes that.
 */
function isPossible({ row }: IndexedRow, into: RowValue): boolean {
  const value = toValidNumber(row, into.value);
  // A sum that is out of range makes a quotient 0 that is not.
  if (value === undefined || !Number.isFinite(into.numerator) || !Number.isFinite(into.denominator)) return false;
  if (value !== into.value) into.numerator = value * into.denominator;
  into.value = value;
  return true;
}

/**
 * Fills `into` with a subject's measure of a row. False if there is none or it is not possible; `into` then has no
 * meaning. `operands`: the subject's values of the rows that quotients are computed from, as far as they exist.
 */
export function evaluateRow(indexed: IndexedRow, span: SubjectSpan, operands: Operands, into: RowValue): boolean {
  into.low = into.high = NaN;
  into.buckets = into.bucket = undefined;
  if (!readRow(indexed, span, operands, into) || !isPossible(indexed, into)) return false;
  if (!allowsValue(into)) into.low = into.high = NaN;
  return true;
}

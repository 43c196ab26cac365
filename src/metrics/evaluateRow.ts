/** Evaluates one catalog row of one subject: a gauge, a rate, a ratio, a quantile, or a quotient of other rows. */
import type { IndexedRow } from './indexedRows';
import { sumSlots } from './counterDelta';
import { possibleSums } from './mergeBuckets';
import { bucketQuantile } from './quantile';
import { readGauge } from './readGauge';
import type { RowValue } from './rowValue';
import { bucketsOver, type SubjectSpan } from './subjectSpan';

type IndexedRowOf<Kind> = Extract<IndexedRow, { kind: Kind }>;

/** The subject's values of rows that quotients are computed from, by row number. */
type Operands = ReadonlyMap<number, RowValue>;

/** Fills in numerator, denominator and the time that the span covers. */
function fillQuotient(span: SubjectSpan, numerator: number, denominator: number, into: RowValue): void {
  into.value = numerator / denominator;
  into.numerator = numerator;
  into.denominator = denominator;
  into.from = span.from;
  into.to = span.to;
  into.seenAt = span.subjectState.seenAt ?? 0;
}

/** Fills in between which limits a rebuilt sum lies. */
function fillBounds(span: SubjectSpan, histogram: number | undefined, into: RowValue): void {
  const buckets = histogram !== undefined && span.rebuiltSums ? bucketsOver(span, histogram) : undefined;
  if (!buckets) return;
  const { low, high } = possibleSums(buckets);
  into.low = low;
  into.high = high;
}

function readRate({ row, selector, histogram }: IndexedRowOf<'rate'>, fullSpan: SubjectSpan, into: RowValue): boolean {
  const isRate = row.kind === 'rate';
  const span = isRate ? (fullSpan.timedSpan ?? fullSpan) : fullSpan;
  const delta = sumSlots(span.deltas, span.subjectState.seriesIndex.slotsOf(selector));
  if (delta === undefined) return false;
  fillQuotient(span, isRate ? delta * (row.scale ?? 1) : delta, isRate ? span.seconds : 1, into);
  fillBounds(span, histogram, into);
  return true;
}

/**
 * Ray creates a counter at its first increment, so that a numerator that is missing beside its own subject's
 * denominator is 0 (docs/metrics.md, Absent is not zero).
 */
function readRatio(indexed: IndexedRowOf<'ratio'>, span: SubjectSpan, into: RowValue): boolean {
  const { row, histogram } = indexed;
  const { seriesIndex } = span.subjectState;
  const denominator = sumSlots(span.deltas, seriesIndex.slotsOf(indexed.denominator));
  if (denominator === undefined || denominator <= 0) return false;
  const numerator = sumSlots(span.deltas, seriesIndex.slotsOf(indexed.numerator));
  const { plus = 0, optionalNumerator = false } = row.kind === 'ratio' ? row : {};
  if (optionalNumerator && numerator === undefined) return false;
  fillQuotient(span, (numerator ?? 0) + plus * denominator, denominator, into);
  fillBounds(span, histogram, into);
  return true;
}

function readQuantile({ row, histogram }: IndexedRowOf<'quantile'>, span: SubjectSpan, into: RowValue): boolean {
  const buckets = bucketsOver(span, histogram);
  const quantile = buckets && bucketQuantile(row.quantile, buckets);
  if (!quantile) return false;
  fillQuotient(span, quantile.value, 1, into);
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

/**
 * Fills `into` with a subject's measure of a row. False if there is none or it is not finite; `into` then has no
 * meaning. `operands`: the subject's values of the rows that quotients are computed from, as far as they exist.
 */
export function evaluateRow(indexed: IndexedRow, span: SubjectSpan, operands: Operands, into: RowValue): boolean {
  into.low = into.high = NaN;
  into.buckets = into.bucket = undefined;
  return readRow(indexed, span, operands, into) && Number.isFinite(into.value);
}

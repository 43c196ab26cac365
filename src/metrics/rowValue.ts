/** What one subject contributes to one row. */
import type { Buckets, Quantile } from './quantile';

/** One object is filled for one row of one subject after the other, because most of them are not kept. */
export interface RowValue {
  /** The subject's own measure, in the row's unit. */
  value: number;
  numerator: number;
  /** 1 for gauges, seconds for rates. */
  denominator: number;
  /** Unix ms; NaN for a measure of one moment. */
  from: number;
  /** Unix ms. */
  to: number;
  /** When it was last confirmed, in Unix ms. After 20 s it leaves the aggregate. */
  seenAt: number;
  /** The lowest and highest numerator that the buckets allow, if Ray rebuilt the sum from them; else NaN. */
  low: number;
  high: number;
  /** Only for quantiles. */
  buckets: Buckets | undefined;
  bucket: Quantile['bucket'] | undefined;
}

/** A row value without a meaning, to be filled. */
export const newRowValue = (): RowValue => ({
  value: NaN,
  numerator: NaN,
  denominator: NaN,
  from: NaN,
  to: NaN,
  seenAt: NaN,
  low: NaN,
  high: NaN,
  buckets: undefined,
  bucket: undefined,
});

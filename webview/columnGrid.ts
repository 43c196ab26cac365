/**
 * The columns of a heat map: pixels on a grid of absolute time, so that a range that moves on shifts them by whole
 * pixels. Pure; times are Unix ms.
 */
import type { TimeRange } from '../src/shared/protocol';

/** Where columns are in time. */
export interface ColumnGrid {
  /** Length of a column in ms. */
  ms: number;
  /** How many columns since 1970 are before the first one. */
  first: number;
  width: number;
}

/** The grid of a range, whose last column has its end. */
export function columnGrid({ from, to }: TimeRange, width: number): ColumnGrid {
  const ms = (to - from) / width;
  return { ms, first: Math.ceil(to / ms) - width, width };
}

/** The column of a time; negative before the first one. */
export const columnOf = (at: number, { ms, first }: ColumnGrid): number => Math.floor(at / ms) - first;

/** The time at which a column begins. */
export const columnStart = (column: number, { ms, first }: ColumnGrid): number => (first + column) * ms;

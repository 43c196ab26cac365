/** The words of a comparison: on the page, in the exports and for language models. */
import type { ComparedRun, ConfigCell, MeasureDifference, MeasureRow } from './comparison';
import { formatValue } from './format';
import { formatFigure } from './rolloutFigures';

/** A value of a measure with its unit; `–` if it is not known. */
export const formatMeasure = ({ source, unit }: Pick<MeasureRow, 'source' | 'unit'>, value: number | null): string =>
  source === 'figure' ? formatFigure({ unit }, value ?? undefined) : formatValue(value ?? undefined, unit);

/** `+12 %`; `–` if it is not known. */
export function formatChange(change: number | null): string {
  if (change === null) return '–';
  const text = Math.abs(change) < 9.95 ? change.toFixed(1) : change.toFixed(0);
  return `${change > 0 ? '+' : ''}${text.replace('-', '−')} %`;
}

/** `84.0 s (80.0 s to 91.0 s)`: the median with the middle half of the values. */
export function formatSpread(row: MeasureRow, index: number): string {
  const spread = row.spread[index];
  const median = formatMeasure(row, row.medians[index] ?? null);
  if (!spread || spread.count < 2) return median;
  return `${median} (${formatMeasure(row, spread.low)} to ${formatMeasure(row, spread.high)})`;
}

const formatP = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`);

/** `better, p = 0.004`: what the test says. */
export function formatVerdict({ verdict, p, isWithinError }: MeasureDifference): string {
  if (isWithinError) return 'within the error of the reports';
  return p === null ? verdict : `${verdict}, ${formatP(p)}`;
}

/** `256 (train.sh:12)`, and `–` where there is no value. */
export function formatCell(cell: ConfigCell | null | undefined): string {
  if (!cell) return '–';
  return `${cell.value} (${cell.unknownBecause ?? cell.from})`;
}

/** Name of a run with its letter, by which it is told from another of the same name. */
export const runTitle = (runs: readonly ComparedRun[], index: number): string =>
  `${'ABCD'[index] ?? ''}: ${runs[index]?.name ?? ''}`;

/** Rows that show a difference, or that all runs have; the others say nothing of the comparison. */
export const isShared = ({ medians }: MeasureRow): boolean => medians.every((median) => median !== null);

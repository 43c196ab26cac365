/** Which numbers may be shown: finite ones, and shares that are between 0 and 1. All others are absent. */
import type { CatalogRow } from './catalog';

/** Shares that miss 0 or 1 by more are no rounding. */
const shareTolerance = 1e-6;

/** What counters and histograms counted only grows. */
export const growingKinds: ReadonlySet<CatalogRow['kind']> = new Set(['rate', 'increase', 'ratio', 'mean']);

/**
 * The value of a row as it may be shown; undefined if it is not finite, a share that is not between 0 and 1, or below
 * the least possible value of a gauge or counter: such a number says that what it was computed from is wrong, not how much it is.
 */
export function toValidNumber(
  {
    unit,
    kind,
    least = growingKinds.has(kind) ? 0 : -Infinity,
  }: Pick<CatalogRow, 'unit' | 'kind'> & { least?: number },
  value: number,
): number | undefined {
  if (!Number.isFinite(value) || (unit !== 'fraction' && value < least)) return undefined;
  if (unit !== 'fraction') return value;
  if (value < -shareTolerance || value > 1 + shareTolerance) return undefined;
  return Math.min(1, Math.max(0, value));
}

/** An interval with finite ends. Undefined if not even its lower end is known; without `high` it has no upper one. */
export function toInterval(low: number, high: number): { low: number; high?: number } | undefined {
  if (!Number.isFinite(low)) return undefined;
  return Number.isFinite(high) ? { low, high } : { low };
}

/** A measure in words: value, time, spread. */
import type { Measure } from '../../api';
import type { CatalogRow } from '../../metrics/catalog/index';
import { formatDuration, formatValue } from '../../shared/format';
import { oldAfterMs } from '../shared/oldAfterMs';

/**
 * The value with its unit: an interval if Ray rebuilt the mean from buckets, a lower bound for a quantile in the last
 * bucket.
 */
export function formatMeasure(row: CatalogRow, { value, bounds, bucket }: Measure): string {
  if (bucket && bucket.to === undefined) return `≥ ${formatValue(bucket.from, row.unit)}`;
  if (!bounds) return formatValue(value, row.unit);
  const low = formatValue(bounds.low, row.unit);
  if (bounds.high === undefined) return `≥ ${low}`;
  const high = formatValue(bounds.high, row.unit);
  return low === high ? low : `${low} – ${high}`;
}

/** The time that a measure covers, and its age. `now` is Unix ms. */
export function formatCoverage({ from, to }: Measure, now: number): string {
  const age = formatDuration(now - to);
  return from === undefined ? `Read ${age} ago.` : `Over ${formatDuration(to - from)}, until ${age} ago.`;
}

/** Why a number is not exact; empty if it is. */
export function exactnessNotes(row: CatalogRow, { bounds, bucket, unmerged }: Measure): string[] {
  return [
    ...(bounds ? ['Ray rebuilds the sum from the buckets’ midpoints: the interval is what the buckets allow.'] : []),
    ...(bucket
      ? [
          bucket.to === undefined
            ? 'In the last bucket, which has no upper bound.'
            : `In the bucket from ${formatValue(bucket.from, row.unit)} to ${formatValue(bucket.to, row.unit)}.`,
        ]
      : []),
    ...(unmerged
      ? [`Without ${unmerged} ${unmerged === 1 ? 'engine' : 'engines'} whose buckets have other bounds.`]
      : []),
  ];
}

/** The theme colour of a value beyond its row's thresholds. */
export function thresholdColour({ thresholds, worst }: CatalogRow, value: number): string | undefined {
  if (!thresholds) return undefined;
  const isBeyond = (threshold: number): boolean => (worst === 'low' ? value <= threshold : value >= threshold);
  if (isBeyond(thresholds.error)) return 'charts.red';
  return isBeyond(thresholds.warning) ? 'charts.yellow' : undefined;
}

/** The age of an old number; empty for a recent one. */
export const ageNotes = (measure: Measure, now: number): string[] =>
  now - measure.to > oldAfterMs ? [`${formatDuration(now - measure.to)} old`] : [];

const subjectPlurals = {
  engine: 'engines',
  node: 'nodes',
  gpu: 'GPUs',
  server: 'servers',
  trainer: 'trainers',
} as const;

/** The range from the lowest to the highest subject, and how many count if not all do. */
export function formatSpread(row: CatalogRow, { lowest, highest, bounds, counted, of }: Measure): string {
  const parts = [];
  // An interval beside a spread would read as one range; then only the tooltip has the spread.
  if (lowest && highest && !bounds && (counted ?? 0) > 1)
    parts.push(`${formatValue(lowest.value, row.unit)} to ${formatValue(highest.value, row.unit)}`);
  if (counted !== undefined && of !== undefined && counted < of)
    parts.push(`${counted} of ${of} ${subjectPlurals[row.subject]}`);
  return parts.join(' · ');
}

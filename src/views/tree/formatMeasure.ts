/** A measure in words: value, time, spread. */
import type { Measure } from '../../api';
import type { CatalogRow } from '../../metrics/catalog/index';
import { formatDuration, formatValue } from '../../shared/format';

/** A mean that Ray rebuilt from buckets is shown as the interval they allow; a quantile in the last bucket as its lower bound. */
export function formatMeasure(row: CatalogRow, { value, bounds, bucket }: Measure): string {
  if (bucket && bucket.to === undefined) return `≥ ${formatValue(bucket.from, row.unit)}`;
  if (!bounds) return formatValue(value, row.unit);
  const low = formatValue(bounds.low, row.unit);
  if (bounds.high === undefined) return `≥ ${low}`;
  const high = formatValue(bounds.high, row.unit);
  return low === high ? low : `${low} – ${high}`;
}

/** Over which time, and how long ago. */
export function formatCoverage({ from, to }: Measure, now: number): string {
  const age = formatDuration(now - to);
  return from === undefined ? `Read ${age} ago.` : `Over ${formatDuration(to - from)}, to ${age} ago.`;
}

/** How exact the number is, where it is not. */
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
      ? [`Without ${unmerged} ${unmerged === 1 ? 'engine' : 'engines'}, whose buckets have other bounds.`]
      : []),
  ];
}

/** The colour of a value that is beyond its row's limits. */
export function thresholdColour({ thresholds, worst }: CatalogRow, value: number): string | undefined {
  if (!thresholds) return undefined;
  const beyond = (limit: number): boolean => (worst === 'low' ? value <= limit : value >= limit);
  if (beyond(thresholds.error)) return 'charts.red';
  return beyond(thresholds.warning) ? 'charts.yellow' : undefined;
}

/** Old numbers say so in the row itself. */
export const oldAfterMs = 30_000;

export const ageNotes = (measure: Measure, now: number): string[] =>
  now - measure.to > oldAfterMs ? [`${formatDuration(now - measure.to)} old`] : [];

const subjectPlurals = {
  engine: 'engines',
  node: 'nodes',
  gpu: 'GPUs',
  server: 'servers',
  trainer: 'trainers',
} as const;

/** From the lowest to the highest, and of how many where not of all. */
export function formatSpread(row: CatalogRow, { lowest, highest, bounds, counted, of }: Measure): string {
  const parts = [];
  // An interval and a spread side by side would read as one; then the tooltip has the spread.
  if (lowest && highest && !bounds && (counted ?? 0) > 1)
    parts.push(`${formatValue(lowest.value, row.unit)} to ${formatValue(highest.value, row.unit)}`);
  if (counted !== undefined && of !== undefined && counted < of)
    parts.push(`${counted} of ${of} ${subjectPlurals[row.subject]}`);
  return parts.join(' · ');
}

/** Rows of metrics: the aggregate, and below it each engine, node or server, the worst first. */
import type { Measure, Snapshot } from '../../api';
import type { CatalogRow } from '../../metrics/catalog/index';
import { oldestRelease, versionOf } from '../../diagnosis/releases';
import { isOlderRelease } from '../../shared/version';
import { formatValue } from '../../shared/format';
import type { TreeRow } from '../shared/treeRow';
import {
  ageNotes,
  formatCoverage,
  exactnessNotes,
  thresholdColour,
  formatMeasure,
  formatSpread,
} from './formatMeasure';

/** An engine or another part of the run. */
interface MeasuredSubject {
  id: string;
  name: string;
  node: string;
  measures: Record<string, Measure>;
}

/** More are not looked through one by one; the worst stand first. */
const maxSubjectRows = 32;

const subjectsOf = (row: CatalogRow, { engines, parts = [] }: Snapshot): readonly MeasuredSubject[] =>
  row.subject === 'engine' ? engines : parts.filter(({ kind }) => kind === row.subject);

/** One engine's, node's or server's own number. */
export function subjectRow(
  row: CatalogRow,
  { id, name, node }: MeasuredSubject,
  measure: Measure,
  now: number,
): TreeRow {
  const colour = thresholdColour(row, measure.value);
  return {
    id: `${row.id}/${id}`,
    label: name,
    description: [formatMeasure(row, measure), ...ageNotes(measure, now)].join(' · '),
    tooltip: [
      `${row.label}, ${name}${node && !name.includes(node) ? ` on ${node}` : ''}`,
      formatCoverage(measure, now),
      ...exactnessNotes(row, measure),
      id,
    ],
    icon: { name: 'server-process', ...(colour && { colour }) },
    context: 'value',
    value: formatMeasure(row, measure),
    promql: row.promql,
    measure: row.id,
    engine: id,
    children: [],
  };
}

function subjectRows(row: CatalogRow, snapshot: Snapshot, now: number): TreeRow[] {
  const sign = { high: -1, low: 1, neither: 0 }[row.worst];
  const holders = subjectsOf(row, snapshot).flatMap((holder): [MeasuredSubject, Measure][] =>
    holder.measures[row.id] ? [[holder, holder.measures[row.id] as Measure]] : [],
  );
  const sorted = holders.sort(([, a], [, b]) => sign * (a.value - b.value));
  const rows = sorted.slice(0, maxSubjectRows).map(([holder, own]) => subjectRow(row, holder, own, now));
  const left = sorted.length - rows.length;
  if (left === 0) return rows;
  return [
    ...rows,
    {
      id: `${row.id}/more`,
      label: `${left} more`,
      description: '',
      tooltip: ['Each stands under its own engine.'],
      icon: { name: 'ellipsis' },
      context: 'more',
      children: [],
    },
  ];
}

function formatExtremes(row: CatalogRow, snapshot: Snapshot, { lowest, highest, counted = 0 }: Measure): string[] {
  if (!lowest || !highest || counted < 2) return [];
  const name = (id: string): string => subjectsOf(row, snapshot).find((holder) => holder.id === id)?.name ?? id;
  return [
    `Lowest ${formatValue(lowest.value, row.unit)} (${name(lowest.engine)}), highest ${formatValue(highest.value, row.unit)} (${name(highest.engine)}).`,
  ];
}

/** What SkyRL's log says, where that differs from what is true. */
function formatSkyrlValue(row: CatalogRow, snapshot: Snapshot, measure: Measure): string[] {
  const logged = snapshot.values[`vllm/${row.id}`];
  if (logged === undefined || formatValue(logged, row.unit) === formatMeasure(row, measure)) return [];
  return [
    `SkyRL would log ${formatValue(logged, row.unit)} (vllm/${row.id}): its own arithmetic over the time since the scrape before.`,
  ];
}

/** What this vLLM is known to get wrong; where its version is not known, what an older one would. */
export function caveatMessages({ caveats = [] }: CatalogRow, { engines }: Snapshot): string[] {
  // Older than that no engine can be.
  const version = versionOf(engines) ?? oldestRelease(engines);
  const onRay = engines.some(({ workerId }) => workerId !== undefined);
  return caveats
    .filter(
      ({ beforeRelease, onRay: onlyRay }) =>
        (!onlyRay || onRay) && (version === undefined || isOlderRelease(version, beforeRelease)),
    )
    .map(({ message }) => message);
}

function formatThresholds({ thresholds, unit, worst }: CatalogRow): string[] {
  if (!thresholds) return [];
  const side = worst === 'low' ? 'at or below' : 'from';
  return [
    `Warning ${side} ${formatValue(thresholds.warning, unit)}, error ${side} ${formatValue(thresholds.error, unit)}: ${thresholds.source}.`,
  ];
}

/** A metric with its spread and its holders; a dash where it was not measured. */
export function metricRow(row: CatalogRow, snapshot: Snapshot, now: number): TreeRow {
  const measure = snapshot.measures[row.id];
  const family = row.families[0];
  const base = {
    id: row.id,
    label: row.label,
    context: 'metric',
    promql: row.promql,
    measure: row.id,
    ...(family !== undefined && { exposition: { family } }),
    children: subjectRows(row, snapshot, now),
  };
  const sources = [`Families: ${row.families.join(', ')}`, ...(row.promql ? [`PromQL: ${row.promql}`] : [])];
  if (!measure) {
    const since = snapshot.sinceStart[row.id];
    const description = since === undefined ? '–' : `${formatValue(since, row.unit)} since engine start`;
    return {
      ...base,
      description,
      tooltip: [row.help, 'Not measured in this window; absent is not zero.', ...sources],
      icon: { name: 'circle-outline' },
    };
  }
  const mean = row.id === 'kv_cache_usage_perc' ? snapshot.measures['kv_cache_usage_mean'] : undefined;
  const parts = [
    formatMeasure(row, measure),
    mean && `mean ${formatValue(mean.value, row.unit)}`,
    formatSpread(row, measure),
    ...ageNotes(measure, now),
  ];
  const colour = thresholdColour(row, measure.value);
  return {
    ...base,
    description: parts.filter(Boolean).join(' · '),
    tooltip: [
      row.help,
      formatCoverage(measure, now),
      ...exactnessNotes(row, measure),
      ...formatExtremes(row, snapshot, measure),
      ...formatThresholds(row),
      ...caveatMessages(row, snapshot),
      ...sources,
      ...formatSkyrlValue(row, snapshot, measure),
    ],
    icon: { name: 'graph-line', ...(colour && { colour }) },
    value: formatMeasure(row, measure),
  };
}

/** Rows of metrics: the aggregate, and below it each engine, node or server, the worst first. */
import type { EngineRole, Measure, Snapshot } from '../../api';
import { isAnyOlder } from '../../diagnosis/releases';
import type { CatalogRow } from '../../metrics/catalog/index';
import { rowQueries } from '../../metrics/chartQueries';
import { reporterOf, reportersOf } from '../../metrics/spellPromql';
import { formatValue } from '../../shared/format';
import type { TreeRow } from '../shared/treeRow';
import {
  ageNotes,
  exactnessNotes,
  formatCoverage,
  formatMeasure,
  formatSpread,
  thresholdColour,
} from './formatMeasure';

/** An engine, node, GPU or server with its measures. */
interface MeasuredSubject {
  id: string;
  name: string;
  node: string;
  role?: EngineRole;
  measures: Record<string, Measure>;
}

/** More rows than these are not read one by one, and the worst come first. */
const maxSubjectRows = 32;

const subjectsOf = (row: CatalogRow, { engines, parts = [] }: Snapshot): readonly MeasuredSubject[] =>
  row.subject === 'engine' ? engines : parts.filter(({ kind }) => kind === row.subject);

/** The row of one engine's, node's or server's measure. `now` is Unix ms. */
export function subjectRow(
  row: CatalogRow,
  { id, name, node, role }: MeasuredSubject,
  measure: Measure,
  now: number,
): TreeRow {
  const colour = thresholdColour(row, measure.value);
  return {
    id: `${row.id}/${id}`,
    label: name,
    description: [formatMeasure(row, measure), ...(role ? [role] : []), ...ageNotes(measure, now)].join(' · '),
    tooltip: [
      `${row.label}, ${name}${node && !name.includes(node) ? ` on ${node}` : ''}`,
      formatCoverage(measure, now),
      ...exactnessNotes(row, measure),
      id,
    ],
    icon: { name: 'server-process', ...(colour && { colour }) },
    context: 'value',
    value: formatMeasure(row, measure),
    promql: rowQueries(row, [reporterOf(id)]),
    measure: row.id,
    engine: id,
    children: [],
  };
}

/** The rows of the subjects, made when they are asked for; none if no subject has the metric. */
function subjectRows(row: CatalogRow, snapshot: Snapshot, now: number): TreeRow['children'] {
  const isMeasured = subjectsOf(row, snapshot).some(({ measures }) => measures[row.id]);
  return isMeasured ? () => worstSubjectRows(row, snapshot, now) : [];
}

function worstSubjectRows(row: CatalogRow, snapshot: Snapshot, now: number): TreeRow[] {
  const sign = { high: -1, low: 1, neither: 0 }[row.worst];
  const measured = subjectsOf(row, snapshot).flatMap((subject): [MeasuredSubject, Measure][] => {
    const measure = subject.measures[row.id];
    return measure ? [[subject, measure]] : [];
  });
  const worstFirst = measured.sort(([, a], [, b]) => sign * (a.value - b.value));
  const rows = worstFirst.slice(0, maxSubjectRows).map(([subject, measure]) => subjectRow(row, subject, measure, now));
  const omitted = worstFirst.length - rows.length;
  if (omitted === 0) return rows;
  return [
    ...rows,
    {
      id: `${row.id}/more`,
      label: `${omitted} more`,
      description: '',
      tooltip: ['Each engine’s own row has its value.'],
      icon: { name: 'ellipsis' },
      context: 'more',
      children: [],
    },
  ];
}

function formatExtremes(row: CatalogRow, snapshot: Snapshot, { lowest, highest, counted = 0 }: Measure): string[] {
  if (!lowest || !highest || counted < 2) return [];
  const name = (id: string): string => subjectsOf(row, snapshot).find((subject) => subject.id === id)?.name ?? id;
  return [
    `Lowest ${formatValue(lowest.value, row.unit)} (${name(lowest.engine)}), highest ${formatValue(highest.value, row.unit)} (${name(highest.engine)}).`,
  ];
}

/** What SkyRL's log says, if that differs from the measure. */
function formatSkyrlValue(row: CatalogRow, snapshot: Snapshot, measure: Measure): string[] {
  const logged = snapshot.values[`vllm/${row.id}`];
  if (logged === undefined || formatValue(logged, row.unit) === formatMeasure(row, measure)) return [];
  return [
    `SkyRL would log ${formatValue(logged, row.unit)} (vllm/${row.id}): its own arithmetic over the time since the previous scrape.`,
  ];
}

/** What the engines' vLLM is known to report wrongly: nothing as long as no engine is known to be that old. */
export function caveatMessages({ caveats = [] }: CatalogRow, { engines }: Snapshot): string[] {
  const isOnRay = engines.some(({ workerId }) => workerId !== undefined);
  return caveats
    .filter(({ beforeRelease, onRay: onlyOnRay }) => (!onlyOnRay || isOnRay) && isAnyOlder(engines, beforeRelease))
    .map(({ message }) => message);
}

function formatThresholds({ thresholds, unit, worst }: CatalogRow): string[] {
  if (!thresholds) return [];
  const side = worst === 'low' ? 'at or below' : 'from';
  return [
    `Warning ${side} ${formatValue(thresholds.warning, unit)}, error ${side} ${formatValue(thresholds.error, unit)}: ${thresholds.source}.`,
  ];
}

/** A metric with its spread and its subjects; a dash if it was not measured. `now` is Unix ms. */
export function metricRow(row: CatalogRow, snapshot: Snapshot, now: number): TreeRow {
  const measure = snapshot.measures[row.id];
  const family = row.families[0];
  const promql = rowQueries(row, reportersOf(snapshot.engines));
  const base = {
    id: row.id,
    label: row.label,
    context: 'metric',
    promql,
    measure: row.id,
    ...(family !== undefined && { exposition: { family } }),
    children: subjectRows(row, snapshot, now),
  };
  const sources = [`Families: ${row.families.join(', ')}`, ...(promql === '' ? [] : [`PromQL: ${promql}`])];
  if (!measure) {
    const sinceStart = snapshot.sinceStart[row.id];
    return {
      ...base,
      description: sinceStart === undefined ? '–' : `${formatValue(sinceStart, row.unit)} since engine start`,
      tooltip: [row.help, 'Not measured by this scrape. Absent is not zero.', ...sources],
      icon: { name: 'circle-outline' },
    };
  }
  const mean = row.id === 'kv_cache_usage_perc' ? snapshot.measures['kv_cache_usage_mean'] : undefined;
  const description = [
    formatMeasure(row, measure),
    mean && `mean ${formatValue(mean.value, row.unit)}`,
    formatSpread(row, measure),
    ...ageNotes(measure, now),
  ];
  const colour = thresholdColour(row, measure.value);
  return {
    ...base,
    description: description.filter(Boolean).join(' · '),
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

/** What is set once: its last value by subject, asked of the past at first and of the last moments afterwards. */
import type { Measure, TrainingPhase } from '../api';
import type { CatalogRow, GaugeRow } from '../metrics/catalog';
import type { CatalogIndex } from '../metrics/catalogIndex';
import type { BatchResult } from './batch';
import type { InstantSample, LabelSet } from './responseData';
import { configOf } from './engineTracker';
import type { NamedQuery } from './expressions';
import { sampleSubjectKey, labelsOfSubject, nodeOf, selectSeries, type SeriesScope } from './scopes';

const isStickyRow = (row: CatalogRow): row is GaugeRow =>
  row.kind === 'gauge' && (row.sticky === true || row.fromLabel !== undefined);
/** Those that dashboards tell have no PromQL. */
const stickyRows = ({ rows }: CatalogIndex): GaugeRow[] =>
  rows.flatMap(({ row }) => (isStickyRow(row) && row.promql !== '' ? [row] : []));

/** `range`: a duration into the past. */
export function lastValueQueries(
  catalogIndex: CatalogIndex,
  scopes: readonly SeriesScope[],
  range: string,
): NamedQuery[] {
  const { selectors, wellKnown } = catalogIndex;
  const rows = stickyRows(catalogIndex);
  const pieces = scopes.flatMap((scope) =>
    rows.flatMap((row): NamedQuery[] =>
      selectSeries(scope, row.selector, row.subject).flatMap((series) => {
        if (row.fromLabel !== undefined) return [];
        const by = labelsOfSubject[scope.kind][row.subject].join(', ');
        return [
          { id: `now ${row.id}`, expression: `max by (${by}) (${series})` },
          { id: `last ${row.id}`, expression: `max by (${by}) (last_over_time(${series}[${range}]))` },
        ];
      }),
    ),
  );
  const config = selectors[wellKnown.cacheConfig];
  const phase = selectors[wellKnown.phase];
  const configs = config ? scopes.flatMap((scope) => selectSeries(scope, config, 'engine')) : [];
  const phases = phase ? scopes.flatMap((scope) => selectSeries(scope, phase, 'trainer')) : [];
  return [
    ...pieces,
    ...configs.flatMap((series): NamedQuery[] => [
      { id: 'now config', expression: series },
      { id: 'last config', expression: `last_over_time(${series}[${range}])` },
    ]),
    // When each phase was set last, by the samples' own times.
    ...phases.map((series): NamedQuery => ({
      id: 'phase',
      expression: `max by (phase) (max_over_time((timestamp(${series}) and (${series} > 0))[15m:15s]))`,
    })),
  ];
}

export interface LastValues {
  /** By row, by subject's key. */
  measures: Map<string, Map<string, Measure>>;
  /** Machines of the subjects, by key. */
  nodes: Map<string, string>;
  /** What engines said of their cache, by key. */
  configs: Map<string, Record<string, string>>;
  phase: TrainingPhase | undefined;
}

export const newLastValues = (): LastValues => ({
  measures: new Map(),
  nodes: new Map(),
  configs: new Map(),
  phase: undefined,
});

/** Takes the answers in: what stands now is of now, what stood in the range is of that range. */
export function updateLastValues(
  catalogIndex: CatalogIndex,
  memory: LastValues,
  { itemsById }: BatchResult<InstantSample>,
  { at, rangeMs, known }: { at: number; rangeMs: number; known: ReadonlyMap<string, string> },
): void {
  const rows = stickyRows(catalogIndex);
  const note = (row: GaugeRow, labels: LabelSet, value: number, isNow: boolean): void => {
    const own = memory.measures.get(row.id) ?? new Map<string, Measure>();
    const key = sampleSubjectKey(row.subject, labels, known);
    memory.nodes.set(key, nodeOf(labels));
    own.set(
      key,
      isNow
        ? { value: value * (row.scale ?? 1), to: at }
        : { value: value * (row.scale ?? 1), from: at - rangeMs, to: at },
    );
    memory.measures.set(row.id, own);
  };
  for (const when of ['last', 'now'] as const) {
    for (const row of rows)
      for (const { labels, value } of itemsById.get(`${when} ${row.id}`) ?? [])
        if (value !== undefined) note(row, labels, value, when === 'now');
    for (const { labels } of itemsById.get(`${when} config`) ?? []) {
      memory.configs.set(sampleSubjectKey('engine', labels, known), configOf(labels));
      for (const row of rows) {
        const value = row.fromLabel === undefined ? NaN : Number(labels[row.fromLabel] || NaN);
        if (Number.isFinite(value)) note(row, labels, value, when === 'now');
      }
    }
  }
  const phases = (itemsById.get('phase') ?? []).flatMap(({ labels, value }) =>
    value === undefined ? [] : [{ name: labels['phase'] ?? '', at: Math.round(value * 1000) }],
  );
  const newest = phases.sort((a, b) => b.at - a.at)[0];
  if (newest)
    memory.phase = {
      name: newest.name,
      since: memory.phase?.name === newest.name ? memory.phase.since : newest.at,
      at: newest.at,
    };
}

/** Values that are set once, such as cache sizes and sleep states: the last one of each subject, however long ago. */
import type { Measure, TrainingPhase } from '../api';
import type { CatalogRow, GaugeRow } from '../metrics/catalog';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { isConfigLabel } from '../metrics/seriesIdentity';
import { queryIdLabel, type BatchResult } from './batch';
import type { NamedQuery } from './expressions';
import type { InstantSample, LabelSet } from './responseData';
import { labelsOfSubject, nodeOf, overRange, sampleSubjectKey, selectSeries, type SeriesScope } from './scopes';

const isStickyRow = (row: CatalogRow): row is GaugeRow =>
  row.kind === 'gauge' && (row.sticky === true || row.fromLabel !== undefined);
/** Rows without PromQL come from Ray's dashboard. */
const stickyRowsOf = ({ rows }: CatalogIndex): GaugeRow[] =>
  rows.flatMap(({ row }) => (isStickyRow(row) && row.promql !== '' ? [row] : []));

/**
 * Gauges that are set once: now, and of subjects that have none now the last one in a range, which is a PromQL duration.
 */
export function lastGaugeQueries(index: CatalogIndex, scopes: readonly SeriesScope[], range: string): NamedQuery[] {
  return scopes.flatMap((scope) =>
    stickyRowsOf(index).flatMap((row): NamedQuery[] => {
      if (row.fromLabel !== undefined) return [];
      const by = labelsOfSubject[scope.kind][row.subject].join(', ');
      return selectSeries(scope, row.selector, row.subject).flatMap((series) => {
        const now = `max by (${by}) (${series})`;
        const last = `max by (${by}) (last_over_time(${overRange(series, range)}))`;
        return [
          { id: `now ${row.id}`, expression: now },
          { id: `last ${row.id}`, expression: `${last} unless ${now}` },
        ];
      });
    }),
  );
}

/** `cache_config_info`, whose labels are the engine's cache config. */
function configQueries(
  { selectors, wellKnown }: CatalogIndex,
  scopes: readonly SeriesScope[],
  range: string,
): NamedQuery[] {
  const selector = selectors[wellKnown.cacheConfig];
  const series = selector ? scopes.flatMap((scope) => selectSeries(scope, selector, 'engine')) : [];
  return series.flatMap((one) => [
    { id: 'now config', expression: one },
    { id: 'last config', expression: `last_over_time(${one}[${range}]) unless ${one}` },
  ]);
}

/** When each training phase was last the present one, by the samples' own times, and what each was set to last. */
function phaseQueries({ selectors, wellKnown }: CatalogIndex, scopes: readonly SeriesScope[]): NamedQuery[] {
  const selector = selectors[wellKnown.phase];
  const series = selector ? scopes.flatMap((scope) => selectSeries(scope, selector, 'trainer')) : [];
  return series.flatMap((one) => [
    { id: 'phase', expression: `max by (phase) (max_over_time((timestamp(${one}) and (${one} > 0))[15m:15s]))` },
    { id: 'phase set', expression: `max by (phase) (last_over_time(${one}[15m]))` },
  ]);
}

/** What engines and trainers tell in labels. `range`: how far back configs are looked for, as a PromQL duration. */
export const lastLabelQueries = (index: CatalogIndex, scopes: readonly SeriesScope[], range: string): NamedQuery[] => [
  ...configQueries(index, scopes, range),
  ...phaseQueries(index, scopes),
];

/** What was set last. */
export interface LastValues {
  /** By row id, then by subject. */
  measures: Map<string, Map<string, Measure>>;
  /** The machine of each subject. */
  nodes: Map<string, string>;
  /** Cache configs by engine. */
  configs: Map<string, Record<string, string>>;
  phase: TrainingPhase | undefined;
  /** Whether a trainer tells its phase, which may be none. */
  tellsPhase: boolean;
}

/** Nothing was set yet. */
export const newLastValues = (): LastValues => ({
  measures: new Map(),
  nodes: new Map(),
  configs: new Map(),
  phase: undefined,
  tellsPhase: false,
});

/** Engines whose sleep gauge said last that they sleep. */
export function sleepingEngines({ measures }: LastValues): Set<string> {
  const awake = [...(measures.get('engines_awake') ?? [])];
  return new Set(awake.filter(([, { value }]) => value === 0).map(([key]) => key));
}

/** Rows that say whether an engine sleeps. */
const isSleepRow = ({ selector }: GaugeRow): boolean => selector.family === 'engine_sleep_state';

/** Forgets what engines that have ended or began anew were set to. */
export function forgetEngines({ measures, nodes, configs }: LastValues, keys: Iterable<string>): void {
  for (const key of keys) {
    for (const bySubject of measures.values()) bySubject.delete(key);
    nodes.delete(key);
    configs.delete(key);
  }
}

/** Forgets that engines sleep: one that moves is awake, even if its waking was missed. */
export function forgetSleep(index: CatalogIndex, { measures }: LastValues, movedKeys: Iterable<string>): void {
  const sleepRows = stickyRowsOf(index).filter(isSleepRow);
  for (const key of movedKeys) for (const { id } of sleepRows) measures.get(id)?.delete(key);
}

/** When and where the answers are from. */
export interface LastValueContext {
  /** Unix ms. */
  at: number;
  /** How far back the queries looked, in ms. */
  rangeMs: number;
  /** URLs of targets by instance. */
  targetUrls: ReadonlyMap<string, string>;
}

/**
 * Updates the last values with the answers of `lastGaugeQueries` and `lastLabelQueries`. A value from the range is known only to be from
 * within it.
 */
export function updateLastValues(
  index: CatalogIndex,
  lastValues: LastValues,
  { itemsById }: BatchResult<InstantSample>,
  { at, rangeMs, targetUrls }: LastValueContext,
): void {
  const stickyRows = stickyRowsOf(index);
  // A value that is there now replaces the one from the range.
  for (const when of ['last', 'now'] as const) {
    const time = when === 'now' ? { to: at } : { from: at - rangeMs, to: at };
    const note = (row: GaugeRow, labels: LabelSet, value: number): void => {
      const key = sampleSubjectKey(row.subject, labels, targetUrls);
      const bySubject = lastValues.measures.get(row.id) ?? new Map<string, Measure>();
      lastValues.measures.set(row.id, bySubject.set(key, { value: value * (row.scale ?? 1), ...time }));
      lastValues.nodes.set(key, nodeOf(labels));
    };
    for (const row of stickyRows)
      for (const { labels, value } of itemsById.get(`${when} ${row.id}`) ?? [])
        if (value !== undefined) note(row, labels, value);
    for (const { labels } of itemsById.get(`${when} config`) ?? []) {
      lastValues.configs.set(sampleSubjectKey('engine', labels, targetUrls), configOf(labels));
      for (const row of stickyRows) {
        const value = row.fromLabel === undefined ? NaN : Number(labels[row.fromLabel] || NaN);
        if (Number.isFinite(value)) note(row, labels, value);
      }
    }
  }
  const phasesSet = itemsById.get('phase set') ?? [];
  const ended = new Set(phasesSet.flatMap(({ labels, value }) => (value === 0 ? [labels['phase'] ?? ''] : [])));
  lastValues.tellsPhase ||= phasesSet.length > 0;
  const phase = newestPhase(itemsById.get('phase') ?? [], lastValues.phase) ?? lastValues.phase;
  lastValues.phase = phase && ended.has(phase.name) ? undefined : phase;
}

/** The phase that was set last; `since` is when it was first seen. Undefined if the answers name none. */
function newestPhase(
  samples: readonly InstantSample[],
  previous: TrainingPhase | undefined,
): TrainingPhase | undefined {
  const [newest] = samples
    .flatMap(({ labels, value }) =>
      value === undefined ? [] : [{ name: labels['phase'] ?? '', at: Math.round(value * 1000) }],
    )
    .sort((a, b) => b.at - a.at);
  return newest && { ...newest, since: previous?.name === newest.name ? previous.since : newest.at };
}

/** Labels that a scrape or a query adds. */
const addedLabels = new Set(['__name__', 'instance', 'job', 'exported_instance', 'exported_job', queryIdLabel]);

/** The cache config among the labels of `cache_config_info`. */
const configOf = (labels: LabelSet): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).filter(([label]) => isConfigLabel(label) && !addedLabels.has(label)));

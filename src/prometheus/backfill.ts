/** The past of a run from Prometheus, as snapshots: what the chart shows of the time before this window looked. */
import type { Engine, Measure, Snapshot } from '../api';
import type { Discovery } from '../discovery/discover';
import { catalogRow, curatedRows, type CatalogRow } from '../metrics/catalog';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { queryRangeBatch, type BatchResult } from './batch';
import type { PrometheusClient } from './client';
import type { RangeSeries } from './responseData';
import { subjectExpressions, aggregateExpression, type QueryContext, type NamedQuery } from './expressions';
import { sampleSubjectKey } from './scopes';
import { usualIntervalMs, rateWindowFor } from './prometheusSource';
import { targetsByInstance, selectRunSeries } from './runSelector';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** So many points of single engines are read; beyond, the aggregates alone. */
const maxSubjectPoints = 250_000;
const alwaysShownIds: ReadonlySet<string> = new Set([...curatedRows.map(({ id }) => id), 'kv_cache_usage_mean']);

export interface BackfillOptions {
  catalogIndex: CatalogIndex;
  client: PrometheusClient;
  /** How often it scrapes, in ms; undefined where it does not say. */
  intervalMs: number | undefined;
  discovery: Discovery;
  session: string | undefined;
  /** Unix ms: from this time on, and before that one. */
  from: number;
  to: number;
  /** Engines that are there, with their names; those that have ended are called by their id. */
  engines: readonly Pick<Engine, 'id' | 'name' | 'node'>[];
  signal: AbortSignal;
  timeoutMs: number;
  /** What is missing of the past, in words. */
  warn: (words: string) => void;
}

/** Rows over all engines, and, of those that are always shown, the lowest and highest of each moment. */
function aggregateQueries(over: QueryContext): NamedQuery[] {
  return over.catalogIndex.rows.flatMap(({ row }): NamedQuery[] => {
    if (row.kind === 'gauge' && (row.sticky || row.fromLabel !== undefined)) return [];
    const whole = aggregateExpression(row, over) ?? quantileOf(row, over);
    const own = alwaysShownIds.has(row.id) ? subjectExpressions(row, over).join(' or ') : '';
    return [
      ...(whole === undefined ? [] : [{ id: `all ${row.id}`, expression: whole }]),
      ...(own === ''
        ? []
        : [
            { id: `low ${row.id}`, expression: `min(${own})` },
            { id: `high ${row.id}`, expression: `max(${own})` },
          ]),
    ];
  });
}

/** A quantile over all engines, from the buckets of all. */
function quantileOf(row: CatalogRow, over: QueryContext): string | undefined {
  if (row.kind !== 'quantile') return undefined;
  const [each] = subjectExpressions(row, over);
  return each?.replace(/ by \(le, [^)]*\) /, ' by (le) ');
}

const subjectQueries = (over: QueryContext): NamedQuery[] =>
  over.catalogIndex.rows.flatMap(({ row }) =>
    alwaysShownIds.has(row.id)
      ? subjectExpressions(row, over).map((expression) => ({ id: `own ${row.id}`, expression }))
      : [],
  );

/**
 * Snapshots in the order of time, at the steps of Prometheus's own scrapes for the last hour and of minutes before that; empty where this Prometheus has
 * nothing of the run. Single engines have those rows that are always shown, in the last hour. That hour is asked first: it is kept where the hours before
 * it cannot be had. Rejects with a PrometheusError where nothing can.
 */
export async function fetchBackfill({
  catalogIndex,
  client,
  intervalMs = usualIntervalMs,
  discovery,
  session,
  from,
  to,
  engines,
  signal,
  timeoutMs,
  warn,
}: BackfillOptions): Promise<Snapshot[]> {
  const names = (matchers: readonly string[]): Promise<string[]> =>
    client.labelValues('__name__', [`{${matchers.join(',')}}`], signal);
  const { scopes } = await selectRunSeries(discovery, session, names, { catalogIndex, client, signal, timeoutMs });
  // Without evidence whose they are, series of another run would become this one's past.
  if (scopes.length === 0 || scopes.some(({ matchers }) => matchers.length === 0)) return [];
  const windowMs = rateWindowFor(intervalMs);
  const over: QueryContext = { catalogIndex, scopes, rateWindowMs: windowMs };
  const recent = Math.max(from, to - hourMs);
  const stepMs = Math.max(intervalMs, 10_000);
  // The newest step is one before the first live snapshot; minutes end where steps begin.
  const spans = [
    {
      from: to - stepMs * Math.floor((to - recent) / stepMs),
      to: to - stepMs,
      stepMs,
      own: engines.length * alwaysShownIds.size * (hourMs / stepMs) <= maxSubjectPoints,
    },
    ...(from < recent
      ? [
          {
            from: recent - minuteMs * Math.floor((recent - from) / minuteMs),
            to: recent - minuteMs,
            stepMs: minuteMs,
            own: false,
          },
        ]
      : []),
  ];
  const known = targetsByInstance(discovery);
  let past: Snapshot[] = [];
  for (const { own, ...range } of spans) {
    if (range.to < range.from) continue;
    const batch = await queryRangeBatch(
      client,
      [...aggregateQueries(over), ...(own ? subjectQueries(over) : [])],
      range,
      signal,
      timeoutMs,
    );
    const [failure] = batch.failures;
    if (!failure) past = [...snapshotsOf(batch, windowMs, engines, known), ...past];
    else if (past.length === 0) throw failure;
    else warn(`Prometheus could not give what is older than an hour: ${failure.message}`);
  }
  return past;
}

function snapshotsOf(
  { itemsById }: BatchResult<RangeSeries>,
  windowMs: number,
  engines: BackfillOptions['engines'],
  known: ReadonlyMap<string, string>,
): Snapshot[] {
  const byTime = new Map<number, { measures: Record<string, Measure>; own: Map<string, Record<string, Measure>> }>();
  const at = (time: number): { measures: Record<string, Measure>; own: Map<string, Record<string, Measure>> } => {
    const moment = byTime.get(time) ?? { measures: {}, own: new Map<string, Record<string, Measure>>() };
    byTime.set(time, moment);
    return moment;
  };
  const measureOf = ({ kind }: CatalogRow, time: number, value: number): Measure =>
    kind === 'gauge' ? { value, to: time } : { value, from: time - windowMs, to: time };
  const order = ['all', 'low', 'high', 'own'];
  const parts = [...itemsById].map(([id, series]) => ({
    part: id.slice(0, id.indexOf(' ')),
    row: catalogRow(id.slice(id.indexOf(' ') + 1)),
    series,
  }));
  for (const { part, row, series } of parts.sort((a, b) => order.indexOf(a.part) - order.indexOf(b.part))) {
    for (const { labels, at: times, value: values } of series) {
      const key = part === 'own' ? sampleSubjectKey(row.subject, labels, known) : '';
      times.forEach((time, index) => {
        const value = values[index] ?? NaN;
        if (!Number.isFinite(value)) return;
        const moment = at(time);
        const whole = moment.measures[row.id];
        if (part === 'all') moment.measures[row.id] = measureOf(row, time, value);
        else if (part === 'low' && whole) whole.lowest = { engine: '', value };
        else if (part === 'high' && whole) whole.highest = { engine: '', value };
        else if (part === 'own') moment.own.set(key, { ...moment.own.get(key), [row.id]: measureOf(row, time, value) });
      });
    }
  }
  const names = new Map(engines.map((engine) => [engine.id, engine]));
  return [...byTime]
    .sort(([a], [b]) => a - b)
    .map(([time, { measures, own }]): Snapshot => ({
      at: time,
      window: undefined,
      trigger: 'timer',
      values: {},
      measures,
      sinceStart: {},
      targets: [],
      findings: [],
      engines: [...own].map(([id, mine]): Engine => ({
        id,
        name: names.get(id)?.name ?? `engine ${id.slice(0, 8)}`,
        node: names.get(id)?.node ?? '',
        state: 'active',
        measures: mine,
      })),
    }));
}

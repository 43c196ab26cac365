/** A run's past as snapshots, from the answers of range queries. */
import type { Engine, Measure, Snapshot } from '../api';
import { catalogRow, type CatalogRow } from '../metrics/catalog';
import { backfillParts, parseQueryId } from './backfillQueries';
import type { BatchResult } from './batch';
import type { RangeSeries } from './responseData';
import { sampleSubjectKey } from './scopes';

/** An engine whose name is known. */
export type NamedEngine = Pick<Engine, 'id' | 'name' | 'node'>;

/** What was measured at one moment. */
interface Moment {
  aggregates: Record<string, Measure>;
  bySubject: Map<string, Record<string, Measure>>;
}

function measureOf({ kind }: CatalogRow, at: number, rateWindowMs: number, value: number): Measure {
  return kind === 'gauge' ? { value, to: at } : { value, from: at - rateWindowMs, to: at };
}

/**
 * One snapshot per moment, in the order of time. `targetUrls`: URLs of targets by instance. Engines that have ended are
 * named by their id.
 */
export function toSnapshots(
  { itemsById }: BatchResult<RangeSeries>,
  rateWindowMs: number,
  engines: readonly NamedEngine[],
  targetUrls: ReadonlyMap<string, string>,
): Snapshot[] {
  const namedEngines = new Map(engines.map((engine) => [engine.id, engine]));
  return [...readMoments(itemsById, rateWindowMs, targetUrls)]
    .sort(([a], [b]) => a - b)
    .map(([at, moment]) => toSnapshot(at, moment, namedEngines));
}

function readMoments(
  itemsById: ReadonlyMap<string, readonly RangeSeries[]>,
  rateWindowMs: number,
  targetUrls: ReadonlyMap<string, string>,
): Map<number, Moment> {
  const moments = new Map<number, Moment>();
  const momentAt = (at: number): Moment => {
    const moment = moments.get(at) ?? { aggregates: {}, bySubject: new Map<string, Record<string, Measure>>() };
    moments.set(at, moment);
    return moment;
  };
  const answers = [...itemsById]
    .map(([id, series]) => ({ ...parseQueryId(id), series }))
    .filter(({ part }) => backfillParts.includes(part));
  // An aggregate comes before its spread.
  answers.sort((a, b) => backfillParts.indexOf(a.part) - backfillParts.indexOf(b.part));
  for (const { part, rowId, series } of answers) {
    const row = catalogRow(rowId);
    for (const { labels, at: times, value: values } of series) {
      const key = part === 'own' ? sampleSubjectKey(row.subject, labels, targetUrls) : '';
      times.forEach((at, index) => {
        const value = values[index] ?? NaN;
        if (!Number.isFinite(value)) return;
        const { aggregates, bySubject } = momentAt(at);
        const measure = measureOf(row, at, rateWindowMs, value);
        const aggregate = aggregates[rowId];
        if (part === 'all') aggregates[rowId] = measure;
        else if (part === 'own') bySubject.set(key, { ...bySubject.get(key), [rowId]: measure });
        // Which engine it is would take a query per engine.
        else if (aggregate) aggregate[part === 'low' ? 'lowest' : 'highest'] = { engine: '', value };
      });
    }
  }
  return moments;
}

function toSnapshot(
  at: number,
  { aggregates, bySubject }: Moment,
  engines: ReadonlyMap<string, NamedEngine>,
): Snapshot {
  return {
    at,
    window: undefined,
    trigger: 'timer',
    values: {},
    measures: aggregates,
    sinceStart: {},
    targets: [],
    findings: [],
    engines: [...bySubject].map(([id, measures]): Engine => {
      const { name = `engine ${id.slice(0, 8)}`, node = '' } = engines.get(id) ?? {};
      return { id, name, node, state: 'active', measures };
    }),
  };
}

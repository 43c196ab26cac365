/** The engines' work in a run's past, from the answers of range queries. */
import type { EngineReading, WorkReading } from '../history/workReading';
import { reportIntervalMs } from '../metrics/reportInterval';
import { workCounterFamilies, workCounters, type WorkTotals } from '../metrics/workCounters';
import type { NamedEngine } from './backfillSnapshots';
import type { BatchResult } from './batch';
import { totalId } from './engineQueries';
import type { RangeSeries } from './responseData';
import { sampleSubjectKey } from './scopes';
import { workQueryIds } from './workQueries';
import { loadOf } from './workReader';

interface BackfillWorkOptions {
  /** How often this Prometheus scrapes, in ms. */
  intervalMs: number;
  engines: readonly NamedEngine[];
  /** URLs of targets by instance. */
  targetUrls: ReadonlyMap<string, string>;
}

/** What was read of one engine at one moment. */
interface EngineMoment {
  totals: WorkTotals;
  requests: number[];
  kvUsage?: number;
  isNative: boolean;
}

interface Moment {
  engines: Map<string, EngineMoment>;
  /** By phase, whether it was set. */
  phases: Map<string, boolean>;
}

/**
 * A reading for each moment, in the order of time. An engine that is no longer there is known up to its last movement:
 * Ray keeps the counters of the dead.
 */
export function toWorkReadings(
  { itemsById }: BatchResult<RangeSeries>,
  { intervalMs, engines, targetUrls }: BackfillWorkOptions,
): WorkReading[] {
  const moments = [...readMoments(itemsById, targetUrls)].sort(([a], [b]) => a - b);
  const names = new Map(engines.map(({ id, name }) => [id, name]));
  const lastMovedAt = findLastMovements(moments);
  let phase: string | undefined;
  return moments.map(([at, moment]) => {
    phase = phaseOf(moment, phase);
    const listed = [...moment.engines].filter(([id]) => names.has(id) || at <= (lastMovedAt.get(id) ?? -Infinity));
    return {
      at,
      engines: listed.map(([id, { totals, requests, kvUsage, isNative }]): EngineReading => ({
        id,
        name: names.get(id) ?? `engine ${id.slice(0, 8)}`,
        at,
        // A sample is as old as the scrape before, and Ray's counters as the report before that.
        lagMs: intervalMs + (isNative ? 0 : reportIntervalMs),
        totals,
        load: loadOf(requests, false),
        ...(kvUsage !== undefined && { kvUsage }),
      })),
      ...(phase !== undefined && { phase }),
    };
  });
}

/** A phase holds until another is set; the gauge is there only for a while after a change. */
function phaseOf({ phases }: Moment, before: string | undefined): string | undefined {
  if (phases.size === 0) return before;
  return [...phases].find(([, isSet]) => isSet)?.[0] ?? (before !== undefined && !phases.has(before) ? before : '');
}

function readMoments(
  itemsById: ReadonlyMap<string, readonly RangeSeries[]>,
  targetUrls: ReadonlyMap<string, string>,
): Map<number, Moment> {
  const moments = new Map<number, Moment>();
  const momentAt = (at: number): Moment => {
    const moment = moments.get(at) ?? { engines: new Map<string, EngineMoment>(), phases: new Map<string, boolean>() };
    moments.set(at, moment);
    return moment;
  };
  const visit = (id: string, visitor: (series: RangeSeries, at: number, value: number) => void): void => {
    for (const series of itemsById.get(id) ?? [])
      series.at.forEach((at, index) => {
        const value = series.value[index] ?? NaN;
        if (Number.isFinite(value)) visitor(series, at, value);
      });
  };
  const engineAt = ({ labels }: RangeSeries, at: number): EngineMoment => {
    const { engines } = momentAt(at);
    const key = sampleSubjectKey('engine', labels, targetUrls);
    const engine = engines.get(key) ?? { totals: {}, requests: [], isNative: labels['WorkerId'] === undefined };
    engines.set(key, engine);
    return engine;
  };
  for (const counter of workCounters)
    visit(totalId(workCounterFamilies[counter]), (series, at, value) => (engineAt(series, at).totals[counter] = value));
  visit(workQueryIds.requests, (series, at, value) => engineAt(series, at).requests.push(value));
  visit(workQueryIds.kvUsage, (series, at, value) => (engineAt(series, at).kvUsage = value));
  visit(workQueryIds.phase, ({ labels }, at, value) => momentAt(at).phases.set(labels['phase'] ?? '', value > 0));
  return moments;
}

/** When each engine's counters moved last. */
function findLastMovements(moments: readonly (readonly [at: number, moment: Moment])[]): Map<string, number> {
  const last = new Map<string, WorkTotals>();
  const movedAt = new Map<string, number>();
  for (const [at, { engines }] of moments)
    for (const [id, { totals }] of engines) {
      const before = last.get(id);
      if (before && workCounters.some((counter) => totals[counter] !== before[counter])) movedAt.set(id, at);
      last.set(id, totals);
    }
  return movedAt;
}

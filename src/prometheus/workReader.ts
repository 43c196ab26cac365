/** Reads from a Prometheus's answers about one moment what they say of the engines' work. */
import type { Engine } from '../api';
import type { EngineReading, WorkReading } from '../history/workReading';
import { isLiving } from '../metrics/engineState';
import { reportIntervalMs } from '../metrics/reportInterval';
import { workCounterFamilies, workCounters, type WorkTotals } from '../metrics/workCounters';
import type { ScrapedEngine } from './engineQueries';
import { instanceOf } from './scopes';

/** One moment of a run. */
interface WorkInput {
  /** Unix ms. */
  at: number;
  /** All engines with their measures. */
  engines: readonly Engine[];
  scrapedEngines: ReadonlyMap<string, ScrapedEngine>;
  /** By engine, then by family. */
  totals: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Gauges that are missing say that an engine has no requests: Ray 2.57 and newer. */
  missingIsIdle: boolean;
  /** Empty between two phases; undefined if no trainer tells one. */
  phase: string | undefined;
  generationRate: number | undefined;
}

/** The totals of one engine, from those by family. */
export function toWorkTotals(byFamily: ReadonlyMap<string, number> | undefined): WorkTotals {
  const totals: WorkTotals = {};
  for (const counter of workCounters) {
    const value = byFamily?.get(workCounterFamilies[counter]);
    if (value !== undefined) totals[counter] = value;
  }
  return totals;
}

/** Reads the work of one run's engines, moment after moment. */
export class PrometheusWorkReader {
  private readonly seenEngines = new Set<string>();
  /** When each instance was scraped last, Unix ms. */
  private scrapedAt = new Map<string, number>();

  /** What one moment says. Engines that are gone are left out. */
  read({ at, engines, phase, generationRate, ...answers }: WorkInput): WorkReading {
    const readings = engines
      .filter((engine) => isLiving(engine) || engine.state === 'dead')
      .map((engine) => this.readEngine(engine, answers));
    for (const { key, labels, at: scrapedAt } of answers.scrapedEngines.values()) {
      this.seenEngines.add(key);
      this.scrapedAt.set(instanceOf(labels), scrapedAt);
    }
    return {
      at,
      engines: readings,
      ...(phase !== undefined && { phase }),
      ...(generationRate !== undefined && { generationRate }),
    };
  }

  private readEngine(
    { id, name, state, workerId, measures }: Engine,
    { scrapedEngines, totals, missingIsIdle }: Pick<WorkInput, 'scrapedEngines' | 'totals' | 'missingIsIdle'>,
  ): EngineReading {
    const scraped = scrapedEngines.get(id);
    const isNew = scraped !== undefined && !this.seenEngines.has(id);
    const newSince = isNew ? this.scrapedAt.get(instanceOf(scraped.labels)) : undefined;
    const requests = [measures['num_requests_running'], measures['num_requests_waiting']].flatMap(
      (measure) => measure?.value ?? [],
    );
    const isNative = workerId === undefined;
    const kvUsage = measures['kv_cache_usage_perc']?.value;
    return {
      id,
      name,
      ...(scraped && { at: scraped.at }),
      lagMs: isNative ? 0 : reportIntervalMs,
      totals: toWorkTotals(totals.get(id)),
      ...(newSince !== undefined && { newSince }),
      load: state === 'asleep' ? 'idle' : loadOf(requests, missingIsIdle && !isNative),
      ...(kvUsage !== undefined && { kvUsage }),
      ...(state === 'dead' && { hasEnded: true }),
    };
  }
}

/** What gauges of requests, running and waiting, say of an engine. */
export function loadOf(requests: readonly number[], missingIsIdle: boolean): EngineReading['load'] {
  if (requests.some((count) => count > 0)) return 'busy';
  return requests.length > 0 || missingIsIdle ? 'idle' : 'unknown';
}

/** How a worker's numbers reach its node's agent: a report each 10 s, gauges dropped 20 s after the last report that had them, the rest kept for ever. */
import { createLedger, type Ledger } from './ledger';

/** `metrics_report_interval_ms` of Ray. */
export const reportEveryMs = 10_000;
/** Twice the report interval. */
export const gaugeLifeMs = 20_000;

export interface Published {
  counters: ReadonlyMap<string, number>;
  histograms: ReadonlyMap<string, readonly number[]>;
  gauges: ReadonlyMap<string, { value: number; at: number }>;
}

export interface Worker {
  readonly workerId: string;
  readonly node: number;
  readonly pid: number;
  /** Unix ms; `endedAt` once it is dead. */
  readonly startedAt: number;
  endedAt?: number;
  ledger: Ledger;
  published: Published;
  nextReport: number;
}

/** A worker whose first report comes `offset` ms after its start. */
export function createWorker(workerId: string, node: number, pid: number, startedAt: number, offset: number): Worker {
  const published: Published = { counters: new Map(), histograms: new Map(), gauges: new Map() };
  return { workerId, node, pid, startedAt, ledger: createLedger(), published, nextReport: startedAt + offset };
}

/** Makes the report that is due at `now`, if one is; a dead worker makes none. */
export function reportIfDue(worker: Worker, now: number): void {
  if (worker.endedAt !== undefined || now < worker.nextReport) return;
  const { counters, gauges, histograms } = worker.ledger;
  worker.published = {
    counters: new Map(counters),
    histograms: new Map([...histograms].map(([family, buckets]) => [family, [...buckets]])),
    gauges: new Map([
      ...liveGauges(worker.published, now),
      ...[...gauges].map(([key, value]) => [key, { value, at: now }] as const),
    ]),
  };
  gauges.clear();
  worker.nextReport += reportEveryMs;
}

/** The gauges that the agent still has at `now`. */
export function liveGauges({ gauges }: Published, now: number): [string, { value: number; at: number }][] {
  return [...gauges].filter(([, { at }]) => now - at < gaugeLifeMs);
}

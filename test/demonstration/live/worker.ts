/** A Ray worker, and what its node's agent has of its metrics: counters and histograms for good, gauges for a while. */
import { createRegistry, type Registry } from './registry';

/** `metrics_report_interval_ms` of Ray. */
export const reportIntervalMs = 10_000;
/** The agent drops a gauge this long after the last report with it. */
const gaugeLifetimeMs = 20_000;

/** The metrics that the agent has. */
interface AgentMetrics {
  counters: ReadonlyMap<string, number>;
  histograms: ReadonlyMap<string, readonly number[]>;
  gauges: ReadonlyMap<string, ReportedGauge>;
}

interface ReportedGauge {
  value: number;
  /** Unix ms of the report. */
  at: number;
}

/** A worker process. Times are Unix ms. */
export interface Worker {
  readonly workerId: string;
  readonly node: number;
  readonly pid: number;
  readonly startedAt: number;
  /** Undefined while it lives. */
  endedAt?: number;
  registry: Registry;
  reported: AgentMetrics;
  /** Of the newest report. */
  reportedAt?: number;
  nextReportAt: number;
  /** What the worker had counted when its node's agent was restarted: the agent counts from there on. */
  uncounted?: Pick<AgentMetrics, 'counters' | 'histograms'>;
}

/** A worker that reports for the first time some ms after its start. */
export function createWorker(
  workerId: string,
  node: number,
  pid: number,
  startedAt: number,
  firstReportMs: number,
): Worker {
  const reported: AgentMetrics = { counters: new Map(), histograms: new Map(), gauges: new Map() };
  const nextReportAt = startedAt + firstReportMs;
  return { workerId, node, pid, startedAt, registry: createRegistry(), reported, nextReportAt };
}

/** Reports to the agent if a report is due; a dead worker does not report. */
export function reportIfDue(worker: Worker, now: number): void {
  if (worker.endedAt !== undefined || now < worker.nextReportAt) return;
  const { gauges } = worker.registry;
  worker.reported = {
    ...countedByAgent(worker),
    gauges: new Map([
      ...gaugesAt(worker, now),
      ...[...gauges].map(([key, value]) => [key, { value, at: now }] as const),
    ]),
  };
  gauges.clear();
  worker.reportedAt = now;
  worker.nextReportAt += reportIntervalMs;
}

/** Counters and histograms since the start of the agent; those that did not grow since are not there. */
function countedByAgent({ registry, uncounted }: Worker): Pick<AgentMetrics, 'counters' | 'histograms'> {
  const counters = [...registry.counters].map(
    ([key, value]) => [key, value - (uncounted?.counters.get(key) ?? 0)] as const,
  );
  const histograms = [...registry.histograms].map(([family, buckets]) => {
    const earlier = uncounted?.histograms.get(family);
    return [family, buckets.map((count, index) => count - (earlier?.[index] ?? 0))] as const;
  });
  return {
    counters: new Map(counters.filter(([, value]) => value > 0)),
    histograms: new Map(histograms.filter(([, buckets]) => buckets.some((count) => count > 0))),
  };
}

/** The node's agent starts anew: it has nothing until the next report, and counts from 0. */
export function restartAgent(worker: Worker): void {
  const { counters, histograms } = worker.registry;
  worker.uncounted = {
    counters: new Map(counters),
    histograms: new Map([...histograms].map(([family, buckets]) => [family, [...buckets]])),
  };
  worker.reported = { counters: new Map(), histograms: new Map(), gauges: new Map() };
}

/** The gauges that the agent still has at a time. */
export function gaugesAt({ reported }: Worker, now: number): [key: string, gauge: ReportedGauge][] {
  return [...reported.gauges].filter(([, { at }]) => now - at < gaugeLifetimeMs);
}

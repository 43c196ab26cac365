/** How a target answered, as the snapshot reports it. */
import type { TargetReport } from '../api';
import { reportIntervalMs as defaultIntervalMs } from '../metrics/reportInterval';
import type { TargetReading } from '../metrics/targetReader';
import type { MetricsResponse } from './snapshotSource';

/**
 * The report of one answer. `reading`: what was read from it; undefined if it failed. `reportIntervalMs`: how often the
 * workers of its node report.
 */
export function toTargetReport(
  { target, bytes, tookMs, result, error, sameAs }: MetricsResponse,
  reading: TargetReading | undefined,
  reportIntervalMs: number,
): TargetReport {
  const about = sameAs === undefined ? target.about : `the same server as ${sameAs}`;
  const common = {
    url: target.url,
    kind: target.kind,
    ...(about !== undefined && { about }),
    bytes,
    samples: result?.samples ?? 0,
    tookMs,
    ...(target.kind === 'ray' && reportIntervalMs !== defaultIntervalMs && { reportIntervalMs }),
  };
  if (error) return { ...common, state: 'failed', error: error.message };
  return { ...common, state: sameAs !== undefined || (reading && reading.engines.size > 0) ? 'ok' : 'empty' };
}

/** How Prometheus answered as the source: its report, and findings about its answers. */
import type { Finding } from '../api';
import type { SourceReport } from '../collector/snapshotSource';
import { formatDuration } from '../shared/format';
import type { BatchResult } from './batch';
import type { PrometheusError } from './errors';
import type { PrometheusRun } from './prometheusRun';

/** A run is out of date if its newest sample is older than this, or than three scrapes, in ms. */
const minOldAgeMs = 90_000;
/** A larger difference between two clocks is not a slow network, in ms. */
const clockToleranceMs = 30_000;
/** So many of the server's warnings are shown. */
const maxWarnings = 3;

/** What went wrong and what to do, as sentences. */
export const describeError = ({ message, advice }: PrometheusError): string =>
  [message.replace(/[^.!?\u2026]$/, '$&.'), advice].filter(Boolean).join(' ');

/** The report of a server that could not be asked. */
export const failureReport = (url: string, failure: PrometheusError): SourceReport => ({
  url,
  state: 'failed',
  message: describeError(failure),
  matchReason: '',
});

/** The report of a run that was found. `batch`: the answers of its queries; undefined if there was nothing to query. */
export function runReport(
  url: string,
  { matchReason, scopes, scrapedEngines, at, intervalMs }: PrometheusRun,
  batch: BatchResult<unknown> | undefined,
  now: number,
): SourceReport {
  const common = { url, matchReason };
  const [failure] = batch?.failures ?? [];
  if (batch && failure) {
    const state = batch.failures.length === batch.queryCount ? 'failed' : 'partial';
    return { ...common, state, message: describeError(failure) };
  }
  if (scrapedEngines.size === 0) {
    const withoutEngines = `There are series (${matchReason}), but none of an engine within 30 days.`;
    return { ...common, state: 'empty', message: scopes.length === 0 ? matchReason : withoutEngines };
  }
  const age = now - at;
  if (age > Math.max(minOldAgeMs, 3 * intervalMs))
    return { ...common, state: 'old', message: `Its newest sample of this run is ${formatDuration(age)} old.` };
  return { ...common, state: 'ok', message: '' };
}

/**
 * Findings about failed queries, warnings and the server's clock. `aheadMs`: how far its newest sample is ahead of this
 * machine's clock.
 */
export function batchFindings({ failures, queryCount, warnings }: BatchResult<unknown>, aheadMs: number): Finding[] {
  const findings: Finding[] = [];
  const [failure] = failures;
  if (failure)
    findings.push({
      id: 'prometheus-partial',
      severity: 'warning',
      message: `${failures.length} of ${queryCount} queries to Prometheus failed: ${describeError(failure)}`,
      advice: 'What they would have told is missing here, not zero.',
    });
  for (const warning of [...new Set(warnings)].slice(0, maxWarnings))
    findings.push({ id: 'prometheus-warning', severity: 'warning', message: `Prometheus warns: ${warning}` });
  if (aheadMs > clockToleranceMs)
    findings.push({
      id: 'prometheus-clock',
      severity: 'warning',
      message: `Prometheus’s clock is ${formatDuration(aheadMs)} ahead of this machine’s: ages here are wrong by that.`,
    });
  return findings;
}

/** What a Prometheus says about the run before it is evaluated. */
import type { SourceEvidence } from '../collector/snapshotSource';
import type { Discovery } from '../discovery/discover';
import type { PrometheusError } from './errors';
import type { PrometheusRun } from './prometheusRun';

/** The run as this Prometheus has it, or why it could not be asked. */
export type PrometheusEvidence = SourceEvidence & {
  /** The server's address; `Prometheus` if none is set. */
  url: string;
} & ({ run: PrometheusRun; failure?: undefined } | { run?: undefined; failure: PrometheusError });

/** Evidence of a run. */
export function toPrometheusEvidence(discovery: Discovery, url: string, run: PrometheusRun): PrometheusEvidence {
  const labelSets = [...run.scrapedEngines.values()].map(({ labels }) => labels);
  return {
    discovery,
    answers: [],
    url,
    run,
    sessions: new Set(labelSets.flatMap(({ SessionName }) => SessionName ?? [])),
    rayVersion: labelSets.find(({ Version }) => Version)?.['Version'],
    sessionByWorker: new Map(),
    models: new Map(
      labelSets.flatMap(({ WorkerId, model_name: model }) => (WorkerId && model ? [[WorkerId, model] as const] : [])),
    ),
  };
}

/** Evidence that says nothing but that the server could not be asked. */
export const failedEvidence = (discovery: Discovery, url: string, failure: PrometheusError): PrometheusEvidence => ({
  discovery,
  answers: [],
  url,
  failure,
  sessions: new Set(),
  rayVersion: undefined,
  sessionByWorker: new Map(),
  models: new Map(),
});

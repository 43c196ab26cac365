/** A hint: advice on a valid query, with the edit that applies it. */
import type { MetricMetadata } from '../prometheus/responseData';
import type { Problem } from './problems';

/** A replacement in a query's text; offsets as in `Problem`. */
export interface Edit {
  from: number;
  to: number;
  text: string;
}

/** Advice on a part of a query. */
export interface Hint extends Problem {
  severity: 'warning' | 'info';
  /** The quick fix, if one edit follows from the advice. */
  fix?: { title: string; edits: Edit[] };
}

/** What is known about the server that a query will be sent to. */
export interface ServerMetrics {
  /** Names of all metrics. If empty, nothing is known and no name is reported as missing. */
  metrics: ReadonlySet<string>;
  /** Type, help and unit by family. */
  metadata: ReadonlyMap<string, MetricMetadata>;
  scrapeIntervalMs: number | undefined;
}

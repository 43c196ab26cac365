/** The inference-path table: from what a config says to where engine metrics are (DESIGN §3, §4; research/metrics.md §3.8, §5.3, §5.4). */
import type { MetricsPath } from './types';

/** SkyRL's private switch between its two inference layers, from the environment of the job. */
export const newInferenceVariable = '_SKYRL_USE_NEW_INFERENCE';

/** Whether the new layer is on: `true`, `1` and `yes` in any case, as SkyRL reads it. Unset: on. */
export function usesNewInference(environment: Record<string, string | undefined>): boolean {
  return ['true', '1', 'yes'].includes((environment[newInferenceVariable] ?? '1').toLowerCase());
}

export interface PathFacts {
  /** URLs of external servers are given. */
  hasServers: boolean;
  /** The URL of an external proxy is given. */
  hasProxy: boolean;
  runsLocally: boolean;
  newInference: boolean;
  asyncEngine: boolean;
  statsOn: boolean;
}

export interface PathRow {
  conditions: Partial<PathFacts>;
  path: MetricsPath;
  message: string;
}

/** The first row that fits holds; together they fit everything. */
export const pathTable: readonly [...PathRow[], PathRow] = [
  { conditions: { hasServers: true }, path: 'external-servers', message: 'external servers: each one’s own /metrics' },
  {
    conditions: { hasProxy: true },
    path: 'external-proxy',
    message: 'an external proxy: its /metrics; a router is not an engine',
  },
  {
    conditions: { runsLocally: false },
    path: 'none',
    message: 'run_engines_locally is false and no external URL is given',
  },
  {
    conditions: { newInference: true, statsOn: true },
    path: 'ray',
    message: 'new inference path: engines report to Ray',
  },
  {
    conditions: { newInference: true, statsOn: false },
    path: 'servers',
    message: 'metrics on Ray are off: the servers’ own /metrics',
  },
  {
    conditions: { asyncEngine: false },
    path: 'none',
    message: 'old inference path, synchronous engine: it drops enable_ray_prometheus_stats with a warning',
  },
  {
    conditions: { statsOn: true },
    path: 'ray',
    message: 'old inference path, asynchronous engine: engines report to Ray',
  },
  {
    conditions: {},
    path: 'none',
    message: 'old inference path with metrics on Ray off: its engines have no server of their own',
  },
];

/** The row of the table that holds. */
export function pathFor(facts: PathFacts): PathRow {
  const fits = ({ conditions }: PathRow): boolean =>
    (Object.keys(conditions) as (keyof PathFacts)[]).every((name) => conditions[name] === facts[name]);
  return pathTable.find(fits) ?? (pathTable[pathTable.length - 1] as PathRow);
}

export interface ExternalRow {
  hasProxy: boolean;
  hasServers: boolean;
  /** What SkyRL makes of it, with the line of its log that says so. */
  message: string;
}

/** The matrix of external URLs (research/metrics.md §5.3): SkyRL's `inference_servers/setup.py`. */
export const externalTable: readonly [ExternalRow, ...ExternalRow[]] = [
  {
    hasProxy: false,
    hasServers: false,
    message: 'SkyRL starts servers and a router of its own, which needs run_engines_locally=true.',
  },
  {
    hasProxy: true,
    hasServers: false,
    message:
      'SkyRL takes the proxy for data and control plane; its log says "Using external proxy for both data and control plane".',
  },
  {
    hasProxy: false,
    hasServers: true,
    message: 'SkyRL starts a router of its own over them; its log says "Created router over external servers".',
  },
  {
    hasProxy: true,
    hasServers: true,
    message: 'SkyRL generates through the proxy and controls the servers; its log says "Using fully external setup".',
  },
];

/** The row of the matrix for what is given. */
export function externalRow({ hasProxy, hasServers }: Pick<PathFacts, 'hasProxy' | 'hasServers'>): ExternalRow {
  return externalTable.find((row) => row.hasProxy === hasProxy && row.hasServers === hasServers) ?? externalTable[0];
}

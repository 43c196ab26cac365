/** The table from what a config says to where engine metrics are (docs/decisions.md, Where engine metrics are). */
import type { MetricsPath } from './types';

/** The environment variable that chooses between SkyRL's two inference paths. */
export const newInferenceVariable = '_SKYRL_USE_NEW_INFERENCE';

/** Whether the new path is on: unset, or `true`, `1` or `yes` in any case, as SkyRL reads it. */
export function usesNewInference(environment: Record<string, string | undefined>): boolean {
  return ['true', '1', 'yes'].includes((environment[newInferenceVariable] ?? '1').toLowerCase());
}

/** The facts that decide where engine metrics are. */
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

/** A row of the table: the first one whose conditions all hold applies. */
export interface PathRow {
  conditions: Partial<PathFacts>;
  path: MetricsPath;
  message: string;
}

/** The rows in order; together they cover every combination of facts. */
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

/** The row that applies to these facts. */
export function pathFor(facts: PathFacts): PathRow {
  const fits = ({ conditions }: PathRow): boolean =>
    (Object.keys(conditions) as (keyof PathFacts)[]).every((name) => conditions[name] === facts[name]);
  return pathTable.find(fits) ?? (pathTable[pathTable.length - 1] as PathRow);
}

/** What SkyRL does with one combination of external URLs. */
export interface ExternalRow {
  hasProxy: boolean;
  hasServers: boolean;
  /** What SkyRL does, and the line of its log that says so. */
  message: string;
}

/** What SkyRL does with external URLs (docs/decisions.md, External servers and proxies). */
const externalTable: readonly [ExternalRow, ...ExternalRow[]] = [
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

/** The row for these URLs. */
export function externalRow({ hasProxy, hasServers }: Pick<PathFacts, 'hasProxy' | 'hasServers'>): ExternalRow {
  return externalTable.find((row) => row.hasProxy === hasProxy && row.hasServers === hasServers) ?? externalTable[0];
}

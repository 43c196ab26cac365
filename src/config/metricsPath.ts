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
  servers: boolean;
  /** The URL of an external proxy is given. */
  proxy: boolean;
  local: boolean;
  newInference: boolean;
  asyncEngine: boolean;
  statsOn: boolean;
}

export interface PathRow {
  when: Partial<PathFacts>;
  path: MetricsPath;
  words: string;
}

/** The first row that fits holds; together they fit everything. */
export const pathTable: readonly [...PathRow[], PathRow] = [
  { when: { servers: true }, path: 'external-servers', words: 'external servers: each one’s own /metrics' },
  {
    when: { proxy: true },
    path: 'external-proxy',
    words: 'an external proxy: its /metrics; a router is not an engine',
  },
  { when: { local: false }, path: 'none', words: 'run_engines_locally is false and no external URL is given' },
  { when: { newInference: true, statsOn: true }, path: 'ray', words: 'new inference path: engines report to Ray' },
  {
    when: { newInference: true, statsOn: false },
    path: 'servers',
    words: 'metrics on Ray are off: the servers’ own /metrics',
  },
  {
    when: { asyncEngine: false },
    path: 'none',
    words: 'old inference path, synchronous engine: it drops enable_ray_prometheus_stats with a warning',
  },
  { when: { statsOn: true }, path: 'ray', words: 'old inference path, asynchronous engine: engines report to Ray' },
  {
    when: {},
    path: 'none',
    words: 'old inference path with metrics on Ray off: its engines have no server of their own',
  },
];

/** The row of the table that holds. */
export function pathFor(facts: PathFacts): PathRow {
  const fits = ({ when }: PathRow): boolean =>
    (Object.keys(when) as (keyof PathFacts)[]).every((name) => when[name] === facts[name]);
  return pathTable.find(fits) ?? (pathTable[pathTable.length - 1] as PathRow);
}

export interface ExternalRow {
  proxy: boolean;
  servers: boolean;
  /** What SkyRL makes of it, with the line of its log that says so. */
  words: string;
}

/** The matrix of external URLs (research/metrics.md §5.3): SkyRL's `inference_servers/setup.py`. */
export const externalTable: readonly [ExternalRow, ...ExternalRow[]] = [
  {
    proxy: false,
    servers: false,
    words: 'SkyRL starts servers and a router of its own, which needs run_engines_locally=true.',
  },
  {
    proxy: true,
    servers: false,
    words:
      'SkyRL takes the proxy for data and control plane; its log says "Using external proxy for both data and control plane".',
  },
  {
    proxy: false,
    servers: true,
    words: 'SkyRL starts a router of its own over them; its log says "Created router over external servers".',
  },
  {
    proxy: true,
    servers: true,
    words: 'SkyRL generates through the proxy and controls the servers; its log says "Using fully external setup".',
  },
];

/** The row of the matrix for what is given. */
export function externalRow({ proxy, servers }: Pick<PathFacts, 'proxy' | 'servers'>): ExternalRow {
  return externalTable.find((row) => row.proxy === proxy && row.servers === servers) ?? externalTable[0];
}

/** Whose series count: the session or the servers of this window's run, by evidence that can be said. */
import type { Finding } from '../api';
import type { Discovery } from '../discovery/discover';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { queryBatch, type BatchResult } from './batch';
import type { PrometheusClient } from './client';
import type { InstantSample } from './responseData';
import type { PrometheusError } from './errors';
import { engineQueries } from './engineTracker';
import { nameMatchers, instanceMatcher, sessionMatcher, indexSampleNames, type SeriesScope } from './scopes';

export interface RunSelection {
  scopes: SeriesScope[];
  /** In words. */
  matchReason: string;
  findings: Finding[];
  engineBatch: BatchResult<InstantSample>;
}

/** Host and port of a URL, as Prometheus's `instance` has them. */
export function instanceLabel(url: string): string {
  const { host, port, protocol } = new URL(url);
  return port === '' ? `${host}:${protocol === 'https:' ? '443' : '80'}` : host;
}

const isUrl = ({ url }: { url: string }): boolean => URL.canParse(url);

/** URLs of targets by the instance that Prometheus knows them as. */
export const targetsByInstance = ({ targets }: Discovery): Map<string, string> =>
  new Map(targets.filter(isUrl).map(({ url }) => [instanceLabel(url), url]));

export interface QueryOptions {
  catalogIndex: CatalogIndex;
  client: PrometheusClient;
  signal: AbortSignal;
  timeoutMs: number;
}

/** Names of a scope's series; what a server has of the past may be among them. */
export type ReadSampleNames = (matchers: readonly string[]) => Promise<string[]>;

async function scopeOf(
  catalogIndex: CatalogIndex,
  kind: SeriesScope['kind'],
  matchers: readonly string[],
  names: ReadSampleNames,
): Promise<SeriesScope | undefined> {
  const spelled = indexSampleNames(catalogIndex, kind, await names([nameMatchers[kind], ...matchers]));
  return spelled.names.size > 0 ? { kind, matchers, engineMatchers: [], sampleNames: spelled } : undefined;
}

/** The newest session among those that engines are scraped of. */
function newestSession({ itemsById }: BatchResult<InstantSample>): { session: string; others: number } | undefined {
  const newest = new Map<string, number>();
  for (const part of ['counters', 'gauges']) {
    for (const {
      labels: { SessionName: session },
      value = 0,
    } of itemsById.get(`who ${part}`) ?? [])
      if (session) newest.set(session, Math.max(value, newest.get(session) ?? 0));
  }
  // A session's name begins with its date.
  const [first] = [...newest.keys()].sort((a, b) => (a < b ? 1 : -1));
  return first === undefined ? undefined : { session: first, others: newest.size - 1 };
}

/**
 * Scopes of the run, and who is there at `at` (undefined: now). The Ray session that discovery names; else the newest that this Prometheus knows;
 * servers by their instances. Rejects with a PrometheusError where the server cannot say which names it has.
 */
export async function selectRunSeries(
  discovery: Discovery,
  session: string | undefined,
  names: ReadSampleNames,
  { catalogIndex, client, signal, timeoutMs }: QueryOptions,
  at?: number,
): Promise<RunSelection> {
  const servers = discovery.targets
    .filter((target) => target.kind !== 'ray' && isUrl(target))
    .map(({ url }) => instanceLabel(url));
  const anywhere = discovery.targets.length === 0 && session === undefined;
  const onRay =
    servers.length > 0 && servers.length === discovery.targets.length && session === undefined
      ? undefined
      : await scopeOf(catalogIndex, 'ray', session === undefined ? [] : [sessionMatcher(session)], names);
  const natively =
    servers.length > 0
      ? await scopeOf(catalogIndex, 'native', [instanceMatcher(servers)], names)
      : anywhere && !onRay
        ? await scopeOf(catalogIndex, 'native', [], names)
        : undefined;
  const words = [
    ...(onRay && session !== undefined ? [`SessionName is ${session}, as Ray says`] : []),
    ...(servers.length > 0 && natively ? [`instance is one of ${servers.join(', ')}, as discovery says`] : []),
    ...(anywhere && natively ? ['every vLLM server that this Prometheus scrapes: nothing names ours'] : []),
  ];
  let scopes = [onRay, natively].filter((scope): scope is SeriesScope => scope !== undefined);
  let who = await queryBatch(client, engineQueries(scopes), at, signal, timeoutMs);
  const findings: Finding[] = [];
  if (onRay && session === undefined) {
    const newest = newestSession(who);
    if (newest) {
      scopes = scopes.map((scope) =>
        scope === onRay ? { ...scope, matchers: [sessionMatcher(newest.session)] } : scope,
      );
      who = onlySession(who, newest.session);
      words.push(`SessionName is ${newest.session}, the newest that this Prometheus knows`);
      if (newest.others > 0)
        findings.push({
          id: 'prometheus-session',
          severity: 'warning',
          message: `Prometheus knows ${newest.others + 1} Ray sessions with engines; shown is the newest, ${newest.session}.`,
          advice: 'Ray’s dashboard tells which one is ours: skyrl.ray.dashboardUrl.',
        });
    }
  }
  const sought = [
    ...(session === undefined ? [] : [`SessionName ${session}`]),
    ...(servers.length > 0 ? [`instance ${servers.join(', ')}`] : []),
  ];
  return {
    scopes,
    engineBatch: who,
    findings,
    matchReason: words.join('; ') || `nothing fits: looked for ${sought.join('; ') || 'any vLLM engine'}`,
  };
}

function onlySession(who: BatchResult<InstantSample>, session: string): BatchResult<InstantSample> {
  const found = new Map(
    [...who.itemsById].map(([id, samples]) => [
      id,
      samples.filter(({ labels }) => labels['SessionName'] === undefined || labels['SessionName'] === session),
    ]),
  );
  return { ...who, itemsById: found };
}

/** The first failure of several, where all failed. */
export const failureOfAll = ({ failures, queryCount }: BatchResult<unknown>): PrometheusError | undefined =>
  queryCount > 0 && failures.length === queryCount ? failures[0] : undefined;

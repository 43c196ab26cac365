/**
 * Which series of a Prometheus are this run's: those of its Ray session, or of its servers, with the reason in words.
 */
import type { Finding } from '../api';
import type { Discovery } from '../discovery/discover';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { queryBatch, type BatchResult } from './batch';
import type { PrometheusClient } from './client';
import { chooseCopies, duplicateQueries, hasDuplicates } from './duplicateSeries';
import { engineQueries, engineSamples } from './engineQueries';
import type { PrometheusError } from './errors';
import type { InstantSample } from './responseData';
import { indexSampleNames, instanceMatcher, nameMatchers, sessionMatcher, type SeriesScope } from './scopes';

/** The series of a run. */
export interface RunSelection {
  /** Empty if the Prometheus has none. */
  scopes: SeriesScope[];
  /** Why these, or what was looked for. */
  matchReason: string;
  findings: Finding[];
  /** The answers of `engineQueries`. */
  engineBatch: BatchResult<InstantSample>;
}

/** Host and port of a URL, as Prometheus labels an instance. Throws for what is not a URL. */
export function instanceLabel(url: string): string {
  const { host, port, protocol } = new URL(url);
  return port === '' ? `${host}:${protocol === 'https:' ? '443' : '80'}` : host;
}

const hasValidUrl = ({ url }: { url: string }): boolean => URL.canParse(url);

/** URLs of the discovered targets by `instance`. */
export const targetsByInstance = ({ targets }: Discovery): Map<string, string> =>
  new Map(targets.filter(hasValidUrl).map(({ url }) => [instanceLabel(url), url]));

/** How queries are made. */
export interface QueryOptions {
  catalogIndex: CatalogIndex;
  client: PrometheusClient;
  signal: AbortSignal;
  timeoutMs: number;
  /** How often this Prometheus scrapes, in ms. */
  intervalMs: number;
}

/** Reads the names of series that match; names of series that have ended may be among them. */
export type ReadSampleNames = (matchers: readonly string[]) => Promise<string[]>;

/** The series of one kind that match; undefined if there are none. */
async function scopeOf(
  catalogIndex: CatalogIndex,
  kind: SeriesScope['kind'],
  matchers: readonly string[],
  readNames: ReadSampleNames,
): Promise<SeriesScope | undefined> {
  const sampleNames = indexSampleNames(catalogIndex, kind, await readNames([nameMatchers[kind], ...matchers]));
  return sampleNames.names.size > 0 ? { kind, matchers, engineMatchers: [], sampleNames } : undefined;
}

/** The newest of the sessions that engines have, and how many others there are. */
function newestSession(engineBatch: BatchResult<InstantSample>): { session: string; others: number } | undefined {
  const sessions = new Set(engineSamples(engineBatch).flatMap(({ labels }) => labels['SessionName'] || []));
  // A session's name begins with its date.
  const newest = [...sessions].sort().at(-1);
  return newest === undefined ? undefined : { session: newest, others: sessions.size - 1 };
}

/** The answers about engines of one session, and about engines on servers, which have none. */
function withoutOtherSessions(engineBatch: BatchResult<InstantSample>, session: string): BatchResult<InstantSample> {
  const itemsById = new Map(
    [...engineBatch.itemsById].map(([id, samples]) => [
      id,
      samples.filter(({ labels }) => labels['SessionName'] === undefined || labels['SessionName'] === session),
    ]),
  );
  return { ...engineBatch, itemsById };
}

const severalSessions = (count: number, session: string): Finding => ({
  id: 'prometheus-session',
  severity: 'warning',
  message: `Prometheus knows ${count} Ray sessions with engines; shown is the newest, ${session}.`,
  advice: 'Ray’s dashboard tells which one is ours: skyrl.ray.dashboardUrl.',
});

const severalCopies = (count: number): Finding => ({
  id: 'prometheus-copies',
  severity: 'warning',
  message: `Prometheus has ${count} ${count === 1 ? 'engine' : 'engines'} several times, and no label tells the copies of all engines apart: sums count them several times.`,
  advice: 'Let one job scrape each target, or ask a Prometheus that removes duplicates.',
});

/**
 * Selects the series of the run, and asks for its engines at `at` (Unix ms; undefined: now). On Ray they are those of
 * `session`, or of the newest session if none is known; natively those of the servers in `discovery`. Rejects with a
 * PrometheusError if the server cannot say which names it has.
 */
export async function selectRunSeries(
  discovery: Discovery,
  session: string | undefined,
  readNames: ReadSampleNames,
  { catalogIndex, client, signal, timeoutMs, intervalMs }: QueryOptions,
  at?: number,
): Promise<RunSelection> {
  const instances = discovery.targets
    .filter((target) => target.kind !== 'ray' && hasValidUrl(target))
    .map(({ url }) => instanceLabel(url));
  const onlyServers = instances.length > 0 && instances.length === discovery.targets.length && session === undefined;
  const nothingKnown = discovery.targets.length === 0 && session === undefined;
  const rayScope = onlyServers
    ? undefined
    : await scopeOf(catalogIndex, 'ray', session === undefined ? [] : [sessionMatcher(session)], readNames);
  const nativeScope =
    instances.length > 0
      ? ((await scopeOf(catalogIndex, 'native', [instanceMatcher(instances)], readNames)) ??
        (await scopeOf(catalogIndex, 'native', [instanceMatcher(instances, 'exported_instance')], readNames)))
      : nothingKnown && !rayScope
        ? await scopeOf(catalogIndex, 'native', [], readNames)
        : undefined;
  const reasons = [
    ...(rayScope && session !== undefined ? [`SessionName is ${session}, as Ray says`] : []),
    ...(instances.length > 0 && nativeScope
      ? [
          `${nativeScope.matchers.some((matcher) => matcher.startsWith('exported_')) ? 'exported_instance' : 'instance'} is one of ${instances.join(', ')}, as discovery says`,
        ]
      : []),
    ...(nothingKnown && nativeScope ? ['every vLLM server that this Prometheus scrapes: nothing names ours'] : []),
  ];
  let scopes = [rayScope, nativeScope].filter((scope): scope is SeriesScope => scope !== undefined);
  const queries = [...engineQueries(scopes), ...duplicateQueries(scopes)];
  let engineBatch = await queryBatch(client, queries, at, signal, timeoutMs);
  const findings: Finding[] = [];
  const newest = rayScope && session === undefined ? newestSession(engineBatch) : undefined;
  if (newest) {
    const matchers = [sessionMatcher(newest.session)];
    scopes = scopes.map((scope) => (scope === rayScope ? { ...scope, matchers } : scope));
    engineBatch = withoutOtherSessions(engineBatch, newest.session);
    reasons.push(`SessionName is ${newest.session}, the newest that this Prometheus knows`);
    if (newest.others > 0) findings.push(severalSessions(newest.others + 1, newest.session));
  }
  const withCopies = engineBatch;
  scopes = await Promise.all(
    scopes.map(async (scope) => {
      if (!hasDuplicates(scope, withCopies)) return scope;
      const { matchers, duplicated } = await chooseCopies(scope, { client, intervalMs, at, signal, timeoutMs });
      if (matchers.length > 0) reasons.push(`of several copies those with ${matchers.join(', ')}`);
      if (duplicated > 0) findings.push(severalCopies(duplicated));
      return { ...scope, copyMatchers: matchers };
    }),
  );
  const sought = [
    ...(session === undefined ? [] : [`SessionName ${session}`]),
    ...(instances.length > 0 ? [`instance ${instances.join(', ')}`] : []),
  ];
  const matchReason = reasons.join('; ') || `nothing fits: looked for ${sought.join('; ') || 'any vLLM engine'}`;
  return { scopes, engineBatch, findings, matchReason };
}

/** The first failure of a batch whose queries all failed; undefined for any other batch. */
export const failureOfAll = ({ failures, queryCount }: BatchResult<unknown>): PrometheusError | undefined =>
  queryCount > 0 && failures.length === queryCount ? failures[0] : undefined;

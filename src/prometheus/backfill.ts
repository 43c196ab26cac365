/** The past of a run from Prometheus: what the chart shows of the time before this VS Code window scraped. */
import type { Discovery } from '../discovery/discover';
import type { BackfilledPast } from '../history/backfillHistory';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { aggregateQueries, alwaysShownIds, subjectQueries } from './backfillQueries';
import { toSnapshots, type NamedEngine } from './backfillSnapshots';
import { toWorkReadings } from './backfillWork';
import { queryRangeBatch } from './batch';
import type { PrometheusClient, RangeOptions } from './client';
import type { QueryContext } from './expressions';
import { defaultIntervalMs, rateWindowFor } from './queryRanges';
import { selectRunSeries, targetsByInstance, type ReadSampleNames } from './runSelector';
import { workQueries, workSeriesPerEngine } from './workQueries';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const minStepMs = 10_000;
/** Points of single engines that are read at most; with more, only aggregates are. */
const maxSubjectPoints = 250_000;

/** Which past of which run is read. */
export interface BackfillOptions {
  catalogIndex: CatalogIndex;
  client: PrometheusClient;
  /** How often it scrapes, in ms; undefined if it does not say. */
  intervalMs: number | undefined;
  discovery: Discovery;
  session: string | undefined;
  /** Unix ms; from this moment on. */
  from: number;
  /** Unix ms; before this moment. */
  to: number;
  /** The engines that are there, with their names. */
  engines: readonly NamedEngine[];
  signal: AbortSignal;
  /** Per query. */
  timeoutMs: number;
  /** Called with a sentence about what is missing. */
  warn: (message: string) => void;
}

/** A range with one step. */
interface BackfillSpan extends RangeOptions {
  /** Whether single engines are read too. */
  withSubjects: boolean;
  /** Whether their work is, which rollouts are found in. */
  withWork: boolean;
}

/**
 * The last hour at the pace of scrapes, and what is older by the minute. The last hour comes first: it matters most.
 */
function spansOf(from: number, to: number, intervalMs: number, engineCount: number): BackfillSpan[] {
  const stepMs = Math.max(intervalMs, minStepMs);
  const recentFrom = Math.max(from, to - hourMs);
  const subjectPoints = engineCount * alwaysShownIds.size * (hourMs / stepMs);
  const hasRoom = (range: RangeOptions): boolean =>
    (engineCount * workSeriesPerEngine * (range.to - range.from)) / range.stepMs <= maxSubjectPoints;
  const recent = {
    // Steps count back from `to`, which is the first live snapshot.
    from: to - stepMs * Math.floor((to - recentFrom) / stepMs),
    to: to - stepMs,
    stepMs,
    withSubjects: subjectPoints <= maxSubjectPoints,
  };
  const older = {
    from: recentFrom - minuteMs * Math.floor((recentFrom - from) / minuteMs),
    to: recentFrom - minuteMs,
    stepMs: minuteMs,
    withSubjects: false,
  };
  return [recent, older].filter((span) => span.from <= span.to).map((span) => ({ ...span, withWork: hasRoom(span) }));
}

/**
 * Snapshots and the engines' work in the order of time; empty if this Prometheus has nothing of the run. Single engines
 * have the rows that are always shown, in the last hour. If older hours cannot be read, the last one is kept. Rejects
 * with a PrometheusError if nothing can be read.
 */
export async function fetchBackfill({
  catalogIndex,
  client,
  intervalMs = defaultIntervalMs,
  discovery,
  session,
  from,
  to,
  engines,
  signal,
  timeoutMs,
  warn,
}: BackfillOptions): Promise<BackfilledPast> {
  const readNames: ReadSampleNames = (matchers) =>
    client.labelValues('__name__', [`{${matchers.join(',')}}`], signal, from);
  const { scopes } = await selectRunSeries(discovery, session, readNames, {
    catalogIndex,
    client,
    signal,
    timeoutMs,
    intervalMs,
  });
  // Series that nothing ties to this run may be another run's, and would become its past.
  if (scopes.length === 0 || scopes.some(({ matchers }) => matchers.length === 0))
    return { snapshots: [], readings: [] };
  const rateWindowMs = rateWindowFor(intervalMs);
  const context: QueryContext = { catalogIndex, scopes, rateWindowMs };
  const targetUrls = targetsByInstance(discovery);
  let past: BackfilledPast | undefined;
  for (const { withSubjects, withWork, ...range } of spansOf(from, to, intervalMs, engines.length)) {
    const queries = [
      ...aggregateQueries(context),
      ...(withSubjects ? subjectQueries(context) : []),
      ...(withWork ? workQueries(catalogIndex, scopes) : []),
    ];
    const batch = await queryRangeBatch(client, queries, range, signal, timeoutMs);
    const [failure] = batch.failures;
    if (!failure)
      past = {
        snapshots: [...toSnapshots(batch, rateWindowMs, engines, targetUrls), ...(past?.snapshots ?? [])],
        readings: [...toWorkReadings(batch, { intervalMs, engines, targetUrls }), ...(past?.readings ?? [])],
      };
    else if (!past) throw failure;
    else warn(`Prometheus could not give what is older than an hour: ${failure.message}`);
  }
  return past ?? { snapshots: [], readings: [] };
}

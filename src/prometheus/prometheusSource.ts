/** Prometheus as the source of snapshots: instant queries, aggregated by the server. No target is scraped. */
import type { EvaluationContext, SnapshotSource, SourceRequest, SourceResult } from '../collector/snapshotSource';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { joinBatches, queryBatch } from './batch';
import type { PrometheusClient } from './client';
import { readTotals } from './engineQueries';
import { PrometheusError, toPrometheusError } from './errors';
import { failedEvidence, toPrometheusEvidence, type PrometheusEvidence } from './prometheusEvidence';
import { LastSampleCache } from './lastSample';
import { findPrometheusRun, queryTimeoutMs, type PrometheusLookups, type PrometheusRun } from './prometheusRun';
import { PrometheusSnapshotBuilder } from './prometheusSnapshotBuilder';
import { defaultIntervalMs } from './queryRanges';
import { failureOfAll } from './runSelector';
import { SampleNameCache } from './sampleNameCache';
import { snapshotQueries } from './snapshotQueries';
import { failureReport, runReport } from './sourceReport';
import { SubjectQuerier } from './subjectBatch';

/** Which Prometheus is asked. */
export interface PrometheusSourceOptions {
  catalogIndex: CatalogIndex;
  /** Throws a PrometheusError that says why there is none. */
  getClient: () => PrometheusClient;
  /** How often the server scrapes, in ms; undefined if it does not say. */
  readIntervalMs: () => Promise<number | undefined>;
  /** Unix ms. */
  now: () => number;
}

/** Asks one Prometheus for the snapshots of a run. */
export class PrometheusSource implements SnapshotSource<PrometheusEvidence> {
  /** Load averages by node, as the dashboard reports them. */
  private readonly loads = new Map<string, number>();
  private readonly lookups: PrometheusLookups;
  /** By the address of the server. */
  private readonly subjectQueriers = new Map<string, SubjectQuerier>();
  private snapshotBuilder: PrometheusSnapshotBuilder;

  constructor(private readonly options: PrometheusSourceOptions) {
    const { now } = options;
    this.lookups = { sampleNames: new SampleNameCache(now), lastSamples: new LastSampleCache(now) };
    this.snapshotBuilder = this.newSnapshotBuilder();
  }

  /** Forgets the snapshots of another run. */
  reset(): void {
    this.subjectQueriers.clear();
    this.snapshotBuilder = this.newSnapshotBuilder();
  }

  forgetFailures(): void {
    this.lookups.sampleNames.clear();
    this.lookups.lastSamples.clear();
  }

  /** Finds the run. A failure is part of the evidence. */
  async collect(request: SourceRequest): Promise<PrometheusEvidence> {
    let url = 'Prometheus';
    try {
      const client = this.options.getClient();
      url = client.base;
      const intervalMs = (await this.options.readIntervalMs()) ?? defaultIntervalMs;
      const run = await findPrometheusRun(this.options.catalogIndex, client, request, intervalMs, this.lookups);
      return toPrometheusEvidence(request.discovery, url, run);
    } catch (error) {
      request.signal.throwIfAborted();
      return failedEvidence(request.discovery, url, toPrometheusError(error));
    }
  }

  /** Queries the run and builds its snapshot. A failure is part of the report. */
  async evaluate({ url, run, failure }: PrometheusEvidence, context: EvaluationContext): Promise<SourceResult> {
    if (!run) return this.failedResult(url, failure, context);
    if (run.scrapedEngines.size === 0)
      return {
        snapshot: this.snapshotBuilder.buildEmpty(url, run, context),
        report: runReport(url, run, undefined, this.options.now()),
        engineCounters: undefined,
      };
    try {
      return await this.queryRun(this.clientOf(url), run, context);
    } catch (error) {
      context.signal.throwIfAborted();
      return this.failedResult(url, toPrometheusError(error), context);
    }
  }

  private async queryRun(
    client: PrometheusClient,
    run: PrometheusRun,
    context: EvaluationContext,
  ): Promise<SourceResult> {
    const { now, catalogIndex } = this.options;
    const url = client.base;
    const startedAt = now();
    const ranges = this.snapshotBuilder.rangesFor(run, startedAt);
    const { signal } = context;
    const { common, bySubject } = snapshotQueries(catalogIndex, run, context, ranges);
    const timeoutMs = queryTimeoutMs(context.timeoutMs);
    const batch = joinBatches(
      await Promise.all([
        queryBatch(client, common, run.at, signal, timeoutMs),
        this.subjectQuerierOf(url).query(bySubject, { client, at: run.at, signal, timeoutMs }),
      ]),
    );
    signal.throwIfAborted();
    const endedAt = now();
    const failure = failureOfAll(batch);
    return {
      snapshot: failure
        ? this.snapshotBuilder.buildFailed(url, failure, context)
        : this.snapshotBuilder.build(url, run, { batch, ranges, tookMs: endedAt - startedAt, endedAt }, context),
      report: runReport(url, run, batch, endedAt),
      engineCounters: { url, at: run.at, engines: readTotals(batch, run.targetUrls) },
    };
  }

  /**
   * The client of the server that gave the evidence. Throws a PrometheusError if the settings name another one by now.
   */
  private clientOf(url: string): PrometheusClient {
    const client = this.options.getClient();
    if (client.base !== url) throw new PrometheusError('other', 'Its address was changed during the scrape.');
    return client;
  }

  private subjectQuerierOf(url: string): SubjectQuerier {
    const querier = this.subjectQueriers.get(url) ?? new SubjectQuerier();
    this.subjectQueriers.set(url, querier);
    return querier;
  }

  private newSnapshotBuilder(): PrometheusSnapshotBuilder {
    return new PrometheusSnapshotBuilder(this.options.catalogIndex, this.loads);
  }

  private failedResult(url: string, failure: PrometheusError, context: EvaluationContext): SourceResult {
    return {
      snapshot: this.snapshotBuilder.buildFailed(url, failure, context),
      report: failureReport(url, failure),
      engineCounters: undefined,
    };
  }
}

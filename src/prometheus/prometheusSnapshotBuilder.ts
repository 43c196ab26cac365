/** Snapshots from a Prometheus's answers, scrape after scrape of one run. */
import type { Engine, Measure, Snapshot, TargetReport } from '../api';
import type { EvaluationContext } from '../collector/snapshotSource';
import { presentRollout } from '../collector/presentRollout';
import { Diagnosis } from '../diagnosis/diagnosis';
import { limitFindings } from '../diagnosis/limitFindings';
import { backendOf } from '../discovery/rayBackend';
import { catalogRow } from '../metrics/catalog';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { isLiving } from '../metrics/engineState';
import type { BatchResult } from './batch';
import { noActivity, readEngineActivity } from './engineActivity';
import { readTotals } from './engineQueries';
import { EngineTracker } from './engineTracker';
import type { PrometheusError } from './errors';
import { forgetEngines, forgetSleep, newLastValues, sleepingEngines, updateLastValues } from './lastValues';
import { computeMeasures } from './measures';
import type { PrometheusRun } from './prometheusRun';
import { defaultIntervalMs, queryRangesFor, type PreviousSnapshot, type QueryRanges } from './queryRanges';
import type { InstantSample } from './responseData';
import { readSkyrlValues } from './skyrlValueQueries';
import { toParts } from './snapshotParts';
import { batchFindings, describeError } from './sourceReport';
import { PrometheusWorkReader } from './workReader';

/** The answers to a snapshot's queries. */
export interface QueriedRun {
  batch: BatchResult<InstantSample>;
  ranges: QueryRanges;
  tookMs: number;
  /** When the last answer came, Unix ms. */
  endedAt: number;
}

const serverReport = (url: string, report: Pick<TargetReport, 'state'> & Partial<TargetReport>): TargetReport => ({
  url,
  kind: 'other',
  about: 'Prometheus',
  bytes: 0,
  samples: 0,
  tookMs: 0,
  ...report,
});

/** Turns the answers about one run into snapshots; remembers what the next snapshot depends on. */
export class PrometheusSnapshotBuilder {
  private readonly engines = new EngineTracker();
  private readonly diagnosis = new Diagnosis();
  private readonly lastValues = newLastValues();
  private readonly workReader = new PrometheusWorkReader();
  private previous: PreviousSnapshot | undefined;

  /** `loads`: load averages by node, which outlast a run. */
  constructor(
    private readonly catalogIndex: CatalogIndex,
    private readonly loads: Map<string, number>,
  ) {}

  /** How far back the queries of the next snapshot reach. `now`: Unix ms. */
  rangesFor({ at, intervalMs }: PrometheusRun, now: number): QueryRanges {
    return queryRangesFor({ at, now, intervalMs }, this.previous);
  }

  /** The snapshot of a run whose queries were answered, at least in part. */
  build(url: string, run: PrometheusRun, queried: QueriedRun, context: EvaluationContext): Snapshot {
    const { at, engineBatch, scrapedEngines, targetUrls, scopes } = run;
    const { batch, tookMs, endedAt } = queried;
    const { rateWindowMs, lastValueRangeMs, valuesFrom } = queried.ranges;
    updateLastValues(this.catalogIndex, this.lastValues, batch, { at, rangeMs: lastValueRangeMs, targetUrls });
    this.previous = { at, valuesFrom };
    for (const [node, [load]] of context.loads ?? []) this.loads.set(node, load);

    const tracked = this.trackEngines(run, queried, context);
    forgetEngines(this.lastValues, this.engines.endedKeys);
    const livingKeys = new Set(tracked.filter(isLiving).map(({ id }) => id));
    const presentKeys = new Set([...scrapedEngines.keys()].filter((key) => livingKeys.has(key)));
    const backend = backendOf(context.rayVersion);
    const { measures, bySubject, distributions } = computeMeasures({
      catalogIndex: this.catalogIndex,
      batch,
      at,
      rateWindowMs,
      targetUrls,
      nodes: this.lastValues.nodes,
      livingEngineKeys: livingKeys,
      stickyMeasures: this.stickyMeasures(presentKeys, at),
      rebuiltSums: backend !== undefined && backend !== 'opencensus',
    });
    const engines = tracked.map((engine): Engine => {
      const config = this.lastValues.configs.get(engine.id);
      return { ...engine, measures: bySubject.get(engine.id) ?? {}, ...(config && { config }) };
    });
    const parts = toParts(bySubject, this.lastValues.nodes);
    const { phase, tellsPhase } = this.lastValues;
    const { present, all: rollouts } =
      context.trackWork?.(
        this.workReader.read({
          at,
          engines,
          scrapedEngines,
          totals: readTotals(batch, targetUrls),
          missingIsIdle: backend === 'open-telemetry',
          phase: phase?.name ?? (tellsPhase ? '' : undefined),
          generationRate: measures['generation_throughput_tok_s']?.value,
        }),
      ) ?? {};
    const renamedFamilies = new Set(scopes.flatMap(({ sampleNames }) => [...sampleNames.renamedFamilies]));
    const diagnosed = this.diagnosis.findings({
      now: at,
      engines,
      trackedEngines: this.engines.trackedEngines(engines, renamedFamilies, tellsPhase),
      measures,
      parts,
      phase,
      targets: [],
      expectedEngines: context.expectedEngines,
      rayVersion: context.rayVersion,
      ...(rollouts && { rollouts }),
    });
    return {
      at,
      window: { from: valuesFrom, to: at },
      trigger: context.trigger,
      source: { kind: 'prometheus', url },
      values: readSkyrlValues(this.catalogIndex, batch),
      measures,
      sinceStart: {},
      engines,
      targets: [
        serverReport(url, {
          state: 'ok',
          bytes: engineBatch.bytes + batch.bytes,
          samples: engineBatch.sampleCount + batch.sampleCount,
          tookMs,
        }),
      ],
      findings: limitFindings([
        ...context.findings,
        ...run.findings,
        ...batchFindings(batch, at - endedAt),
        ...diagnosed,
      ]),
      ...(Object.keys(distributions).length > 0 && { distributions }),
      ...(phase && { phase }),
      ...(parts.length > 0 && { parts }),
      ...presentRollout(present),
    };
  }

  /** The snapshot of a run that this Prometheus has no series of. */
  buildEmpty(url: string, { engineBatch, matchReason, findings }: PrometheusRun, context: EvaluationContext): Snapshot {
    const { bytes, sampleCount: samples } = engineBatch;
    const report = serverReport(url, { about: `Prometheus (${matchReason})`, state: 'empty', bytes, samples });
    return this.withoutMeasures(url, report, { ...context, findings: [...context.findings, ...findings] });
  }

  /** The snapshot of a server that did not answer: its engines stay, their measures do not. */
  buildFailed(url: string, failure: PrometheusError, context: EvaluationContext): Snapshot {
    return this.withoutMeasures(url, serverReport(url, { state: 'failed', error: describeError(failure) }), context);
  }

  private withoutMeasures(url: string, report: TargetReport, context: EvaluationContext): Snapshot {
    const { trigger, now, actors, otherWorkers, names, findings } = context;
    const engines = this.engines.update({
      ...noActivity,
      answered: false,
      at: now,
      scrapedEngines: new Map(),
      activityRangeMs: 0,
      intervalMs: defaultIntervalMs,
      actors,
      otherWorkers,
      names,
    });
    return {
      at: now,
      window: undefined,
      trigger,
      source: { kind: 'prometheus', url },
      values: {},
      measures: {},
      sinceStart: {},
      findings: [...findings],
      // A server that says nothing does not say that an engine is gone.
      engines: engines.map((engine) => (engine.state === 'gone' ? { ...engine, state: 'silent' } : engine)),
      targets: [report],
    };
  }

  private trackEngines(
    { at, scrapedEngines, targetUrls, intervalMs }: PrometheusRun,
    { batch, ranges: { activityRangeMs } }: QueriedRun,
    { actors, otherWorkers, names }: EvaluationContext,
  ): Engine[] {
    const activity = readEngineActivity(batch, targetUrls, sleepingEngines(this.lastValues));
    forgetSleep(this.catalogIndex, this.lastValues, activity.movedKeys);
    return this.engines.update({
      ...activity,
      answered: true,
      at,
      scrapedEngines,
      activityRangeMs,
      intervalMs,
      actors,
      otherWorkers,
      names,
    });
  }

  /**
   * Values that are set once, by row and subject; those of engines only for engines that are there. Load averages come
   * from the dashboard.
   */
  private stickyMeasures(presentKeys: ReadonlySet<string>, at: number): Map<string, Map<string, Measure>> {
    const measures = new Map<string, Map<string, Measure>>();
    for (const [rowId, bySubject] of this.lastValues.measures) {
      const isOfEngines = catalogRow(rowId).subject === 'engine';
      measures.set(rowId, new Map([...bySubject].filter(([key]) => !isOfEngines || presentKeys.has(key))));
    }
    const loads = [...this.loads].map(([node, value]) => [`node ${node}`, { value, to: at }] as const);
    return measures.set('node_load', new Map(loads));
  }
}

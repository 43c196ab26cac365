/** Prometheus as the source: a snapshot from one batch of instant queries, aggregated there. Nothing is asked of the targets. */
import type { Engine, Finding, Part, Snapshot } from '../api';
import { backendOf } from '../discovery/rayBackend';
import { catalogRow } from '../metrics/catalog';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { Diagnosis } from '../diagnosis/diagnosis';
import { isLiving } from '../metrics/engineState';
import { subjectName } from '../metrics/nonEngineSubjects';
import type {
  RoundContext,
  SourceRequest,
  SourceResponse as SeenRun,
  SnapshotSource,
  SourceReport,
} from '../collector/snapshotSource';
import { formatDuration } from '../shared/format';
import { queryBatch, type BatchResult } from './batch';
import type { PrometheusClient } from './client';
import { durationText, type InstantSample } from './responseData';
import {
  activityQueries,
  EngineTracker,
  readScrapedEngines,
  totalQueries,
  totalsIn,
  type ScrapedEngine,
} from './engineTracker';
import { toPrometheusError, type PrometheusError } from './errors';
import type { NamedQuery } from './expressions';
import { lastValueQueries, newLastValues, updateLastValues } from './lastValues';
import { skyrlValueQueries, readSkyrlValues } from './skyrlValueQueries';
import { computeMeasures, measureQueries, type PrometheusMeasures } from './measures';
import { sampleSubjectKey, excludeWorkersMatcher } from './scopes';
import {
  failureOfAll,
  targetsByInstance,
  selectRunSeries,
  type ReadSampleNames,
  type RunSelection,
} from './runSelector';

/** Of Prometheus, where it does not say. */
export const usualIntervalMs = 15_000;
/** A name that comes is noticed within it. */
const namesEveryMs = 60_000;
const firstRangeMs = 6 * 3_600_000;
const leastTimeoutMs = 15_000;
/** So far ahead or behind is another clock, not a slow network. */
const clocksApartMs = 30_000;
const oldestMs = 24 * 3_600_000;

export interface PrometheusSourceOptions {
  catalogIndex: CatalogIndex;
  /** Throws a PrometheusError that says why there is none. */
  getClient: () => PrometheusClient;
  /** How often it scrapes, in ms. */
  readIntervalMs: () => Promise<number | undefined>;
  now: () => number;
}

/** What a round found before it measures. */
interface RunContext extends RunSelection {
  client: PrometheusClient;
  /** The newest sample of the run. */
  at: number;
  scrapedEngines: Map<string, ScrapedEngine>;
  targetUrls: Map<string, string>;
  intervalMs: number;
}

/** How far back questions reach, in ms: rates, what moves, what is set once; and where SkyRL's window begins, in Unix ms. */
interface QueryRanges {
  rateWindowMs: number;
  activityRangeMs: number;
  lastValueRangeMs: number;
  from: number;
}

interface QueriedRound {
  batch: BatchResult<InstantSample>;
  ranges: QueryRanges;
  /** Families under old names. */
  renamedFamilies: ReadonlySet<string>;
  tookMs: number;
}

/** All of one snapshot. Workers that have ended or are another run's are in no measure; what SkyRL logs counts them in. */
function questions(
  catalogIndex: CatalogIndex,
  { at, scrapedEngines, scopes: all }: RunContext,
  { actors, otherWorkers }: RoundContext,
  { rateWindowMs, activityRangeMs, lastValueRangeMs, from }: QueryRanges,
): { pieces: NamedQuery[]; renamed: Set<string> } {
  const ended = [...scrapedEngines.keys()].filter((key) => actors?.get(key)?.state === 'DEAD' || otherWorkers.has(key));
  const scopes = all.map((scope) =>
    scope.kind === 'ray' && ended.length > 0 ? { ...scope, engineMatchers: [excludeWorkersMatcher(ended)] } : scope,
  );
  return {
    pieces: [
      ...measureQueries({ catalogIndex, scopes, rateWindowMs }),
      ...activityQueries(scopes, durationText(activityRangeMs), durationText(rateWindowMs)),
      ...totalQueries(scopes),
      ...lastValueQueries(catalogIndex, scopes, durationText(lastValueRangeMs)),
      ...skyrlValueQueries(catalogIndex, all, durationText(at - from)),
    ],
    renamed: new Set(scopes.flatMap(({ sampleNames }) => [...sampleNames.renamedFamilies])),
  };
}

export class PrometheusSource implements SnapshotSource {
  private engines = new EngineTracker();
  private diagnosis = new Diagnosis();
  private lastValues = newLastValues();
  private hasLastValues = false;
  private loads = new Map<string, number>();
  /** When the snapshot before was, and what its `values` ran from. */
  private previous: { at: number; from: number } | undefined;
  private names = new Map<string, { at: number; names: Promise<string[]> }>();

  constructor(private readonly options: PrometheusSourceOptions) {}

  reset(): void {
    this.engines = new EngineTracker();
    this.diagnosis = new Diagnosis();
    this.lastValues = newLastValues();
    this.hasLastValues = false;
    this.previous = undefined;
  }

  forgetFailures(): void {
    this.names.clear();
  }

  async collect(looking: SourceRequest): Promise<SeenRun> {
    const { discovery, signal } = looking;
    try {
      const found = await this.find(looking);
      const labels = [...found.scrapedEngines.values()].map(({ labels: own }) => own);
      const seen: SeenRun = {
        discovery,
        answers: [],
        errors: new Map(),
        sourceReport: reportOf(found, this.options.now()),
        sessions: new Set(labels.flatMap(({ SessionName }) => SessionName ?? [])),
        rayVersion: labels.find(({ Version }) => Version)?.['Version'],
        models: new Map(
          labels.flatMap(({ WorkerId, model_name: model }) => (WorkerId && model ? [[WorkerId, model] as const] : [])),
        ),
        measure: (known) =>
          this.measure(found, known, looking, (batch) => {
            const { failures, queryCount } = batch;
            const [failure] = failures;
            const state = failures.length === queryCount ? 'failed' : 'partial';
            if (failure)
              seen.sourceReport = {
                url: found.client.base,
                matchReason: found.matchReason,
                state,
                message: describeError(failure),
              };
            seen.engineCounters = { url: found.client.base, at: found.at, engines: totalsIn(batch, found.targetUrls) };
          }),
      };
      return seen;
    } catch (error) {
      signal.throwIfAborted();
      const failure = toPrometheusError(error);
      const url = this.url;
      return {
        discovery,
        answers: [],
        errors: new Map(),
        sessions: new Set(),
        rayVersion: undefined,
        models: new Map(),
        sourceReport: { url, state: 'failed', message: describeError(failure), matchReason: '' },
        measure: async (known) => this.failedSnapshot(known, url, failure),
      };
    }
  }

  private get url(): string {
    try {
      return this.options.getClient().base;
    } catch {
      return 'Prometheus';
    }
  }

  private async find({ discovery, session, signal, timeoutMs }: SourceRequest): Promise<RunContext> {
    const client = this.options.getClient();
    const asking = {
      catalogIndex: this.options.catalogIndex,
      client,
      signal,
      timeoutMs: Math.max(leastTimeoutMs, timeoutMs),
    };
    const names: ReadSampleNames = (matchers) => this.namesOf(client, `{${matchers.join(',')}}`, signal);
    const known = targetsByInstance(discovery);
    const intervalMs = (await this.options.readIntervalMs()) ?? usualIntervalMs;
    let whose = await selectRunSeries(discovery, session, names, asking);
    throwIfAllFailed(whose.engineBatch);
    let seen = readScrapedEngines(whose.engineBatch, known);
    if (seen.size === 0 && whose.scopes.length > 0) {
      const last = await this.lastTime(whose, asking);
      if (last !== undefined) whose = await selectRunSeries(discovery, session, names, asking, last);
      seen = readScrapedEngines(whose.engineBatch, known);
    }
    const at = Math.max(...[...seen.values()].map((one) => one.at));
    return { ...whose, client, scrapedEngines: seen, targetUrls: known, intervalMs, at };
  }

  /** When this run was scraped last, where that is longer ago than Prometheus looks back by itself. */
  private async lastTime(
    { scopes }: RunSelection,
    { client, signal, timeoutMs }: { client: PrometheusClient; signal: AbortSignal; timeoutMs: number },
  ): Promise<number | undefined> {
    const series = scopes.flatMap((scope) =>
      [...(scope.sampleNames.names.get('generation_tokens counter') ?? [])].map(
        (name) => `${name}{${scope.matchers.join(',')}}`,
      ),
    );
    if (series.length === 0) return undefined;
    const times = series
      .map((one) => `max_over_time(max(timestamp(${one}))[${durationText(oldestMs)}:4m])`)
      .join(' or ');
    const { data } = await client.query(`max(${times})`, undefined, signal, timeoutMs);
    const value = data.type === 'vector' ? data.samples[0]?.value : undefined;
    return value === undefined ? undefined : Math.round(value * 1000);
  }

  private namesOf(client: PrometheusClient, match: string, signal: AbortSignal): Promise<string[]> {
    const key = `${client.base} ${match}`;
    const known = this.names.get(key);
    const now = this.options.now();
    if (known && now - known.at < namesEveryMs && now >= known.at) return known.names;
    const names = client.labelValues('__name__', [match], signal);
    this.names.set(key, { at: now, names });
    names.catch(() => this.names.delete(key));
    return names;
  }

  private async measure(
    found: RunContext,
    known: RoundContext,
    { signal, timeoutMs }: SourceRequest,
    tell: (batch: BatchResult<InstantSample>) => void,
  ): Promise<Snapshot> {
    if (found.scrapedEngines.size === 0) return this.emptySnapshot(found, known);
    const begun = this.options.now();
    const spans = this.rangesFor(found);
    const { pieces, renamed } = questions(this.options.catalogIndex, found, known, spans);
    const batch = await queryBatch(found.client, pieces, found.at, signal, Math.max(leastTimeoutMs, timeoutMs));
    signal.throwIfAborted();
    tell(batch);
    const failure = failureOfAll(batch);
    return failure
      ? this.failedSnapshot(known, found.client.base, failure)
      : this.buildSnapshot(found, known, {
          batch,
          ranges: spans,
          renamedFamilies: renamed,
          tookMs: this.options.now() - begun,
        });
  }

  /** How far back each question reaches, in ms, and where SkyRL's window begins. */
  private rangesFor({ at, intervalMs }: RunContext): QueryRanges {
    const { previous } = this;
    const latelyMs = Math.max(20_000, 3 * intervalMs);
    const usual = at - Math.max(intervalMs, 10_000);
    // Without a newer sample the snapshot is the one before, once more.
    const from =
      previous?.at === at
        ? previous.from
        : previous && previous.at < at && at - previous.at < firstRangeMs
          ? previous.at
          : usual;
    const heldMs = this.hasLastValues
      ? Math.max(latelyMs, 2 * (this.options.now() - (previous?.at ?? at)))
      : firstRangeMs;
    return { rateWindowMs: rateWindowFor(intervalMs), activityRangeMs: latelyMs, lastValueRangeMs: heldMs, from };
  }

  private buildSnapshot(
    found: RunContext,
    known: RoundContext,
    { batch, ranges, renamedFamilies, tookMs }: QueriedRound,
  ): Snapshot {
    const { client, at, engineBatch } = found;
    const { from, rateWindowMs } = ranges;
    const { catalogIndex } = this.options;
    updateLastValues(catalogIndex, this.lastValues, batch, {
      at,
      rangeMs: ranges.lastValueRangeMs,
      known: found.targetUrls,
    });
    this.hasLastValues = true;
    this.previous = { at, from };
    for (const [node, [load]] of known.loads ?? []) this.loads.set(node, load);
    const states = this.statesOf(found, known, batch, ranges);
    const living = new Set(states.filter(isLiving).map(({ id }) => id));
    const backend = backendOf(known.rayVersion);
    const there = new Set([...found.scrapedEngines.keys()].filter((key) => living.has(key)));
    const { measures, bySubject, distributions } = computeMeasures({
      catalogIndex,
      batch,
      at,
      rateWindowMs,
      targetUrls: found.targetUrls,
      nodes: this.lastValues.nodes,
      livingEngineKeys: living,
      stickyMeasures: this.stickyMeasures(there, at),
      rebuiltSums: backend !== undefined && backend !== 'opencensus',
    });
    const engines = states.map((engine): Engine => ({
      ...engine,
      measures: bySubject.get(engine.id) ?? {},
      ...configFor(this.lastValues.configs.get(engine.id)),
    }));
    const parts = partsOf(bySubject, this.lastValues.nodes);
    const { phase } = this.lastValues;
    const diagnosed = this.diagnosis.findings({
      now: at,
      engines,
      trackedEngines: this.engines.livingEngines(engines, renamedFamilies),
      measures,
      parts,
      phase,
      targets: [],
      expectedEngines: known.expectedEngines,
    });
    return {
      at,
      window: { from, to: at },
      trigger: known.trigger,
      source: { kind: 'prometheus', url: client.base },
      values: readSkyrlValues(catalogIndex, batch),
      measures,
      sinceStart: {},
      engines,
      targets: [
        {
          url: client.base,
          kind: 'other',
          about: 'Prometheus',
          state: 'ok',
          bytes: engineBatch.bytes + batch.bytes,
          samples: engineBatch.sampleCount + batch.sampleCount,
          tookMs,
        },
      ],
      findings: [...known.findings, ...found.findings, ...batchFindings(batch, at - this.options.now()), ...diagnosed],
      ...(Object.keys(distributions).length > 0 && { distributions }),
      ...(phase && { phase }),
      ...(parts.length > 0 && { parts }),
    };
  }

  private statesOf(
    { at, scrapedEngines, targetUrls, intervalMs }: RunContext,
    { actors, otherWorkers, names }: RoundContext,
    batch: BatchResult<InstantSample>,
    { activityRangeMs }: QueryRanges,
  ): Engine[] {
    const moved = keysIn(batch, 'moved ', targetUrls, isAbove);
    const still = keysIn(batch, 'moved ', targetUrls, (value) => value === 0);
    const asleep = new Set(
      [...(this.lastValues.measures.get('engines_awake') ?? [])]
        .filter(([, { value }]) => value === 0)
        .map(([key]) => key),
    );
    // Whoever moves is awake and stands not still.
    for (const key of moved) for (const resting of [still, asleep]) resting.delete(key);
    const reset = keysIn(batch, 'reset ', targetUrls, isAbove);
    return this.engines.add({
      at,
      scrapedEngines,
      activityRangeMs,
      intervalMs,
      actors,
      otherWorkers,
      names,
      movedKeys: moved,
      unmovedKeys: still,
      asleepKeys: asleep,
      resetKeys: reset,
      busyKeys: keysIn(batch, 'own num_requests_', targetUrls, isAbove),
    });
  }

  /** Loads are the dashboard's word; the rest Prometheus's. Of engines only those that are there. */
  private stickyMeasures(
    there: ReadonlySet<string>,
    at: number,
  ): Map<string, Map<string, { value: number; from?: number; to: number }>> {
    const held = new Map(
      [...this.lastValues.measures].map(
        ([id, own]) =>
          [id, new Map([...own].filter(([key]) => catalogRow(id).subject !== 'engine' || there.has(key)))] as const,
      ),
    );
    return held.set('node_load', new Map([...this.loads].map(([node, value]) => [`node ${node}`, { value, to: at }])));
  }

  /** Whoever cannot be asked tells nothing: engines stay, their numbers do not. */
  private failedSnapshot(known: RoundContext, url: string, failure: PrometheusError): Snapshot {
    return {
      ...this.snapshotWithoutMeasures(known, url),
      targets: [
        {
          url,
          kind: 'other',
          about: 'Prometheus',
          state: 'failed',
          error: describeError(failure),
          bytes: 0,
          samples: 0,
          tookMs: 0,
        },
      ],
    };
  }

  private emptySnapshot({ client, engineBatch, matchReason, findings }: RunContext, known: RoundContext): Snapshot {
    const whole = this.snapshotWithoutMeasures(known, client.base);
    return {
      ...whole,
      findings: [...whole.findings, ...findings],
      targets: [
        {
          url: client.base,
          kind: 'other',
          about: `Prometheus (${matchReason})`,
          state: 'empty',
          bytes: engineBatch.bytes,
          samples: engineBatch.sampleCount,
          tookMs: 0,
        },
      ],
    };
  }

  private snapshotWithoutMeasures(
    { trigger, now, actors, otherWorkers, names, findings }: RoundContext,
    url: string,
  ): Omit<Snapshot, 'targets'> {
    const nobody = new Set<string>();
    const engines = this.engines.add({
      at: now,
      scrapedEngines: new Map(),
      movedKeys: nobody,
      unmovedKeys: nobody,
      activityRangeMs: 0,
      intervalMs: usualIntervalMs,
      resetKeys: nobody,
      busyKeys: nobody,
      asleepKeys: nobody,
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
      // Nobody says that they are gone.
      engines: engines.map((engine) => (engine.state === 'gone' ? { ...engine, state: 'silent' } : engine)),
    };
  }
}

/** `rate` survives a failed scrape in it, and it holds whole reports of Ray's agents. */
export const rateWindowFor = (intervalMs: number): number => Math.max(60_000, 4 * intervalMs);

export const describeError = ({ message, advice }: PrometheusError): string =>
  [message.replace(/[^.!?…]$/, '$&.'), advice].filter(Boolean).join(' ');

const configFor = (config: Record<string, string> | undefined): { config?: Record<string, string> } =>
  config ? { config } : {};

function throwIfAllFailed(batch: BatchResult<unknown>): void {
  const failure = failureOfAll(batch);
  if (failure) throw failure;
}

const isAbove = (value: number): boolean => value > 0;

/** Engines with such a value in one of the pieces that begin so. */
function keysIn(
  { itemsById }: BatchResult<InstantSample>,
  prefix: string,
  known: ReadonlyMap<string, string>,
  fits: (value: number) => boolean,
): Set<string> {
  const samples = [...itemsById].filter(([id]) => id.startsWith(prefix)).flatMap(([, own]) => own);
  return new Set(
    samples.filter(({ value = NaN }) => fits(value)).map(({ labels }) => sampleSubjectKey('engine', labels, known)),
  );
}

function partsOf(own: PrometheusMeasures['bySubject'], nodes: ReadonlyMap<string, string>): Part[] {
  const kinds = ['node', 'gpu', 'trainer', 'server'] as const;
  return [...own].flatMap(([id, measures]): Part[] => {
    const kind = kinds.find((each) => id.startsWith(`${each} `));
    if (!kind) return [];
    const node = nodes.get(id) ?? (kind === 'node' ? id.slice('node '.length) : '');
    return [
      { id, kind, name: subjectName(kind, id, node, kind === 'gpu' ? id.split(' ').at(-1) : ''), node, measures },
    ];
  });
}

function batchFindings({ failures, queryCount, warnings }: BatchResult<unknown>, aheadMs: number): Finding[] {
  const [failure] = failures;
  return [
    ...(failure
      ? [
          {
            id: 'prometheus-partial',
            severity: 'warning' as const,
            message: `${failures.length} of ${queryCount} queries to Prometheus failed: ${describeError(failure)}`,
            advice: 'What they would have told is missing here, not zero.',
          },
        ]
      : []),
    ...[...new Set(warnings)].slice(0, 3).map((words): Finding => ({
      id: 'prometheus-warning',
      severity: 'warning',
      message: `Prometheus warns: ${words}`,
    })),
    ...(aheadMs > clocksApartMs
      ? [
          {
            id: 'prometheus-clock',
            severity: 'warning' as const,
            message: `Prometheus’s clock is ${formatDuration(aheadMs)} ahead of this machine’s: ages here are wrong by that.`,
          },
        ]
      : []),
  ];
}

/** Old is what three scrapes have not renewed. */
function reportOf({ client, matchReason, scrapedEngines, at, intervalMs }: RunContext, now: number): SourceReport {
  const common = { url: client.base, matchReason };
  if (scrapedEngines.size === 0) return { ...common, state: 'empty', message: matchReason };
  const age = now - at;
  if (age > Math.max(90_000, 3 * intervalMs))
    return { ...common, state: 'old', message: `Its newest sample of this run is ${formatDuration(age)} old.` };
  return { ...common, state: 'ok', message: '' };
}

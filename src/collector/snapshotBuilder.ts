/** One run over time: takes each scrape's answers, gives each scrape's snapshot. */
import type { Engine, Finding, ServerFacts, Snapshot, TargetReport, Trigger } from '../api';
import { engineActorClasses, type Actor } from '../discovery/actors';
import type { LoadAverage } from '../discovery/nodeLoads';
import { backendOf, type Backend } from '../discovery/rayBackend';
import type { Target } from '../discovery/targets';
import type { Exposition } from '../exposition/expositionReader';
import type { TargetResponse } from './scrapeTargets';
import { deriveEngineState, goneRetentionMs } from '../metrics/engineState';
import { isNoiseLabel } from '../metrics/seriesIdentity';
import type { SeriesMeta } from '../metrics/seriesMeta';
import { EngineNames } from '../metrics/engineNames';
import { Diagnosis } from '../diagnosis/diagnosis';
import { inferRelease } from '../diagnosis/releases';
import type { TrackedEngine } from '../diagnosis/rule';
import { SeriesIndexes, type SeriesIndex } from '../metrics/seriesIndex';
import { MeasureEvaluator } from '../metrics/measureEvaluator';
import { NonEngineSubjects } from '../metrics/nonEngineSubjects';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { TargetReader, type SubjectReading, type TargetReading } from '../metrics/targetReader';
import { newSubjectState, type SubjectState } from '../metrics/subjectState';
import { updateSubjectState } from '../metrics/updateSubjectState';
import { skyrlValuesInSlices, type ReadingPair } from '../metrics/skyrlValues';
import { runToEnd, runInSlices, type SlicedWork } from '../shared/timeSlice';

export interface ScrapeInput {
  trigger: Trigger;
  /** Unix ms. */
  now: number;
  /** All targets of the run, asked or not. */
  targets: readonly Target[];
  answers: readonly TargetResponse<Exposition<SeriesMeta>>[];
  /** By worker id; undefined where nobody could be asked. */
  actors: ReadonlyMap<string, Actor> | undefined;
  /** What servers say of themselves, by the URL of their `/metrics`. */
  serverFactsByUrl?: ReadonlyMap<string, ServerFacts>;
  /** What could be laid to an engine on Ray, by worker id. */
  serverFactsByWorker?: ReadonlyMap<string, ServerFacts>;
  /** Worker ids of other runs on this cluster: no engines of this one. What SkyRL logs counts them in. */
  otherWorkers?: ReadonlySet<string>;
  /** Load averages by node address, where the dashboard was asked now and answered. */
  loads?: ReadonlyMap<string, LoadAverage>;
  rayVersion: string | undefined;
  expectedEngines: number | undefined;
  /** What a window before this one called its engines, by id. */
  names?: ReadonlyMap<string, string>;
  /** What was found before anything was measured. */
  findings?: readonly Finding[];
}

/** A target's last good answer. It lives through one failure: for the next delta only. */
interface LastReading {
  reading: TargetReading;
  failures: number;
}

export class SnapshotBuilder {
  private readonly lastReadings = new Map<string, LastReading>();
  private readonly engineStates = new Map<string, SubjectState>();
  private readonly seriesIndexes: SeriesIndexes;
  private readonly targetReader: TargetReader;
  private readonly nonEngines = new NonEngineSubjects();
  private readonly measureEvaluator: MeasureEvaluator;
  private readonly diagnosis = new Diagnosis();
  private readonly engineNames = new EngineNames();
  private readonly goneSince = new Map<string, number>();

  constructor(private readonly catalogIndex: CatalogIndex) {
    this.seriesIndexes = new SeriesIndexes(catalogIndex);
    this.targetReader = new TargetReader(this.seriesIndexes);
    this.measureEvaluator = new MeasureEvaluator(catalogIndex);
  }

  /** Takes one scrape in. Pure but for what this run remembers. */
  build(input: ScrapeInput): Snapshot {
    return runToEnd(this.buildSteps(input));
  }

  /** The same, with pauses for others. Nothing else may be taken in meanwhile. */
  buildInSlices(input: ScrapeInput): Promise<Snapshot> {
    return runInSlices(this.buildSteps(input));
  }

  private *buildSteps(input: ScrapeInput): SlicedWork<Snapshot> {
    const { trigger, answers, now, targets, actors } = input;
    const readings = new Map<string, TargetReading>();
    for (const { target, at, result } of answers) {
      if (result) readings.set(target.url, this.targetReader.read(target.url, at, result));
      yield;
    }
    const at = readings.size > 0 ? Math.max(...[...readings.values()].map((reading) => reading.at)) : now;
    const backend = backendOf(versionIn(readings) ?? input.rayVersion);
    const pairs = [...readings.values()].map((reading): ReadingPair => ({
      current: reading,
      previous: this.lastReadings.get(reading.url)?.reading,
    }));
    const values = yield* skyrlValuesInSlices(this.catalogIndex.skyrl, pairs);
    const others = input.otherWorkers ?? noWorkers;
    const own = new Map([...readings].map(([url, reading]) => [url, withoutEngines(reading, others)] as const));
    this.addNewEngines(own, others, input);
    for (const {
      previous,
      current: { url },
    } of pairs) {
      this.updateEngines({ current: own.get(url) as TargetReading, previous }, backend, actors);
      yield;
    }
    const listed = new Set(targets.map(({ url }) => url));
    this.targetReader.forgetUnlisted(listed);
    this.nonEngines.add({ pairs, listedUrls: listed, actors, otherWorkers: others, backend });
    if (input.loads) this.nonEngines.addLoadAverages(input.loads, at);
    for (const { current: reading } of pairs)
      for (const { seriesIndex, values: met } of [...reading.engines.values(), ...reading.nonEngines.values()])
        seriesIndex.markSeen(met);
    yield;
    this.keep(readings, answers, targets);
    // A run that turned out to be another's takes its engines along.
    for (const key of others) this.engineStates.delete(key);
    const states = this.states(input, backend, at);
    this.forget(states, at);
    const tracks = [...this.engineStates.values()];
    const living = tracks.filter(({ key }) => states.get(key) !== 'dead' && states.get(key) !== 'gone');
    const partTracks = this.nonEngines.states;
    const all = [...living, ...partTracks];
    const {
      measures,
      bySubject: measuresOf,
      distributions,
      sinceStart,
    } = yield* this.measureEvaluator.measure({
      livingSubjects: all,
      now: at,
      sliding: trigger === 'timer',
      rebuiltSums: backend !== undefined && backend !== 'opencensus',
    });
    yield;
    const engines = tracks.map((track) =>
      toEngine(
        track,
        states.get(track.key) ?? 'silent',
        measuresOf.get(track.key) ?? {},
        actors?.get(track.key),
        serverFactsOf(track, input),
      ),
    );
    yield;
    const phase = this.nonEngines.trainingPhase();
    const parts = this.nonEngines.toParts(measuresOf);
    const reports = answers.map((answer) => toReport(answer, readings.get(answer.target.url)));
    const found = yield* this.diagnosis.findingsInSlices({
      now: at,
      engines,
      trackedEngines: living.map(toFollowed),
      measures,
      parts,
      phase,
      targets: reports,
      expectedEngines: input.expectedEngines,
    });
    return {
      at,
      window: snapshotWindow(pairs, at),
      trigger,
      values,
      measures,
      sinceStart,
      engines,
      targets: reports,
      findings: [...(input.findings ?? []), ...found],
      ...(Object.keys(distributions).length > 0 && { distributions }),
      ...(phase && { phase }),
      ...(parts.length > 0 && { parts }),
    };
  }

  /** Gives a track to every engine met first: those that report, and those whose actor is there before its first report. */
  private addNewEngines(
    readings: ReadonlyMap<string, TargetReading>,
    others: ReadonlySet<string>,
    { actors, now, names = new Map() }: ScrapeInput,
  ): void {
    const reporting = [...readings.values()].flatMap(({ url, at, engines }) =>
      [...engines.values()].map((engine) => newcomer(engine, url, at, actors)),
    );
    const listed = [...(actors?.values() ?? [])].filter(
      ({ className, state, workerId }) =>
        engineActorClasses.has(className) && state !== 'DEAD' && !others.has(workerId),
    );
    const silent = listed.map((actor): Newcomer => ({
      key: actor.workerId,
      targetUrl: '',
      node: actor.node ?? '',
      at: now,
      workerId: actor.workerId,
      actor,
    }));
    const order = (one: Newcomer): number => one.actor?.startedAt ?? Number.MAX_SAFE_INTEGER;
    const met = [...reporting, ...silent].sort((a, b) => order(a) - order(b));
    this.engineNames.assign(
      met.map(({ key }) => key),
      names,
    );
    for (const one of met) {
      const track = this.engineStates.get(one.key) ?? this.newEngineState(one, actors);
      this.engineStates.set(one.key, track);
      if (one.targetUrl !== '') track.targetUrl = one.targetUrl;
      // The dashboard may begin to answer long after the engine was met: with a token, for one.
      if (one.actor?.pid !== undefined) track.pid = one.actor.pid;
    }
  }

  private newEngineState(one: Newcomer, actors: ReadonlyMap<string, Actor> | undefined): SubjectState {
    const follows = this.findPredecessor(one, actors);
    const { key, targetUrl, node, workerId, seriesIndex = this.seriesIndexes.forSubject(key) } = one;
    return {
      ...newSubjectState({
        key,
        subject: 'engine',
        name: this.engineNames.nameOf(key),
        seriesIndex,
        native: workerId === undefined,
        targetUrl,
        node,
        firstSeenAt: one.at,
      }),
      ...(workerId !== undefined && { workerId }),
      ...(one.model !== undefined && { model: one.model }),
      ...(follows !== undefined && { follows }),
    };
  }

  /** The engine whose place a newcomer takes: dead or gone, on its node if there is one, and not followed yet. */
  private findPredecessor(
    { node, actor }: Newcomer,
    actors: ReadonlyMap<string, Actor> | undefined,
  ): string | undefined {
    const followed = new Set([...this.engineStates.values()].flatMap(({ follows }) => follows ?? []));
    // Scrapes may be minutes apart, or begin late: then death and restart are met at once.
    const free = [...this.engineStates.keys()].filter(
      (key) => !followed.has(key) && (this.goneSince.has(key) || endedBefore(actors?.get(key), actor)),
    );
    return free.find((key) => this.engineStates.get(key)?.node === node) ?? free[0];
  }

  private updateEngines(
    { current: reading, previous }: ReadingPair,
    backend: Backend | undefined,
    actors: ReadonlyMap<string, Actor> | undefined,
  ): void {
    for (const engine of reading.engines.values()) {
      const track = this.engineStates.get(engine.key);
      if (!track) continue;
      if (engine.meta.model !== undefined) track.model ??= engine.meta.model;
      const alive = actors?.get(engine.key)?.state === 'ALIVE';
      updateSubjectState(track, {
        reading: engine,
        at: reading.at,
        beforeAt: previous?.at,
        backend,
        alive,
        processStart: track.native ? reading.processStart : undefined,
      });
    }
  }

  private keep(
    readings: ReadonlyMap<string, TargetReading>,
    answers: ScrapeInput['answers'],
    targets: readonly Target[],
  ): void {
    for (const [url, reading] of readings) this.lastReadings.set(url, { reading, failures: 0 });
    for (const { target, error } of answers) {
      const kept = this.lastReadings.get(target.url);
      if (!error || !kept) continue;
      kept.failures += 1;
      if (kept.failures > 1) this.lastReadings.delete(target.url);
    }
    const listed = new Set(targets.map(({ url }) => url));
    for (const url of this.lastReadings.keys()) if (!listed.has(url)) this.lastReadings.delete(url);
  }

  private states(input: ScrapeInput, backend: Backend | undefined, now: number): Map<string, Engine['state']> {
    const { targets, actors } = input;
    const listed = new Set(targets.map(({ url }) => url));
    return new Map(
      [...this.engineStates.values()].map((track) => {
        const actor = actors?.get(track.key);
        const unlisted = !track.native && actors !== undefined && actors.size > 0 && !actor;
        const targetListed = track.targetUrl === '' || listed.has(track.targetUrl);
        return [
          track.key,
          deriveEngineState(track, {
            now,
            actor,
            unlisted,
            targetListed,
            backend,
            serverFacts: serverFactsOf(track, input),
          }),
        ];
      }),
    );
  }

  /** Engines that are gone leave after a while; the dead stay as long as their counters do. */
  private forget(states: ReadonlyMap<string, Engine['state']>, now: number): void {
    for (const [key, state] of states) {
      if (state === 'dead' || state === 'gone') this.goneSince.set(key, this.goneSince.get(key) ?? now);
      else this.goneSince.delete(key);
      const since = this.goneSince.get(key);
      if (state === 'gone' && since !== undefined && now - since > goneRetentionMs) this.engineStates.delete(key);
    }
  }
}

function toFollowed({
  key,
  name,
  native,
  firstSeenAt,
  values,
  stuckSince,
  resetAt,
  seriesIndex,
}: SubjectState): TrackedEngine {
  const families =
    seriesIndex.slotsOf(seriesIndex.catalogIndex.wellKnown.running).length > 0 ? seriesIndex.families.size : undefined;
  return {
    key,
    name,
    native,
    firstSeenAt,
    hasReported: values !== undefined,
    stuckSince,
    resetAt,
    renamedFamilies: seriesIndex.renamedFamilies,
    familyCount: families,
  };
}

const noWorkers: ReadonlySet<string> = new Set();

function withoutEngines(reading: TargetReading, keys: ReadonlySet<string>): TargetReading {
  if (keys.size === 0) return reading;
  return { ...reading, engines: new Map([...reading.engines].filter(([key]) => !keys.has(key))) };
}

interface Newcomer {
  key: string;
  targetUrl: string;
  node: string;
  at: number;
  workerId: string | undefined;
  model?: string | undefined;
  seriesIndex?: SeriesIndex;
  actor: Actor | undefined;
}

function newcomer(
  { key, meta, seriesIndex }: SubjectReading,
  target: string,
  at: number,
  actors: ReadonlyMap<string, Actor> | undefined,
): Newcomer {
  return {
    key,
    targetUrl: target,
    at,
    node: meta.node,
    workerId: meta.workerId,
    model: meta.model,
    seriesIndex,
    actor: actors?.get(key),
  };
}

/** Whether one actor had died before the other began. */
function endedBefore(one: Actor | undefined, other: Actor | undefined): boolean {
  return (
    one?.state === 'DEAD' &&
    one.endedAt !== undefined &&
    other?.startedAt !== undefined &&
    one.endedAt <= other.startedAt
  );
}

function versionIn(readings: ReadonlyMap<string, TargetReading>): string | undefined {
  for (const { engines } of readings.values())
    for (const { meta } of engines.values()) if (meta.rayVersion !== undefined) return meta.rayVersion;
  return undefined;
}

function snapshotWindow(pairs: readonly ReadingPair[], at: number): Snapshot['window'] {
  const begins = pairs.flatMap(({ previous }) => previous?.at ?? []);
  return begins.length === 0 ? undefined : { from: Math.min(...begins), to: at };
}

/** What a server said of an engine: natively its own, on Ray what could be laid to its worker. */
function serverFactsOf(
  { native, key, targetUrl }: SubjectState,
  { serverFactsByUrl, serverFactsByWorker }: ScrapeInput,
): ServerFacts | undefined {
  return native ? serverFactsByUrl?.get(targetUrl) : serverFactsByWorker?.get(key);
}

function toEngine(
  track: SubjectState,
  state: Engine['state'],
  measures: Engine['measures'],
  actor: Actor | undefined,
  server: ServerFacts | undefined,
): Engine {
  const { key, name, node, workerId, model, pid, movedAt, follows } = track;
  const release =
    server?.version === undefined
      ? inferRelease(track.seriesIndex.families, track.seriesIndex.renamedFamilies)
      : undefined;
  return {
    id: key,
    name,
    node,
    state,
    measures,
    ...withoutUndefined({
      workerId,
      model,
      pid,
      movedAt,
      follows,
      job: actor?.jobId,
      startedAt: actor?.startedAt,
      release,
      server,
      config: cacheConfigOf(track),
    }),
  };
}

/** Without what is undefined. */
function withoutUndefined<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const kept: { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } = {};
  for (const key in fields)
    if (fields[key] !== undefined) kept[key] = fields[key] as Exclude<Fields[typeof key], undefined>;
  return kept;
}

const configs = new WeakMap<SeriesMeta, Record<string, string>>();

/** The labels of the newest `cache_config_info`: the engine says them once, at its start. */
function cacheConfigOf({ seriesIndex, gauges }: SubjectState): Record<string, string> | undefined {
  let newest: number | undefined;
  for (const place of seriesIndex.slotsOf(seriesIndex.catalogIndex.wellKnown.cacheConfig))
    if (!Number.isNaN(gauges.at[place] ?? NaN) && !((gauges.at[place] ?? 0) <= (gauges.at[newest ?? -1] ?? -Infinity)))
      newest = place;
  const meta = newest === undefined ? undefined : seriesIndex.metas[newest];
  if (!meta) return undefined;
  const known =
    configs.get(meta) ?? Object.fromEntries([...meta.labels].filter(([label]) => !isNoiseLabel(label, 'gauge')));
  configs.set(meta, known);
  return known;
}

function toReport(
  { target, bytes, tookMs, result, error }: TargetResponse<Exposition<SeriesMeta>>,
  reading: TargetReading | undefined,
): TargetReport {
  const common = {
    url: target.url,
    kind: target.kind,
    ...(target.about !== undefined && { about: target.about }),
    bytes,
    samples: result?.samples ?? 0,
    tookMs,
  };
  if (error) return { ...common, state: 'failed', error: error.message };
  return { ...common, state: reading && reading.engines.size > 0 ? 'ok' : 'empty' };
}

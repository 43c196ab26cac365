/** Snapshots from the answers of targets, scrape after scrape of one run. */
import type { EngineState, Finding, Snapshot, TargetReport, Trigger } from '../api';
import type { Actor } from '../discovery/actors';
import type { LoadAverage } from '../discovery/nodeLoads';
import type { Target } from '../discovery/targets';
import { contradictedTypes } from '../diagnosis/contradictedTypes';
import { Diagnosis } from '../diagnosis/diagnosis';
import { limitFindings } from '../diagnosis/limitFindings';
import { isLiving } from '../metrics/engineState';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { countsInAggregate, EngineRoles, noRoleFacts, type RoleFacts } from '../metrics/engineRoles';
import { MeasureEvaluator } from '../metrics/measureEvaluator';
import { NonEngineSubjects } from '../metrics/nonEngineSubjects';
import type { OtherFamilies } from '../metrics/otherFamilies';
import { OtherMetrics, type OtherAnswer, type OtherScope } from '../metrics/otherMetrics';
import { SeriesIndexes } from '../metrics/seriesIndex';
import { skyrlValuesInSlices, type ReadingPair } from '../metrics/skyrlValues';
import type { SubjectState } from '../metrics/subjectState';
import type { TargetReading } from '../metrics/targetReader';
import { runInSlices, runToEnd, type SlicedWork } from '../shared/timeSlice';
import { AnswerReader, type ScrapeReadings } from './answerReader';
import { EngineRegistry } from './engineRegistry';
import { deriveEngineStates, serverFactsOf, type ServerFactsIndex } from './engineStates';
import { toSnapshotEngine, toTrackedEngine } from './snapshotEngine';
import { presentRollout } from './presentRollout';
import type { MetricsResponse, TrackWork } from './snapshotSource';
import { toTargetReport } from './targetReport';
import { WorkReader } from './workReader';

/** Everything that one scrape found. */
export interface ScrapeInput extends Partial<ServerFactsIndex> {
  trigger: Trigger;
  /** Unix ms. */
  now: number;
  /** All targets of the run, including those that this scrape did not ask. */
  targets: readonly Target[];
  answers: readonly MetricsResponse[];
  /** By worker id; undefined if the dashboard did not say. */
  actors: ReadonlyMap<string, Actor> | undefined;
  /** Worker ids of other runs on this cluster: not engines of this run, but SkyRL's own values count them in. */
  otherWorkers?: ReadonlySet<string>;
  /** Load averages by node address; undefined if this scrape did not ask for them. */
  loads?: ReadonlyMap<string, LoadAverage> | undefined;
  rayVersion: string | undefined;
  expectedEngines: number | undefined;
  /** Names that an earlier VS Code window gave the engines, by id. */
  names?: ReadonlyMap<string, string>;
  /** What is known about the engines' roles; by default nothing. */
  roleFacts?: RoleFacts;
  /** Which measures of other families are wanted, by id; by default none. */
  wantsOther?: (id: string) => boolean;
  /** Findings from before the diagnosis. */
  findings?: readonly Finding[];
  /** Keeps the engines' work, and finds the rollouts in it. */
  trackWork?: TrackWork | undefined;
}

const noWorkers: ReadonlySet<string> = new Set();

/** Turns each scrape of one run into a snapshot; remembers what the next scrape is compared with. */
export class SnapshotBuilder {
  private readonly seriesIndexes: SeriesIndexes;
  private readonly answerReader: AnswerReader;
  private readonly engines: EngineRegistry;
  private readonly nonEngines = new NonEngineSubjects();
  private readonly measureEvaluator: MeasureEvaluator;
  private diagnosis = new Diagnosis();
  private readonly workReader = new WorkReader();
  private readonly engineRoles = new EngineRoles();

  private readonly otherMetrics: OtherMetrics | undefined;
  /** What the measures of other families were last of. */
  private otherScope: OtherScope | undefined;

  /** `others`: what the targets' readers found beside the catalog's families. */
  constructor(
    private readonly catalogIndex: CatalogIndex,
    private readonly others?: OtherFamilies,
  ) {
    this.otherMetrics = others && new OtherMetrics(others);
    this.seriesIndexes = new SeriesIndexes(catalogIndex);
    this.answerReader = new AnswerReader(this.seriesIndexes);
    this.engines = new EngineRegistry(this.seriesIndexes);
    this.measureEvaluator = new MeasureEvaluator(catalogIndex);
  }

  /** Moves the times that are kept by `ms`, because the machine's clock was set. Rules that wait begin anew. */
  moveTimes(ms: number): void {
    this.answerReader.moveTimes(ms);
    this.engines.moveTimes(ms);
    this.nonEngines.moveTimes(ms);
    this.otherMetrics?.moveTimes(ms);
    this.engineRoles.moveTimes(ms);
    if (this.otherScope) this.otherScope.now += ms;
    this.diagnosis = new Diagnosis();
  }

  /** The snapshot of one scrape. Scrapes have to come in the order of time. */
  build(input: ScrapeInput): Snapshot {
    return runToEnd(this.buildSteps(input));
  }

  /** The same as `build`, in slices. One scrape at a time. */
  buildInSlices(input: ScrapeInput): Promise<Snapshot> {
    return runInSlices(this.buildSteps(input));
  }

  private *buildSteps(input: ScrapeInput): SlicedWork<Snapshot> {
    const readings = yield* this.answerReader.read(input.answers, input.now, input.rayVersion);
    const values = yield* skyrlValuesInSlices(this.catalogIndex.skyrl, readings.pairs);
    yield* this.updateOthers(input, readings);
    const states = yield* this.updateSubjects(input, readings);
    const snapshot = yield* this.assemble(input, readings, values, states);
    this.otherScope = {
      livingEngines: snapshot.engines.filter(isLiving).map(({ id }) => id),
      now: readings.at,
      sliding: input.trigger === 'timer',
      backend: readings.backend,
    };
    yield;
    return yield* this.addOthers(snapshot, input.wantsOther ?? (() => false));
  }

  /** The newest snapshot with the families that the catalog does not know, and with those of their measures that are wanted. */
  withOther(snapshot: Snapshot, wants: (id: string) => boolean): Snapshot {
    return runToEnd(this.addOthers(snapshot, wants));
  }

  private *addOthers(snapshot: Snapshot, wants: (id: string) => boolean): SlicedWork<Snapshot> {
    return this.otherMetrics && this.otherScope
      ? yield* this.otherMetrics.addTo(snapshot, this.otherScope, wants)
      : snapshot;
  }

  private *updateOthers({ answers, targets }: ScrapeInput, { pairs, backend }: ScrapeReadings): SlicedWork<void> {
    const pairByUrl = new Map(pairs.map((pair) => [pair.current.url, pair]));
    const otherAnswers = answers.flatMap(({ target: { url }, at, result }): OtherAnswer[] => {
      const { previous, change } = pairByUrl.get(url) ?? {};
      const reportInterval = this.engines.reportIntervalOf(url);
      return result ? [{ url, at, beforeAt: previous?.at, change, reportInterval, exposition: result }] : [];
    });
    const listedUrls = new Set(targets.map(({ url }) => url));
    if (this.otherMetrics) yield* this.otherMetrics.update(otherAnswers, listedUrls, backend);
  }

  /** Brings engines and other subjects up to date; the engines' states by key. */
  private *updateSubjects(input: ScrapeInput, readings: ScrapeReadings): SlicedWork<ReadonlyMap<string, EngineState>> {
    const { pairs, at, backend } = readings;
    const { answers, targets, actors, now, loads, otherWorkers = noWorkers, names = new Map() } = input;
    const listedUrls = new Set(targets.map(({ url }) => url));
    const sameUrls = new Set(answers.flatMap(({ target: { url }, sameAs }) => (sameAs === undefined ? [] : [url])));
    const ownPairs = pairs.map((pair) => ({ ...pair, current: withoutEngines(pair.current, otherWorkers) }));
    const ownReadings = ownPairs.map(({ current }) => current);
    this.engines.addNew({ readings: ownReadings, actors, otherWorkers, previousNames: names, now });
    for (const pair of ownPairs) {
      this.engines.update(pair, backend, actors);
      yield;
    }
    this.nonEngines.add({
      pairs,
      listedUrls: new Set([...listedUrls].filter((url) => !sameUrls.has(url))),
      actors,
      otherWorkers,
      backend,
    });
    if (loads) this.nonEngines.addLoadAverages(loads, at);
    for (const { current } of pairs) {
      for (const { seriesIndex, values } of [...current.engines.values(), ...current.nonEngines.values()])
        seriesIndex.markSeen(values);
      yield;
    }
    this.answerReader.finish(readings, answers, listedUrls);
    this.engines.forgetUnlisted(listedUrls);
    this.engines.remove(otherWorkers);
    this.engines.removeServers(sameUrls);
    const states = deriveEngineStates(this.engines.engines, {
      ...serverFactsIn(input),
      now: at,
      listedUrls,
      reportingKeys: new Set(ownReadings.flatMap(({ engines }) => [...engines.keys()])),
      actors,
      backend,
    });
    this.engines.noteStates(states, at, actors);
    this.forgetVanished(input, readings);
    return states;
  }

  /** Bounds the memory for subjects that no longer report, although their target answers or is no longer listed. */
  private forgetVanished({ actors, targets }: ScrapeInput, { byUrl, pairs }: ScrapeReadings): void {
    const listedUrls = new Set(targets.map(({ url }) => url));
    const reported = new Set(pairs.flatMap(({ current }) => [...current.engines.keys(), ...current.nonEngines.keys()]));
    const hasVanished = ({ key, targetUrl }: SubjectState): boolean =>
      !reported.has(key) && actors?.has(key) !== true && (byUrl.has(targetUrl) || !listedUrls.has(targetUrl));
    this.engines.forgetVanished(hasVanished);
    this.nonEngines.forgetVanished(hasVanished);
    const known = [...this.engines.engines, ...this.nonEngines.states].map(({ key }) => key);
    // Engines of other runs are not among the known, but SkyRL's values compare them with the scrape before.
    this.seriesIndexes.keepOnly(new Set([...known, ...reported]));
  }

  private *assemble(
    input: ScrapeInput,
    { byUrl, pairs, at, backend, rayVersion }: ScrapeReadings,
    values: Record<string, number>,
    states: ReadonlyMap<string, EngineState>,
  ): SlicedWork<Snapshot> {
    const { trigger, answers, actors, expectedEngines, findings = [], trackWork } = input;
    const stateOf = ({ key }: SubjectState): EngineState => states.get(key) ?? 'silent';
    const allEngines = this.engines.engines;
    const livingEngines = allEngines.filter((engine) => isLiving({ state: stateOf(engine) }));
    const { measures, bySubject, distributions, sinceStart } = yield* this.measureEvaluator.measure({
      livingSubjects: [...livingEngines, ...this.nonEngines.states],
      now: at,
      sliding: trigger === 'timer',
      rebuiltSums: backend !== undefined && backend !== 'opencensus',
      // The roles of the scrape before: this one's follow from the measures.
      ...(this.engineRoles.roles.size > 0 && { counts: countsInAggregate(this.engineRoles.roles) }),
    });
    yield;
    this.engineRoles.update(
      livingEngines.map(({ key: id }) => ({ id, measures: bySubject.get(id) ?? {} })),
      input.roleFacts ?? noRoleFacts,
      at,
    );
    const engines = allEngines.map((engine) =>
      toSnapshotEngine(engine, {
        state: stateOf(engine),
        measures: bySubject.get(engine.key) ?? {},
        actor: actors?.get(engine.key),
        role: this.engineRoles.roles.get(engine.key),
        serverFacts: serverFactsOf(engine, serverFactsIn(input)),
      }),
    );
    yield;
    const phase = this.nonEngines.trainingPhase();
    const parts = this.nonEngines.toParts(bySubject);
    const targets = answers.map((answer): TargetReport =>
      toTargetReport(answer, byUrl.get(answer.target.url), this.engines.reportIntervalOf(answer.target.url).ms),
    );
    const { present, all: rollouts = [] } =
      trackWork?.(
        this.workReader.read({
          at,
          engines: allEngines.map((engine) => ({
            engine,
            state: stateOf(engine),
            role: this.engineRoles.roles.get(engine.key),
          })),
          backend,
          phase: phase?.name ?? (this.nonEngines.tellsPhase ? '' : undefined),
          generationRate: measures['generation_throughput_tok_s']?.value,
        }),
      ) ?? {};
    yield;
    const diagnosed = yield* this.diagnosis.findingsInSlices({
      now: at,
      engines,
      trackedEngines: livingEngines.map((engine) =>
        toTrackedEngine(engine, serverFactsOf(engine, serverFactsIn(input)), this.nonEngines.tellsPhase),
      ),
      measures,
      parts,
      phase,
      targets,
      expectedEngines,
      rayVersion,
      rollouts,
      contradicted: contradictedTypes(this.others?.contradictions.values() ?? [], livingEngines),
    });
    return {
      at,
      window: valuesWindow(pairs, at),
      trigger,
      values,
      measures,
      sinceStart,
      engines,
      targets,
      findings: limitFindings([...findings, ...this.answerReader.processes.findings(at), ...diagnosed]),
      ...(Object.keys(distributions).length > 0 && { distributions }),
      ...(phase && { phase }),
      ...(parts.length > 0 && { parts }),
      ...presentRollout(present),
    };
  }
}

const serverFactsIn = ({
  serverFactsByUrl = new Map(),
  serverFactsByWorker = new Map(),
}: ScrapeInput): ServerFactsIndex => ({ serverFactsByUrl, serverFactsByWorker });

function withoutEngines(reading: TargetReading, keys: ReadonlySet<string>): TargetReading {
  if (keys.size === 0) return reading;
  return { ...reading, engines: new Map([...reading.engines].filter(([key]) => !keys.has(key))) };
}

/** From the earliest answer that one of the answers is compared with to `at`; undefined on a first scrape. */
function valuesWindow(pairs: readonly ReadingPair[], at: number): Snapshot['window'] {
  const starts = pairs.flatMap(({ previous }) => previous?.at ?? []);
  // After the clock went back no time has passed.
  return starts.length === 0
    ? undefined
    : { from: starts.reduce((first, start) => Math.min(first, start), at), to: at };
}

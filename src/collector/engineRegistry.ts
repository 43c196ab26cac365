/** The engines of one run over time: their names, which engine they follow, and how long they are remembered. */
import type { EngineState } from '../api';
import type { Actor } from '../discovery/actors';
import type { Backend } from '../discovery/rayBackend';
import { EngineNames } from '../metrics/engineNames';
import { goneRetentionMs, lacksActor } from '../metrics/engineState';
import { moveSubjectTimes } from '../metrics/moveTimes';
import type { SeriesIndex, SeriesIndexes } from '../metrics/seriesIndex';
import type { ReadingPair } from '../metrics/skyrlValues';
import { longestVanished, newSubjectState, type SubjectState } from '../metrics/subjectState';
import type { SubjectReading, TargetReading } from '../metrics/targetReader';
import { ReportInterval } from '../metrics/reportInterval';
import { updateSubjectState } from '../metrics/updateSubjectState';
import { addBounded } from '../shared/boundedSet';
import { byActorStart, livingEngineActors } from './newEngines';
import { endedEngines, Predecessors } from './predecessors';

/** An engine that is there: it reports, or its actor is alive. */
interface PresentEngine {
  key: string;
  /** URL of the target that shows it; empty before its first report. */
  targetUrl: string;
  node: string;
  /** Unix ms. */
  at: number;
  workerId: string | undefined;
  model?: string | undefined;
  seriesIndex?: SeriesIndex;
  actor: Actor | undefined;
}

/** What one scrape says about which engines are there. */
export interface EnginePresence {
  /** Answers of targets, without the engines of other runs. */
  readings: Iterable<TargetReading>;
  /** By worker id; undefined if the dashboard did not say. */
  actors: ReadonlyMap<string, Actor> | undefined;
  /** Worker ids of other runs on this cluster. */
  otherWorkers: ReadonlySet<string>;
  /** Names that an earlier VS Code window gave, by engine id. */
  previousNames: ReadonlyMap<string, string>;
  /** Unix ms. */
  now: number;
}

function reportingEngine(
  { key, meta, seriesIndex }: SubjectReading,
  { url, at }: TargetReading,
  actors: EnginePresence['actors'],
): PresentEngine {
  return {
    key,
    targetUrl: url,
    at,
    node: meta.node,
    workerId: meta.workerId,
    model: meta.model,
    seriesIndex,
    actor: actors?.get(key),
  };
}

const listedEngine = (actor: Actor, now: number): PresentEngine => ({
  key: actor.workerId,
  targetUrl: '',
  node: actor.node ?? '',
  at: now,
  workerId: actor.workerId,
  actor,
});

/** The engines of one run. An engine gets its name at first sight and keeps it. */
export class EngineRegistry {
  private readonly byKey = new Map<string, SubjectState>();
  private readonly names = new EngineNames();
  /** By target URL. */
  private readonly reportIntervals = new Map<string, ReportInterval>();
  /** When an engine was first seen dead or gone, Unix ms. */
  private readonly endedAt = new Map<string, number>();
  /** Engines that were dead once, which is final: a node's agent still shows their series. */
  private readonly deadKeys = new Set<string>();

  constructor(private readonly seriesIndexes: SeriesIndexes) {}

  /** All engines, the dead and the gone included. */
  get engines(): SubjectState[] {
    return [...this.byKey.values()];
  }

  /**
   * Adds the engines that are there for the first time: those that report, and those whose actor is alive before its
   * first report.
   */
  addNew({ readings, actors, otherWorkers, previousNames, now }: EnginePresence): void {
    const reporting = [...readings].flatMap((reading) =>
      [...reading.engines.values()].map((engine) => reportingEngine(engine, reading, actors)),
    );
    const listed = livingEngineActors(actors, otherWorkers).map((actor) => listedEngine(actor, now));
    const present = [...reporting, ...listed].sort(byActorStart);
    const areRenamed = this.names.assign(
      present.map(({ key }) => key),
      previousNames,
    );
    if (areRenamed) for (const engine of this.byKey.values()) engine.name = this.names.nameOf(engine.key);
    const newcomers = present.filter((each) => !this.byKey.has(each.key));
    let predecessors: Predecessors | undefined;
    for (const { key, targetUrl, actor, ...rest } of present) {
      let engine = this.byKey.get(key);
      if (!engine) {
        predecessors ??= new Predecessors(
          endedEngines([...this.engines, ...newcomers], (ended) => this.endedAt.has(ended), actors),
        );
        engine = this.newEngine({ key, targetUrl, actor, ...rest }, predecessors);
        this.byKey.set(key, engine);
      }
      if (targetUrl !== '') engine.targetUrl = targetUrl;
      // The dashboard may begin to answer long after the engine was first seen, for example once it gets its token.
      if (actor?.pid !== undefined) engine.pid = actor.pid;
    }
  }

  /** Updates the engines of one target with its newest answer. */
  update(
    { current, previous, change }: ReadingPair,
    backend: Backend | undefined,
    actors: ReadonlyMap<string, Actor> | undefined,
  ): void {
    const onRay: SubjectState[] = [];
    const interval = this.reportIntervalOf(current.url);
    for (const reading of current.engines.values()) {
      const engine = this.byKey.get(reading.key);
      if (!engine) continue;
      if (!engine.native) {
        engine.reportInterval = interval;
        onRay.push(engine);
      }
      if (reading.meta.model !== undefined) engine.model ??= reading.meta.model;
      updateSubjectState(engine, {
        reading,
        at: current.at,
        beforeAt: previous?.at,
        backend,
        alive: actors?.get(reading.key)?.state === 'ALIVE',
        processStart: engine.native ? current.processStart : undefined,
        change,
      });
    }
    interval.note(current.at, onRay);
  }

  /** How often the workers of a target's node report. It is forgotten with the targets that are not listed. */
  reportIntervalOf(url: string): ReportInterval {
    const interval = this.reportIntervals.get(url) ?? new ReportInterval();
    this.reportIntervals.set(url, interval);
    return interval;
  }

  /** Forgets targets that are no longer listed. */
  forgetUnlisted(listedUrls: ReadonlySet<string>): void {
    for (const url of this.reportIntervals.keys()) if (!listedUrls.has(url)) this.reportIntervals.delete(url);
  }

  /** Moves the times that are kept by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    for (const engine of this.byKey.values()) moveSubjectTimes(engine, ms);
    for (const [key, endedAt] of this.endedAt) this.endedAt.set(key, endedAt + ms);
    for (const interval of this.reportIntervals.values()) interval.moveTimes(ms);
  }

  /** Removes the engines of servers that count under another address. */
  removeServers(urls: ReadonlySet<string>): void {
    if (urls.size === 0) return;
    this.remove(this.engines.flatMap(({ key, native, targetUrl }) => (native && urls.has(targetUrl) ? [key] : [])));
  }

  /** Removes engines that turned out to be another run's. */
  remove(keys: Iterable<string>): void {
    for (const key of keys) {
      this.byKey.delete(key);
      this.endedAt.delete(key);
    }
  }

  /** Forgets the engines that were seen longest ago among those that have vanished, if there are too many of them. */
  forgetVanished(hasVanished: (engine: SubjectState) => boolean): void {
    for (const { key } of longestVanished(this.engines.filter(hasVanished))) {
      this.remove([key]);
      this.names.forget(key);
    }
  }

  /**
   * Notes which engines have ended, and forgets those that have been gone for a while; dead ones stay as long as their
   * counters or their actors do. `now`: Unix ms.
   */
  noteStates(
    states: ReadonlyMap<string, EngineState>,
    now: number,
    actors: ReadonlyMap<string, Actor> | undefined,
  ): void {
    for (const [key, state] of states) {
      if (state === 'dead') this.noteDeath(key);
      const engine = this.byKey.get(key);
      if (engine) engine.wasUnlisted = lacksActor(engine, actors) ?? engine.wasUnlisted ?? false;
      if (state === 'dead' || state === 'gone') this.endedAt.set(key, this.endedAt.get(key) ?? now);
      else this.endedAt.delete(key);
      const lastSignAt = Math.max(this.endedAt.get(key) ?? now, state === 'dead' ? this.lastSeenAt(key) : 0);
      const isListed = state === 'dead' && (actors === undefined || actors.size === 0 || actors.has(key));
      if (now - lastSignAt > goneRetentionMs && !isListed) this.remove([key]);
    }
  }

  private lastSeenAt(key: string): number {
    return this.byKey.get(key)?.seenAt ?? 0;
  }

  private noteDeath(key: string): void {
    addBounded(this.deadKeys, key);
    const engine = this.byKey.get(key);
    if (engine) engine.hasDied = true;
  }

  private newEngine(
    { key, targetUrl, node, at, workerId, model, actor, seriesIndex }: PresentEngine,
    predecessors: Predecessors,
  ): SubjectState {
    const follows = predecessors.take(node, actor?.startedAt);
    return {
      ...newSubjectState({
        key,
        subject: 'engine',
        name: this.names.nameOf(key),
        seriesIndex: seriesIndex ?? this.seriesIndexes.forSubject(key),
        native: workerId === undefined,
        targetUrl,
        node,
        firstSeenAt: at,
      }),
      ...(workerId !== undefined && { workerId }),
      ...(this.deadKeys.has(key) && { hasDied: true }),
      ...(model !== undefined && { model }),
      ...(follows !== undefined && { follows }),
    };
  }
}

/**
 * The engines of one run over time, as a Prometheus knows them: their names, which engine they follow, their states.
 */
import type { Engine, EngineState } from '../api';
import { byActorStart, livingEngineActors } from '../collector/newEngines';
import { endedEngines, Predecessors } from '../collector/predecessors';
import type { TrackedEngine } from '../diagnosis/rule';
import type { Actor } from '../discovery/actors';
import { EngineNames } from '../metrics/engineNames';
import { goneRetentionMs, isLiving, lacksActor } from '../metrics/engineState';
import type { EngineActivity } from './engineActivity';
import type { ScrapedEngine } from './engineQueries';
import { deriveScrapedEngineState, type EngineStateInput } from './engineStateRules';
import type { LabelSet } from './responseData';
import { nodeOf } from './scopes';

/** An engine that has been seen. Times are Unix ms. */
interface KnownEngine {
  key: string;
  name: string;
  node: string;
  native: boolean;
  workerId?: string | undefined;
  model?: string | undefined;
  pid?: number | undefined;
  follows?: string | undefined;
  firstSeenAt: number;
  hasReported: boolean;
  hasDied?: boolean;
  wasUnlisted?: boolean;
  movedAt?: number | undefined;
  stuckSince?: number | undefined;
  resetAt?: number | undefined;
  /** Since when it is dead or gone. */
  endedAt?: number | undefined;
}

/** What one scrape says about the engines. */
export interface EngineObservation extends EngineActivity, EngineStateInput {
  /** The server answered: then an engine that it does not name is gone. */
  answered: boolean;
  scrapedEngines: ReadonlyMap<string, ScrapedEngine>;
  /** How long `movedKeys` and `unmovedKeys` look back, in ms. */
  activityRangeMs: number;
  /** Worker ids of other runs. */
  otherWorkers: ReadonlySet<string>;
  /** Names that an earlier VS Code window gave, by engine id. */
  names: ReadonlyMap<string, string>;
}

/** An engine that is there: it is scraped, or its actor is alive. */
interface PresentEngine {
  key: string;
  /** Undefined before its first scrape. */
  labels: LabelSet | undefined;
  actor: Actor | undefined;
}

const byStartThenKey = (a: PresentEngine, b: PresentEngine): number => byActorStart(a, b) || (a.key < b.key ? -1 : 1);

function presentEngines({ scrapedEngines, actors, otherWorkers }: EngineObservation): PresentEngine[] {
  const scraped = [...scrapedEngines.values()]
    .filter(({ key }) => !otherWorkers.has(key))
    .map(({ key, labels }): PresentEngine => ({ key, labels, actor: actors?.get(key) }));
  const listed = livingEngineActors(actors, otherWorkers)
    .filter(({ workerId }) => !scrapedEngines.has(workerId))
    .map((actor): PresentEngine => ({ key: actor.workerId, labels: undefined, actor }));
  return [...scraped, ...listed].sort(byStartThenKey);
}

/** Tracks the engines of one run. An engine gets its name at first sight and keeps it. */
export class EngineTracker {
  private readonly byKey = new Map<string, KnownEngine>();
  private readonly names = new EngineNames();

  /** All engines after a scrape, with their states; measures are still empty. */
  update(observation: EngineObservation): Engine[] {
    const { at, actors, otherWorkers, scrapedEngines, answered } = observation;
    this.addNew(observation);
    for (const key of otherWorkers) this.byKey.delete(key);
    return [...this.byKey.values()].map((engine) => {
      noteActivity(engine, observation);
      const state = deriveScrapedEngineState(engine, observation);
      engine.hasDied ||= state === 'dead';
      engine.wasUnlisted = lacksActor(engine, actors) ?? engine.wasUnlisted ?? false;
      const hasEnded = !isLiving({ state }) && (answered || state === 'dead');
      if (answered || hasEnded) engine.endedAt = hasEnded ? (engine.endedAt ?? at) : undefined;
      const { key, endedAt } = engine;
      if (endedAt !== undefined && !scrapedEngines.has(key) && at - endedAt > goneRetentionMs) this.byKey.delete(key);
      return toEngine(engine, state, actors?.get(key));
    });
  }

  /**
   * What the diagnosis is told about the living ones of these engines. `renamedFamilies`: families under old names;
   * `tellsPhase`: the trainer reports its phase.
   */
  trackedEngines(
    engines: readonly Engine[],
    renamedFamilies: ReadonlySet<string>,
    tellsPhase: boolean,
  ): TrackedEngine[] {
    const livingIds = new Set(engines.filter(isLiving).map(({ id }) => id));
    return (
      [...this.byKey.values()]
        .filter(({ key }) => livingIds.has(key))
        // No server is asked whether it is paused.
        .map((engine) => ({ ...engine, renamedFamilies, mayBePaused: !tellsPhase, isFromPrometheus: true }))
    );
  }

  /** Keys of the engines that are dead or gone. */
  get endedKeys(): string[] {
    return [...this.byKey.values()].flatMap(({ key, endedAt }) => (endedAt === undefined ? [] : [key]));
  }

  private addNew(observation: EngineObservation): void {
    const present = presentEngines(observation);
    const areRenamed = this.names.assign(
      present.map(({ key }) => key),
      observation.names,
    );
    if (areRenamed) for (const engine of this.byKey.values()) engine.name = this.names.nameOf(engine.key);
    const newcomers = present
      .filter((each) => !this.byKey.has(each.key))
      .map(({ key, labels, actor }) => ({ key, node: actor?.node ?? nodeOf(labels ?? {}) }));
    let predecessors: Predecessors | undefined;
    for (const { key, labels, actor } of present) {
      let engine = this.byKey.get(key);
      if (!engine) {
        predecessors ??= new Predecessors(
          endedEngines(
            [...this.byKey.values(), ...newcomers],
            (ended) => this.byKey.get(ended)?.endedAt !== undefined,
            observation.actors,
          ),
        );
        engine = this.newEngine(key, labels ?? {}, actor, observation.at, predecessors);
        this.byKey.set(key, engine);
      }
      engine.hasReported ||= labels !== undefined;
      engine.model ??= labels?.['model_name'];
      // The dashboard may begin to answer long after the engine was first seen.
      engine.pid = actor?.pid ?? engine.pid;
    }
  }

  private newEngine(
    key: string,
    labels: LabelSet,
    actor: Actor | undefined,
    at: number,
    predecessors: Predecessors,
  ): KnownEngine {
    const workerId = labels['WorkerId'] ?? actor?.workerId;
    const node = actor?.node ?? nodeOf(labels);
    return {
      key,
      name: this.names.nameOf(key),
      node,
      native: workerId === undefined,
      workerId,
      follows: predecessors.take(node, actor?.startedAt),
      firstSeenAt: at,
      hasReported: false,
    };
  }
}

function noteActivity(
  engine: KnownEngine,
  { at, movedKeys, unmovedKeys, resetKeys, busyKeys, activityRangeMs }: EngineObservation,
): void {
  const { key } = engine;
  if (movedKeys.has(key)) engine.movedAt = at;
  engine.resetAt = resetKeys.has(key) ? (engine.resetAt ?? at) : undefined;
  const isStuck = busyKeys.has(key) && unmovedKeys.has(key);
  engine.stuckSince = isStuck ? (engine.stuckSince ?? engine.movedAt ?? at - activityRangeMs) : undefined;
}

/** The engine's entry in the snapshot; what is unknown is a missing key. */
function toEngine(engine: KnownEngine, state: EngineState, actor: Actor | undefined): Engine {
  const { key, name, node, workerId, model, pid, movedAt, follows } = engine;
  const { jobId: job, startedAt } = actor ?? {};
  const known = Object.entries({ workerId, model, pid, movedAt, follows, job, startedAt }).filter(
    ([, value]) => value !== undefined,
  );
  return { id: key, name, node, state, measures: {}, ...(Object.fromEntries(known) as Partial<Engine>) };
}

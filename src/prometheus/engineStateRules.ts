/** The state of an engine, from what a Prometheus and the dashboard say about it. */
import type { EngineState } from '../api';
import type { Actor } from '../discovery/actors';
import { lacksActor, mayStart, startingActorStates } from '../metrics/engineState';
import { gaugeStaleAfterMs } from '../metrics/gaugeValues';
import type { EngineActivity } from './engineActivity';
import type { ScrapedEngine } from './engineQueries';

/** What the states of one scrape are derived from. */
export interface EngineStateInput extends Pick<EngineActivity, 'movedKeys' | 'busyKeys' | 'asleepKeys'> {
  /** The moment of the snapshot, Unix ms. */
  at: number;
  scrapedEngines: ReadonlyMap<string, ScrapedEngine>;
  /** How often this Prometheus scrapes, in ms. */
  intervalMs: number;
  /** By worker id; undefined if the dashboard did not say. */
  actors: ReadonlyMap<string, Actor> | undefined;
}

/** The engine that a state is derived for. */
interface StateSubject {
  key: string;
  native: boolean;
  hasReported: boolean;
  /** When it was first seen, Unix ms. */
  firstSeenAt: number;
  /** Its actor was DEAD, which is final for a worker. */
  hasDied?: boolean | undefined;
  /** The newest list of actors did not have its actor. */
  wasUnlisted?: boolean | undefined;
}

type StateRule = readonly [EngineState, (engine: StateSubject, input: EngineStateInput) => boolean];

/** The first rule that holds decides, as for engines that are scraped here (docs/metrics.md, Engine states). */
const stateRules: readonly StateRule[] = [
  ['dead', ({ key, hasDied }, { actors }) => hasDied === true || actors?.get(key)?.state === 'DEAD'],
  [
    'gone',
    (engine, { scrapedEngines, actors }) => {
      const isScraped = scrapedEngines.has(engine.key);
      if (engine.hasReported && !isScraped) return true;
      // A dashboard that fails to answer brings none back; series do.
      return lacksActor(engine, actors) ?? (engine.wasUnlisted === true && !isScraped);
    },
  ],
  ['asleep', ({ key }, { asleepKeys }) => asleepKeys.has(key)],
  [
    'starting',
    ({ key, hasReported, firstSeenAt }, { actors, at }) =>
      startingActorStates.has(actors?.get(key)?.state ?? '') ||
      (!hasReported && mayStart(actors?.get(key), firstSeenAt, at)),
  ],
  ['active', ({ key }, { movedKeys, busyKeys }) => movedKeys.has(key) || busyKeys.has(key)],
  [
    'quiet',
    ({ key }, { actors, scrapedEngines, at, intervalMs }) =>
      actors?.get(key)?.state === 'ALIVE' ||
      at - (scrapedEngines.get(key)?.gaugeAt ?? -Infinity) <= Math.max(gaugeStaleAfterMs, 2 * intervalMs),
  ],
];

/** The state of one engine; `silent` if nothing says more. */
export const deriveScrapedEngineState = (engine: StateSubject, input: EngineStateInput): EngineState =>
  stateRules.find(([, holds]) => holds(engine, input))?.[0] ?? 'silent';

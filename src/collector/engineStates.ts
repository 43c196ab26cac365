/** The state of every engine of a run, from what one scrape knows. */
import type { EngineState, ServerFacts } from '../api';
import type { Actor } from '../discovery/actors';
import type { Backend } from '../discovery/rayBackend';
import { deriveEngineState, lacksActor } from '../metrics/engineState';
import type { SubjectState } from '../metrics/subjectState';

/** What servers report about themselves. */
export interface ServerFactsIndex {
  /** By the URL of the server's `/metrics`. */
  serverFactsByUrl: ReadonlyMap<string, ServerFacts>;
  /** By worker id, for engines that report to Ray. */
  serverFactsByWorker: ReadonlyMap<string, ServerFacts>;
}

/** What a server reports about an engine: its own server natively, on Ray the one that can only be its worker's. */
export function serverFactsOf(
  { native, key, targetUrl }: SubjectState,
  { serverFactsByUrl, serverFactsByWorker }: ServerFactsIndex,
): ServerFacts | undefined {
  return native ? serverFactsByUrl.get(targetUrl) : serverFactsByWorker.get(key);
}

/** What the states of one scrape are derived from. */
export interface EngineStatesInput extends ServerFactsIndex {
  /** Unix ms. */
  now: number;
  listedUrls: ReadonlySet<string>;
  /** Keys of the engines that a target just answered with. */
  reportingKeys: ReadonlySet<string>;
  /** By worker id; undefined if the dashboard did not say. */
  actors: ReadonlyMap<string, Actor> | undefined;
  backend: Backend | undefined;
}

/** The engines' states by key (docs/metrics.md, Engine states). */
export function deriveEngineStates(
  engines: readonly SubjectState[],
  input: EngineStatesInput,
): Map<string, EngineState> {
  const { now, listedUrls, reportingKeys, actors, backend } = input;
  return new Map(
    engines.map((engine) => {
      const actor = actors?.get(engine.key);
      const state = deriveEngineState(engine, {
        now,
        actor,
        unlisted: lacksActor(engine, actors),
        isReporting: reportingKeys.has(engine.key),
        targetListed: engine.targetUrl === '' || listedUrls.has(engine.targetUrl),
        backend,
        serverFacts: serverFactsOf(engine, input),
      });
      return [engine.key, state];
    }),
  );
}

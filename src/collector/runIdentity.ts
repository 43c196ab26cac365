/** Which run a scrape is of: its Ray session, its Ray's version, and its job among those on the cluster. */
import type { Actor } from '../discovery/actors';
import type { Discovery } from '../discovery/discover';
import { chooseRun, type RunChoice } from '../discovery/runChoice';
import type { CollectorInput } from './round';
import type { SourceEvidence } from './snapshotSource';

/** What the collector knows about the run from scrape to scrape; undefined: not known yet. */
export interface RunIdentity {
  readonly session: string | undefined;
  readonly rayVersion: string | undefined;
  readonly choice: RunChoice | undefined;
}

/** The identity before the first scrape. */
export const unknownRun: RunIdentity = { session: undefined, rayVersion: undefined, choice: undefined };

/** What a scrape says about its run. */
export interface RunEvidence extends Pick<SourceEvidence, 'discovery' | 'sessions' | 'rayVersion' | 'models'> {
  /** By worker id; undefined if the dashboard did not say. */
  actors: ReadonlyMap<string, Actor> | undefined;
}

/** The decision of one scrape. */
export interface RunDecision {
  identity: RunIdentity;
  isNewSession: boolean;
  /** It is another run than before: what a source remembers must not count in it. */
  isOtherRun: boolean;
}

/**
 * The identity after discovery. `previous`: the discovery before; another dashboard is another cluster, with a Ray of
 * another version.
 */
export function afterDiscovery(
  identity: RunIdentity,
  previous: Discovery | undefined,
  { ray, dashboard }: Discovery,
): RunIdentity {
  const isOtherCluster = previous !== undefined && previous.dashboard?.url !== dashboard?.url;
  return { ...identity, rayVersion: ray.version ?? (isOtherCluster ? undefined : identity.rayVersion) };
}

/**
 * Decides which run the evidence is of. If the dashboard did not list actors, the choice among jobs stays as it was.
 */
export function decideRun(
  known: RunIdentity,
  { discovery, sessions, rayVersion, models, actors }: RunEvidence,
  { chosenJob, model, expectedEngines }: Pick<CollectorInput, 'chosenJob' | 'model' | 'expectedEngines'>,
): RunDecision {
  const [firstSession] = sessions;
  const stays = firstSession === undefined || (known.session !== undefined && sessions.has(known.session));
  const isNewSession = !stays && known.session !== undefined;
  const previousChoice = isNewSession ? undefined : known.choice;
  const choice = actors
    ? chooseRun(actors.values(), { chosenJob, model, expectedEngines, modelByWorker: models })
    : previousChoice;
  const isOtherJob =
    previousChoice?.job !== undefined && choice?.job !== undefined && choice.job !== previousChoice.job;
  return {
    identity: {
      session: stays ? known.session : firstSession,
      rayVersion: (isNewSession ? discovery.ray.version : known.rayVersion) ?? rayVersion,
      choice,
    },
    isNewSession,
    isOtherRun: isNewSession || isOtherJob,
  };
}

/**
 * Tells this run from others: the Ray session, else the URLs of the servers. Empty while it is unknown, as before a
 * Ray's first engine.
 */
export function runIdOf(
  { targets, ray }: Pick<Discovery, 'targets' | 'ray'> = { targets: [], ray: {} },
  session: string | undefined,
): string {
  if (targets.length === 0 || targets.some(({ kind }) => kind === 'ray')) return session ?? ray.session ?? '';
  return targets
    .map(({ url }) => url)
    .sort()
    .join(' ');
}

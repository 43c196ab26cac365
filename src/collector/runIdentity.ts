/** Which run a scrape is of: its Ray session, its Ray's version, and its job among those on the cluster. */
import type { Actor } from '../discovery/actors';
import type { Discovery } from '../discovery/discover';
import { chooseRun, type RunChoice } from '../discovery/runChoice';
import type { CollectorInput } from './round';
import type { SourceEvidence } from './snapshotSource';

/** What the collector knows about the run from scrape to scrape; undefined: not known yet. */
export interface RunIdentity {
  /** That series named. */
  readonly session: string | undefined;
  /** The session that the run is taken for before a series names one: the dashboard's. */
  readonly presumedSession?: string | undefined;
  /** Worker ids of other Ray sessions, whose nodes answer at addresses of this run's. */
  readonly foreignWorkers?: ReadonlySet<string>;
  readonly rayVersion: string | undefined;
  readonly choice: RunChoice | undefined;
}

/** The identity before the first scrape. */
export const unknownRun: RunIdentity = { session: undefined, rayVersion: undefined, choice: undefined };

/** What a scrape says about its run. */
export interface RunEvidence extends Pick<
  SourceEvidence,
  'discovery' | 'sessions' | 'sessionByWorker' | 'rayVersion' | 'models'
> {
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

/** Whether Ray's nodes are the targets, or none are known. */
const isOnRay = ({ targets }: Pick<Discovery, 'targets'>): boolean =>
  targets.length === 0 || targets.some(({ kind }) => kind === 'ray');

/**
 * The session of the run: as before while a series names it, unless the dashboard and most answers name another one, as
 * when nodes of a Ray that was started anew are not gone yet. While no series names one, it is as before, unless the
 * dashboard is of another one: then it is undefined until the first series.
 */
function sessionIn({ sessions, discovery }: RunEvidence, known: string | undefined): string | undefined {
  const { session: ofDashboard } = discovery.ray;
  const [commonest] = sessions;
  if (commonest === undefined) return !isOnRay(discovery) || (ofDashboard ?? known) === known ? known : undefined;
  const hasMoved = commonest === ofDashboard;
  return known !== undefined && sessions.has(known) && !hasMoved ? known : commonest;
}

/**
 * Decides which run the evidence is of. If the dashboard did not list actors, the choice among jobs stays as it was.
 */
export function decideRun(
  known: RunIdentity,
  evidence: RunEvidence,
  { chosenJob, model, expectedEngines }: Pick<CollectorInput, 'chosenJob' | 'model' | 'expectedEngines'>,
): RunDecision {
  const { discovery, sessionByWorker, rayVersion, models, actors } = evidence;
  const session = sessionIn(evidence, known.session);
  const isNewSession = known.session !== undefined && session !== known.session;
  const previousChoice = isNewSession ? undefined : known.choice;
  const choice = actors
    ? chooseRun(actors.values(), { chosenJob, model, expectedEngines, modelByWorker: models })
    : previousChoice;
  const isOtherJob =
    previousChoice?.job !== undefined && choice?.job !== undefined && choice.job !== previousChoice.job;
  // Before the first series, another dashboard may have answered, whose actors are not this run's engines.
  const presumedSession = session ?? discovery.ray.session ?? known.presumedSession;
  const wasMistaken =
    isOnRay(discovery) && known.presumedSession !== undefined && presumedSession !== known.presumedSession;
  return {
    identity: {
      session,
      presumedSession,
      foreignWorkers: new Set([...sessionByWorker].flatMap(([id, of]) => (of === session ? [] : [id]))),
      rayVersion: (isNewSession ? discovery.ray.version : known.rayVersion) ?? rayVersion,
      choice,
    },
    isNewSession,
    isOtherRun: isNewSession || isOtherJob || wasMistaken,
  };
}

/**
 * Tells this run from others: the Ray session, else the URLs of the servers. Empty while it is unknown, as before a
 * Ray's first engine.
 */
export function runIdOf(
  discovery: Pick<Discovery, 'targets' | 'ray'> = { targets: [], ray: {} },
  session: string | undefined,
): string {
  if (isOnRay(discovery)) return session ?? discovery.ray.session ?? '';
  return discovery.targets
    .map(({ url }) => url)
    .sort()
    .join(' ');
}

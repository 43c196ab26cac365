/** Which state of the state table a window is in. The first row that holds decides. */
import type { Snapshot, Status } from '../api';
import type { HttpError, HttpErrorKind } from '../http/httpGet';
import { formatDuration } from '../shared/format';
import { states, type StateId } from '../shared/states';
import type { Round } from './round';
import type { SourceReport } from './snapshotSource';

/** How the search for a config stands. */
export type ConfigSearch = 'searching' | 'none' | 'one' | 'several';

export interface StatusFacts {
  folderOpen: boolean;
  isTrusted: boolean;
  search: ConfigSearch;
  /** How the config says metrics reach an observer; `ray` where there is none. */
  metricsPath: 'ray' | 'servers' | 'external-servers' | 'external-proxy' | 'none';
  /** The config leaves engine metrics on. */
  statsOn: boolean;
  round: Round | undefined;
  snapshot: Snapshot | undefined;
  /** `on command`: the interval is 0. */
  timer: 'running' | 'stopped' | 'on command';
  ignoreHold: boolean;
  now: number;
  /** The recording that is replayed; steps count from 1. */
  replay?: { folder: string; step: number; steps: number } | undefined;
  /** From when on numbers are old, in ms. */
  staleAfterMs: number;
}

/** The words behind the state's own; an empty text adds none, undefined says that the state does not hold. */
type StateRule = readonly [StateId, (facts: StatusFacts) => string | undefined];

const detailIf = (holds: boolean, detail = ''): string | undefined => (holds ? detail : undefined);
const failedTargets = (facts: StatusFacts): Snapshot['targets'] =>
  facts.snapshot?.targets.filter(({ state }) => state === 'failed') ?? [];

const kindStates: Partial<Record<HttpErrorKind, StateId>> = {
  refused: 'refused',
  unreachable: 'nodes-not-reachable',
  'name-not-resolved': 'name-not-resolved',
  'certificate-not-trusted': 'certificate-not-trusted',
  'time-out': 'time-out',
  unauthorised: 'unauthorised',
  forbidden: 'forbidden',
  'too-large': 'too-large',
};

/**
 * The error that stands for a round without one good answer: the dashboard's where it named no target, else the first
 * target's.
 */
function roundError(facts: StatusFacts): { error: HttpError; of: string; fromDashboard: boolean } | undefined {
  const { round, snapshot } = facts;
  const dashboard = round?.discovery.dashboard;
  // Whom the targets' place was given speaks for itself.
  if (round?.sourceReport) return undefined;
  if (round && round.discovery.targets.length === 0) {
    const silent =
      dashboard?.configuredBy === 'default' &&
      dashboard.error?.kind !== 'unauthorised' &&
      dashboard.error?.kind !== 'forbidden';
    return dashboard?.error && !silent ? { error: dashboard.error, of: dashboard.url, fromDashboard: true } : undefined;
  }
  const first = snapshot?.targets[0];
  if (!first || failedTargets(facts).length < (snapshot?.targets.length ?? 0)) return undefined;
  const error = round?.errors.get(first.url);
  return error && { error, of: first.url, fromDashboard: false };
}

/** Said by a node that the dashboard names: it is there, only not from here. */
const unreachableKinds = new Set<HttpErrorKind>(['time-out', 'name-not-resolved']);

function errorState(facts: StatusFacts): StateId | undefined {
  const met = roundError(facts);
  if (!met) return undefined;
  const named = facts.round?.discovery.dashboard?.state === 'ok';
  if (!met.fromDashboard && named && unreachableKinds.has(met.error.kind)) return 'nodes-not-reachable';
  return kindStates[met.error.kind] ?? 'failed';
}

/** What became of the token where the dashboard did not let us in. */
function tokenDetail({ round }: StatusFacts, fromDashboard: boolean): string[] {
  const token = fromDashboard ? round?.discovery.dashboard?.token : undefined;
  if (token?.state === 'withheld')
    return [`A token is in ${token.provider}; it was not sent, as only this workspace names this dashboard.`];
  if (token?.state === 'unusable') return ['The token is no single word of printable ASCII, so it was not sent.'];
  if (token?.state === 'sent' && token.provider !== 'command') return [`The token came from ${token.provider}.`];
  return [];
}

/** An answer that was not one with metrics: a router has none at its own address. */
const notMetricsKinds = new Set<HttpErrorKind>(['status', 'wrong-type']);

function hasOnlyRouters({ snapshot, round }: StatusFacts): boolean {
  const targets = snapshot?.targets ?? [];
  return (
    targets.length > 0 &&
    targets.every(({ url, kind, state }) => {
      const kindOfError = round?.errors.get(url)?.kind;
      return (
        kind === 'router' &&
        (state === 'empty' || (state === 'failed' && kindOfError !== undefined && notMetricsKinds.has(kindOfError)))
      );
    })
  );
}

const errorRules = [...new Set([...Object.values(kindStates), 'failed' as const])].map((state): StateRule => [
  state,
  (facts) => {
    if (errorState(facts) !== state) return undefined;
    const met = roundError(facts);
    return met && [`${met.of}: ${met.error.message}.`, ...tokenDetail(facts, met.fromDashboard)].join(' ');
  },
]);

const age = ({ snapshot, now }: StatusFacts): number => (snapshot ? now - snapshot.at : 0);
const activeHold = ({ round, ignoreHold }: StatusFacts): Round['hold'] => (ignoreHold ? undefined : round?.hold);

const sourceDetail = (round: Round | undefined, state: SourceReport['state']): string | undefined =>
  round?.sourceReport?.state === state ? `${round.sourceReport.url}: ${round.sourceReport.message}` : undefined;

/** Another source has the run, whatever the config says of the targets. */
const sourceHasRun = (round: Round | undefined): boolean =>
  round?.sourceReport?.state === 'ok' || round?.sourceReport?.state === 'partial';

const stateRules: readonly StateRule[] = [
  ['replaying', ({ replay }) => replay && `${replay.folder}, scrape ${replay.step} of ${replay.steps}.`],
  ['untrusted', ({ isTrusted }) => detailIf(!isTrusted)],
  ['prometheus-failed', ({ round }) => sourceDetail(round, 'failed')],
  ['prometheus-old', ({ round }) => sourceDetail(round, 'old')],
  [
    'stats-off',
    ({ statsOn, metricsPath, round }) => {
      if (sourceHasRun(round)) return undefined;
      if (statsOn || (metricsPath !== 'servers' && metricsPath !== 'none') || round?.discovery.targets.length)
        return undefined;
      const refused = round?.discovery.dashboard?.error?.kind;
      return refused === 'unauthorised' || refused === 'forbidden'
        ? undefined
        : metricsPath === 'servers'
          ? (round?.discovery.reason ?? '')
          : '';
    },
  ],
  [
    'path-unsupported',
    ({ metricsPath, round }) =>
      detailIf(metricsPath === 'none' && !round?.discovery.targets.length && !sourceHasRun(round)),
  ],
  ['prometheus-empty', ({ round }) => sourceDetail(round, 'empty')],
  ['router-only', (facts) => detailIf(hasOnlyRouters(facts))],
  ...errorRules,
  [
    'partial',
    (facts) => {
      const failed = failedTargets(facts);
      const first = failed[0];
      return first && `${failed.length} of ${facts.snapshot?.targets.length}: ${first.url}: ${first.error}.`;
    },
  ],
  [
    'held',
    (facts) => {
      const hold = facts.timer === 'running' ? activeHold(facts) : undefined;
      if (hold === 'version-unknown') return 'Ray’s version is not known yet; a scrape on command tells it.';
      return detailIf(hold === 'one-reader', 'Scrape now when you need to know, or use Prometheus.');
    },
  ],
  ['no-folder', ({ folderOpen, snapshot }) => detailIf(!folderOpen && !snapshot?.targets.length)],
  [
    'no-run-found',
    ({ round, search }) =>
      detailIf(round?.discovery.targets.length === 0 && !round.sourceReport && search !== 'searching'),
  ],
  ['searching', ({ search, snapshot }) => detailIf(search === 'searching' && !snapshot)],
  ['several-configs', ({ search, snapshot }) => detailIf(search === 'several' && !snapshot)],
  ['no-config', ({ search, snapshot }) => detailIf(search === 'none' && !snapshot)],
  [
    'no-engine-series',
    ({ snapshot }) => detailIf(snapshot !== undefined && snapshot.targets.every(({ state }) => state === 'empty')),
  ],
  ['new-session', ({ round }) => detailIf(round?.isNewSession === true)],
  [
    'timer-stopped',
    ({ timer, snapshot }) =>
      detailIf(timer === 'on command' && !snapshot, 'skyrl.scrape.interval is 0: scrapes come on command only.'),
  ],
  [
    'timer-stopped',
    (facts) =>
      detailIf(facts.timer === 'stopped', facts.snapshot ? `The numbers are ${formatDuration(age(facts))} old.` : ''),
  ],
  [
    'stale',
    (facts) =>
      detailIf(
        facts.snapshot !== undefined && age(facts) > facts.staleAfterMs,
        `Scraped ${formatDuration(age(facts))} ago.`,
      ),
  ],
  ['second-scrape', ({ snapshot }) => detailIf(snapshot !== undefined && snapshot.window === undefined)],
  [
    'fresh',
    ({ snapshot, round }) =>
      detailIf(snapshot !== undefined, round?.sourceReport && `From Prometheus at ${round.sourceReport.url}.`),
  ],
];

/** The state and its words. Before the first scrape of a config that is there: searching. */
export function statusOf(facts: StatusFacts): Status {
  for (const [state, detail] of stateRules) {
    const said = detail(facts);
    if (said !== undefined) return { state, message: [states[state].message, said].filter(Boolean).join(' ') };
  }
  return { state: 'searching', message: 'The first scrape has not come yet.' };
}

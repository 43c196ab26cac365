/** The state of a scrape in which nothing answered: which error decides, and what is said about it. */
import type { Snapshot } from '../api';
import type { HttpError, HttpErrorKind } from '../http/httpGet';
import type { StateId } from '../shared/states';
import type { Round } from './round';

/** The newest scrape. */
export interface ScrapeOutcome {
  round: Round | undefined;
  snapshot: Snapshot | undefined;
}

/** An error that decides the state, and the URL that it is about. */
interface DecidingError {
  error: HttpError;
  url: string;
  isFromDashboard: boolean;
}

const statesByErrorKind: Partial<Record<HttpErrorKind, StateId>> = {
  refused: 'refused',
  unreachable: 'nodes-not-reachable',
  'name-not-resolved': 'name-not-resolved',
  'certificate-not-trusted': 'certificate-not-trusted',
  'time-out': 'time-out',
  unauthorised: 'unauthorised',
  forbidden: 'forbidden',
  'too-large': 'too-large',
  'proxy-failed': 'proxy-failed',
};

/** The states that `errorState` can return. */
export const errorStates: readonly StateId[] = [...new Set([...Object.values(statesByErrorKind), 'failed' as const])];

const tokenErrorKinds = new Set<HttpErrorKind>(['unauthorised', 'forbidden']);
/** What a node that the dashboard names answers with if it cannot be reached from here. */
const unreachableKinds = new Set<HttpErrorKind>(['time-out', 'name-not-resolved']);
/** What a server without `/metrics` answers with, such as a router. */
const noMetricsKinds = new Set<HttpErrorKind>(['status', 'wrong-type']);

/** Whether the dashboard asks for a token, or rejects the one it got. */
export function dashboardWantsToken({ round }: ScrapeOutcome): boolean {
  const error = round?.discovery.dashboard?.error;
  return error !== undefined && tokenErrorKinds.has(error.kind);
}

/** Targets of the newest snapshot that failed. */
export const failedTargets = ({ snapshot }: Pick<ScrapeOutcome, 'snapshot'>): Snapshot['targets'] =>
  snapshot?.targets.filter(({ state }) => state === 'failed') ?? [];

/** The error that decides if nothing answered: the dashboard's if it named no target, else the first target's. */
function decidingError(outcome: ScrapeOutcome): DecidingError | undefined {
  const { round, snapshot } = outcome;
  // A replacement source reports its own errors.
  if (!round || round.sourceReport) return undefined;
  const { targets, dashboard } = round.discovery;
  if (targets.length === 0) {
    // A dashboard that no person named and that does not answer means that there is no run; a proxy was named.
    const isNamed = dashboard?.configuredBy === 'setting' || dashboard?.configuredBy === 'RAY_ADDRESS';
    const isExpected = !isNamed && !dashboardWantsToken(outcome) && dashboard?.error?.kind !== 'proxy-failed';
    if (!dashboard?.error || isExpected) return undefined;
    return { error: dashboard.error, url: dashboard.url, isFromDashboard: true };
  }
  const [first] = snapshot?.targets ?? [];
  if (!first || failedTargets(outcome).length < (snapshot?.targets.length ?? 0)) return undefined;
  const error = round.errors.get(first.url);
  return error && { error, url: first.url, isFromDashboard: false };
}

/** The state of a scrape in which nothing answered; undefined if something did. */
export function errorState(outcome: ScrapeOutcome): StateId | undefined {
  const deciding = decidingError(outcome);
  if (!deciding) return undefined;
  const { error, isFromDashboard } = deciding;
  const isNamedByDashboard = !isFromDashboard && outcome.round?.discovery.dashboard?.state === 'ok';
  if (isNamedByDashboard && unreachableKinds.has(error.kind)) return 'nodes-not-reachable';
  return statesByErrorKind[error.kind] ?? 'failed';
}

/** What is said about the error: who answered with it, and what happened to the token. */
export function errorDetail(outcome: ScrapeOutcome): string {
  const deciding = decidingError(outcome);
  if (!deciding) return '';
  const { error, url, isFromDashboard } = deciding;
  return [`${url}: ${error.message}.`, isFromDashboard ? tokenDetail(outcome) : ''].filter(Boolean).join(' ');
}

function tokenDetail({ round }: ScrapeOutcome): string {
  const token = round?.discovery.dashboard?.token;
  if (token?.state === 'withheld')
    return `A token was found in ${token.provider} but not sent, because only this workspace names this dashboard. Run SkyRL: Set Dashboard Token to allow it.`;
  if (token?.state === 'unusable')
    return 'The token was not sent: it contains blanks or characters that a header cannot carry.';
  return token?.state === 'sent' && token.provider !== 'command' ? `The token came from ${token.provider}.` : '';
}

/** Whether every target is a router, and none of them has metrics of an engine. */
export function hasOnlyRouters({ snapshot, round }: ScrapeOutcome): boolean {
  const targets = snapshot?.targets ?? [];
  const hasNoMetrics = ({ url, state }: Snapshot['targets'][number]): boolean => {
    const errorKind = round?.errors.get(url)?.kind;
    return state === 'empty' || (state === 'failed' && errorKind !== undefined && noMetricsKinds.has(errorKind));
  };
  return targets.length > 0 && targets.every((target) => target.kind === 'router' && hasNoMetrics(target));
}

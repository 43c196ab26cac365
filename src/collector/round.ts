/** What the collector is given for one scrape, and what the scrape found beside its snapshot. */
import type { Discovery, DiscoveryInput } from '../discovery/discover';
import type { RunChoice } from '../discovery/runChoice';
import type { HttpError } from '../http/httpGet';
import type { LoggedRequest } from '../http/requestLog';
import type { HoldReason } from './holdReason';
import type { RunDecision } from './runIdentity';
import type { EvaluationContext, SnapshotSource, SourceEvidence, SourceReport } from './snapshotSource';

/** The settings and the config, as one scrape uses them. */
export interface CollectorInput {
  discovery: DiscoveryInput;
  /** False if no request may be made, as in an untrusted folder. */
  requestsAllowed: boolean;
  /** Engines that the config asks for; undefined if unknown. */
  expectedEngines: number | undefined;
  /** The engines' `model_name` by the config. */
  model?: string;
  /** The Ray job that a person selected. */
  chosenJob?: string;
  /** Per request. */
  timeoutMs: number;
  /** Between two scrapes of the timer. */
  intervalMs: number;
  /** The timer scrapes even if that takes gauges from SkyRL's own log. */
  ignoreHold: boolean;
  /** Replaces the targets as the source. */
  source?: SnapshotSource;
  /** Whether the config asks for prefill/decode disaggregation; by default unknown. */
  disaggregated?: boolean;
  /** Which measures of families without a row in the catalog are wanted, by id; by default none. */
  wantsOther?: (id: string) => boolean;
  /** The targets are the source by default, so that another one may be suggested. */
  offersSource?: boolean;
}

/** What the newest scrape found beside its snapshot. */
export interface Round {
  discovery: Discovery;
  /** By target URL; only targets that failed. */
  errors: Map<string, HttpError>;
  /** Why the timer does not scrape; undefined if it does. */
  hold: HoldReason | undefined;
  /** The Ray session differs from the one in the scrape before. */
  isNewSession: boolean;
  /** The runs on the cluster, and which one is shown; undefined before the dashboard first listed actors. */
  runChoice: RunChoice | undefined;
  requests: LoggedRequest[];
  /** `/metrics` of every vLLM server that answered, including servers whose engines report to Ray. */
  serverMetricsUrls?: string[];
  /** The scrape did not wait any longer for the search for a config, so that it ignores the config. */
  isWithoutConfig?: boolean;
  /** How the source answered, if it is not the targets. */
  sourceReport?: SourceReport;
}

/** What a round is made of at the end of a scrape. */
export interface RoundParts {
  evidence: SourceEvidence;
  decision: RunDecision;
  context: Pick<EvaluationContext, 'serverFactsByUrl'>;
  report: SourceReport | undefined;
  hold: HoldReason | undefined;
  requests: LoggedRequest[];
  /** False if the scrape did not wait any longer for the config. */
  isInputReady?: boolean;
}

/** The round of a scrape that gave a snapshot. */
export function toRound({
  evidence,
  decision,
  context,
  report,
  hold,
  requests,
  isInputReady = true,
}: RoundParts): Round {
  return {
    discovery: evidence.discovery,
    errors: new Map(evidence.answers.flatMap(({ target, error }) => (error ? [[target.url, error] as const] : []))),
    hold,
    isNewSession: decision.isNewSession,
    runChoice: decision.identity.choice,
    requests,
    serverMetricsUrls: [...context.serverFactsByUrl.keys()],
    ...(!isInputReady && { isWithoutConfig: true }),
    ...(report && { sourceReport: report }),
  };
}

/** The round of a timer's scrape that stopped after discovery; the rest is as it was. */
export function toHeldRound(
  previous: Round | undefined,
  held: Pick<Round, 'discovery' | 'requests'> & { hold: HoldReason },
): Round {
  return { errors: new Map(), runChoice: undefined, ...previous, ...held, isNewSession: false };
}

/** Whether a scrape found no run: its source has no series of it, or discovery found no target. */
export const foundNoRun = (report: SourceReport | undefined, { targets }: Discovery): boolean =>
  report ? report.state === 'empty' : targets.length === 0;

/** The targets as the source of snapshots: each is scraped here. */
import type { Snapshot } from '../api';
import type { Discovery } from '../discovery/discover';
import { isFromRay, type Target } from '../discovery/targets';
import type { Exposition } from '../exposition/expositionReader';
import type { HttpError } from '../http/httpGet';
import type { CatalogIndex } from '../metrics/catalogIndex';
import { OtherFamilies } from '../metrics/otherFamilies';
import { seriesFactsOf, type SeriesFacts } from '../metrics/seriesFacts';
import type { SeriesMeta } from '../metrics/seriesMeta';
import type { Clock } from '../shared/clock';
import { Backoff } from './backoff';
import { scrapeTargets } from './scrapeTargets';
import { SnapshotBuilder } from './snapshotBuilder';
import type {
  EvaluationContext,
  MetricsResponse,
  SnapshotSource,
  SourceEvidence,
  SourceRequest,
  SourceResult,
} from './snapshotSource';
import { SameServers } from './sameServers';
import { checkExposition, TargetExpositions, type TargetBody } from './targetExpositions';

/** How long Ray's service-discovery file is not used after none of its targets answered. */
const distrustMs = 60_000;
const unreachableKinds = new Set<HttpError['kind']>(['refused', 'unreachable', 'time-out']);

/** Whether there are targets from the service-discovery file, and all of them are unreachable. */
function allFileTargetsFailed({ targets }: Discovery, answers: readonly MetricsResponse[]): boolean {
  const fileTargets = targets.filter(({ discoveredBy }) => discoveredBy === 'file');
  const fileAnswers = answers.filter(({ target }) => target.discoveredBy === 'file');
  return (
    fileAnswers.length > 0 &&
    fileAnswers.length === fileTargets.length &&
    fileAnswers.every(({ error }) => error && unreachableKinds.has(error.kind))
  );
}

/** The sessions, first the one that most answers name; of equal ones the dashboard's. */
function sortSessions(facts: readonly SeriesFacts[], ofDashboard: string | undefined): Set<string> {
  const counts = new Map<string, number>();
  for (const session of facts.flatMap(({ sessions }) => [...sessions]))
    counts.set(session, (counts.get(session) ?? (session === ofDashboard ? 0.5 : 0)) + 1);
  return new Set([...counts].sort(([, a], [, b]) => b - a).map(([session]) => session));
}

function toEvidence(discovery: Discovery, answers: readonly MetricsResponse[]): SourceEvidence {
  const factsOf = (some: readonly MetricsResponse[]): SeriesFacts[] =>
    some.flatMap(({ result }) => (result ? [seriesFactsOf(result.series)] : []));
  const facts = factsOf(answers);
  const found = factsOf(answers.filter(({ target }) => isFromRay(target)));
  return {
    discovery,
    answers,
    sessions: sortSessions(facts, discovery.ray.session),
    sessionByWorker: new Map(found.flatMap(({ sessionByWorker }) => [...sessionByWorker])),
    rayVersion: facts.find(({ rayVersion }) => rayVersion !== undefined)?.rayVersion,
    models: new Map(facts.flatMap(({ models }) => [...models])),
  };
}

/** Scrapes the targets of a run and builds its snapshots. */
export class TargetSource implements SnapshotSource {
  private snapshotBuilder: SnapshotBuilder;
  private readonly expositions: TargetExpositions;
  private readonly backoff = new Backoff<Exposition<SeriesMeta>>();
  private readonly others: OtherFamilies;
  private sameServers = new SameServers();
  private distrustedUntil = 0;

  constructor(
    private readonly clock: Clock,
    private readonly catalogIndex: CatalogIndex,
  ) {
    this.others = new OtherFamilies(catalogIndex);
    this.snapshotBuilder = new SnapshotBuilder(catalogIndex, this.others);
    this.expositions = new TargetExpositions(catalogIndex, this.others);
  }

  /** Whether no target of the service-discovery file answered a moment ago. */
  get distrustsFile(): boolean {
    return this.clock.now() < this.distrustedUntil;
  }

  /** Forgets the scrapes of another run. */
  reset(): void {
    this.snapshotBuilder = new SnapshotBuilder(this.catalogIndex, this.others);
    this.sameServers = new SameServers();
  }

  /** Moves the times that are kept by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    this.snapshotBuilder.moveTimes(ms);
    this.sameServers.moveTimes(ms);
    this.expositions.moveTimes(ms);
    this.backoff.moveTimes(ms);
    this.distrustedUntil += ms;
  }

  forgetFailures(): void {
    this.backoff.clear();
    this.distrustedUntil = 0;
  }

  /** The discovery with the kinds that its targets showed when they last answered. */
  withKnownKinds(discovery: Discovery): Discovery {
    return this.expositions.withKnownKinds(discovery);
  }

  /** The body of a target's newest answer; undefined if it failed. Not while the target is being scraped. */
  lastBody(url: string): TargetBody | undefined {
    return this.expositions.lastBody(url);
  }

  /** The newest snapshot with those measures of other families that are wanted now. */
  withOther(snapshot: Snapshot, wants: (id: string) => boolean): Snapshot {
    return this.snapshotBuilder.withOther(snapshot, wants);
  }

  /** Scrapes the targets. Failures are part of the evidence. */
  async collect(request: SourceRequest): Promise<SourceEvidence> {
    const { discovery } = request;
    const answers = await this.scrape(discovery.targets, request);
    return allFileTargetsFailed(discovery, answers)
      ? this.collectWithoutFile(request, answers)
      : toEvidence(discovery, answers);
  }

  /** Builds the snapshot. */
  async evaluate({ discovery, answers }: SourceEvidence, context: EvaluationContext): Promise<SourceResult> {
    const { targets } = discovery;
    const { expectedEngines, findings } = context;
    const snapshot = await this.snapshotBuilder.buildInSlices({
      ...context,
      targets,
      answers,
      expectedEngines: expectedEngines && expectedEngines - this.sameServers.surplusIn(targets),
      findings: [...findings, ...this.sameServers.findings],
    });
    return { snapshot, report: undefined, engineCounters: undefined };
  }

  /**
   * The file is recent, but its targets do not answer: its cluster has just ended, and the dashboard may know another
   * one.
   */
  private async collectWithoutFile(
    request: SourceRequest,
    answers: readonly MetricsResponse[],
  ): Promise<SourceEvidence> {
    this.distrustedUntil = this.clock.now() + distrustMs;
    const rediscovered = this.withKnownKinds(await request.rediscover());
    return rediscovered.targets.length === 0
      ? toEvidence({ ...request.discovery, reason: rediscovered.reason }, answers)
      : toEvidence(rediscovered, await this.scrape(rediscovered.targets, request));
  }

  /**
   * An answer per target, in their order. By the timer, a target whose retry is not due is not asked: its last failure
   * is repeated.
   */
  private async scrape(
    targets: readonly Target[],
    { trigger, intervalMs, timeoutMs, get, signal }: SourceRequest,
  ): Promise<MetricsResponse[]> {
    const now = this.clock.now();
    const repeatedFailures = targets.map((target) =>
      trigger === 'timer' ? this.backoff.pendingFailure(target.url, now, intervalMs) : undefined,
    );
    const answers = await scrapeTargets(
      targets.filter((_, index) => !repeatedFailures[index]),
      {
        get,
        timeoutMs,
        signal,
        clock: this.clock,
        reader: (target) => this.expositions.readerOf(target),
        check: checkExposition,
      },
    );
    this.backoff.add(answers);
    this.backoff.forgetUnlisted(new Set(targets.map(({ url }) => url)));
    this.expositions.noteAnswers(answers);
    this.expositions.forgetUnlisted(targets);
    const answersByUrl = new Map(answers.map((answer) => [answer.target.url, answer]));
    const inOrder = targets.flatMap((target, index) => repeatedFailures[index] ?? answersByUrl.get(target.url) ?? []);
    return this.sameServers
      .mark(inOrder)
      .map((answer) => ({ ...answer, target: this.expositions.withKnownKind(answer.target) }));
  }
}

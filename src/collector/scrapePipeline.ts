/** The stages of one scrape: discover, hold, collect, decide the run, evaluate. */
import type { Trigger } from '../api';
import type { Discovery } from '../discovery/discover';
import { firstServerPorts } from '../discovery/serverAddresses';
import type { Target } from '../discovery/targets';
import type { HttpGet } from '../http/httpGet';
import { logRequests, type LoggedRequest } from '../http/requestLog';
import type { WorkReading } from '../history/workReading';
import type { CatalogIndex } from '../metrics/catalogIndex';
import type { RunRollouts } from '../rollouts/rolloutTracker';
import { noRoleFacts, type RoleFacts } from '../metrics/engineRoles';
import { createSleep, type Clock } from '../shared/clock';
import { DashboardFactsReader, noDashboardFacts, type DashboardFacts } from './dashboardFacts';
import { holdReasonFor, type HoldReason } from './holdReason';
import { KvRoleReader, rolesOfServers, rolesOfWorkers } from './kvRoles';
import { PreviousNames, type LoadEngineNames } from './previousNames';
import type { CollectorInput } from './round';
import {
  clusterFindings,
  foreignActorsFindings,
  foreignTargetsFindings,
  isOfForeignSession,
  manyTargetsFindings,
  runFindings,
} from './runFindings';
import { afterDiscovery, decideRun, runIdOf, unknownRun, type RunDecision } from './runIdentity';
import { ScrapeDiscovery, type DiscoveryOptions } from './scrapeDiscovery';
import type { ServerFactsIndex } from './engineStates';
import { noServerFacts, ServerFactsReader } from './serverFactsReader';
import type { EvaluationContext, SnapshotSource, SourceEvidence, SourceResult } from './snapshotSource';
import { TargetSource } from './targetSource';

/** What all scrapes of a run share. */
export interface PipelineOptions {
  get: HttpGet;
  clock: Clock;
  catalogIndex: CatalogIndex;
  /** Aborts what runs. */
  signal: AbortSignal;
  /** Called with the ms by which the machine's clock was set since the scrape before. */
  onClockStep?: ((ms: number) => void) | undefined;
  /** Names that an earlier VS Code window gave the engines of a run. */
  loadEngineNames: LoadEngineNames | undefined;
  /** Keeps the engines' work of a run; undefined if nothing does. */
  trackWork?: ((reading: WorkReading, runId: string) => RunRollouts) | undefined;
}

/** One scrape, from its beginning on. */
export interface Scrape {
  trigger: Trigger;
  input: CollectorInput;
  source: SnapshotSource;
  options: DiscoveryOptions;
  /** The requests made so far. */
  requests: LoggedRequest[];
  discovery: ScrapeDiscovery;
}

/** What a scrape collected. */
export interface CollectedEvidence {
  evidence: SourceEvidence;
  dashboard: DashboardFacts;
}

/** What the evidence amounts to, and what it was evaluated with. */
export type EvaluatedEvidence = SourceResult & { context: EvaluationContext };

/** The session of the service-discovery file, unless it is of another cluster than the targets. */
const fileSession = ({ targets, file }: Discovery): string | undefined =>
  targets.every(({ discoveredBy }) => discoveredBy === 'file') ? file?.session : undefined;

/** Runs each stage of a scrape when it is called, and keeps the identity of the run between scrapes. */
export class ScrapePipeline {
  readonly targetSource: TargetSource;
  private serverFacts = new ServerFactsReader();
  private readonly dashboardFacts = new DashboardFactsReader();
  private readonly kvRoles = new KvRoleReader();
  private readonly previousNames: PreviousNames;
  /** The source of the newest scrape. */
  private source: SnapshotSource;
  private identity = unknownRun;

  constructor(private readonly options: PipelineOptions) {
    this.targetSource = new TargetSource(options.clock, options.catalogIndex);
    this.source = this.targetSource;
    this.previousNames = new PreviousNames(options.loadEngineNames);
  }

  /** The Ray session that series name; undefined if unknown. */
  get session(): string | undefined {
    return this.identity.session;
  }

  /** Whether the newest scrape asked the targets. */
  get usesTargets(): boolean {
    return this.source === this.targetSource;
  }

  /** Asks servers again that failed before. */
  forgetServerFailures(): void {
    this.serverFacts.forgetFailures();
    this.kvRoles.forgetFailures();
  }

  /** Moves what is remembered along with the machine's clock. */
  private moveTimes(ms: number): void {
    this.targetSource.moveTimes(ms);
    this.kvRoles.moveTimes(ms);
    if (this.source !== this.targetSource) this.source.reset();
    this.serverFacts = new ServerFactsReader();
    this.dashboardFacts.forgetTimes();
    this.options.onClockStep?.(ms);
  }

  /** Begins a scrape. */
  begin(trigger: Trigger, input: CollectorInput): Scrape {
    const { clock, signal } = this.options;
    // Between scrapes nothing is compared with the machine's clock, so that it may be set at any time.
    const stepMs = clock.follow();
    if (stepMs !== 0) this.moveTimes(stepMs);
    const now = (): number => clock.now();
    const { get, requests } = logRequests(this.options.get, now);
    const options = { get, signal, timeoutMs: input.timeoutMs, now, sleep: createSleep(clock) };
    const discovery = new ScrapeDiscovery(input, options, this.serverFacts);
    return { trigger, input, source: input.source ?? this.targetSource, options, requests, discovery };
  }

  /** Stage 1: the targets, with the kinds they are known to have. `previous`: the discovery of the scrape before. */
  async discover({ discovery }: Scrape, previous: Discovery | undefined): Promise<Discovery> {
    const discovered = await discovery.discover(this.targetSource.distrustsFile);
    this.identity = afterDiscovery(this.identity, previous, discovered);
    return this.targetSource.withKnownKinds(discovered);
  }

  /** Stage 2: why the timer must not scrape; undefined if it may. */
  holdReason({ input }: Scrape, { targets }: Discovery): HoldReason | undefined {
    return input.source ? undefined : holdReasonFor(targets, this.identity.rayVersion);
  }

  /** Stage 3: the source's evidence, and what the dashboard says. */
  async collect(scrape: Scrape, discovery: Discovery): Promise<CollectedEvidence> {
    const { trigger, input, source, options } = scrape;
    // What a source remembers from an earlier turn is out of date.
    if (source !== this.source) source.reset();
    this.source = source;
    const [evidence, dashboard] = await Promise.all([
      source.collect({
        trigger,
        discovery,
        get: options.get,
        signal: options.signal,
        timeoutMs: input.timeoutMs,
        intervalMs: input.intervalMs,
        session: discovery.ray.session ?? fileSession(discovery),
        rediscover: () => scrape.discovery.discover(true),
      }),
      this.dashboardFacts.read(discovery, input.discovery, options, options.now()),
    ]);
    options.signal.throwIfAborted();
    // Another cluster's actors would make engines that report look gone. Prometheus may lag behind a new session.
    const isForeign = !input.source && isOfForeignSession(evidence.discovery.ray, evidence.sessions);
    return { evidence, dashboard: isForeign ? noDashboardFacts : dashboard };
  }

  /** Stage 4: which run the evidence is of. The source forgets another run. */
  decideRun({ input, source }: Scrape, { evidence, dashboard }: CollectedEvidence): RunDecision {
    const decision = decideRun(this.identity, { ...evidence, actors: dashboard.actors }, input);
    if (decision.isOtherRun) source.reset();
    this.identity = decision.identity;
    return decision;
  }

  /** Stage 5: the snapshot. */
  async evaluate(
    scrape: Scrape,
    { evidence, dashboard }: CollectedEvidence,
    { identity }: RunDecision,
  ): Promise<EvaluatedEvidence> {
    const { trigger, input, source, options, discovery } = scrape;
    const { targets } = evidence.discovery;
    const { expectedEngines } = input;
    const otherWorkers = new Set([...(identity.choice?.otherWorkers ?? []), ...(identity.foreignWorkers ?? [])]);
    const serverFacts = input.source
      ? noServerFacts
      : await this.serverFacts.readFacts(
          {
            targets,
            foundServers: discovery.foundServers,
            actors: dashboard.actors,
            otherWorkers,
            expectedEngines,
            firstPorts: firstServerPorts(input.discovery.environment, input.discovery.hints),
          },
          options,
        );
    const roleFacts = this.readRoleFacts(scrape, targets, serverFacts, dashboard, otherWorkers);
    options.signal.throwIfAborted();
    const { trackWork } = this.options;
    const runId = runIdOf(evidence.discovery, identity.session);
    const context: EvaluationContext = {
      trigger,
      signal: options.signal,
      timeoutMs: input.timeoutMs,
      ...dashboard,
      ...serverFacts,
      otherWorkers,
      names: await this.previousNames.namesOf(runId),
      rayVersion: identity.rayVersion,
      expectedEngines,
      roleFacts,
      ...(input.wantsOther && { wantsOther: input.wantsOther }),
      findings: [
        ...clusterFindings(evidence.discovery.conflict),
        ...(input.source ? [] : foreignActorsFindings(evidence.discovery, evidence.sessions)),
        ...foreignTargetsFindings(evidence.answers, identity),
        ...(identity.choice ? runFindings(identity.choice) : []),
        ...manyTargetsFindings(targets.length, { ...input, omittedTargets: evidence.discovery.omittedTargets ?? 0 }),
      ],
      now: options.now(),
      trackWork: trackWork && ((reading) => trackWork(reading, runId)),
    };
    const result = await source.evaluate(evidence, context);
    this.previousNames.note(runId, result.snapshot.engines);
    options.signal.throwIfAborted();
    return { ...result, context };
  }

  /** What servers, actors and the config say about roles. Servers are not asked if the config says that there are none. */
  private readRoleFacts(
    { input, options }: Scrape,
    targets: readonly Target[],
    { serverFactsByUrl }: ServerFactsIndex,
    { actors }: DashboardFacts,
    otherWorkers: ReadonlySet<string>,
  ): RoleFacts {
    const { disaggregated } = input;
    if (disaggregated === false) return { ...noRoleFacts, disaggregated };
    const urls = [...serverFactsByUrl.keys()];
    const roleByUrl = this.kvRoles.read(urls, targets, options);
    return {
      disaggregated,
      reported: new Map([...rolesOfWorkers(urls, roleByUrl, actors, otherWorkers), ...rolesOfServers(roleByUrl)]),
      actorNames: new Map([...(actors ?? [])].flatMap(([id, { name }]) => (name === undefined ? [] : [[id, name]]))),
    };
  }
}

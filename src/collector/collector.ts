/** The one that scrapes: discovery, a source, actors, the snapshot. One scrape at a time; what is asked for meanwhile comes right after. */
import type { ServerFacts, Snapshot, Trigger } from '../api';
import type { Actor } from '../discovery/actors';
import type { LoadAverage } from '../discovery/nodeLoads';
import { discover, discoverActors, discoverLoads, type Discovery, type DiscoveryInput } from '../discovery/discover';
import type { HttpError, HttpGet } from '../http/httpGet';
import { chooseRun, type RunChoice } from '../discovery/runChoice';
import { backendOf } from '../discovery/rayBackend';
import type { ProbeOptions, DiscoveredServer } from '../discovery/serverFacts';
import type { Target } from '../discovery/targets';
import { backoffDelayMs } from './backoff';
import { scrapeTargets, textReader } from './scrapeTargets';
import { createSleep, type Clock } from '../shared/clock';
import type { CatalogIndex } from '../metrics/catalogIndex';
import type { EngineCounters } from '../metrics/recordCounters';
import { manyTargetsFindings, runFindings } from './runFindings';
import { ServerFactsReader } from './serverFactsReader';
import type { MetricsResponse, SnapshotSource, SourceReport } from './snapshotSource';
import { TargetSource } from './targetSource';
import { logRequests, type LoggedRequest } from '../http/requestLog';

export interface CollectorInput {
  discovery: DiscoveryInput;
  /** False where nothing may be asked, as in an untrusted folder. */
  requestsAllowed: boolean;
  /** Engines by the config. */
  expectedEngines: number | undefined;
  /** `model_name` of the engines, by the config. */
  model?: string;
  /** The Ray job that a person chose to look at. */
  chosenJob?: string;
  timeoutMs: number;
  intervalMs: number;
  /** The timer scrapes also where that takes gauges from SkyRL's own log. */
  ignoreHold: boolean;
  /** In the targets' place. */
  source?: SnapshotSource;
  /** Where the targets are asked: another source may be offered. */
  offersSource?: boolean;
}

/** Why the timer does not scrape: this Ray hands a gauge to one reader, or its version is not known. */
export type HoldReason = 'one-reader' | 'version-unknown';

export interface CollectorOptions {
  get: HttpGet;
  clock: Clock;
  catalogIndex: CatalogIndex;
  /** Asked at the beginning of every scrape. */
  input: () => CollectorInput;
  /** A snapshot, and the answers that it was made of; `counted` where it was made elsewhere. */
  onSnapshot: (snapshot: Snapshot, answers: readonly MetricsResponse[], counted: EngineCounters | undefined) => void;
  /** What the engines of a run (as `runId` tells it) were called by a window before this one, by id. Never rejects, and never takes long. */
  loadEngineNames?: (runId: string) => Promise<ReadonlyMap<string, string>>;
  /** Something that a status is made of has changed. */
  onChange: () => void;
}

/** What the newest round met. */
export interface Round {
  discovery: Discovery;
  /** By target URL, those that failed. */
  errors: Map<string, HttpError>;
  hold: HoldReason | undefined;
  /** The Ray session is another than in the round before. */
  isNewSession: boolean;
  /** The runs on the cluster and which is ours; undefined where nobody could be asked yet. */
  runChoice: RunChoice | undefined;
  requests: LoggedRequest[];
  /** `/metrics` of every vLLM server that answered, also of those whose engines report to Ray. */
  serverMetricsUrls?: string[];
  /** How the source stands, where it is not the targets. */
  sourceReport?: SourceReport;
}

/** What one round asks with, and the servers it found while looking for targets; they are not looked for where the targets are not asked. */
interface RoundOptions extends ProbeOptions {
  foundServers: DiscoveredServer[];
  findServers: boolean;
}

const noFacts = {
  serverFactsByUrl: new Map<string, ServerFacts>(),
  serverFactsByWorker: new Map<string, ServerFacts>(),
};
const emptyDiscovery: Discovery = { targets: [], reason: 'Nothing may be asked.', ray: {} };
const loadsEveryMs = 30_000;

export class Collector {
  private readonly targetSource: TargetSource;
  private names: { run: string; of: ReadonlyMap<string, string> } | undefined;
  private readonly cancellation = new AbortController();
  private readonly facts = new ServerFactsReader();
  /** Of the newest round. */
  private source: SnapshotSource;
  private runChoice: RunChoice | undefined;
  private loadsAt = -Infinity;
  private session: string | undefined;
  private rayVersion: string | undefined;
  private emptyRounds = 0;
  private runningScrape: Promise<Snapshot | undefined> | undefined;
  private queuedScrape: Promise<Snapshot> | undefined;

  snapshot: Snapshot | undefined;
  round: Round | undefined;

  constructor(private readonly options: CollectorOptions) {
    this.targetSource = new TargetSource(options.clock, options.catalogIndex);
    this.source = this.targetSource;
  }

  get busy(): boolean {
    return this.runningScrape !== undefined;
  }

  /** What tells this run from others: the Ray session, else the servers that are asked. Empty while nobody knows: a Ray without an engine says it late. */
  get runId(): string {
    return this.idOf(this.round?.discovery);
  }

  /** The Ray session of this run; undefined where nobody knows one. */
  get raySession(): string | undefined {
    return this.runId.startsWith('session_') ? this.runId : undefined;
  }

  private idOf({ targets, ray }: Pick<Discovery, 'targets' | 'ray'> = emptyDiscovery): string {
    if (targets.length === 0 || targets.some(({ kind }) => kind === 'ray')) return this.session ?? ray.session ?? '';
    return targets
      .map(({ url }) => url)
      .sort()
      .join(' ');
  }

  /** Scrapes now, or right after the scrape that runs; everyone who asks meanwhile gets that one. Rejects only after disposal. */
  scrape(trigger: 'command' | 'api'): Promise<Snapshot> {
    if (this.cancellation.signal.aborted) return Promise.reject(new Error('SkyRL Metrics has been stopped.'));
    if (!this.runningScrape) return this.begin(trigger) as Promise<Snapshot>;
    this.queuedScrape ??= this.runningScrape
      .catch(() => undefined)
      .then(() => {
        this.queuedScrape = undefined;
        this.cancellation.signal.throwIfAborted();
        return this.begin(trigger) as Promise<Snapshot>;
      });
    return this.queuedScrape;
  }

  /**
   * What a target of the newest round answered last, as text; what it answers now (`asked`) where that failed, or where somebody else is the source.
   * Rejects with an HttpError where it fails, and for a URL that is none of the round's.
   */
  async readBody(url: string): Promise<{ text: string; at: number; asked: boolean }> {
    await this.runningScrape?.catch(() => undefined);
    const target = this.round?.discovery.targets.find((each) => each.url === url);
    if (!target) throw new Error(`${url} is not a target of this run.`);
    const last = this.source === this.targetSource ? this.targetSource.lastBody(url) : undefined;
    if (last) return { ...last, asked: false };
    const { get, clock, input } = this.options;
    const { requestsAllowed, timeoutMs } = input();
    if (!requestsAllowed) throw new Error('Nothing may be asked.');
    const [answer] = await scrapeTargets([target], {
      get,
      timeoutMs,
      signal: this.cancellation.signal,
      clock,
      reader: textReader,
      check: () => undefined,
    });
    if (answer?.result === undefined) throw answer?.error ?? new Error(`${url} did not answer.`);
    return { text: answer.result, at: answer.at, asked: true };
  }

  /** The timer's scrape: none while one runs, and none where the timer holds. */
  async tick(): Promise<void> {
    if (!this.runningScrape && !this.cancellation.signal.aborted) await this.begin('timer');
  }

  /** Everyone is asked again at the next opportunity: somebody came back, or something changed. */
  forgetFailures(): void {
    this.facts.forgetFailures();
    this.forgetRound();
  }

  private forgetRound(): void {
    this.targetSource.forgetFailures();
    this.options.input().source?.forgetFailures();
    this.emptyRounds = 0;
  }

  /** From round to round, in ms: longer while nothing is found. */
  backoffIntervalMs(intervalMs: number): number {
    return backoffDelayMs(this.emptyRounds, intervalMs);
  }

  dispose(): void {
    this.cancellation.abort(new Error('SkyRL Metrics has been stopped.'));
  }

  private begin(trigger: Trigger): Promise<Snapshot | undefined> {
    if (trigger === 'command') this.forgetFailures();
    else if (trigger === 'api') this.forgetRound();
    this.runningScrape = this.scrapeOnce(trigger, this.options.input()).finally(() => {
      this.runningScrape = undefined;
      this.options.onChange();
    });
    this.options.onChange();
    return this.runningScrape;
  }

  private async scrapeOnce(trigger: Trigger, input: CollectorInput): Promise<Snapshot | undefined> {
    const { clock } = this.options;
    const trace = logRequests(this.options.get, () => clock.now());
    const look: RoundOptions = {
      get: trace.get,
      signal: this.cancellation.signal,
      timeoutMs: input.timeoutMs,
      now: () => clock.now(),
      foundServers: [],
      findServers: !input.source,
    };
    const known = this.targetSource.withKnownKinds(
      input.requestsAllowed ? await this.discover(input, look) : emptyDiscovery,
    );
    // What was known of one cluster is not another's.
    const moved = this.round !== undefined && this.round.discovery.dashboard?.url !== known.dashboard?.url;
    this.rayVersion = known.ray.version ?? (moved ? undefined : this.rayVersion);
    const hold = input.source ? undefined : this.holdReasonFor(known.targets);
    if (trigger === 'timer' && hold && !input.ignoreHold) {
      this.emptyRounds = 0;
      const before = { errors: new Map<string, HttpError>(), runChoice: undefined, ...this.round };
      this.round = { ...before, discovery: known, requests: trace.requests, hold, isNewSession: false };
      return undefined;
    }
    const source = this.sourceOf(input);
    const looking = {
      trigger,
      discovery: known,
      get: trace.get,
      signal: this.cancellation.signal,
      timeoutMs: input.timeoutMs,
      intervalMs: input.intervalMs,
      session: known.ray.session ?? known.file?.session,
      rediscover: () => this.discover(input, look, true),
    };
    const [seen, actors, loads] = await Promise.all([
      source.collect(looking),
      this.fetchActors(known, input, trace.get),
      this.fetchLoads(known, input, trace.get),
    ]);
    const { discovery, errors } = seen;
    const isEmpty = seen.sourceReport ? seen.sourceReport.state === 'empty' : known.targets.length === 0;
    this.emptyRounds = isEmpty ? this.emptyRounds + 1 : 0;
    this.cancellation.signal.throwIfAborted();
    const newSession = this.updateSession(seen.sessions);
    if (newSession) this.rayVersion = discovery.ray.version;
    this.rayVersion ??= seen.rayVersion;
    const runs = this.updateRunChoice(actors, seen.models, input);
    const others = runs?.otherWorkers ?? new Set<string>();
    const { serverFactsByUrl, serverFactsByWorker } = input.source
      ? noFacts
      : await this.facts.readFacts(
          {
            targets: discovery.targets,
            foundServers: look.foundServers,
            actors,
            otherWorkers: others,
            expectedEngines: input.expectedEngines,
          },
          look,
        );
    this.cancellation.signal.throwIfAborted();
    const names = await this.namesOf(this.idOf(discovery));
    const findings = [...(runs ? runFindings(runs) : []), ...manyTargetsFindings(discovery.targets.length, input)];
    const snapshot = await seen.measure({
      trigger,
      now: clock.now(),
      discovery,
      actors,
      otherWorkers: others,
      serverFactsByUrl,
      serverFactsByWorker,
      loads,
      names,
      rayVersion: this.rayVersion,
      expectedEngines: input.expectedEngines,
      findings,
    });
    this.cancellation.signal.throwIfAborted();
    const { sourceReport } = seen;
    this.round = {
      discovery,
      errors,
      hold: input.source ? undefined : this.holdReasonFor(discovery.targets),
      isNewSession: newSession,
      runChoice: runs,
      requests: trace.requests,
      serverMetricsUrls: [...serverFactsByUrl.keys()],
      ...(sourceReport && { sourceReport }),
    };
    this.snapshot = snapshot;
    this.options.onSnapshot(snapshot, seen.answers, seen.engineCounters);
    return snapshot;
  }

  /** Whom this round asks; what the other one knew of the run is old when it is its turn again. */
  private sourceOf({ source = this.targetSource }: CollectorInput): SnapshotSource {
    if (source !== this.source) source.reset();
    this.source = source;
    return source;
  }

  private discover(
    input: CollectorInput,
    look: RoundOptions,
    distrustFile = this.targetSource.distrustsFile,
  ): Promise<Discovery> {
    const { clock } = this.options;
    return discover(input.discovery, {
      requestOptions: { get: look.get, signal: look.signal, timeoutMs: look.timeoutMs, sleep: createSleep(clock) },
      now: clock.now(),
      distrustFile,
      find: async (nodes, count) => {
        look.foundServers = look.findServers ? await this.facts.findServers(nodes, count, look) : [];
        return look.foundServers;
      },
    });
  }

  private async fetchActors(
    { targets, dashboard }: Discovery,
    input: CollectorInput,
    get: HttpGet,
  ): Promise<ReadonlyMap<string, Actor> | undefined> {
    if (!targets.some(({ kind }) => kind === 'ray')) return undefined;
    return discoverActors(dashboard, input.discovery, {
      get,
      signal: this.cancellation.signal,
      timeoutMs: input.timeoutMs,
      sleep: createSleep(this.options.clock),
    });
  }

  /** A cluster's list of nodes is long, and a load average changes slowly: it is asked for every half minute. */
  private async fetchLoads(
    { targets, dashboard }: Discovery,
    input: CollectorInput,
    get: HttpGet,
  ): Promise<ReadonlyMap<string, LoadAverage> | undefined> {
    const now = this.options.clock.now();
    if (now - this.loadsAt < loadsEveryMs || !targets.some(({ kind }) => kind === 'ray')) return undefined;
    this.loadsAt = now;
    return discoverLoads(dashboard, input.discovery, {
      get,
      signal: this.cancellation.signal,
      timeoutMs: input.timeoutMs,
      sleep: createSleep(this.options.clock),
    });
  }

  /** Which run is ours; where nobody can be asked now, as it was known before. */
  private updateRunChoice(
    actors: ReadonlyMap<string, Actor> | undefined,
    models: ReadonlyMap<string, string>,
    input: CollectorInput,
  ): RunChoice | undefined {
    if (!actors) return this.runChoice;
    const runs = chooseRun(actors.values(), {
      chosenJob: input.chosenJob,
      model: input.model,
      expectedEngines: input.expectedEngines,
      modelByWorker: models,
    });
    // Nothing of another run counts in this one.
    if (this.runChoice?.job !== undefined && runs.job !== undefined && runs.job !== this.runChoice.job)
      this.source.reset();
    this.runChoice = runs;
    return runs;
  }

  /** A new Ray session is a new run: nothing of the one before counts. True when it is new and there was one before. */
  private updateSession(sessions: ReadonlySet<string>): boolean {
    const [first] = sessions;
    if (first === undefined || (this.session !== undefined && sessions.has(this.session))) return false;
    const isNew = this.session !== undefined;
    this.session = first;
    if (isNew) {
      this.source.reset();
      this.runChoice = undefined;
    }
    return isNew;
  }

  /** What engines were called by a window before this one: they keep their names. */
  private async namesOf(run: string): Promise<ReadonlyMap<string, string>> {
    if (run !== '' && this.names?.run !== run)
      this.names = { run, of: (await this.options.loadEngineNames?.(run)) ?? new Map() };
    return this.names?.run === run ? this.names.of : new Map();
  }

  private holdReasonFor(targets: readonly Target[]): HoldReason | undefined {
    if (!targets.some(({ kind }) => kind === 'ray')) return undefined;
    const backend = backendOf(this.rayVersion);
    if (backend === undefined) return 'version-unknown';
    return backend === 'one-reader' ? 'one-reader' : undefined;
  }
}

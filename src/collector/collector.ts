/** The one that scrapes: discovery, a source, actors, the snapshot. One scrape at a time; what is asked for meanwhile comes right after. */
import type { ServerFacts, Snapshot, Trigger } from '../api';
import type { Actor } from '../discovery/actors';
import type { LoadAverage } from '../discovery/nodeLoads';
import { discover, discoverActors, discoverLoads, type Discovery, type DiscoveryInput } from '../discovery/discover';
import type { HttpError, HttpGet } from '../http/httpGet';
import { chooseRun, type RunChoice } from '../discovery/runChoice';
import { backendOf } from '../discovery/rayBackend';
import type { LookOptions, ServerSeen } from '../discovery/serverProbe';
import type { Target } from '../discovery/targets';
import { waitAfter } from './backoff';
import { scrapeTargets, textReader } from './scrapeTargets';
import { sleepOn, type Clock } from './schedule';
import type { CountedEngines } from '../metrics/recordCounters';
import { offerFindings, runFindings } from './runFindings';
import { FactsWatch } from './serverFactsReader';
import type { Answer, Source, SourceReport } from './snapshotSource';
import { TargetSource } from './targetSource';
import { traced, type TracedRequest } from '../http/requestLog';

export interface MonitorInput {
  discovery: DiscoveryInput;
  /** False where nothing may be asked, as in an untrusted folder. */
  allowed: boolean;
  /** Engines by the config. */
  expected: number | undefined;
  /** `model_name` of the engines, by the config. */
  model?: string;
  /** The Ray job that a person chose to look at. */
  chosenJob?: string;
  timeoutMs: number;
  intervalMs: number;
  /** The timer scrapes also where that takes gauges from SkyRL's own log. */
  anyway: boolean;
  /** In the targets' place. */
  source?: Source;
  /** Where the targets are asked: another source may be offered. */
  offersSource?: boolean;
}

/** Why the timer does not scrape: this Ray hands a gauge to one reader, or its version is not known. */
export type Hold = 'one-reader' | 'version-unknown';

export interface MonitorOptions {
  get: HttpGet;
  clock: Clock;
  /** Asked at the beginning of every scrape. */
  input: () => MonitorInput;
  /** A snapshot, and the answers that it was made of; `counted` where it was made elsewhere. */
  onSnapshot: (snapshot: Snapshot, answers: readonly Answer[], counted: CountedEngines | undefined) => void;
  /** What the engines of a run (as `runId` tells it) were called by a window before this one, by id. Never rejects, and never takes long. */
  namesBefore?: (runId: string) => Promise<ReadonlyMap<string, string>>;
  /** Something that a status is made of has changed. */
  onChange: () => void;
}

/** What the newest round met. */
export interface Round {
  discovery: Discovery;
  /** By target URL, those that failed. */
  errors: Map<string, HttpError>;
  hold: Hold | undefined;
  /** The Ray session is another than in the round before. */
  newSession: boolean;
  /** The runs on the cluster and which is ours; undefined where nobody could be asked yet. */
  runs: RunChoice | undefined;
  requests: TracedRequest[];
  /** `/metrics` of every vLLM server that answered, also of those whose engines report to Ray. */
  servers?: string[];
  /** How the source stands, where it is not the targets. */
  report?: SourceReport;
}

/** What one round asks with, and the servers it found while looking for targets; they are not looked for where the targets are not asked. */
interface Asking extends LookOptions {
  found: ServerSeen[];
  findServers: boolean;
}

const noFacts = { servers: new Map<string, ServerFacts>(), factsOf: new Map<string, ServerFacts>() };
const nothing: Discovery = { targets: [], why: 'Nothing may be asked.', ray: {} };
const loadsEveryMs = 30_000;

export class Monitor {
  private readonly targets: TargetSource;
  private names: { run: string; of: ReadonlyMap<string, string> } | undefined;
  private readonly ended = new AbortController();
  private readonly facts = new FactsWatch();
  /** Of the newest round. */
  private source: Source;
  private runs: RunChoice | undefined;
  private loadsAt = -Infinity;
  private session: string | undefined;
  private rayVersion: string | undefined;
  private emptyRounds = 0;
  private current: Promise<Snapshot | undefined> | undefined;
  private next: Promise<Snapshot> | undefined;

  snapshot: Snapshot | undefined;
  round: Round | undefined;

  constructor(private readonly options: MonitorOptions) {
    this.targets = new TargetSource(options.clock);
    this.source = this.targets;
  }

  get busy(): boolean {
    return this.current !== undefined;
  }

  /** What tells this run from others: the Ray session, else the servers that are asked. Empty while nobody knows: a Ray without an engine says it late. */
  get runId(): string {
    return this.idOf(this.round?.discovery);
  }

  /** The Ray session of this run; undefined where nobody knows one. */
  get raySession(): string | undefined {
    return this.runId.startsWith('session_') ? this.runId : undefined;
  }

  private idOf({ targets, ray }: Pick<Discovery, 'targets' | 'ray'> = nothing): string {
    if (targets.length === 0 || targets.some(({ kind }) => kind === 'ray')) return this.session ?? ray.session ?? '';
    return targets
      .map(({ url }) => url)
      .sort()
      .join(' ');
  }

  /** Scrapes now, or right after the scrape that runs; everyone who asks meanwhile gets that one. Rejects only after disposal. */
  scrape(trigger: 'command' | 'api'): Promise<Snapshot> {
    if (this.ended.signal.aborted) return Promise.reject(new Error('SkyRL Metrics has been stopped.'));
    if (!this.current) return this.begin(trigger) as Promise<Snapshot>;
    this.next ??= this.current
      .catch(() => undefined)
      .then(() => {
        this.next = undefined;
        this.ended.signal.throwIfAborted();
        return this.begin(trigger) as Promise<Snapshot>;
      });
    return this.next;
  }

  /**
   * What a target of the newest round answered last, as text; what it answers now (`asked`) where that failed, or where somebody else is the source.
   * Rejects with an HttpError where it fails, and for a URL that is none of the round's.
   */
  async readBody(url: string): Promise<{ text: string; at: number; asked: boolean }> {
    await this.current?.catch(() => undefined);
    const target = this.round?.discovery.targets.find((each) => each.url === url);
    if (!target) throw new Error(`${url} is not a target of this run.`);
    const last = this.source === this.targets ? this.targets.lastBody(url) : undefined;
    if (last) return { ...last, asked: false };
    const { get, clock, input } = this.options;
    const { allowed, timeoutMs } = input();
    if (!allowed) throw new Error('Nothing may be asked.');
    const [answer] = await scrapeTargets([target], {
      get,
      timeoutMs,
      signal: this.ended.signal,
      clock,
      reader: textReader,
      check: () => undefined,
    });
    if (answer?.result === undefined) throw answer?.error ?? new Error(`${url} did not answer.`);
    return { text: answer.result, at: answer.at, asked: true };
  }

  /** The timer's scrape: none while one runs, and none where the timer holds. */
  async tick(): Promise<void> {
    if (!this.current && !this.ended.signal.aborted) await this.begin('timer');
  }

  /** Everyone is asked again at the next opportunity: somebody came back, or something changed. */
  forgetFailures(): void {
    this.facts.forgetFailures();
    this.forgetRound();
  }

  private forgetRound(): void {
    this.targets.forgetFailures();
    this.options.input().source?.forgetFailures();
    this.emptyRounds = 0;
  }

  /** From round to round, in ms: longer while nothing is found. */
  pace(intervalMs: number): number {
    return waitAfter(this.emptyRounds, intervalMs);
  }

  dispose(): void {
    this.ended.abort(new Error('SkyRL Metrics has been stopped.'));
  }

  private begin(trigger: Trigger): Promise<Snapshot | undefined> {
    if (trigger === 'command') this.forgetFailures();
    else if (trigger === 'api') this.forgetRound();
    this.current = this.scrapeOnce(trigger, this.options.input()).finally(() => {
      this.current = undefined;
      this.options.onChange();
    });
    this.options.onChange();
    return this.current;
  }

  private async scrapeOnce(trigger: Trigger, input: MonitorInput): Promise<Snapshot | undefined> {
    const { clock } = this.options;
    const trace = traced(this.options.get, () => clock.now());
    const look: Asking = {
      get: trace.get,
      signal: this.ended.signal,
      timeoutMs: input.timeoutMs,
      now: () => clock.now(),
      found: [],
      findServers: !input.source,
    };
    const known = this.targets.kindsKnown(input.allowed ? await this.discover(input, look) : nothing);
    // What was known of one cluster is not another's.
    const moved = this.round !== undefined && this.round.discovery.dashboard?.url !== known.dashboard?.url;
    this.rayVersion = known.ray.version ?? (moved ? undefined : this.rayVersion);
    const hold = input.source ? undefined : this.hold(known.targets);
    if (trigger === 'timer' && hold && !input.anyway) {
      this.emptyRounds = 0;
      const before = { errors: new Map<string, HttpError>(), runs: undefined, ...this.round };
      this.round = { ...before, discovery: known, requests: trace.requests, hold, newSession: false };
      return undefined;
    }
    const source = this.sourceOf(input);
    const looking = {
      trigger,
      discovery: known,
      get: trace.get,
      signal: this.ended.signal,
      timeoutMs: input.timeoutMs,
      intervalMs: input.intervalMs,
      session: known.ray.session ?? known.file?.session,
      rediscover: () => this.discover(input, look, true),
    };
    const [seen, actors, loads] = await Promise.all([
      source.look(looking),
      this.actors(known, input, trace.get),
      this.loads(known, input, trace.get),
    ]);
    const { discovery, errors } = seen;
    const isEmpty = seen.report ? seen.report.state === 'empty' : known.targets.length === 0;
    this.emptyRounds = isEmpty ? this.emptyRounds + 1 : 0;
    this.ended.signal.throwIfAborted();
    const newSession = this.meetSession(seen.sessions);
    if (newSession) this.rayVersion = discovery.ray.version;
    this.rayVersion ??= seen.rayVersion;
    const runs = this.choose(actors, seen.models, input);
    const others = runs?.others ?? new Set<string>();
    const { servers, factsOf } = input.source
      ? noFacts
      : await this.facts.ask(
          { targets: discovery.targets, found: look.found, actors, others, expected: input.expected },
          look,
        );
    this.ended.signal.throwIfAborted();
    const names = await this.namesOf(this.idOf(discovery));
    const findings = [...(runs ? runFindings(runs) : []), ...offerFindings(discovery.targets.length, input)];
    const snapshot = await seen.measure({
      trigger,
      now: clock.now(),
      discovery,
      actors,
      others,
      servers,
      factsOf,
      loads,
      names,
      rayVersion: this.rayVersion,
      expected: input.expected,
      findings,
    });
    this.ended.signal.throwIfAborted();
    const { report } = seen;
    this.round = {
      discovery,
      errors,
      hold: input.source ? undefined : this.hold(discovery.targets),
      newSession,
      runs,
      requests: trace.requests,
      servers: [...servers.keys()],
      ...(report && { report }),
    };
    this.snapshot = snapshot;
    this.options.onSnapshot(snapshot, seen.answers, seen.counted);
    return snapshot;
  }

  /** Whom this round asks; what the other one knew of the run is old when it is its turn again. */
  private sourceOf({ source = this.targets }: MonitorInput): Source {
    if (source !== this.source) source.beginAnew();
    this.source = source;
    return source;
  }

  private discover(input: MonitorInput, look: Asking, distrustFile = this.targets.distrustsFile): Promise<Discovery> {
    const { clock } = this.options;
    return discover(input.discovery, {
      asking: { get: look.get, signal: look.signal, timeoutMs: look.timeoutMs, sleep: sleepOn(clock) },
      now: clock.now(),
      distrustFile,
      find: async (nodes, count) => {
        look.found = look.findServers ? await this.facts.find(nodes, count, look) : [];
        return look.found;
      },
    });
  }

  private async actors(
    { targets, dashboard }: Discovery,
    input: MonitorInput,
    get: HttpGet,
  ): Promise<ReadonlyMap<string, Actor> | undefined> {
    if (!targets.some(({ kind }) => kind === 'ray')) return undefined;
    return discoverActors(dashboard, input.discovery, {
      get,
      signal: this.ended.signal,
      timeoutMs: input.timeoutMs,
      sleep: sleepOn(this.options.clock),
    });
  }

  /** A cluster's list of nodes is long, and a load average changes slowly: it is asked for every half minute. */
  private async loads(
    { targets, dashboard }: Discovery,
    input: MonitorInput,
    get: HttpGet,
  ): Promise<ReadonlyMap<string, LoadAverage> | undefined> {
    const now = this.options.clock.now();
    if (now - this.loadsAt < loadsEveryMs || !targets.some(({ kind }) => kind === 'ray')) return undefined;
    this.loadsAt = now;
    return discoverLoads(dashboard, input.discovery, {
      get,
      signal: this.ended.signal,
      timeoutMs: input.timeoutMs,
      sleep: sleepOn(this.options.clock),
    });
  }

  /** Which run is ours; where nobody can be asked now, as it was known before. */
  private choose(
    actors: ReadonlyMap<string, Actor> | undefined,
    models: ReadonlyMap<string, string>,
    input: MonitorInput,
  ): RunChoice | undefined {
    if (!actors) return this.runs;
    const runs = chooseRun(actors.values(), {
      chosen: input.chosenJob,
      model: input.model,
      expected: input.expected,
      models,
    });
    // Nothing of another run counts in this one.
    if (this.runs?.job !== undefined && runs.job !== undefined && runs.job !== this.runs.job) this.source.beginAnew();
    this.runs = runs;
    return runs;
  }

  /** A new Ray session is a new run: nothing of the one before counts. True when it is new and there was one before. */
  private meetSession(sessions: ReadonlySet<string>): boolean {
    const [first] = sessions;
    if (first === undefined || (this.session !== undefined && sessions.has(this.session))) return false;
    const isNew = this.session !== undefined;
    this.session = first;
    if (isNew) {
      this.source.beginAnew();
      this.runs = undefined;
    }
    return isNew;
  }

  /** What engines were called by a window before this one: they keep their names. */
  private async namesOf(run: string): Promise<ReadonlyMap<string, string>> {
    if (run !== '' && this.names?.run !== run)
      this.names = { run, of: (await this.options.namesBefore?.(run)) ?? new Map() };
    return this.names?.run === run ? this.names.of : new Map();
  }

  private hold(targets: readonly Target[]): Hold | undefined {
    if (!targets.some(({ kind }) => kind === 'ray')) return undefined;
    const backend = backendOf(this.rayVersion);
    if (backend === undefined) return 'version-unknown';
    return backend === 'one-reader' ? 'one-reader' : undefined;
  }
}

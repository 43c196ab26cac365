/** The one that scrapes: discovery, targets, actors, run. One scrape at a time; what is asked for meanwhile comes right after. */
import type { Snapshot, Trigger } from '../api';
import type { Actor } from '../discovery/actors';
import type { LoadAverage } from '../discovery/nodeLoads';
import { discover, discoverActors, discoverLoads, type Discovery, type DiscoveryInput } from '../discovery/discover';
import type { HttpError, HttpGet } from '../discovery/http';
import { chooseRun, type RunChoice } from '../discovery/jobs';
import { backendOf } from '../discovery/rayVersion';
import type { LookOptions, ServerSeen } from '../discovery/servers';
import type { Target } from '../discovery/targets';
import { ExpositionReader, type Exposition } from '../exposition/reader';
import { Backoff, waitAfter } from '../scrape/backoff';
import { scrapeTargets, textReader, type TargetAnswer } from '../scrape/scrape';
import { sleepOn, type Clock } from '../scrape/schedule';
import { contentOf, kindOf, type Content } from './contents';
import { describeSeries, isWanted, type SeriesMeta } from './families';
import { Run } from './run';
import { runFindings } from './runFindings';
import { FactsWatch } from './serverFacts';
import { traced, type TracedRequest } from './trace';

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
}

/** Why the timer does not scrape: this Ray hands a gauge to one reader, or its version is not known. */
export type Hold = 'one-reader' | 'version-unknown';

export interface MonitorOptions {
  get: HttpGet;
  clock: Clock;
  /** Asked at the beginning of every scrape. */
  input: () => MonitorInput;
  /** A snapshot, and the answers that it was made of. */
  onSnapshot: (snapshot: Snapshot, answers: readonly Answer[]) => void;
  /** Something that a status is made of has changed. */
  onChange: () => void;
}

export type Answer = TargetAnswer<Exposition<SeriesMeta>>;

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
}

/** What one round asks with, and the servers it found while looking for targets. */
interface Looking extends LookOptions {
  found: ServerSeen[];
}

const nothing: Discovery = { targets: [], why: 'Nothing may be asked.', ray: {} };
/** How long a service-discovery file whose targets refuse all is not believed. */
const distrustMs = 60_000;
const nobodyThere = new Set<HttpError['kind']>(['refused', 'unreachable', 'time-out']);

/** Whether the targets are the file's and none of them is there. */
function fileRefuses({ targets }: Discovery, answers: readonly Answer[]): boolean {
  const own = answers.filter(({ target }) => target.source === 'file');
  return own.length > 0 && own.length === targets.filter(({ source }) => source === 'file').length && own.every(({ error }) => error && nobodyThere.has(error.kind));
}

/** Says in words why a complete answer is no exposition. */
function faultOf(exposition: Exposition<SeriesMeta>, framed: boolean): string | undefined {
  if (!framed && exposition.endsInLine && !exposition.sawEof) return 'the answer broke off in the middle of a line';
  const first = exposition.bad[0];
  if (exposition.samples === 0 && first) return `not in Prometheus’s text format: line ${first.line + 1}, ${first.reason}`;
  return undefined;
}

const loadsEveryMs = 30_000;

export class Monitor {
  private run = new Run();
  private readonly readers = new Map<string, ExpositionReader<SeriesMeta>>();
  private readonly backoff = new Backoff<Exposition<SeriesMeta>>();
  private readonly ended = new AbortController();
  /** By target URL, what its names show. */
  private readonly contents = new Map<string, Set<Content>>();
  private readonly facts = new FactsWatch();
  private distrustedUntil = 0;
  private runs: RunChoice | undefined;
  private loadsAt = -Infinity;
  private session: string | undefined;
  private rayVersion: string | undefined;
  private emptyRounds = 0;
  private current: Promise<Snapshot | undefined> | undefined;
  private next: Promise<Snapshot> | undefined;

  snapshot: Snapshot | undefined;
  round: Round | undefined;

  constructor(private readonly options: MonitorOptions) {}

  get busy(): boolean {
    return this.current !== undefined;
  }

  /** What tells this run from others: the Ray session, else the servers that are asked. Empty while nobody knows: a Ray without an engine says it late. */
  get runId(): string {
    const { targets = [], ray } = this.round?.discovery ?? {};
    if (targets.length === 0 || targets.some(({ kind }) => kind === 'ray')) return this.session ?? ray?.session ?? '';
    return targets.map(({ url }) => url).sort().join(' ');
  }

  /** Scrapes now, or right after the scrape that runs; everyone who asks meanwhile gets that one. Rejects only after disposal. */
  scrape(trigger: 'command' | 'api'): Promise<Snapshot> {
    if (this.ended.signal.aborted) return Promise.reject(new Error('SkyRL Metrics has been stopped.'));
    if (!this.current) return this.begin(trigger) as Promise<Snapshot>;
    this.next ??= this.current.catch(() => undefined).then(() => {
      this.next = undefined;
      this.ended.signal.throwIfAborted();
      return this.begin(trigger) as Promise<Snapshot>;
    });
    return this.next;
  }

  /**
   * What a target of the newest round answers now, as text: a request of its own, since no body is kept. Rejects with an HttpError where it
   * fails, and for a URL that is none of the round's.
   */
  async readBody(url: string): Promise<{ text: string; at: number }> {
    const target = this.round?.discovery.targets.find((each) => each.url === url);
    if (!target) throw new Error(`${url} is not a target of this run.`);
    const { get, clock, input } = this.options;
    const { allowed, timeoutMs } = input();
    if (!allowed) throw new Error('Nothing may be asked.');
    const [answer] = await scrapeTargets([target], { get, timeoutMs, signal: this.ended.signal, now: () => clock.now(), reader: textReader, check: () => undefined });
    if (answer?.result === undefined) throw answer?.error ?? new Error(`${url} did not answer.`);
    return { text: answer.result, at: answer.at };
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
    this.backoff.clear();
    this.emptyRounds = 0;
    this.distrustedUntil = 0;
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
    const look: Looking = { get: trace.get, signal: this.ended.signal, timeoutMs: input.timeoutMs, now: () => clock.now(), found: [] };
    const known = this.kindsKnown(input.allowed ? await this.discover(input, look) : nothing);
    this.emptyRounds = known.targets.length === 0 ? this.emptyRounds + 1 : 0;
    // What was known of one cluster is not another's.
    const moved = this.round !== undefined && this.round.discovery.dashboard?.url !== known.dashboard?.url;
    this.rayVersion = known.ray.version ?? (moved ? undefined : this.rayVersion);
    const hold = this.hold(known.targets);
    if (trigger === 'timer' && hold && !input.anyway) {
      const before = { errors: new Map<string, HttpError>(), runs: undefined, ...this.round };
      this.round = { ...before, discovery: known, requests: trace.requests, hold, newSession: false };
      return undefined;
    }
    const [first, actors, loads] = await Promise.all([this.ask(known.targets, trigger, input, trace.get), this.actors(known, input, trace.get), this.loads(known, input, trace.get)]);
    const { discovery, answers } = fileRefuses(known, first) ? await this.withoutFile(known, first, trigger, input, look) : { discovery: known, answers: first };
    this.ended.signal.throwIfAborted();
    const metas = answers.flatMap(({ result }) => result?.series.map(({ meta }) => meta) ?? []);
    const newSession = this.meetSession(new Set(metas.flatMap(({ session }) => session ?? [])));
    if (newSession) this.rayVersion = discovery.ray.version;
    this.rayVersion ??= metas.find(({ rayVersion }) => rayVersion !== undefined)?.rayVersion;
    const runs = this.choose(actors, metas, input);
    const { servers, factsOf } = await this.facts.ask({ targets: discovery.targets, found: look.found, actors, others: runs?.others ?? new Set(), expected: input.expected }, look);
    this.ended.signal.throwIfAborted();
    const snapshot = this.run.add({
      trigger, now: clock.now(), targets: discovery.targets, answers, actors, servers, factsOf, others: runs?.others ?? new Set(), rayVersion: this.rayVersion,
      ...(loads && { loads }), expected: input.expected, findings: runs ? runFindings(runs) : [],
    });
    const errors = new Map(answers.flatMap(({ target, error }) => (error ? [[target.url, error] as const] : [])));
    this.round = { discovery, errors, hold: this.hold(discovery.targets), newSession, runs, requests: trace.requests, servers: [...servers.keys()] };
    this.snapshot = snapshot;
    this.options.onSnapshot(snapshot, answers);
    return snapshot;
  }

  private discover(input: MonitorInput, look: Looking, distrustFile = this.options.clock.now() < this.distrustedUntil): Promise<Discovery> {
    const { clock } = this.options;
    return discover(input.discovery, {
      asking: { get: look.get, signal: look.signal, timeoutMs: look.timeoutMs, sleep: sleepOn(clock) }, now: clock.now(), distrustFile,
      find: async (nodes, count) => {
        look.found = await this.facts.find(nodes, count, look);
        return look.found;
      },
    });
  }

  private async actors({ targets, dashboard }: Discovery, input: MonitorInput, get: HttpGet): Promise<ReadonlyMap<string, Actor> | undefined> {
    if (!targets.some(({ kind }) => kind === 'ray')) return undefined;
    return discoverActors(dashboard, input.discovery, { get, signal: this.ended.signal, timeoutMs: input.timeoutMs, sleep: sleepOn(this.options.clock) });
  }

  /** A cluster's list of nodes is long, and a load average changes slowly: it is asked for every half minute. */
  private async loads({ targets, dashboard }: Discovery, input: MonitorInput, get: HttpGet): Promise<ReadonlyMap<string, LoadAverage> | undefined> {
    const now = this.options.clock.now();
    if (now - this.loadsAt < loadsEveryMs || !targets.some(({ kind }) => kind === 'ray')) return undefined;
    this.loadsAt = now;
    return discoverLoads(dashboard, input.discovery, { get, signal: this.ended.signal, timeoutMs: input.timeoutMs, sleep: sleepOn(this.options.clock) });
  }

  /** The file is fresh, but nobody answers where it leads: its cluster has just ended. Whom does the dashboard name? */
  private async withoutFile(before: Discovery, answers: Answer[], trigger: Trigger, input: MonitorInput, look: Looking): Promise<{ discovery: Discovery; answers: Answer[] }> {
    this.distrustedUntil = this.options.clock.now() + distrustMs;
    const found = this.kindsKnown(await this.discover(input, look, true));
    if (found.targets.length === 0) return { discovery: { ...before, why: found.why }, answers };
    return { discovery: found, answers: await this.ask(found.targets, trigger, input, look.get) };
  }

  /** Which run is ours; where nobody can be asked now, as it was known before. */
  private choose(actors: ReadonlyMap<string, Actor> | undefined, metas: readonly SeriesMeta[], input: MonitorInput): RunChoice | undefined {
    if (!actors) return this.runs;
    const models = new Map(metas.flatMap(({ workerId, model }) => (workerId !== undefined && model !== undefined ? [[workerId, model] as const] : [])));
    const runs = chooseRun(actors.values(), { chosen: input.chosenJob, model: input.model, expected: input.expected, models });
    // Nothing of another run counts in this one.
    if (this.runs?.job !== undefined && runs.job !== undefined && runs.job !== this.runs.job) this.run = new Run();
    this.runs = runs;
    return runs;
  }

  /** Targets as what they showed themselves to be when they last answered. */
  private kindsKnown(discovery: Discovery): Discovery {
    const targets = discovery.targets.map((target): Target => {
      const contents = this.contents.get(target.url);
      return contents ? { ...target, ...kindOf(target, contents) } : target;
    });
    return { ...discovery, targets };
  }

  /** A new Ray session is a new run: nothing of the one before counts. True when it is new and there was one before. */
  private meetSession(sessions: ReadonlySet<string>): boolean {
    const [first] = sessions;
    if (first === undefined || (this.session !== undefined && sessions.has(this.session))) return false;
    const isNew = this.session !== undefined;
    this.session = first;
    if (isNew) {
      this.run = new Run();
      this.runs = undefined;
    }
    return isNew;
  }

  private hold(targets: readonly Target[]): Hold | undefined {
    if (!targets.some(({ kind }) => kind === 'ray')) return undefined;
    const backend = backendOf(this.rayVersion);
    if (backend === undefined) return 'version-unknown';
    return backend === 'one-reader' ? 'one-reader' : undefined;
  }

  private async ask(targets: readonly Target[], trigger: Trigger, input: MonitorInput, get: HttpGet): Promise<Answer[]> {
    const { clock } = this.options;
    const now = clock.now();
    const standIns = targets.map((target) => (trigger === 'timer' ? this.backoff.waiting(target.url, now, input.intervalMs) : undefined));
    const asked = targets.filter((_, index) => !standIns[index]);
    const answers = await scrapeTargets(asked, {
      get, timeoutMs: input.timeoutMs, signal: this.ended.signal, now: () => clock.now(), reader: (target) => this.readerOf(target), check: faultOf,
    });
    this.backoff.add(answers);
    const byUrl = new Map(answers.map((answer) => [answer.target.url, answer]));
    const listed = new Set(targets.map(({ url }) => url));
    for (const url of this.readers.keys()) if (!listed.has(url)) this.readers.delete(url);
    for (const url of this.contents.keys()) if (!listed.has(url)) this.contents.delete(url);
    return targets.flatMap((target, index) => standIns[index] ?? byUrl.get(target.url) ?? []).map((answer) => this.withKind(answer));
  }

  private withKind(answer: Answer): Answer {
    const contents = this.contents.get(answer.target.url);
    return contents ? { ...answer, target: { ...answer.target, ...kindOf(answer.target, contents) } } : answer;
  }

  private readerOf({ url }: Target): ExpositionReader<SeriesMeta> {
    let reader = this.readers.get(url);
    if (!reader) {
      const contents = new Set<Content>();
      this.contents.set(url, contents);
      const wanted = (name: string): boolean => {
        const content = contentOf(name);
        if (content) contents.add(content);
        return isWanted(name);
      };
      reader = new ExpositionReader(wanted, (name, labels) => describeSeries(url, name, labels));
      this.readers.set(url, reader);
    }
    return reader;
  }
}

/** The one that scrapes: discovery, targets, actors, run. One scrape at a time; what is asked for meanwhile comes right after. */
import type { Snapshot, Trigger } from '../api';
import type { Asking } from '../discovery/dashboard';
import { discover, discoverActors, type Discovery, type DiscoveryInput } from '../discovery/discover';
import type { HttpError, HttpGet } from '../discovery/http';
import { backendOf } from '../discovery/rayVersion';
import type { Target } from '../discovery/targets';
import { ExpositionReader, type Exposition } from '../exposition/reader';
import { Backoff, waitAfter } from '../scrape/backoff';
import { scrapeTargets, type TargetAnswer } from '../scrape/scrape';
import { sleepOn, type Clock } from '../scrape/schedule';
import { describeSeries, isWanted, type SeriesMeta } from './families';
import { Run } from './run';

export interface MonitorInput {
  discovery: DiscoveryInput;
  /** False where nothing may be asked, as in an untrusted folder. */
  allowed: boolean;
  /** Engines by the config. */
  expected: number | undefined;
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
  onSnapshot: (snapshot: Snapshot) => void;
  /** Something that a status is made of has changed. */
  onChange: () => void;
}

type Answer = TargetAnswer<Exposition<SeriesMeta>>;

/** What the newest round met. */
export interface Round {
  discovery: Discovery;
  /** By target URL, those that failed. */
  errors: Map<string, HttpError>;
  hold: Hold | undefined;
  /** The Ray session is another than in the round before. */
  newSession: boolean;
}

/** Says in words why a complete answer is no exposition. */
function faultOf(exposition: Exposition<SeriesMeta>, framed: boolean): string | undefined {
  if (!framed && exposition.endsInLine && !exposition.sawEof) return 'the answer broke off in the middle of a line';
  const first = exposition.bad[0];
  if (exposition.samples === 0 && first) return `not in Prometheus’s text format: line ${first.line + 1}, ${first.reason}`;
  return undefined;
}

export class Monitor {
  private run = new Run();
  private readonly readers = new Map<string, ExpositionReader<SeriesMeta>>();
  private readonly backoff = new Backoff<Exposition<SeriesMeta>>();
  private readonly ended = new AbortController();
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

  /** The timer's scrape: none while one runs, and none where the timer holds. */
  async tick(): Promise<void> {
    if (!this.current && !this.ended.signal.aborted) await this.begin('timer');
  }

  /** Everyone is asked again at the next opportunity: somebody came back, or something changed. */
  forgetFailures(): void {
    this.backoff.clear();
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
    if (trigger !== 'timer') this.forgetFailures();
    this.current = this.scrapeOnce(trigger, this.options.input()).finally(() => {
      this.current = undefined;
      this.options.onChange();
    });
    this.options.onChange();
    return this.current;
  }

  private async scrapeOnce(trigger: Trigger, input: MonitorInput): Promise<Snapshot | undefined> {
    const { get, clock } = this.options;
    const asking: Asking = { get, signal: this.ended.signal, timeoutMs: input.timeoutMs, sleep: sleepOn(clock) };
    const nothing: Discovery = { targets: [], why: 'Nothing may be asked.', ray: {} };
    const discovery = input.allowed ? await discover(input.discovery, asking, clock.now()) : nothing;
    this.emptyRounds = discovery.targets.length === 0 ? this.emptyRounds + 1 : 0;
    // What was known of one cluster is not another's.
    const moved = this.round !== undefined && this.round.discovery.dashboard?.url !== discovery.dashboard?.url;
    this.rayVersion = discovery.ray.version ?? (moved ? undefined : this.rayVersion);
    const hold = this.hold(discovery.targets);
    if (trigger === 'timer' && hold && !input.anyway) {
      this.round = { discovery, errors: this.round?.errors ?? new Map<string, HttpError>(), hold, newSession: false };
      return undefined;
    }
    const hasRay = discovery.targets.some(({ kind }) => kind === 'ray');
    const [answers, actors] = await Promise.all([this.ask(discovery.targets, trigger, input), hasRay ? discoverActors(discovery.dashboard, asking) : undefined]);
    this.ended.signal.throwIfAborted();
    const metas = answers.flatMap(({ result }) => result?.series.map(({ meta }) => meta) ?? []);
    const newSession = this.meetSession(new Set(metas.flatMap(({ session }) => session ?? [])));
    if (newSession) this.rayVersion = discovery.ray.version;
    this.rayVersion ??= metas.find(({ rayVersion }) => rayVersion !== undefined)?.rayVersion;
    const snapshot = this.run.add({ trigger, now: clock.now(), targets: discovery.targets, answers, actors, rayVersion: this.rayVersion, expected: input.expected });
    const errors = new Map(answers.flatMap(({ target, error }) => (error ? [[target.url, error] as const] : [])));
    this.round = { discovery, errors, hold: this.hold(discovery.targets), newSession };
    this.snapshot = snapshot;
    this.options.onSnapshot(snapshot);
    return snapshot;
  }

  /** A new Ray session is a new run: nothing of the one before counts. True when it is new and there was one before. */
  private meetSession(sessions: ReadonlySet<string>): boolean {
    const [first] = sessions;
    if (first === undefined || (this.session !== undefined && sessions.has(this.session))) return false;
    const isNew = this.session !== undefined;
    this.session = first;
    if (isNew) this.run = new Run();
    return isNew;
  }

  private hold(targets: readonly Target[]): Hold | undefined {
    if (!targets.some(({ kind }) => kind === 'ray')) return undefined;
    const backend = backendOf(this.rayVersion);
    if (backend === undefined) return 'version-unknown';
    return backend === 'one-reader' ? 'one-reader' : undefined;
  }

  private async ask(targets: readonly Target[], trigger: Trigger, input: MonitorInput): Promise<Answer[]> {
    const { get, clock } = this.options;
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
    return targets.flatMap((target, index) => standIns[index] ?? byUrl.get(target.url) ?? []);
  }

  private readerOf({ url }: Target): ExpositionReader<SeriesMeta> {
    let reader = this.readers.get(url);
    if (!reader) {
      reader = new ExpositionReader(isWanted, (name, labels) => describeSeries(url, name, labels));
      this.readers.set(url, reader);
    }
    return reader;
  }
}

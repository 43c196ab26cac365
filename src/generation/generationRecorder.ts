/** Brackets one generation: what is read before it, what is gathered while it lasts, what is read after it, and the record of all that. */
import type { Clock } from '../shared/clock';
import { composeRecord, type RecordInputs, type RecordContext } from './composeRecord';
import type { ProbedEngine } from './engineConfig';
import type { LoadAverage } from '../discovery/nodeLoads';
import type { ScrapeFacts } from './scrapeFacts';
import type { EngineValue, GenerationRecord, RecordCause } from './generationRecord';
import { CounterTotals } from './counterTotals';
import type { VramPoll } from './vramPoll';

export interface GenerationRecorderOptions {
  clock: Clock;
  /** Scrapes now; its facts come through `take` before it resolves. */
  scrape: () => Promise<unknown>;
  /** Undefined where this host's devices are not the run's. */
  pollVram: () => VramPoll | undefined;
  /** Load averages by host: this one where it is one of the run's, and the nodes by address. */
  readLoads: () => Promise<ReadonlyMap<string, LoadAverage>>;
  /** What the engines really run with. */
  probe: () => Promise<ProbedEngine[]>;
  context: () => RecordContext;
  /** A record began, grew or ended. */
  onChange: () => void;
  onError: (error: unknown) => void;
}

/** The record that runs. */
export interface RunningRecord {
  id: string;
  /** Unix ms. */
  from: number;
  startedBy: RecordCause;
  phase: string | null;
}

interface Bracket extends RecordInputs {
  poll: VramPoll | undefined;
  begun: Promise<void>;
  ending?: Promise<GenerationRecord>;
}

export class GenerationRecorder {
  private bracket: Bracket | undefined;
  private lastFacts: ScrapeFacts | undefined;
  /** Of the last scrape without a record: what a record that is begun by work has before it. */
  private idleLoads: ReadonlyMap<string, LoadAverage> | undefined;

  constructor(private readonly options: GenerationRecorderOptions) {}

  get current(): RunningRecord | undefined {
    return this.bracket;
  }

  /** Begins a record, or joins the one that runs. Resolves when everything that is read before the work is there. Never rejects. */
  async start(by: RecordCause, phase?: string): Promise<RunningRecord> {
    const bracket = this.bracket ?? this.open(by, phase);
    await bracket.begun;
    const { id, from, startedBy } = bracket;
    return { id, from, startedBy, phase: bracket.phase };
  }

  /** Ends the record and resolves to it; who asks meanwhile gets the same one. Undefined where none runs. Never rejects. */
  async stop(by: RecordCause): Promise<GenerationRecord | undefined> {
    const bracket = this.bracket;
    if (!bracket) return undefined;
    bracket.ending ??= this.end(bracket, by);
    return bracket.ending;
  }

  /** Ends at once with what is there. */
  cutOff(): GenerationRecord | undefined {
    const bracket = this.bracket;
    this.bracket = undefined;
    return bracket && this.compose(bracket, bracket.poll?.stop(), 'cut off');
  }

  /** The record as it would be if it were cut off now. */
  draft(): GenerationRecord | undefined {
    return this.bracket && this.compose(this.bracket, this.bracket.poll?.result(), 'cut off');
  }

  /** Takes in one scrape. */
  take(facts: ScrapeFacts): void {
    this.lastFacts = facts;
    if (this.bracket) gather(this.bracket, facts);
    this.options.onChange();
  }

  /** Remembers the load while nothing is recorded, for a record that work begins. */
  async readIdleLoads(): Promise<void> {
    const loads = await this.attempt(this.options.readLoads());
    if (!this.bracket) this.idleLoads = loads;
  }

  private open(by: RecordCause, phase: string | undefined): Bracket {
    const { clock } = this.options;
    const now = clock.now();
    const bracket: Bracket = {
      id: new Date(now).toISOString().replaceAll(/[:.]/g, '-'),
      from: now,
      to: now,
      startedBy: by,
      phase: phase ?? null,
      poll: this.options.pollVram(),
      counterTotals: new CounterTotals(),
      loadsBefore: undefined,
      loadsAfter: undefined,
      probedEngines: [],
      kvLast: undefined,
      kvHighest: undefined,
      nodeGpus: new Map(),
      engines: new Map(),
      scrapes: 0,
      begun: Promise.resolve(),
    };
    // Work that is there already began after the scrape before.
    if (by !== 'command' && this.lastFacts) {
      bracket.counterTotals.add(this.lastFacts.counters);
      bracket.from = this.lastFacts.snapshot.at;
    }
    this.bracket = bracket;
    bracket.begun = by === 'command' ? this.beginNow(bracket) : this.beginBefore(bracket);
    this.options.onChange();
    return bracket;
  }

  /** Everything is read now: the work is still to come. */
  private async beginNow(bracket: Bracket): Promise<void> {
    const { readLoads, scrape } = this.options;
    const [before] = await Promise.all([this.attempt(readLoads()), this.attempt(scrape())]);
    bracket.loadsBefore = before;
    bracket.probedEngines = (await this.attempt(this.options.probe())) ?? [];
  }

  /** The work is there already, so what was read before it is the base. */
  private async beginBefore(bracket: Bracket): Promise<void> {
    bracket.loadsBefore = this.idleLoads;
    const loads = bracket.loadsBefore ? undefined : await this.attempt(this.options.readLoads());
    bracket.loadsBefore ??= loads;
    bracket.probedEngines = (await this.attempt(this.options.probe())) ?? [];
  }

  private async end(bracket: Bracket, by: RecordCause): Promise<GenerationRecord> {
    await bracket.begun;
    const { readLoads, scrape, probe } = this.options;
    // An engine may have come, or a server answered, only after the beginning.
    const [after, , probed] = await Promise.all([
      this.attempt(readLoads()),
      this.attempt(scrape()),
      this.attempt(probe()),
    ]);
    bracket.loadsAfter = after;
    if (probed && probed.length > 0) bracket.probedEngines = probed;
    // The window may have closed meanwhile: then the record is written already, as cut off.
    if (this.bracket === bracket) this.bracket = undefined;
    const record = this.compose(bracket, bracket.poll?.stop(), by);
    this.options.onChange();
    return record;
  }

  private compose(
    bracket: Bracket,
    polled: ReturnType<VramPoll['stop']> | undefined,
    by: RecordCause,
  ): GenerationRecord {
    return composeRecord(bracket, polled, this.options.context(), by);
  }

  private async attempt<T>(asked: Promise<T>): Promise<T | undefined> {
    try {
      return await asked;
    } catch (error) {
      this.options.onError(error);
      return undefined;
    }
  }
}

function gather(bracket: Bracket, { snapshot, counters, gpus }: ScrapeFacts): void {
  if (bracket.scrapes === 0 && bracket.startedBy === 'command' && counters.length > 0)
    bracket.from = Math.min(...counters.map(({ at }) => at));
  bracket.scrapes += 1;
  bracket.to = snapshot.at;
  bracket.counterTotals.add(counters);
  for (const engine of snapshot.engines) bracket.engines.set(engine.id, engine);
  const kv = snapshot.measures['kv_cache_usage_perc'];
  if (kv) {
    const engine = snapshot.engines.find(({ id }) => id === kv.highest?.engine)?.name ?? '';
    const value: EngineValue = { value: kv.value, engine, at: kv.to };
    bracket.kvLast = value;
    if (!bracket.kvHighest || value.value > bracket.kvHighest.value) bracket.kvHighest = value;
  }
  for (const gpu of gpus) {
    const key = `${gpu.node} ${gpu.index}`;
    const before = bracket.nodeGpus.get(key);
    bracket.nodeGpus.set(key, { ...gpu, peak: Math.max(before?.peak ?? 0, gpu.peak) });
  }
}

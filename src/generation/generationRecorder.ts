/**
 * Records one generation at a time: reads what is needed before it, gathers scrapes while it runs, and composes the
 * record.
 */
import type { LoadAverage } from '../discovery/nodeLoads';
import type { Clock } from '../shared/clock';
import { composeRecord, type RecordContext } from './composeRecord';
import type { ProbedEngine } from './engineConfig';
import type { GenerationRecord, RecordCause } from './generationRecord';
import type { VramResult } from './gpuPeaks';
import { addScrape, moveInputTimes, newRecordInputs, type RecordInputs } from './recordInputs';
import type { ScrapeFacts } from './scrapeFacts';
import type { VramPoll } from './vramPoll';

interface GenerationRecorderOptions {
  clock: Clock;
  /** Scrapes now. `take` must get the facts before it resolves. */
  scrape: () => Promise<unknown>;
  /** Starts to poll this host's devices; undefined if it is not part of the run. */
  pollVram: () => VramPoll | undefined;
  /** Load averages by host: this host as `thisHost` if it is part of the run, and the nodes by address. */
  readLoads: () => Promise<ReadonlyMap<string, LoadAverage>>;
  /** The engines' effective config. */
  probe: () => Promise<ProbedEngine[]>;
  context: () => RecordContext;
  /** Called when a record starts, grows or ends. */
  onChange: () => void;
  /** Called with what a read or scrape rejected with; the record continues without it. */
  onError: (error: unknown) => void;
}

/** The running record. */
export interface RunningRecord {
  id: string;
  /** Unix ms. */
  from: number;
  startedBy: RecordCause;
  phase: string | null;
}

interface OpenRecord {
  inputs: RecordInputs;
  poll: VramPoll | undefined;
  /** Resolves when everything is read that belongs before the work. */
  started: Promise<void>;
  ending?: Promise<GenerationRecord>;
}

/** Keeps the running record. No method rejects. */
export class GenerationRecorder {
  private open: OpenRecord | undefined;
  private lastFacts: ScrapeFacts | undefined;
  /** Load averages while no record ran: the loads before a record that work starts. */
  private idleLoads: ReadonlyMap<string, LoadAverage> | undefined;

  constructor(private readonly options: GenerationRecorderOptions) {}

  get current(): RunningRecord | undefined {
    return this.open?.inputs;
  }

  /** Starts a record, or joins the running one. Resolves when everything is read that belongs before the work. */
  async start(by: RecordCause, phase?: string): Promise<RunningRecord> {
    const open = this.open ?? this.begin(by, phase);
    await open.started;
    const { id, from, startedBy, phase: recordPhase } = open.inputs;
    return { id, from, startedBy, phase: recordPhase };
  }

  /** Ends the running record and resolves to it, also for a second caller. Undefined if none is running. */
  async stop(by: RecordCause): Promise<GenerationRecord | undefined> {
    const { open } = this;
    if (!open) return undefined;
    open.ending ??= this.end(open, by);
    return open.ending;
  }

  /** Ends the running record at once, without reading anything more. */
  cutOff(): GenerationRecord | undefined {
    const { open } = this;
    this.open = undefined;
    return open && this.compose(open, open.poll?.stop(), 'cut off');
  }

  /** The running record as `cutOff` would return it now. */
  draft(): GenerationRecord | undefined {
    return this.open && this.compose(this.open, this.open.poll?.result(), 'cut off');
  }

  /** Adds the facts of one scrape. */
  take(facts: ScrapeFacts): void {
    this.lastFacts = facts;
    if (this.open) addScrape(this.open.inputs, facts);
    this.options.onChange();
  }

  /** The machine's clock was set by `ms`. */
  moveTimes(ms: number): void {
    if (this.open) moveInputTimes(this.open.inputs, ms);
    // A record that work starts now would begin at its time.
    this.lastFacts = undefined;
  }

  /** Reads the loads while no record is running, for one that work starts later. */
  async readIdleLoads(): Promise<void> {
    const loads = await this.attempt(this.options.readLoads());
    if (!this.open) this.idleLoads = loads;
  }

  private begin(by: RecordCause, phase: string | undefined): OpenRecord {
    const now = this.options.clock.now();
    const id = new Date(now).toISOString().replaceAll(/[:.]/g, '-');
    const inputs = newRecordInputs({ id, from: now, startedBy: by, phase: phase ?? null });
    // Work that is seen now has begun after the scrape before.
    if (by !== 'command' && this.lastFacts) {
      inputs.counterTotals.add(this.lastFacts.counters);
      inputs.from = this.lastFacts.snapshot.at;
    }
    const open: OpenRecord = { inputs, poll: this.options.pollVram(), started: Promise.resolve() };
    this.open = open;
    open.started = by === 'command' ? this.readBeforeWork(inputs) : this.readDuringWork(inputs);
    this.options.onChange();
    return open;
  }

  /** The work is still to come, so everything is read now. */
  private async readBeforeWork(inputs: RecordInputs): Promise<void> {
    const { readLoads, scrape, probe } = this.options;
    const [loads] = await Promise.all([this.attempt(readLoads()), this.attempt(scrape())]);
    inputs.loadsBefore = loads;
    inputs.probedEngines = (await this.attempt(probe())) ?? [];
  }

  /** The work has begun, so what was read before it counts. */
  private async readDuringWork(inputs: RecordInputs): Promise<void> {
    const { readLoads, probe } = this.options;
    inputs.loadsBefore = this.idleLoads ?? (await this.attempt(readLoads()));
    inputs.probedEngines = (await this.attempt(probe())) ?? [];
  }

  private async end(open: OpenRecord, by: RecordCause): Promise<GenerationRecord> {
    await open.started;
    const { inputs } = open;
    const { readLoads, scrape, probe } = this.options;
    // Probe again: an engine may have come, or a server may have answered, only after the start.
    const [loads, , probed] = await Promise.all([
      this.attempt(readLoads()),
      this.attempt(scrape()),
      this.attempt(probe()),
    ]);
    inputs.loadsAfter = loads;
    if (probed && probed.length > 0) inputs.probedEngines = probed;
    // If the window closed meanwhile, the record has been written as cut off.
    if (this.open === open) this.open = undefined;
    const record = this.compose(open, open.poll?.stop(), by);
    this.options.onChange();
    return record;
  }

  private compose({ inputs }: OpenRecord, polled: VramResult | undefined, by: RecordCause): GenerationRecord {
    return composeRecord(inputs, polled, this.options.context(), by);
  }

  private async attempt<T>(promise: Promise<T>): Promise<T | undefined> {
    try {
      return await promise;
    } catch (error) {
      this.options.onError(error);
      return undefined;
    }
  }
}

/** The generation records of this workspace: makes them on command or automatically, and keeps them. */
import * as vscode from 'vscode';
import type { TokenStore } from '../../discovery/token';
import type { RecordContext } from '../../generation/composeRecord';
import { findConfigDrift, type ConfigDrift } from '../../generation/configDrift';
import type { LabelMap, ProbedEngine } from '../../generation/engineConfig';
import type { GenerationRecord, RecordCause } from '../../generation/generationRecord';
import { GenerationRecorder, type RunningRecord } from '../../generation/generationRecorder';
import { RecordStore } from '../../generation/recordStore';
import { generationPhases, isQuiet, isWorking } from '../../generation/recordTriggers';
import { extractScrapeFacts, scrapeFactsFromTotals, type ScrapeFacts } from '../../generation/scrapeFacts';
import type { Clock } from '../../shared/clock';
import type { Configs } from '../config/configs';
import type { RunWatcher } from '../shared/runWatcher';
import { readSettings } from '../shared/settings';
import type { TreeRow, TreeSection } from '../shared/treeRow';
import { recordsRow } from './recordRows';
import { RunProbes } from './runProbes';

/** Whether a process exists; records of windows that still run are not ended by this one. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It exists and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What records are made from. */
export interface GenerationRecordsDeps {
  runWatcher: RunWatcher;
  configs: Configs;
  tokens: TokenStore;
  clock: Clock;
  /** Where records are kept. */
  folder: string;
  log: vscode.LogOutputChannel;
}

/** Starts, ends, keeps and shows generation records. */
export class GenerationRecords implements TreeSection, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly cancellation = new AbortController();
  private readonly recorder: GenerationRecorder;
  private readonly probes: RunProbes;
  /** Labels of `cache_config_info` by engine, as last scraped. */
  private readonly cacheConfigs = new Map<string, LabelMap>();
  private readonly subscriptions: vscode.Disposable[];
  private probedEngines: ProbedEngine[] = [];

  readonly store: RecordStore;
  /** Fires when a record starts, grows, ends or is deleted, and when the config changes. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly deps: GenerationRecordsDeps) {
    const { runWatcher, configs, tokens, clock, folder, log } = deps;
    this.probes = new RunProbes({ runWatcher, tokens, clock, signal: this.cancellation.signal });
    this.store = new RecordStore({
      folder,
      pid: process.pid,
      isAlive,
      now: clock.now,
      warn: (message) => log.warn(message),
    });
    this.recorder = new GenerationRecorder({
      clock,
      scrape: () => runWatcher.scrape('command'),
      pollVram: () => this.probes.pollVram(),
      readLoads: () => this.probes.readLoads(),
      probe: () => this.probeEngines(),
      context: () => this.recordContext(),
      onChange: () => this.changed.fire(),
      onError: (error) => log.warn(`generation record: ${String(error)}`),
    });
    this.subscriptions = [
      this.changed,
      runWatcher.onDidCollect(({ snapshot, responses, counters }) =>
        this.addScrape(counters ? scrapeFactsFromTotals(snapshot, counters) : extractScrapeFacts(snapshot, responses)),
      ),
      runWatcher.onDidSwitchRun(() => this.handleSwitch()),
      runWatcher.onDidStepClock((ms) => this.recorder.moveTimes(ms)),
      configs.onDidChange(() => this.changed.fire()),
    ];
  }

  get runningRecord(): RunningRecord | undefined {
    return this.recorder.current;
  }

  /** Where the engines run with something else than the config in use asks for, by the newest probe. */
  get configDrift(): ConfigDrift[] {
    return findConfigDrift(this.deps.configs.activeConfig?.config, this.probedEngines);
  }

  /** The node of the metrics tree. */
  rows(): TreeRow[] {
    const { store, runningRecord, deps } = this;
    return [
      recordsRow({
        records: store.records,
        runningRecord,
        unsavedReasons: store.saveErrors,
        now: deps.runWatcher.now(),
      }),
    ];
  }

  /** Reads the records of earlier sessions. */
  async load(): Promise<void> {
    await this.store.load();
    this.changed.fire();
  }

  /** Starts a record, or joins the running one. Rejects while the recorded run is played, which leaves no trace. */
  async start(): Promise<RunningRecord> {
    if (this.deps.runWatcher.replay?.example)
      throw new Error('The recorded run is only for trying out: no generation record is made of it.');
    return this.recorder.start('command');
  }

  /** Ends the running record and keeps it; undefined if none runs. */
  async stop(cause: RecordCause = 'command'): Promise<GenerationRecord | undefined> {
    const record = await this.recorder.stop(cause);
    if (record && !this.store.get(record.id)) await this.store.add(record);
    this.changed.fire();
    return record;
  }

  /** Deletes a record. */
  async remove(id: string): Promise<void> {
    await this.store.remove(id);
    this.changed.fire();
  }

  /** Ends a running record with what it has so far, and keeps it. */
  dispose(): void {
    const record = this.recorder.cutOff();
    if (record) this.store.addSync(record);
    this.cancellation.abort();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Ends the record of the run before; facts about its engines do not apply to another run. */
  private handleSwitch(): void {
    const record = this.recorder.cutOff();
    if (record) void this.store.add(record);
    this.cacheConfigs.clear();
    this.probedEngines = [];
    this.changed.fire();
  }

  private addScrape(facts: ScrapeFacts): void {
    for (const [engine, labels] of facts.cacheConfigs) this.cacheConfigs.set(engine, labels);
    this.applyAutomatic(facts);
    this.recorder.take(facts);
    const draft = this.recorder.draft();
    if (draft) void this.store.keepDraft(draft);
    else if (readSettings().recordAutomatic !== 'off') void this.recorder.readIdleLoads();
  }

  /** Starts and ends records as `skyrl.record.automatic` asks; a record that a person started only a person ends. */
  private applyAutomatic({ snapshot }: ScrapeFacts): void {
    if (this.deps.runWatcher.replay?.example) return;
    const { recordAutomatic } = readSettings();
    const current = this.recorder.current;
    if (recordAutomatic === 'work' && !current && isWorking(snapshot)) void this.recorder.start('work');
    if (current?.startedBy === 'work' && isQuiet(snapshot)) void this.stop('work');
    const phase = snapshot.phase && generationPhases.has(snapshot.phase.name) ? snapshot.phase.name : undefined;
    if (recordAutomatic === 'phases' && !current && phase !== undefined) void this.recorder.start('phase', phase);
    if (current?.startedBy === 'phase' && current.phase !== phase) void this.stop('phase');
  }

  private async probeEngines(): Promise<ProbedEngine[]> {
    const probedEngines = await this.probes.probeEngines(this.cacheConfigs);
    if (probedEngines.length > 0) this.probedEngines = probedEngines;
    return probedEngines;
  }

  private recordContext(): RecordContext {
    const { runWatcher, configs } = this.deps;
    const { activeConfig } = configs;
    return {
      config: activeConfig?.config,
      configName: activeConfig && vscode.workspace.asRelativePath(activeConfig.uri),
      raySession: runWatcher.collector.round?.discovery.ray.session,
      replayed: runWatcher.replay !== undefined,
      isLocalRun: this.probes.isLocalRun,
    };
  }
}

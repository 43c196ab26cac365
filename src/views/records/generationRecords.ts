/** Records of generations in this window: makes them, keeps them, shows what the engines run with. */
import { networkInterfaces } from 'node:os';
import * as vscode from 'vscode';
import { generationPhases, isQuiet, isWorking } from '../../generation/recordTriggers';
import { thisHost } from '../../generation/composeRecord';
import { isLiving } from '../../metrics/engineState';
import type { LabelMap, ProbedEngine } from '../../generation/engineConfig';
import { scrapeFactsFromTotals, extractScrapeFacts, type ScrapeFacts } from '../../generation/scrapeFacts';
import { findConfigDrift, type ConfigDrift } from '../../generation/configDrift';
import { isLocalHost } from '../../generation/isLocalHost';
import { findProbeServers } from '../../generation/probeServers';
import { readLoadAverage } from '../../generation/loadAverage';
import { fetchNodeLoads, type LoadAverage } from '../../discovery/nodeLoads';
import { probeEngines } from '../../generation/probeEngines';
import type { GenerationRecord, RecordCause } from '../../generation/generationRecord';
import type { RecordContext } from '../../generation/composeRecord';
import { GenerationRecorder, type RunningRecord } from '../../generation/generationRecorder';
import { spawnLines } from '../../generation/spawnLines';
import { RecordStore } from '../../generation/recordStore';
import { pollVram, type VramPoll } from '../../generation/vramPoll';
import { tokenFor, type TokenStore } from '../../discovery/token';
import { createSleep, type Clock } from '../../shared/clock';
import type { Configs } from '../config/configs';
import type { RunWatcher } from '../shared/runWatcher';
import { readSettings } from '../shared/settings';

/** `collect_env` makes a server's first answer slow. */
const probeTimeoutMs = 15_000;

const localAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export interface GenerationRecordsDeps {
  runWatcher: RunWatcher;
  configs: Configs;
  tokens: TokenStore;
  clock: Clock;
  /** Where records are kept. */
  folder: string;
  log: vscode.LogOutputChannel;
}

export class GenerationRecords implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly cancellation = new AbortController();
  private readonly recorder: GenerationRecorder;
  private readonly cacheConfigs = new Map<string, LabelMap>();
  private readonly subscriptions: vscode.Disposable[];
  private probedEngines: ProbedEngine[] = [];

  readonly store: RecordStore;
  /** A record began, grew, ended or was deleted. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly deps: GenerationRecordsDeps) {
    const { runWatcher, configs, folder, log, clock } = deps;
    this.store = new RecordStore({
      folder,
      pid: process.pid,
      isAlive,
      now: clock.now,
      warn: (words) => log.warn(words),
    });
    this.recorder = new GenerationRecorder({
      clock,
      scrape: () => runWatcher.scrape('command'),
      pollVram: () => this.pollVram(),
      readLoads: () => this.readLoads(),
      probe: () => this.probe(),
      context: () => this.recordContext(),
      onChange: () => this.changed.fire(),
      onError: (error) => log.warn(`generation record: ${String(error)}`),
    });
    this.subscriptions = [
      this.changed,
      runWatcher.onDidCollect(({ snapshot, answers, counted }) =>
        this.addScrape(counted ? scrapeFactsFromTotals(snapshot, counted) : extractScrapeFacts(snapshot, answers)),
      ),
      runWatcher.onDidSwitchRun(() => this.forget()),
      configs.onDidChange(() => this.changed.fire()),
    ];
  }

  get runningRecord(): RunningRecord | undefined {
    return this.recorder.current;
  }

  /** Where the engines run with something else than the config in use asks for; by the newest probe. */
  get configDrift(): ConfigDrift[] {
    return findConfigDrift(this.deps.configs.activeConfig?.config, this.probedEngines);
  }

  /** Records of earlier windows. */
  async load(): Promise<void> {
    await this.store.load();
    this.changed.fire();
  }

  /** Begins a record, or joins the one that runs. */
  start(): Promise<RunningRecord> {
    return this.recorder.start('command');
  }

  /** Ends the record that runs and keeps it. Undefined where none runs. */
  async stop(by: RecordCause = 'command'): Promise<GenerationRecord | undefined> {
    const record = await this.recorder.stop(by);
    if (record && !this.store.get(record.id)) await this.store.add(record);
    this.changed.fire();
    return record;
  }

  async remove(id: string): Promise<void> {
    await this.store.remove(id);
    this.changed.fire();
  }

  dispose(): void {
    const record = this.recorder.cutOff();
    if (record) this.store.addSync(record);
    this.cancellation.abort();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** What was found out of one run's engines is not another's. */
  private forget(): void {
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

  /** Begins and ends records by themselves, where that is asked for. A record that a person began is theirs to end. */
  private applyAutomatic({ snapshot }: ScrapeFacts): void {
    const { recordAutomatic } = readSettings();
    const current = this.recorder.current;
    if (recordAutomatic === 'work' && !current && isWorking(snapshot)) void this.recorder.start('work');
    if (current?.startedBy === 'work' && isQuiet(snapshot)) void this.stop('work');
    const phase = snapshot.phase && generationPhases.has(snapshot.phase.name) ? snapshot.phase.name : undefined;
    if (recordAutomatic === 'phases' && !current && phase !== undefined) void this.recorder.start('phase', phase);
    if (current?.startedBy === 'phase' && current.phase !== phase) void this.stop('phase');
  }

  private get isLocalRun(): boolean {
    const { snapshot, replay } = this.deps.runWatcher;
    return !replay && snapshot !== undefined && isLocalHost(snapshot, localAddresses());
  }

  private pollVram(): VramPoll | undefined {
    // Before the first scrape nobody knows where the run is; then the poll counts only if it turns out to be here.
    const { snapshot, replay } = this.deps.runWatcher;
    if (replay || (snapshot && !this.isLocalRun)) return undefined;
    return pollVram({
      spawn: spawnLines,
      clock: this.deps.clock,
      setting: readSettings().recordGpu,
      visibleDevices: process.env['CUDA_VISIBLE_DEVICES'],
    });
  }

  private async readLoads(): Promise<ReadonlyMap<string, LoadAverage>> {
    const { runWatcher, tokens, clock } = this.deps;
    const dashboard = runWatcher.collector.round?.discovery.dashboard;
    const ask = async (): Promise<Map<string, LoadAverage>> => {
      if (dashboard?.state !== 'ok') return new Map();
      const { headers } = await tokenFor(dashboard, process.env, tokens);
      const { url, typedByUser } = dashboard;
      return fetchNodeLoads(url, {
        get: runWatcher.get,
        signal: this.cancellation.signal,
        timeoutMs: readSettings().timeoutMs,
        typedByUser,
        headers,
        sleep: createSleep(clock),
      });
    };
    const [own, nodes] = await Promise.all([readLoadAverage(), ask().catch(() => new Map<string, LoadAverage>())]);
    return new Map([...(own ? [[thisHost, own] as const] : []), ...nodes]);
  }

  private async probe(): Promise<ProbedEngine[]> {
    const { runWatcher } = this.deps;
    const engines = (runWatcher.snapshot?.engines ?? []).filter(isLiving);
    const servers = findProbeServers(runWatcher.collector.round, engines);
    const probed = await probeEngines({
      get: runWatcher.get,
      signal: this.cancellation.signal,
      timeoutMs: probeTimeoutMs,
      servers,
      engines,
      cacheConfigs: this.cacheConfigs,
    });
    if (probed.length > 0) this.probedEngines = probed;
    return probed;
  }

  private recordContext(): RecordContext {
    const { runWatcher, configs } = this.deps;
    const { activeConfig } = configs;
    return {
      config: activeConfig?.config,
      configName: activeConfig && vscode.workspace.asRelativePath(activeConfig.uri),
      raySession: runWatcher.collector.round?.discovery.ray.session,
      replayed: runWatcher.replay !== undefined,
      isLocalRun: this.isLocalRun,
    };
  }
}

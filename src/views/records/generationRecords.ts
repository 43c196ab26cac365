/** Records of generations in this window: makes them, keeps them, shows what the engines run with. */
import { networkInterfaces } from 'node:os';
import * as vscode from 'vscode';
import { generationPhases, isQuiet, works } from '../../generation/recordTriggers';
import { thisHost } from '../../generation/composeRecord';
import { isThere } from '../../metrics/engineState';
import type { LabelMap, ProbedEngine } from '../../generation/engineConfig';
import type { LoadAverage } from '../../generation/generationEvent';
import { factsElsewhere, factsOf, type ScrapeFacts } from '../../generation/scrapeFacts';
import { flagMismatches, type FlagMismatch } from '../../generation/configDrift';
import { isHere } from '../../generation/isLocalHost';
import { serversOf } from '../../generation/probeServers';
import { readLoadAverage } from '../../generation/loadAverage';
import { askNodeLoads } from '../../discovery/nodeLoads';
import { probeEngines } from '../../generation/probeEngines';
import type { GenerationRecord, RecordCause } from '../../generation/generationRecord';
import type { RecordContext } from '../../generation/composeRecord';
import { Recorder, type Running } from '../../generation/generationRecorder';
import { spawnLines } from '../../generation/spawnLines';
import { RecordStore } from '../../generation/recordStore';
import { pollVram, type VramPoll } from '../../generation/vramPoll';
import { tokenFor, type TokenStore } from '../../discovery/token';
import { sleepOn, type Clock } from '../../collector/schedule';
import type { Configs } from '../config/configs';
import type { Session } from '../shared/runWatcher';
import { readSettings } from '../shared/settings';

/** `collect_env` makes a server's first answer slow. */
const probeTimeoutMs = 15_000;

const ownAddresses = (): string[] =>
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

export interface GenerationDeps {
  session: Session;
  configs: Configs;
  tokens: TokenStore;
  clock: Clock;
  /** Where records are kept. */
  folder: string;
  log: vscode.LogOutputChannel;
}

export class Generation implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly ended = new AbortController();
  private readonly recorder: Recorder;
  private readonly cacheConfigs = new Map<string, LabelMap>();
  private readonly subscriptions: vscode.Disposable[];
  private probed: ProbedEngine[] = [];

  readonly store: RecordStore;
  /** A record began, grew, ended or was deleted. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly deps: GenerationDeps) {
    const { session, configs, folder, log, clock } = deps;
    this.store = new RecordStore({
      folder,
      pid: process.pid,
      isAlive,
      now: clock.now,
      warn: (words) => log.warn(words),
    });
    this.recorder = new Recorder({
      clock,
      scrape: () => session.scrape('command'),
      pollVram: () => this.pollVram(),
      loads: () => this.loads(),
      probe: () => this.probe(),
      context: () => this.context(),
      onChange: () => this.changed.fire(),
      failed: (error) => log.warn(`generation record: ${String(error)}`),
    });
    this.subscriptions = [
      this.changed,
      session.onDidAnswer(({ snapshot, answers, counted }) =>
        this.take(counted ? factsElsewhere(snapshot, counted) : factsOf(snapshot, answers)),
      ),
      session.onDidSwitch(() => this.forget()),
      configs.onDidChange(() => this.changed.fire()),
    ];
  }

  get current(): Running | undefined {
    return this.recorder.current;
  }

  /** Where the engines run with something else than the config in use asks for; by the newest probe. */
  get mismatches(): FlagMismatch[] {
    return flagMismatches(this.deps.configs.inUse?.config, this.probed);
  }

  /** Records of earlier windows. */
  async load(): Promise<void> {
    await this.store.load();
    this.changed.fire();
  }

  /** Begins a record, or joins the one that runs. */
  start(): Promise<Running> {
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
    if (record) this.store.addNow(record);
    this.ended.abort();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** What was found out of one run's engines is not another's. */
  private forget(): void {
    const record = this.recorder.cutOff();
    if (record) void this.store.add(record);
    this.cacheConfigs.clear();
    this.probed = [];
    this.changed.fire();
  }

  private take(facts: ScrapeFacts): void {
    for (const [engine, labels] of facts.cacheConfigs) this.cacheConfigs.set(engine, labels);
    this.decide(facts);
    this.recorder.take(facts);
    const draft = this.recorder.draft();
    if (draft) void this.store.keepDraft(draft);
    else if (readSettings().automatic !== 'off') void this.recorder.readIdleLoads();
  }

  /** Begins and ends records by themselves, where that is asked for. A record that a person began is theirs to end. */
  private decide({ snapshot }: ScrapeFacts): void {
    const { automatic } = readSettings();
    const current = this.recorder.current;
    if (automatic === 'work' && !current && works(snapshot)) void this.recorder.start('work');
    if (current?.startedBy === 'work' && isQuiet(snapshot)) void this.stop('work');
    const phase = snapshot.phase && generationPhases.has(snapshot.phase.name) ? snapshot.phase.name : undefined;
    if (automatic === 'phases' && !current && phase !== undefined) void this.recorder.start('phase', phase);
    if (current?.startedBy === 'phase' && current.phase !== phase) void this.stop('phase');
  }

  private get here(): boolean {
    const { snapshot, replay } = this.deps.session;
    return !replay && snapshot !== undefined && isHere(snapshot, ownAddresses());
  }

  private pollVram(): VramPoll | undefined {
    // Before the first scrape nobody knows where the run is; then the poll counts only if it turns out to be here.
    const { snapshot, replay } = this.deps.session;
    if (replay || (snapshot && !this.here)) return undefined;
    return pollVram({
      spawn: spawnLines,
      clock: this.deps.clock,
      setting: readSettings().recordGpu,
      visibleDevices: process.env['CUDA_VISIBLE_DEVICES'],
    });
  }

  private async loads(): Promise<ReadonlyMap<string, LoadAverage>> {
    const { session, tokens, clock } = this.deps;
    const dashboard = session.monitor.round?.discovery.dashboard;
    const ask = async (): Promise<Map<string, LoadAverage>> => {
      if (dashboard?.state !== 'ok') return new Map();
      const { headers } = await tokenFor(dashboard, process.env, tokens);
      const { url, typedByUser } = dashboard;
      return askNodeLoads(url, {
        get: session.get,
        signal: this.ended.signal,
        timeoutMs: readSettings().timeoutMs,
        typedByUser,
        headers,
        sleep: sleepOn(clock),
      });
    };
    const [own, nodes] = await Promise.all([readLoadAverage(), ask().catch(() => new Map<string, LoadAverage>())]);
    return new Map([...(own ? [[thisHost, own] as const] : []), ...nodes]);
  }

  private async probe(): Promise<ProbedEngine[]> {
    const { session } = this.deps;
    const engines = (session.snapshot?.engines ?? []).filter(isThere);
    const servers = serversOf(session.monitor.round, engines);
    const probed = await probeEngines({
      get: session.get,
      signal: this.ended.signal,
      timeoutMs: probeTimeoutMs,
      servers,
      engines,
      cacheConfigs: this.cacheConfigs,
    });
    if (probed.length > 0) this.probed = probed;
    return probed;
  }

  private context(): RecordContext {
    const { session, configs } = this.deps;
    const { inUse } = configs;
    return {
      config: inUse?.config,
      configName: inUse && vscode.workspace.asRelativePath(inUse.uri),
      raySession: session.monitor.round?.discovery.ray.session,
      replayed: session.replay !== undefined,
      here: this.here,
    };
  }
}

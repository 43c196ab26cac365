/**
 * What a generation record reads beside the scrapes: GPU memory, load averages, and what the engines really run with.
 */
import { networkInterfaces } from 'node:os';
import { fetchNodeLoads, type LoadAverage } from '../../discovery/nodeLoads';
import { tokenFor, type TokenStore } from '../../discovery/token';
import { thisHost } from '../../generation/composeRecord';
import type { LabelMap, ProbedEngine } from '../../generation/engineConfig';
import { isLocalHost } from '../../generation/isLocalHost';
import { readLoadAverage } from '../../generation/loadAverage';
import { probeEngines } from '../../generation/probeEngines';
import { findProbeServers } from '../../generation/probeServers';
import { spawnLines } from '../../generation/spawnLines';
import { pollVram, type VramPoll } from '../../generation/vramPoll';
import { isLiving } from '../../metrics/engineState';
import { createSleep, type Clock } from '../../shared/clock';
import type { RunWatcher } from '../shared/runWatcher';
import { readSettings } from '../shared/settings';

/** A server collects its environment before its first answer, which takes seconds. */
const probeTimeoutMs = 15_000;

/** Which run is probed, and with what. */
export interface RunProbesOptions {
  runWatcher: RunWatcher;
  tokens: TokenStore;
  clock: Clock;
  /** Ends requests. */
  signal: AbortSignal;
}

const localAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));

/** Reads what scrapes do not tell. */
export class RunProbes {
  constructor(private readonly options: RunProbesOptions) {}

  /** Whether this host is one of the run's. False during a replay, and before the first scrape. */
  get isLocalRun(): boolean {
    const { snapshot, replay } = this.options.runWatcher;
    // By a proxy, loopback is the far end's.
    const isRemote = readSettings().proxy !== '';
    return !replay && !isRemote && snapshot !== undefined && isLocalHost(snapshot, localAddresses());
  }

  /**
   * Polls the GPUs of this host; undefined if the run is not here. Before the first scrape it polls, and the record
   * decides later.
   */
  pollVram(): VramPoll | undefined {
    const { snapshot, replay } = this.options.runWatcher;
    if (replay || readSettings().proxy !== '' || (snapshot && !this.isLocalRun)) return undefined;
    return pollVram({
      spawn: spawnLines,
      clock: this.options.clock,
      setting: readSettings().recordGpu,
      visibleDevices: process.env['CUDA_VISIBLE_DEVICES'],
    });
  }

  /** Load averages of this host and of the nodes that the dashboard lists; without those that cannot be had. */
  async readLoads(): Promise<ReadonlyMap<string, LoadAverage>> {
    const [ownLoad, nodeLoads] = await Promise.all([
      readLoadAverage(),
      this.readNodeLoads().catch(() => new Map<string, LoadAverage>()),
    ]);
    return new Map([...(ownLoad ? [[thisHost, ownLoad] as const] : []), ...nodeLoads]);
  }

  /** Asks the living engines what they run with; `cacheConfigs`, by engine, count if its server does not say. */
  async probeEngines(cacheConfigs: ReadonlyMap<string, LabelMap>): Promise<ProbedEngine[]> {
    const { runWatcher, signal } = this.options;
    const engines = (runWatcher.snapshot?.engines ?? []).filter(isLiving);
    const servers = findProbeServers(runWatcher.collector.round, engines);
    return probeEngines({ get: runWatcher.get, signal, timeoutMs: probeTimeoutMs, servers, engines, cacheConfigs });
  }

  private async readNodeLoads(): Promise<Map<string, LoadAverage>> {
    const { runWatcher, tokens, clock, signal } = this.options;
    const dashboard = runWatcher.collector.round?.discovery.dashboard;
    if (dashboard?.state !== 'ok') return new Map();
    const { headers } = await tokenFor(dashboard, process.env, tokens);
    return fetchNodeLoads(dashboard.url, {
      get: runWatcher.get,
      signal,
      timeoutMs: readSettings().timeoutMs,
      typedByUser: dashboard.typedByUser,
      headers,
      sleep: createSleep(clock),
    });
  }
}

/** The run of this workspace: what its scrapes are asked with, and what Prometheus has of its past. */
import type { Memento } from 'vscode';
import type { CollectorInput } from '../../collector/round';
import type { TokenStore } from '../../discovery/token';
import type { BackfilledPast, BackfillRange } from '../../history/backfillHistory';
import type { OtherDemand } from '../../metrics/otherDemand';
import type { Configs } from '../config/configs';
import type { PrometheusConnection } from '../connection/prometheusConnection';
import { ChosenRun } from './chosenRun';
import { readCollectorInput } from './collectorInput';
import { backgroundIntervalMs } from './scrapeTimer';
import { readSettings } from './settings';
import { WatchedRun, type WatchedRunOptions } from './watchedRun';

/** What the live run is watched with. */
export interface LiveRunOptions extends Omit<WatchedRunOptions, 'input' | 'inputReady' | 'backfill'> {
  configs: Pick<Configs, 'search' | 'activeConfig' | 'whenKnown'>;
  tokens: TokenStore;
  prometheus: Pick<PrometheusConnection, 'source' | 'backfill'>;
  memento: Memento;
  /** Whether a person asked to scrape on the timer although that takes gauges from SkyRL's own log. */
  ignoreHold: () => boolean;
  otherDemand: OtherDemand;
}

/** Watches the run that the config and the settings describe. */
export class LiveRun {
  readonly run: WatchedRun;
  private readonly chosenRun: ChosenRun;

  constructor(private readonly options: LiveRunOptions) {
    this.chosenRun = new ChosenRun(options.memento);
    this.run = new WatchedRun({
      ...options,
      backfill: (range) => this.backfill(range),
      input: () => this.input(raySession(this.run)),
      inputReady: () => options.configs.whenKnown(),
    });
  }

  /** Whether this workspace has a config, or targets in its settings; otherwise there is no timer and no request. */
  get isConfigured(): boolean {
    const { search } = this.options.configs;
    return search === 'one' || search === 'several' || readSettings().hasWorkspaceTargets;
  }

  /** By the config in use; undefined if unknown. */
  get expectedEngines(): number | undefined {
    const { activeConfig } = this.options.configs;
    return activeConfig?.config ? activeConfig.intent.expectedEngines : undefined;
  }

  /** What a scrape is asked with; the job that a person chose counts in its own Ray session only. */
  input(session: string | undefined): CollectorInput {
    const { configs, tokens, prometheus, ignoreHold, otherDemand } = this.options;
    const input = readCollectorInput({
      configs,
      tokens,
      prometheusSource: prometheus.source,
      expectedEngines: this.expectedEngines,
      chosenJob: this.chosenRun.job(session),
      ignoreHold: ignoreHold(),
      defaultIntervalMs: backgroundIntervalMs,
    });
    return { ...input, wantsOther: otherDemand.wants() };
  }

  /** Remembers the Ray job to show in this session; undefined leaves the choice to the collector. */
  chooseJob(job: string | undefined, session: string | undefined): Promise<void> {
    return this.chosenRun.choose(job, session);
  }

  private async backfill({ from, first, signal }: BackfillRange): Promise<BackfilledPast> {
    const { round, raySession: session } = this.run.collector;
    if (!round) return { snapshots: [], readings: [] };
    const { discovery } = round;
    return this.options.prometheus.backfill({ discovery, session, from, to: first.at, engines: first.engines, signal });
  }
}

/** The Ray session that the newest round found. */
export const raySession = ({ collector }: WatchedRun): string | undefined => collector.round?.discovery.ray.session;

/** One run that is watched: the collector that scrapes it, and the history of its snapshots. */
import type { Snapshot } from '../../api';
import { Collector } from '../../collector/collector';
import type { CollectorInput } from '../../collector/round';
import type { MetricsResponse } from '../../collector/snapshotSource';
import type { HistoryStorage } from '../../history/historyStorage';
import { HistoryStore, type HistoryStoreOptions } from '../../history/historyStore';
import type { HttpGet } from '../../http/httpGet';
import type { ExportedMeasures } from '../../capture/exportLines';
import type { CatalogIndex } from '../../metrics/catalogIndex';
import type { EngineCounters } from '../../metrics/recordCounters';
import { RolloutTracker, type RunRollouts } from '../../rollouts/rolloutTracker';
import type { ChartData, ChartIncrement, ChartQuery, ChartSubject } from '../../shared/chartData';
import type { Clock } from '../../shared/clock';
import { readSettings } from './settings';

/** A snapshot with what it was made from. */
export interface CollectedSnapshot {
  snapshot: Snapshot;
  /** Empty if Prometheus is the source. */
  responses: readonly MetricsResponse[];
  /** The engines' counters, if the source read them itself. */
  counters: EngineCounters | undefined;
}

/** What a run is watched with, and what to call. */
export interface WatchedRunOptions {
  catalogIndex: () => CatalogIndex;
  get: HttpGet;
  clock: Clock;
  /** Undefined: the history is in memory only. */
  storage: HistoryStorage | undefined;
  /** Snapshots of the time before the first one, if Prometheus has them. */
  backfill?: NonNullable<HistoryStoreOptions['backfill']>;
  input: () => CollectorInput;
  /** As in `CollectorOptions`. */
  inputReady?: () => Promise<void>;
  log: HistoryStoreOptions['log'];
  /** What a status is made of has changed. */
  onChange: (run: WatchedRun) => void;
  onSnapshot: (run: WatchedRun, collected: CollectedSnapshot, increment: ChartIncrement) => void;
  /** The machine's clock was set by some ms since the scrape before. */
  onClockStep: (run: WatchedRun, ms: number) => void;
  /** Files of the history were read, or it was cleared. */
  onHistoryReplaced: () => void;
}

/** Scrapes one run and keeps its history. */
export class WatchedRun {
  readonly get: HttpGet;
  readonly clock: Clock;
  readonly collector: Collector;
  readonly history: HistoryStore;
  private readonly rolloutTracker = new RolloutTracker();

  constructor({
    catalogIndex,
    get,
    clock,
    storage,
    backfill,
    input,
    inputReady,
    log,
    ...listeners
  }: WatchedRunOptions) {
    this.get = get;
    this.clock = clock;
    this.history = new HistoryStore({
      storage,
      clock,
      ...(backfill && { backfill }),
      log,
      hours: () => readSettings().historyHours,
      onReplaced: listeners.onHistoryReplaced,
    });
    this.collector = new Collector({
      catalogIndex,
      get,
      clock,
      input,
      ...(inputReady && { inputReady }),
      loadEngineNames: (runId) => this.history.loadEngineNames(runId),
      trackWork: (reading, runId) =>
        // The work of another run than the kept one counts from its first snapshot on.
        this.history.addWork(reading, runId) ? this.rollouts : { all: [] },
      onChange: () => listeners.onChange(this),
      onClockStep: (ms) => listeners.onClockStep(this, ms),
      onSnapshot: (snapshot, responses, counters) =>
        listeners.onSnapshot(this, { snapshot, responses, counters }, this.history.add(snapshot, this.collector.runId)),
    });
  }

  /** The data of a chart, with the buckets of these histograms over the same time. */
  queryChart(query: ChartQuery, histograms: readonly string[]): ChartData {
    this.history.openNewestRun();
    const { history } = this.history;
    return {
      ...history.query(query),
      distributions: history.distributionHistory.query(histograms, query.from, query.to),
    };
  }

  /** Every measure between two Unix times in ms, of all engines together and of each engine, node and GPU. */
  readMeasures(from: number, to: number): ExportedMeasures {
    this.history.openNewestRun();
    const { history } = this.history;
    return {
      measures: history.measures,
      subjects: history.subjects,
      bands: history.bandHistory.bandsBetween(from, to),
      series: history.readAll(from, to),
    };
  }

  /** The rollouts and steps of the kept history, oldest first. */
  get rollouts(): RunRollouts {
    const { work, bandHistory } = this.history.history;
    return this.rolloutTracker.update({ work, bandsBetween: (from, to) => bandHistory.bandsBetween(from, to) });
  }

  /** Every engine, node and GPU that a chart can show; those that exist now come first. */
  get chartSubjects(): ChartSubject[] {
    return this.history.history.subjects;
  }

  /** Stops scraping and writes the rest of the history; resolves when that is done. */
  async dispose(): Promise<void> {
    this.collector.dispose();
    await this.history.dispose();
  }
}

/** The extension without VS Code, as one of its windows runs it: client, discovery, collector, timer and history. */
import { getEventListeners } from 'node:events';
import type { Snapshot } from '../../src/api';
import { Collector } from '../../src/collector/collector';
import { createSchedule } from '../../src/collector/schedule';
import type { CollectorInput } from '../../src/collector/round';
import type { MetricsResponse } from '../../src/collector/snapshotSource';
import { HistoryStore } from '../../src/history/historyStore';
import type { HistoryStorage } from '../../src/history/historyStorage';
import { createHttpClient } from '../../src/http/httpClient';
import type { HttpGet } from '../../src/http/httpGet';
import { RolloutTracker } from '../../src/rollouts/rolloutTracker';
import type { ChartIncrement } from '../../src/shared/chartData';
import { catalogIndex } from '../unit/support/catalogIndex';
import type { ProcessClock } from './virtualClock';

/** What a window is made with. */
export interface CoreOptions {
  clock: ProcessClock;
  storage: HistoryStorage;
  input: () => CollectorInput;
  /** Resolves when a request may be sent; a slow network takes its time. */
  beforeRequest?: (url: string) => Promise<void>;
  intervalMs: number;
  onSnapshot: (snapshot: Snapshot, answers: readonly MetricsResponse[], increment: ChartIncrement) => void;
  /** What should never happen. */
  onError: (error: unknown) => void;
  log?: (message: string) => void;
}

/** A running window. */
export interface WatchedCore {
  readonly collector: Collector;
  readonly history: HistoryStore;
  /** Requests that are not answered yet. */
  readonly openRequests: number;
  /** Listeners of the signal that the requests share. */
  readonly signalListeners: number;
  /** Starts the timer. */
  start(): void;
  /** Closes the window. `atOnce`: as a crash does, without writing the rest of the history. */
  close(atOnce?: boolean): Promise<void>;
}

/** A window; its timer does not run yet. */
export function createCore(options: CoreOptions): WatchedCore {
  const { clock, storage, input, beforeRequest, intervalMs, onSnapshot, onError, log = () => undefined } = options;
  const client = createHttpClient(() => clock.now());
  let openRequests = 0;
  let signal: AbortSignal | undefined;
  const get: HttpGet = async (url, getOptions) => {
    await beforeRequest?.(url);
    signal = getOptions.signal;
    openRequests += 1;
    try {
      return await client.get(url, getOptions);
    } finally {
      openRequests -= 1;
    }
  };
  const history = new HistoryStore({
    storage,
    clock,
    hours: () => 24,
    onReplaced: () => undefined,
    log: { info: log, warn: log },
  });
  const rolloutTracker = new RolloutTracker();
  const collector = new Collector({
    get,
    clock,
    catalogIndex: () => catalogIndex,
    input,
    loadEngineNames: (runId) => history.loadEngineNames(runId),
    trackWork: (reading, runId) => {
      if (!history.addWork(reading, runId)) return { all: [] };
      const { work, bandHistory } = history.history;
      return rolloutTracker.update({ work, bandsBetween: (from, to) => bandHistory.bandsBetween(from, to) });
    },
    onChange: () => undefined,
    onSnapshot: (snapshot, answers) => onSnapshot(snapshot, answers, history.add(snapshot, collector.runId)),
  });
  const schedule = createSchedule({
    clock: clock.withoutDeadlines,
    task: () => collector.tick(),
    nextIntervalMs: () => collector.backoffIntervalMs(intervalMs),
    onError,
  });
  return {
    collector,
    history,
    get openRequests() {
      return openRequests;
    },
    get signalListeners() {
      return signal ? getEventListeners(signal, 'abort').length : 0;
    },
    start: () => schedule.update(),
    async close(atOnce = false) {
      schedule.dispose();
      collector.dispose();
      if (!atOnce) await history.dispose();
      await client.close();
    },
  };
}

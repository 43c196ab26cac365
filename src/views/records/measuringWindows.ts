/** The measuring window that a person opens and closes by hand, as SkyRL's sync trainer does for each generation. */
import * as vscode from 'vscode';
import { moveMeasuringWindow, type MeasuringWindow } from '../../collector/measuringWindow';
import {
  startMeasuringWindow,
  stopMeasuringWindow,
  unpausedMs,
  type MeasuringWindowReport,
  type MeasuringWindowScrape,
  type OpenMeasuringWindow,
} from '../../collector/measuringWindowReport';
import type { CatalogIndex } from '../../metrics/catalogIndex';
import { formatLocalTime } from '../../shared/format';
import type { ReadonlyDocuments } from '../shared/readonlyDocuments';
import type { RunWatcher } from '../shared/runWatcher';
import type { TreeRow, TreeSection } from '../shared/treeRow';
import type { CollectedSnapshot } from '../shared/watchedRun';
import { measuringWindowRows } from './measuringWindowRows';
import { measuringWindowText } from './measuringWindowText';

/** Key of the memento for the start of an open window in Unix ms; still set after a reload, which ends the window. */
const storageKey = 'skyrl.window';

/** The result of `skyrl.stopWindow`. */
export interface StoppedMeasuringWindow extends MeasuringWindowReport {
  /** Of the document that shows the values. */
  uri: vscode.Uri;
}

/** What windows are measured with. */
export interface MeasuringWindowsDeps {
  catalogIndex: () => CatalogIndex;
  runWatcher: RunWatcher;
  memento: vscode.Memento;
  documents: ReadonlyDocuments;
}

/** At most one open window, and the reason why the last one ended. */
export class MeasuringWindows implements TreeSection, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private openWindow: OpenMeasuringWindow | undefined;
  /** Why the last window ended without a stop; until a person dismisses it. */
  private endedReason: string | undefined;
  /** Starts, pauses and stops run one after the other. */
  private queue: Promise<unknown> = Promise.resolve();

  /** Fires when a window is opened, paused, resumed, closed or dismissed. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly deps: MeasuringWindowsDeps) {
    const openBefore = deps.memento.get<number>(storageKey);
    if (openBefore !== undefined)
      this.endedReason = `It was open since ${formatLocalTime(openBefore)} when VS Code closed or reloaded, and its start is not kept.`;
    this.subscriptions = [
      this.changed,
      deps.runWatcher.onDidStepClock((ms) => {
        if (this.openWindow)
          this.openWindow = { ...this.openWindow, window: moveMeasuringWindow(this.openWindow.window, ms) };
      }),
      deps.runWatcher.onDidSwitchRun(() =>
        this.interrupt('a recording took the place of the run, or the live run came back'),
      ),
    ];
  }

  /** For `when` clauses; empty without a window. */
  get state(): '' | 'open' | 'paused' | 'ended' {
    if (this.openWindow) return this.openWindow.window.pausedAt === undefined ? 'open' : 'paused';
    return this.endedReason === undefined ? '' : 'ended';
  }

  /** The row of the metrics tree. */
  rows(): TreeRow[] {
    const now = this.deps.runWatcher.now();
    const { openWindow, endedReason } = this;
    if (!openWindow) return measuringWindowRows(endedReason === undefined ? undefined : { ended: endedReason }, now);
    const { from, pausedAt } = openWindow.window;
    return measuringWindowRows({ from, unpausedMs: unpausedMs(openWindow, now), paused: pausedAt !== undefined }, now);
  }

  /** Scrapes once and opens a window, or joins the open one. Rejects if no engine answers. */
  start(): Promise<{ from: number }> {
    return this.enqueue(async () => {
      if (this.openWindow) return { from: this.openWindow.window.from };
      const openWindow = startMeasuringWindow(await this.scrape(), this.deps.catalogIndex());
      if (!openWindow) throw new Error(`No measuring window was opened: ${this.noAnswerReason()}`);
      this.openWindow = openWindow;
      this.endedReason = undefined;
      if (!this.deps.runWatcher.replay) await this.deps.memento.update(storageKey, openWindow.window.from);
      this.changed.fire();
      return { from: openWindow.window.from };
    });
  }

  /** Pauses or resumes the window as of now; false if none is open. */
  updateWindow(update: (window: MeasuringWindow, at: number) => MeasuringWindow): Promise<boolean> {
    const at = this.deps.runWatcher.now();
    return this.enqueue(async () => {
      if (!this.openWindow) return false;
      this.openWindow = { ...this.openWindow, window: update(this.openWindow.window, at) };
      this.changed.fire();
      return true;
    });
  }

  /**
   * Scrapes once, closes the window and shows its values; undefined if none is open. Rejects if no engine answers, and
   * then the window stays open; or if it ended before, which this dismisses.
   */
  stop(): Promise<StoppedMeasuringWindow | undefined> {
    return this.enqueue(async () => {
      if (!this.openWindow) return this.dismiss();
      const scrape = await this.scrape();
      // A switch to a recording may have ended it meanwhile.
      if (!this.openWindow) return this.dismiss();
      const report = stopMeasuringWindow(this.openWindow, scrape);
      if (!report) throw new Error(`The measuring window is still open: ${this.noAnswerReason()}`);
      this.openWindow = undefined;
      await this.deps.memento.update(storageKey, undefined);
      this.changed.fire();
      const text = measuringWindowText(report, {
        engines: scrape.snapshot.engines.length,
        replayed: this.deps.runWatcher.replay !== undefined,
      });
      return { ...report, uri: await this.deps.documents.show(text) };
    });
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private interrupt(reason: string): void {
    if (!this.openWindow) return;
    this.endedReason = `It was open since ${formatLocalTime(this.openWindow.window.from)} when ${reason}.`;
    this.openWindow = undefined;
    void this.deps.memento.update(storageKey, undefined);
    this.changed.fire();
  }

  private async dismiss(): Promise<undefined> {
    const { endedReason } = this;
    if (endedReason === undefined) return undefined;
    this.endedReason = undefined;
    await this.deps.memento.update(storageKey, undefined);
    this.changed.fire();
    throw new Error(`The measuring window ended before. ${endedReason}`);
  }

  /** Scrapes once; without responses if the snapshot is not made from any. */
  private async scrape(): Promise<MeasuringWindowScrape> {
    const { runWatcher } = this.deps;
    let collected: CollectedSnapshot | undefined;
    const listener = runWatcher.onDidCollect((each) => {
      collected = each;
    });
    try {
      const snapshot = await runWatcher.scrape('command');
      return {
        snapshot,
        answers: collected?.snapshot === snapshot ? collected.responses : [],
        runId: runWatcher.collector.runId,
      };
    } finally {
      listener.dispose();
    }
  }

  private noAnswerReason(): string {
    const { snapshot, status } = this.deps.runWatcher;
    if (snapshot?.source)
      return 'Prometheus is the source, and a measuring window needs the targets’ own answers. SkyRL: Select Source.';
    return `no engine answered. ${status.message}`;
  }

  private enqueue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.queue.then(task);
    this.queue = result.catch(() => undefined);
    return result;
  }
}

/** An explicit window, as SkyRL's sync trainer has it, opened and closed by a person: its commands, its row, its document. */
import * as vscode from 'vscode';
import { pauseMeasuringWindow, resumeMeasuringWindow, type MeasuringWindow } from '../../collector/measuringWindow';
import {
  startMeasuringWindow,
  stopMeasuringWindow,
  unpausedMs,
  type OpenMeasuringWindow,
  type MeasuringWindowReport,
  type MeasuringWindowScrape,
} from '../../collector/measuringWindowReport';
import type { CatalogIndex } from '../../metrics/catalogIndex';
import type { ReadonlyDocuments } from '../shared/readonlyDocuments';
import { commandIds, viewIds } from '../shared/ids';
import { formatLocalTime } from './recordRows';
import type { TreeRow } from '../shared/treeRow';
import type { RunWatcher } from '../shared/runWatcher';
import { measuringWindowRows, measuringWindowText } from './measuringWindowRows';

/** When a window was opened that has not been closed: after a reload, all that is left of it. */
const openKey = 'skyrl.window';

/** What `skyrl.stopWindow` resolves to. */
export interface StoppedMeasuringWindow extends MeasuringWindowReport {
  /** Of the document that shows it. */
  uri: vscode.Uri;
}

export class MeasuringWindows implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private openWindow: OpenMeasuringWindow | undefined;
  /** Why one is not open any more. */
  private endedReason: string | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  /** One began, was paused, went on or ended. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly runWatcher: RunWatcher,
    private readonly memento: vscode.Memento,
    private readonly documents: ReadonlyDocuments,
    private readonly catalogIndex: CatalogIndex,
  ) {
    const before = memento.get<number>(openKey);
    if (before !== undefined)
      this.endedReason = `It was open since ${formatLocalTime(before)} when VS Code closed or reloaded: what it began with is not kept.`;
    this.subscriptions = [
      this.changed,
      runWatcher.onDidSwitchRun(() =>
        this.interrupt('a recording took the place of the run, or the live run came back'),
      ),
    ];
  }

  /** For `when` clauses; empty where there is none. */
  get state(): '' | 'open' | 'paused' | 'ended' {
    if (this.openWindow) return this.openWindow.window.pausedAt === undefined ? 'open' : 'paused';
    return this.endedReason === undefined ? '' : 'ended';
  }

  /** The row of the tree. */
  rows(): TreeRow[] {
    const now = this.runWatcher.now();
    const { openWindow, endedReason } = this;
    if (!openWindow) return measuringWindowRows(endedReason === undefined ? undefined : { ended: endedReason }, now);
    const { window } = openWindow;
    return measuringWindowRows(
      { from: window.from, unpausedMs: unpausedMs(openWindow, now), paused: window.pausedAt !== undefined },
      now,
    );
  }

  /** Scrapes once and opens a window, or joins the one that is open. Rejects where no engine answers. */
  start(): Promise<{ from: number }> {
    return this.enqueue(async () => {
      if (this.openWindow) return { from: this.openWindow.window.from };
      const opened = startMeasuringWindow(await this.scrape(), this.catalogIndex);
      if (!opened) throw new Error(`No window was opened: ${this.noAnswerReason()}`);
      this.openWindow = opened;
      this.endedReason = undefined;
      if (!this.runWatcher.replay) await this.memento.update(openKey, opened.window.from);
      this.changed.fire();
      return { from: opened.window.from };
    });
  }

  /** Pauses or goes on. False where no window is open. */
  updateWindow(how: (window: MeasuringWindow, at: number) => MeasuringWindow): Promise<boolean> {
    const at = this.runWatcher.now();
    return this.enqueue(async () => {
      if (!this.openWindow) return false;
      this.openWindow = { ...this.openWindow, window: how(this.openWindow.window, at) };
      this.changed.fire();
      return true;
    });
  }

  /** Scrapes once, closes the window and shows its values; undefined where none is open. Rejects where it had ended, or no engine answers: then it stays open. */
  stop(): Promise<StoppedMeasuringWindow | undefined> {
    return this.enqueue(async () => {
      if (!this.openWindow) return this.acknowledgeEnd();
      const scrape = await this.scrape();
      // A switch to a recording meanwhile has ended it.
      if (!this.openWindow) return this.acknowledgeEnd();
      const report = stopMeasuringWindow(this.openWindow, scrape);
      if (!report) throw new Error(`The window is still open: ${this.noAnswerReason()}`);
      this.openWindow = undefined;
      await this.memento.update(openKey, undefined);
      this.changed.fire();
      return {
        ...report,
        uri: await this.documents.show(
          measuringWindowText(report, {
            engines: scrape.snapshot.engines.length,
            replayed: this.runWatcher.replay !== undefined,
          }),
        ),
      };
    });
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private interrupt(why: string): void {
    if (!this.openWindow) return;
    this.endedReason = `It was open since ${formatLocalTime(this.openWindow.window.from)} when ${why}.`;
    this.openWindow = undefined;
    void this.memento.update(openKey, undefined);
    this.changed.fire();
  }

  private async acknowledgeEnd(): Promise<undefined> {
    const { endedReason } = this;
    if (endedReason === undefined) return undefined;
    this.endedReason = undefined;
    await this.memento.update(openKey, undefined);
    this.changed.fire();
    throw new Error(`The window has ended before. ${endedReason}`);
  }

  private async scrape(): Promise<MeasuringWindowScrape> {
    let answered: Omit<MeasuringWindowScrape, 'runId'> | undefined;
    const listening = this.runWatcher.onDidCollect((one) => {
      answered = one;
    });
    try {
      const snapshot = await this.runWatcher.scrape('command');
      return {
        snapshot,
        answers: answered?.snapshot === snapshot ? answered.answers : [],
        runId: this.runWatcher.collector.runId,
      };
    } finally {
      listening.dispose();
    }
  }

  private noAnswerReason(): string {
    if (this.runWatcher.snapshot?.source)
      return 'Prometheus is the source, and a window needs the targets’ own answers. SkyRL: Select Source.';
    return `no engine answered. ${this.runWatcher.status.message}`;
  }

  private enqueue<T>(work: () => Promise<T>): Promise<T> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }
}

/** By hand, what goes wrong is said in words; given an options object, the command rejects. */
async function runInteractively<T>(given: object | undefined, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await vscode.window.withProgress({ location: { viewId: viewIds.metrics } }, work);
  } catch (error) {
    if (given && !('context' in given)) throw error;
    void vscode.window.showWarningMessage(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

export function registerMeasuringWindowCommands(windows: MeasuringWindows): vscode.Disposable[] {
  const table: Record<string, (given?: object) => unknown> = {
    [commandIds.startWindow]: (given) => runInteractively(given, () => windows.start()),
    [commandIds.pauseWindow]: () => windows.updateWindow(pauseMeasuringWindow),
    [commandIds.resumeWindow]: () => windows.updateWindow(resumeMeasuringWindow),
    [commandIds.stopWindow]: (given) => runInteractively(given, () => windows.stop()),
  };
  return Object.entries(table).map(([id, run]) => vscode.commands.registerCommand(id, run));
}

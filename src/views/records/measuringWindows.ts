/** An explicit window, as SkyRL's sync trainer has it, opened and closed by a person: its commands, its row, its document. */
import * as vscode from 'vscode';
import { pauseWindow, resumeWindow, type ExplicitWindow } from '../../collector/measuringWindow';
import {
  beginWindow,
  endWindow,
  unpausedMs,
  type OpenedWindow,
  type WindowReport,
  type WindowScrape,
} from '../../collector/measuringWindowReport';
import type { MadeDocuments } from '../shared/readonlyDocuments';
import { commands, views } from '../shared/ids';
import { localTime } from './recordRows';
import type { Row } from '../shared/treeRow';
import type { Session } from '../shared/runWatcher';
import { windowRows, windowText } from './measuringWindowRows';

/** When a window was opened that has not been closed: after a reload, all that is left of it. */
const openKey = 'skyrl.window';

/** What `skyrl.stopWindow` resolves to. */
export interface StoppedWindow extends WindowReport {
  /** Of the document that shows it. */
  uri: vscode.Uri;
}

export class Windows implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private opened: OpenedWindow | undefined;
  /** Why one is not open any more. */
  private ended: string | undefined;
  private work: Promise<unknown> = Promise.resolve();

  /** One began, was paused, went on or ended. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly session: Session,
    private readonly memento: vscode.Memento,
    private readonly documents: MadeDocuments,
  ) {
    const before = memento.get<number>(openKey);
    if (before !== undefined)
      this.ended = `It was open since ${localTime(before)} when VS Code closed or reloaded: what it began with is not kept.`;
    this.subscriptions = [
      this.changed,
      session.onDidSwitch(() => this.cut('a recording took the place of the run, or the live run came back')),
    ];
  }

  /** For `when` clauses; empty where there is none. */
  get state(): '' | 'open' | 'paused' | 'ended' {
    if (this.opened) return this.opened.window.pausedAt === undefined ? 'open' : 'paused';
    return this.ended === undefined ? '' : 'ended';
  }

  /** The row of the tree. */
  rows(): Row[] {
    const now = this.session.now();
    const { opened, ended } = this;
    if (!opened) return windowRows(ended === undefined ? undefined : { ended }, now);
    const { window } = opened;
    return windowRows(
      { from: window.from, unpausedMs: unpausedMs(opened, now), paused: window.pausedAt !== undefined },
      now,
    );
  }

  /** Scrapes once and opens a window, or joins the one that is open. Rejects where no engine answers. */
  start(): Promise<{ from: number }> {
    return this.inTurn(async () => {
      if (this.opened) return { from: this.opened.window.from };
      const opened = beginWindow(await this.scrape());
      if (!opened) throw new Error(`No window was opened: ${this.nobody()}`);
      this.opened = opened;
      this.ended = undefined;
      if (!this.session.replay) await this.memento.update(openKey, opened.window.from);
      this.changed.fire();
      return { from: opened.window.from };
    });
  }

  /** Pauses or goes on. False where no window is open. */
  turn(how: (window: ExplicitWindow, at: number) => ExplicitWindow): Promise<boolean> {
    const at = this.session.now();
    return this.inTurn(async () => {
      if (!this.opened) return false;
      this.opened = { ...this.opened, window: how(this.opened.window, at) };
      this.changed.fire();
      return true;
    });
  }

  /** Scrapes once, closes the window and shows its values; undefined where none is open. Rejects where it had ended, or no engine answers: then it stays open. */
  stop(): Promise<StoppedWindow | undefined> {
    return this.inTurn(async () => {
      if (!this.opened) return this.takeNote();
      const scrape = await this.scrape();
      // A switch to a recording meanwhile has ended it.
      if (!this.opened) return this.takeNote();
      const report = endWindow(this.opened, scrape);
      if (!report) throw new Error(`The window is still open: ${this.nobody()}`);
      this.opened = undefined;
      await this.memento.update(openKey, undefined);
      this.changed.fire();
      return {
        ...report,
        uri: await this.documents.show(
          windowText(report, { engines: scrape.snapshot.engines.length, replayed: this.session.replay !== undefined }),
        ),
      };
    });
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private cut(why: string): void {
    if (!this.opened) return;
    this.ended = `It was open since ${localTime(this.opened.window.from)} when ${why}.`;
    this.opened = undefined;
    void this.memento.update(openKey, undefined);
    this.changed.fire();
  }

  private async takeNote(): Promise<undefined> {
    const { ended } = this;
    if (ended === undefined) return undefined;
    this.ended = undefined;
    await this.memento.update(openKey, undefined);
    this.changed.fire();
    throw new Error(`The window has ended before. ${ended}`);
  }

  private async scrape(): Promise<WindowScrape> {
    let answered: Omit<WindowScrape, 'run'> | undefined;
    const listening = this.session.onDidAnswer((one) => {
      answered = one;
    });
    try {
      const snapshot = await this.session.scrape('command');
      return {
        snapshot,
        answers: answered?.snapshot === snapshot ? answered.answers : [],
        run: this.session.monitor.runId,
      };
    } finally {
      listening.dispose();
    }
  }

  private nobody(): string {
    if (this.session.snapshot?.source)
      return 'Prometheus is the source, and a window needs the targets’ own answers. SkyRL: Select Source.';
    return `no engine answered. ${this.session.status.message}`;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.work.then(work);
    this.work = done.catch(() => undefined);
    return done;
  }
}

/** By hand, what goes wrong is said in words; given an options object, the command rejects. */
async function byHand<T>(given: object | undefined, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await vscode.window.withProgress({ location: { viewId: views.metrics } }, work);
  } catch (error) {
    if (given && !('context' in given)) throw error;
    void vscode.window.showWarningMessage(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

export function registerWindowCommands(windows: Windows): vscode.Disposable[] {
  const table: Record<string, (given?: object) => unknown> = {
    [commands.startWindow]: (given) => byHand(given, () => windows.start()),
    [commands.pauseWindow]: () => windows.turn(pauseWindow),
    [commands.resumeWindow]: () => windows.turn(resumeWindow),
    [commands.stopWindow]: (given) => byHand(given, () => windows.stop()),
  };
  return Object.entries(table).map(([id, run]) => vscode.commands.registerCommand(id, run));
}

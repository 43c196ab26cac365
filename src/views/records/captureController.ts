/** Records scrapes into a folder while a person wants it. */
import * as vscode from 'vscode';
import { CaptureWriter, createCaptureFolder, type CaptureResult } from '../../capture/captureWriter';
import type { ResponseTap } from '../../capture/responseTap';
import type { RunWatcher } from '../shared/runWatcher';
import type { TreeRow, TreeSection } from '../shared/treeRow';
import { captureRows } from './captureRows';
import { showWarning } from '../shared/messages';

/** Starts and stops a recording, and feeds it with responses and snapshots. */
export class CaptureController implements TreeSection, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private writer: CaptureWriter | undefined;

  /** Fires when a recording starts, grows or ends. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly tap: ResponseTap,
    runWatcher: RunWatcher,
  ) {
    this.subscriptions = [
      this.changed,
      runWatcher.onDidCollect(({ snapshot }) => {
        // The responses of a replay do not pass through the tap.
        if (!runWatcher.replay) void this.writer?.writeScrape(snapshot).then(() => this.changed.fire());
      }),
    ];
  }

  /** What the running recording has so far; undefined if none runs. */
  get progress(): CaptureResult | undefined {
    return this.writer?.result;
  }

  /** The row of the Connection view. */
  rows(): TreeRow[] {
    return captureRows(this.progress);
  }

  /**
   * Starts a recording, or joins the running one; resolves to its folder. Rejects if the folder cannot be made. `now`
   * is Unix ms.
   */
  async start(wantedFolder: string, now: number): Promise<string> {
    if (this.writer) return this.writer.result.folder;
    const folder = await createCaptureFolder(wantedFolder, now);
    const writer = new CaptureWriter({ folder, onEnd: (result) => this.handleEnd(result) });
    this.writer = writer;
    this.tap.listener = (response) => writer.addResponse(response);
    this.changed.fire();
    return folder;
  }

  /** Stops the recording; resolves when everything is on disk, to undefined if none runs. */
  async stop(): Promise<CaptureResult | undefined> {
    const { writer } = this;
    this.detach();
    const result = await writer?.stop();
    this.changed.fire();
    return result;
  }

  dispose(): void {
    const { writer } = this;
    this.detach();
    void writer?.stop();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private detach(): void {
    this.writer = undefined;
    this.tap.listener = undefined;
  }

  /** The writer has ended the recording: it reached its bounds, or the disk is full. */
  private handleEnd({ problem, folder }: CaptureResult): void {
    this.detach();
    this.changed.fire();
    void showWarning(`The recording of scrapes has ended: ${problem}. What was recorded is in ${folder}.`);
  }
}

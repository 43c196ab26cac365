/** Records this window's scrapes into a folder, on a person's word. */
import * as vscode from 'vscode';
import { createCaptureFolder, CaptureWriter, type CaptureResult } from '../../capture/captureWriter';
import type { ResponseTap } from '../../capture/responseTap';
import type { RunWatcher } from '../shared/runWatcher';

export class CaptureController implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private capture: CaptureWriter | undefined;

  /** It began, grew or ended. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly tap: ResponseTap,
    session: RunWatcher,
  ) {
    this.subscriptions = [
      this.changed,
      session.onDidCollect(({ snapshot }) => {
        // What a replay answers did not come through the tap.
        if (!session.replay) void this.capture?.writeScrape(snapshot).then(() => this.changed.fire());
      }),
    ];
  }

  /** What there is of the recording that runs. */
  get progress(): CaptureResult | undefined {
    return this.capture?.result;
  }

  /** Begins, or joins the recording that runs; resolves to its folder. Rejects where there can be none. */
  async start(wanted: string, now: number): Promise<string> {
    if (this.capture) return this.capture.result.folder;
    const folder = await createCaptureFolder(wanted, now);
    const recording = new CaptureWriter({ folder, onEnd: (result) => this.onEnd(result) });
    this.capture = recording;
    this.tap.listener = (seen) => recording.addResponse(seen);
    this.changed.fire();
    return folder;
  }

  /** Resolves when everything is on disk; undefined where none runs. */
  async stop(): Promise<CaptureResult | undefined> {
    const { capture } = this;
    this.capture = undefined;
    this.tap.listener = undefined;
    const result = await capture?.stop();
    this.changed.fire();
    return result;
  }

  dispose(): void {
    this.tap.listener = undefined;
    void this.capture?.stop();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private onEnd({ problem, folder }: CaptureResult): void {
    this.capture = undefined;
    this.tap.listener = undefined;
    this.changed.fire();
    void vscode.window.showWarningMessage(
      `Recording scrapes has ended: ${problem}. What was recorded is in ${folder}.`,
    );
  }
}

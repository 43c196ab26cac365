/** Records this window's scrapes into a folder, on a person's word. */
import * as vscode from 'vscode';
import { folderFor, ScrapeRecording, type RecordingResult } from '../../capture/captureWriter';
import type { Tap } from '../../capture/responseTap';
import type { Session } from '../shared/runWatcher';

export class ScrapeRecorder implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private recording: ScrapeRecording | undefined;

  /** It began, grew or ended. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly tap: Tap,
    session: Session,
  ) {
    this.subscriptions = [
      this.changed,
      session.onDidAnswer(({ snapshot }) => {
        // What a replay answers did not come through the tap.
        if (!session.replay) void this.recording?.scraped(snapshot).then(() => this.changed.fire());
      }),
    ];
  }

  /** What there is of the recording that runs. */
  get running(): RecordingResult | undefined {
    return this.recording?.result;
  }

  /** Begins, or joins the recording that runs; resolves to its folder. Rejects where there can be none. */
  async start(wanted: string, now: number): Promise<string> {
    if (this.recording) return this.recording.result.folder;
    const folder = await folderFor(wanted, now);
    const recording = new ScrapeRecording({ folder, onEnd: (result) => this.ended(result) });
    this.recording = recording;
    this.tap.listener = (seen) => recording.see(seen);
    this.changed.fire();
    return folder;
  }

  /** Resolves when everything is on disk; undefined where none runs. */
  async stop(): Promise<RecordingResult | undefined> {
    const { recording } = this;
    this.recording = undefined;
    this.tap.listener = undefined;
    const result = await recording?.stop();
    this.changed.fire();
    return result;
  }

  dispose(): void {
    this.tap.listener = undefined;
    void this.recording?.stop();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private ended({ problem, folder }: RecordingResult): void {
    this.recording = undefined;
    this.tap.listener = undefined;
    this.changed.fire();
    void vscode.window.showWarningMessage(
      `Recording scrapes has ended: ${problem}. What was recorded is in ${folder}.`,
    );
  }
}

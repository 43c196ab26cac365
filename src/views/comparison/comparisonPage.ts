/** One page of a comparison in a webview: sends it and its lines, and answers what a person does there. */
import * as vscode from 'vscode';
import { alignLines } from '../../comparison/alignLines';
import type { ComparableRun } from '../../comparison/comparableRun';
import { compareRuns } from '../../comparison/compareRuns';
import type { Alignment, Comparison } from '../../shared/comparison';
import {
  isToComparisonHost,
  type ComparisonExport,
  type ToComparisonHost,
  type ToComparisonPage,
} from '../../shared/comparisonProtocol';

/** What a person asked for at the page. */
export interface ComparisonPageEvents {
  take: (what: ComparisonExport, comparison: Comparison) => void;
  choose: () => void;
}

/** The panel, and what a person does there. */
export interface ComparisonPageOptions {
  surface: { readonly webview: vscode.Webview; readonly visible: boolean };
  events: ComparisonPageEvents;
  log: Pick<vscode.LogOutputChannel, 'warn'>;
}

/** What the page shows: runs, or words why there are none. */
export type ComparisonContent = readonly ComparableRun[] | string;

/** Talks to one page in the messages of the protocol; sends nothing while the page is hidden. */
export class ComparisonPage implements vscode.Disposable {
  private readonly drawn = new vscode.EventEmitter<string[]>();
  private readonly subscriptions: vscode.Disposable[];
  private content: ComparisonContent = 'Reading the runs …';
  private comparison: Comparison | undefined;
  private isReady = false;
  /** Fires with the measures in the order of the table's rows after each drawing. */
  readonly onDidDraw = this.drawn.event;

  constructor(private readonly options: ComparisonPageOptions) {
    this.subscriptions = [
      this.drawn,
      options.surface.webview.onDidReceiveMessage((message: unknown) => this.receive(message)),
    ];
  }

  /** Shows a comparison of these runs, or words. */
  show(content: ComparisonContent): void {
    this.content = content;
    this.comparison = typeof content === 'string' ? undefined : compareRuns(content);
    this.send();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private send(): void {
    if (!this.isReady) return;
    const { content, comparison } = this;
    if (comparison) this.post({ type: 'comparison', comparison });
    else if (typeof content === 'string') this.post({ type: 'status', message: content });
  }

  private sendLines(measure: string, alignment: Alignment): void {
    const { content, comparison } = this;
    if (!comparison || typeof content === 'string') return;
    this.post({ type: 'lines', ...alignLines(content, comparison, measure, alignment) });
  }

  private receive(message: unknown): void {
    if (isToComparisonHost(message)) this.handleMessage(message);
    else this.options.log.warn('comparison: ignored a message from the page that does not fit the protocol');
  }

  private handleMessage(message: ToComparisonHost): void {
    const { events, log } = this.options;
    switch (message.type) {
      case 'ready':
        this.isReady = true;
        return this.send();
      case 'show':
        return this.sendLines(message.measure, message.alignment);
      case 'take':
        return this.comparison && events.take(message.what, this.comparison);
      case 'choose':
        return events.choose();
      case 'drawn':
        return this.drawn.fire(message.rows);
      case 'ignored':
        return log.warn('comparison: the page ignored a message that does not fit the protocol');
    }
  }

  private post(message: ToComparisonPage): void {
    if (this.options.surface.visible) void this.options.surface.webview.postMessage(message);
  }
}

/** One page of rollouts in a webview: sends what is new, and answers what a person does there. */
import * as vscode from 'vscode';
import type { TimeRange } from '../../shared/protocol';
import type { Rollout } from '../../shared/rollout';
import {
  isToRolloutHost,
  type RolloutExport,
  type ToRolloutHost,
  type ToRolloutPage,
} from '../../shared/rolloutProtocol';
import type { RolloutFeed } from './rolloutFeed';

/** What a person asked for at the page. */
export interface RolloutPageEvents {
  show: (range: TimeRange) => void;
  take: (what: RolloutExport, kind: Rollout['kind']) => void;
}

/** The panel, what it shows, and what a person does there. */
export interface RolloutPageOptions {
  surface: { readonly webview: vscode.Webview; readonly visible: boolean };
  feed: RolloutFeed;
  events: RolloutPageEvents;
  log: Pick<vscode.LogOutputChannel, 'warn'>;
}

/** Talks to one page in the messages of the protocol; sends nothing while the page is hidden. */
export class RolloutPage implements vscode.Disposable {
  private readonly drawn = new vscode.EventEmitter<string[]>();
  private readonly subscriptions: vscode.Disposable[];
  /** By id: each rollout as it was sent. Undefined before the page is ready. */
  private sent: Map<string, Rollout> | undefined;
  /** Fires with the ids of the table's rows after each drawing. */
  readonly onDidDraw = this.drawn.event;

  constructor(private readonly options: RolloutPageOptions) {
    const { surface, feed } = options;
    this.subscriptions = [
      this.drawn,
      surface.webview.onDidReceiveMessage((message: unknown) => this.receive(message)),
      feed.onDidChange(() => this.update()),
      feed.onDidChangeStatus(() => this.sendStatus()),
    ];
  }

  /** Sends what has changed since the last message. */
  update(): void {
    const { sent } = this;
    if (!sent || !this.options.surface.visible) return;
    const all = new Map(this.options.feed.rollouts.map((rollout) => [rollout.id, rollout]));
    const removed = [...sent.keys()].filter((id) => !all.has(id));
    const changed = [...all.values()].filter((rollout) => isChanged(sent.get(rollout.id), rollout));
    if (removed.length === 0 && changed.length === 0) return;
    for (const id of removed) sent.delete(id);
    for (const rollout of changed) sent.set(rollout.id, rollout);
    this.post({ type: 'rollouts', rollouts: changed, replace: false, removed });
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private sendAll(): void {
    const { rollouts } = this.options.feed;
    this.sent = new Map(rollouts.map((rollout) => [rollout.id, rollout]));
    this.sendStatus();
    this.post({ type: 'rollouts', rollouts, replace: true, removed: [] });
  }

  private sendStatus(): void {
    const { status, notice = '' } = this.options.feed;
    this.post({ type: 'status', message: status.message, notice });
  }

  private receive(message: unknown): void {
    if (isToRolloutHost(message)) this.handleMessage(message);
    else this.options.log.warn('rollouts: ignored a message from the page that does not fit the protocol');
  }

  private handleMessage(message: ToRolloutHost): void {
    const { events, log } = this.options;
    switch (message.type) {
      case 'ready':
        return this.sendAll();
      case 'show':
        return events.show(message.range);
      case 'take':
        return events.take(message.what, message.kind);
      case 'drawn':
        return this.drawn.fire(message.rows);
      case 'ignored':
        return log.warn('rollouts: the page ignored a message that does not fit the protocol');
    }
  }

  private post(message: ToRolloutPage): void {
    if (this.options.surface.visible) void this.options.surface.webview.postMessage(message);
  }
}

/** Thousands that have ended are the same objects; writing them all as JSON would take longer than the rest. */
const isChanged = (sent: Rollout | undefined, rollout: Rollout): boolean =>
  sent !== rollout && (!sent || JSON.stringify(sent) !== JSON.stringify(rollout));

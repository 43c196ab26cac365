/** One of the places that show a chart: its options exist without a page, too. */
import type { Disposable } from 'vscode';
import type { TimeRange } from '../../shared/protocol';
import type { ViewOptions } from '../../shared/viewOptions';
import type { ChartOptionsStore, OptionsChange } from './chartOptionsStore';
import type { ChartPage, ChartWebview } from './chartPage';

/** A webview of VS Code: what views and panels have in common. */
export interface WebviewHost extends ChartWebview {
  onDidShowOrHide(listener: () => void): Disposable;
  onDidDispose(listener: () => void): Disposable;
}

/** The side panel or the editor: its options, and its page while VS Code shows one. */
export class ChartLocation {
  /** Undefined while VS Code shows no webview here. */
  host: WebviewHost | undefined;
  page: ChartPage | undefined;

  constructor(
    readonly optionsStore: ChartOptionsStore,
    private readonly now: () => number,
  ) {}

  get visible(): boolean {
    return this.host?.visible ?? false;
  }

  get options(): ViewOptions {
    return this.optionsStore.options;
  }

  /** What the page shows; without a page, what it would show. */
  get timeRange(): TimeRange {
    return this.page?.timeRange ?? { from: this.now() - this.options.minutes * 60_000, to: this.now() };
  }

  /** Changes the options, and the page if there is one. */
  async change(change: OptionsChange): Promise<void> {
    await (this.page?.change(change) ?? this.optionsStore.change(change));
  }
}

/** What the page knows and shows at a moment: data, options, choices, time range and muted lines. */
import type { ChartData, ChartIncrement } from '../src/shared/chartData';
import type { ViewOptions } from '../src/shared/viewOptions';
import type { Frame } from './frame';
import type { PickerChoices } from './pickerBoxes';
import { Store } from './store';
import { readTheme } from './theme';
import { Viewport } from './viewport';

const minuteMs = 60_000;
/** Less time would show two points as a trend. */
const shortestFitMs = minuteMs;
/** Data is kept for this long before the range that is shown, so that lines lead into it. */
const keptBeforeRangeMs = 2 * minuteMs;

/** The state of a page, without anything that is drawn. */
export class PageState {
  readonly store = new Store();
  readonly viewport: Viewport = new Viewport(() => this.rangeMs);
  choices: PickerChoices = { rows: [], engines: [] };
  theme = readTheme();
  /** Not in the options, because IDs of engines live no longer than a run. */
  mutedEngines: readonly string[] = [];

  /** ID of the engine that a person has selected in a heat map. */
  selectedEngine: string | undefined;

  constructor(public options: ViewOptions) {}

  /** Replaces all data. `now` is the host's clock. */
  replaceData(data: ChartData, now: number): void {
    this.viewport.syncClock(now);
    this.store.replace(data);
  }

  /** Adds the data of one scrape. `now` is the host's clock. */
  appendData(data: ChartIncrement, now: number): void {
    this.viewport.syncClock(now);
    const from = Math.min(this.viewport.range.from, now - this.options.minutes * minuteMs);
    this.store.append(data, from - keptBeforeRangeMs);
  }

  /** Whether the range is shorter than the chosen one, because there is no more data yet. */
  get isFitted(): boolean {
    return this.rangeMs < this.options.minutes * minuteMs;
  }

  /** Length of the range that follows the time. */
  private get rangeMs(): number {
    const { minutes, fit } = this.options;
    const { oldestTime } = this.store;
    const chosenMs = minutes * minuteMs;
    if (!fit || oldestTime === undefined) return chosenMs;
    return Math.min(chosenMs, Math.max(shortestFitMs, this.viewport.now - oldestTime));
  }

  /** Whether nothing was ever measured, so that there is nothing to draw. */
  get isEmpty(): boolean {
    return this.store.isEmpty && !this.choices.rows.some(({ available }) => available);
  }

  /** Keys of the lines that are not drawn. */
  get muted(): readonly string[] {
    return this.options.engines === 'aggregate' ? this.options.muted : this.mutedEngines;
  }

  /** What all plots draw now. */
  frame(): Frame {
    const { viewport, theme, store } = this;
    const { range, now, selection, isLive } = viewport;
    const mutedKeys = new Set(this.muted);
    return {
      ...range,
      now,
      theme,
      mutedKeys,
      selection,
      isLive,
      bands: store.bands,
      cursor: viewport.cursorIn(range),
      subjects: this.choices.engines,
      engineOrder: this.options.engineOrder ?? 'node',
      row: viewport.mouseRow ?? viewport.keyRow,
      selectedEngine: this.selectedEngine,
    };
  }
}

/** What a person does on the page, as changes of its state. */
import type { SaveMessage, TimeRange } from '../src/shared/protocol';
import { engineLimit, type ViewOptions } from '../src/shared/viewOptions';
import type { EngineChoice } from './controls';
import { isolate, setShown } from './mutedLines';
import type { PageState } from './pageState';
import type { RedrawScope } from './redraw';
import { shiftRange, timeRangeBetween, zoomRange } from './timeRange';

/** What the page tells the host of a person's actions. */
export interface ActionEvents {
  /** The options changed. */
  choose: (options: ViewOptions) => void;
  /** The page zooms in on a time range, or returns to the range that follows the time (undefined). */
  zoom: (range: TimeRange | undefined) => void;
  requestExport: (what: SaveMessage['what']) => void;
  /** A person selected an engine. */
  selectEngine: (id: string) => void;
}

/** Changes a page's state, requests a redraw, and tells the host. */
export class PageActions {
  constructor(
    private readonly state: PageState,
    private readonly events: ActionEvents,
    private readonly requestRedraw: (scope: RedrawScope) => void,
  ) {}

  changeOptions(change: Partial<ViewOptions>): void {
    if (change.minutes !== undefined) this.setRange(undefined);
    this.state.options = { ...this.state.options, ...change };
    this.requestRedraw('all');
    this.events.choose(this.state.options);
  }

  /** Selects the engines that have lines or rows; `some` begins with those that were selected, else with the first ones. */
  chooseEngines(choice: EngineChoice): void {
    if (choice === 'heatmap') return this.changeOptions({ form: 'heatmap', engines: 'aggregate' });
    const { options, choices } = this.state;
    const form = options.form === 'heatmap' ? 'plots' : options.form;
    if (choice !== 'some') return this.changeOptions({ form, engines: choice });
    if (Array.isArray(options.engines)) return this.changeOptions({ form });
    const engines = choices.engines.filter(({ nonEngine }) => !nonEngine);
    this.changeOptions({ form, engines: engines.slice(0, engineLimit).map(({ id }) => id) });
  }

  /** Shows or hides a line. */
  toggleLine(key: string): void {
    const { muted } = this.state;
    this.setMuted(setShown(muted, [key], muted.includes(key)));
  }

  /** Shows only one of some lines, or all of them if it is the only one already. */
  isolateLine(key: string, keys: readonly string[]): void {
    this.setMuted(isolate(this.state.muted, key, keys));
  }

  togglePause(): void {
    const { isLive, range } = this.state.viewport;
    this.setRange(isLive ? range : undefined);
  }

  /** Shows the range that follows the time. */
  goBack(): void {
    this.setRange(undefined);
  }

  /** Zooms in (a factor below 1) or out, around the cursor. */
  zoom(factor: number): void {
    const { range, keyCursor, now } = this.state.viewport;
    this.setRange(zoomRange(range, factor, keyCursor ?? range.to, now));
  }

  /** Zooms in on what a person marked; a range that is too short changes nothing. */
  zoomTo({ from, to }: TimeRange): void {
    const { now, fixedRange } = this.state.viewport;
    this.setRange(timeRangeBetween(from, to, now) ?? fixedRange);
  }

  /** Moves the range earlier (below 0) or later, by a fraction of its length. */
  shift(fraction: number): void {
    const { range, now } = this.state.viewport;
    this.setRange(shiftRange(range, fraction, now));
  }

  moveCursor(cursor: 'keyCursor' | 'mouseCursor', at: number | undefined): void {
    this.state.viewport[cursor] = at;
    this.requestRedraw('cursor');
  }

  /** Reads a row of a heat map, by its ID. */
  moveRow(cursor: 'keyRow' | 'mouseRow', id: string | undefined): void {
    this.state.viewport[cursor] = id;
    this.requestRedraw('cursor');
  }

  /** Marks an engine in all heat maps, and tells the host. */
  selectEngine(id: string): void {
    this.state.selectedEngine = id;
    this.requestRedraw('cursor');
    if (this.state.choices.engines.some((engine) => engine.id === id && !engine.nonEngine))
      this.events.selectEngine(id);
  }

  /** Shows lines of an engine instead of heat maps. */
  showLines(id: string): void {
    this.changeOptions({ form: 'plots', engines: [id] });
  }

  /** Sets what a person marks at the moment. */
  select(range: TimeRange | undefined): void {
    this.state.viewport.selection = range;
    this.requestRedraw('cursor');
  }

  private setMuted(muted: string[]): void {
    if (this.state.options.engines === 'aggregate') return this.changeOptions({ muted });
    this.state.mutedEngines = muted;
    this.requestRedraw('all');
  }

  private setRange(range: TimeRange | undefined): void {
    const { viewport } = this.state;
    if (range === undefined && viewport.isLive) return;
    viewport.fixedRange = range;
    this.events.zoom(range);
    this.requestRedraw('all');
  }
}

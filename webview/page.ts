import type { ChartData, ChartIncrement } from '../src/shared/chartData';
import type { DrawnReport, SaveMessage, TimeRange } from '../src/shared/protocol';
import { engineLimit, type ViewOptions } from '../src/shared/viewOptions';
import { MetricPicker, type PickerChoices } from './metricPicker';
import { Controls } from './controls';
import { Cursor } from './cursor';
import { DistributionPlot } from './distributionPlot';
import { arrange, make, setText } from './dom';
import type { Frame } from './frame';
import { pictureOf } from './picture';
import { Plot } from './plot';
import type { PlotView } from './plotView';
import { plotsFor, type PlotSpec } from './plots';
import { Visibility } from './visibility';
import { Store } from './store';
import { joinTexts } from './summary';
import { readTheme } from './theme';
import { Timeline } from './timeline';
import { timeRangeBetween, shiftRange, zoomRange } from './timeRange';

/** What a page tells the outside. */
export interface PageEvents {
  /** A person chose. */
  choose: (options: ViewOptions) => void;
  /** A person looks at a stretch of time; `undefined`: at the window that follows. */
  zoom: (range: TimeRange | undefined) => void;
  requestExport: (what: SaveMessage['what']) => void;
  reportDrawn: (report: DrawnReport) => void;
}

/** The whole page: its state, and one drawing of it per animation frame at most. */
export class Page {
  private readonly store = new Store();
  private readonly controls: Controls;
  private readonly picker: MetricPicker;
  private readonly cursor: Cursor;
  private readonly timeline = new Timeline();
  private readonly visibility = new Visibility(() => this.redraw());
  private readonly plotList = make('div', { class: 'plots' });
  private readonly note = make('p', { class: 'note' });
  private readonly status = make('p', { class: 'status', role: 'status' });
  private plots: PlotView[] = [];
  private theme = readTheme();
  private choices: PickerChoices = { rows: [], engines: [] };
  /** The host's clock less the page's: they may be two machines. */
  private skew = 0;
  /** The stretch that stands still; `undefined`: the window follows the time. */
  private range: TimeRange | undefined;
  private selection: TimeRange | undefined;
  private readonly cursors: { key?: number | undefined; mouse?: number | undefined } = {};
  /** Engines that are muted until the page goes: their ids live no longer than a run. */
  private readonly mutedEngines = new Set<string>();
  private pending: 'nothing' | 'cursor' | 'all' = 'nothing';
  private hasData = false;

  constructor(
    root: HTMLElement,
    private options: ViewOptions,
    private readonly events: PageEvents,
  ) {
    this.controls = new Controls(options, {
      change: (change) => this.change(change),
      chooseEngines: (choice) => this.chooseEngines(choice),
      pause: () => this.look(this.range ? undefined : this.shownRange),
      togglePicker: () => this.openPicker(!this.picker.open),
      requestExport: (what) => events.requestExport(what),
    });
    this.picker = new MetricPicker(
      (change) => this.change(change),
      () => this.openPicker(false),
    );
    this.cursor = new Cursor({
      move: (at) => this.moveCursor('key', at),
      goBack: () => this.look(undefined),
      zoom: (factor) => this.look(zoomRange(this.shownRange, factor, this.cursors.key ?? this.shownRange.to, this.now)),
      shift: (part) => this.look(shiftRange(this.shownRange, part, this.now)),
    });
    root.append(
      this.controls.element,
      this.picker.element,
      this.cursor.element,
      this.timeline.element,
      this.plotList,
      this.note,
      this.status,
    );
    this.draw();
  }

  replaceData(data: ChartData, now: number): void {
    this.skew = now - Date.now();
    this.store.replace(data);
    if (this.hasData) return this.redraw();
    // A new page's first picture does not wait for a frame to begin: the host sends choices and options before the data.
    this.hasData = true;
    this.pending = 'nothing';
    this.draw();
  }

  appendData(data: ChartIncrement, now: number): void {
    this.skew = now - Date.now();
    this.store.append(data, Math.min(this.shownRange.from, now - this.options.minutes * 60_000) - 120_000);
    this.redraw();
  }

  setStatus(words: string): void {
    setText(this.status, words);
  }

  setChoices(offer: PickerChoices): void {
    this.choices = offer;
    this.redraw();
  }

  /** Takes choices without telling anybody. */
  setOptions(options: ViewOptions): void {
    this.options = options;
    this.redraw();
  }

  retheme(): void {
    this.theme = readTheme();
    this.redraw();
  }

  /** Moves the time on, while the plots follow it. */
  tick(): void {
    if (!this.range && !this.isEmpty) this.redraw();
  }

  /** A PNG of what is shown, as base64. */
  picture(): string {
    const frame = this.frame();
    for (const plot of this.plots) {
      plot.update(this.store, frame, 'plots');
      plot.draw(true);
    }
    this.redraw();
    return pictureOf(
      [
        ...(this.timeline.element.hidden
          ? []
          : [{ title: 'Run', unit: 'count' as const, canvas: this.timeline.canvas, lines: [] }]),
        ...this.plots.map(({ spec: { title, unit }, canvas, lines }) => ({ title, unit, canvas, lines })),
      ],
      frame,
    );
  }

  /** Nothing was ever measured here, and nothing is there to draw. */
  private get isEmpty(): boolean {
    return this.store.isEmpty && !this.choices.rows.some(({ available }) => available);
  }

  private change(change: Partial<ViewOptions>): void {
    if (change.minutes !== undefined && this.range) this.look(undefined);
    this.setOptions({ ...this.options, ...change });
    this.events.choose(this.options);
  }

  private chooseEngines(choice: 'aggregate' | 'each' | 'some'): void {
    if (choice !== 'some') return this.change({ engines: choice });
    this.change({
      engines: this.choices.engines
        .filter(({ nonEngine }) => !nonEngine)
        .slice(0, engineLimit)
        .map(({ id }) => id),
    });
    this.openPicker(true);
  }

  private openPicker(open: boolean): void {
    this.picker.update(this.choices, this.options);
    this.picker.show(open);
    if (!open) this.controls.focusMetrics();
    this.redraw();
  }

  private look(range: TimeRange | undefined): void {
    if (range === undefined && this.range === undefined) return;
    this.range = range;
    this.events.zoom(range);
    this.redraw();
  }

  private toggle(keys: readonly string[], drawn: boolean): void {
    if (this.options.engines !== 'aggregate') {
      for (const key of keys)
        if (drawn) this.mutedEngines.delete(key);
        else this.mutedEngines.add(key);
      this.redraw();
      return;
    }
    const others = this.options.muted.filter((key) => !keys.includes(key));
    this.change({ muted: drawn ? others : [...others, ...keys] });
  }

  private isolate(key: string, keys: readonly string[]): void {
    const { mutedKeys } = this.frame();
    const alone = keys.every((other) => (other === key) !== mutedKeys.has(other));
    if (this.options.engines === 'aggregate') {
      const others = this.options.muted.filter((other) => !keys.includes(other));
      this.change({ muted: alone ? others : [...others, ...keys.filter((other) => other !== key)] });
      return;
    }
    this.toggle(keys, true);
    if (!alone)
      this.toggle(
        keys.filter((other) => other !== key),
        false,
      );
  }

  private moveCursor(by: 'key' | 'mouse', at: number | undefined): void {
    this.cursors[by] = at;
    this.request('cursor');
  }

  private mark(selection: TimeRange | undefined): void {
    this.selection = selection;
    this.request('cursor');
  }

  private get now(): number {
    return Date.now() + this.skew;
  }

  private get shownRange(): TimeRange {
    const { now } = this;
    return this.range ?? { from: now - this.options.minutes * 60_000, to: now };
  }

  private frame(): Frame {
    const { theme, selection, store, options } = this;
    const { from, to } = this.shownRange;
    const cursor = this.cursors.mouse ?? this.cursors.key;
    const muted = options.engines === 'aggregate' ? new Set(options.muted) : this.mutedEngines;
    return {
      from,
      to,
      now: this.now,
      theme,
      mutedKeys: muted,
      selection,
      bands: store.bands,
      isLive: !this.range,
      cursor: cursor === undefined ? undefined : Math.min(to, Math.max(from, cursor)),
    };
  }

  private redraw(): void {
    this.request('all');
  }

  private request(what: 'cursor' | 'all'): void {
    if (this.pending === 'nothing') {
      requestAnimationFrame(() => {
        const wanted = this.pending;
        this.pending = 'nothing';
        if (wanted === 'all') this.draw();
        else if (wanted === 'cursor') this.drawCursor();
      });
    }
    if (this.pending !== 'all') this.pending = what;
  }

  private draw(): void {
    const frame = this.frame();
    const { isEmpty } = this;
    this.controls.update(this.options, frame.isLive, this.picker.open);
    this.picker.update(this.choices, this.options);
    this.status.hidden = !isEmpty;
    this.plotList.hidden = this.cursor.element.hidden = this.controls.element.hidden = this.note.hidden = isEmpty;
    this.arrangePlots(frame);
    for (const plot of this.plots) plot.update(this.store, frame, this.options.form);
    this.updateWords(frame);
    const seen = this.visibility.update(this.plots.map(({ element }) => element));
    const plots = this.plots.map((plot) => ({ id: plot.spec.id, ...plot.draw(seen.has(plot.element)) }));
    this.events.reportDrawn({ plots, foreground: frame.theme.foreground, from: frame.from, to: frame.to });
  }

  private drawCursor(): void {
    const frame = this.frame();
    for (const plot of this.plots) plot.moveCursor(frame);
    this.updateWords(frame);
  }

  private updateWords(frame: Frame): void {
    const run = this.timeline.draw(frame);
    this.cursor.update(
      frame,
      this.store.newestTime,
      joinTexts([...run, ...this.plots.flatMap((plot) => plot.describeCursor(frame))]),
    );
    setText(this.note, this.noteWords());
  }

  private noteWords(): string {
    const { engines, measures, distributions } = this.options;
    if (measures.length + distributions.length === 0) return 'No metric is chosen: press Metrics.';
    if (engines === 'aggregate') return '';
    const drawn = this.store.subjects.filter(({ nonEngine }) => !nonEngine).length;
    if (Array.isArray(engines))
      return this.store.subjects.length === 0
        ? 'None of the chosen engines is here; all engines together are drawn.'
        : '';
    return drawn < this.store.engineCount ? `${drawn} of ${this.store.engineCount} engines are drawn.` : '';
  }

  /** Makes the plots of the choice; those that are there already stay. */
  private arrangePlots(frame: Frame): void {
    const wanted = this.isEmpty ? [] : plotsFor(this.options, this.choices.rows);
    // With the rows' words: a scratchpad's next query has the place of the one before, and another unit.
    const keyOf = ({ id, perEngine, rows }: PlotSpec): string =>
      JSON.stringify([id, perEngine, rows.map((row) => ({ ...row, available: true }))]);
    const before = new Map(this.plots.map((plot) => [keyOf(plot.spec), plot]));
    if (wanted.map(keyOf).join() === [...before.keys()].join()) return;
    this.plots = wanted.map((spec) => before.get(keyOf(spec)) ?? this.newPlot(spec, frame));
    for (const plot of before.values()) if (!this.plots.includes(plot)) this.drop(plot);
    for (const { element } of this.plots) this.visibility.watch(element);
    arrange(
      this.plotList,
      this.plots.map(({ element }) => element),
    );
  }

  private drop(plot: PlotView): void {
    this.visibility.unwatch(plot.element);
    plot.dispose();
  }

  private newPlot(spec: PlotSpec, frame: Frame): PlotView {
    const events = {
      hover: (at: number | undefined) => this.moveCursor('mouse', at),
      mark: (range: TimeRange | undefined) => this.mark(range),
      zoom: ({ from, to }: TimeRange) => this.look(timeRangeBetween(from, to, this.now) ?? this.range),
      goBack: () => this.look(undefined),
      toggle: (key: string) => this.toggle([key], this.frame().mutedKeys.has(key)),
      isolate: (key: string, keys: readonly string[]) => this.isolate(key, keys),
    };
    return spec.kind === 'distribution' ? new DistributionPlot(spec, frame, events) : new Plot(spec, frame, events);
  }
}

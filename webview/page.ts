import type { ChartData, ChartIncrement } from '../src/shared/chartData';
import type { DrawnReport, ViewOptions } from '../src/shared/protocol';
import { Controls } from './controls';
import { Cursor } from './cursor';
import { make, setText } from './dom';
import type { Frame } from './frame';
import { linesOf, type Line } from './lines';
import { Plot } from './plot';
import { plotsFor } from './plots';
import { Store } from './store';
import { cursorWords } from './summary';
import { readTheme } from './theme';

const HOUR_MS = 3_600_000;

/** What a page tells the outside. */
export interface PageEvents {
  /** A person chose. */
  choose: (options: ViewOptions) => void;
  drawn: (report: DrawnReport) => void;
}

/** The whole page: its state, and one drawing of it per animation frame at most. */
export class Page {
  private readonly store = new Store();
  private readonly controls: Controls;
  private readonly cursor = new Cursor((at) => this.moveCursor('key', at));
  private readonly plotList = make('div', { class: 'plots' });
  private readonly note = make('p', { class: 'note' });
  private readonly status = make('p', { class: 'status', role: 'status' });
  private plots: Plot[] = [];
  private theme = readTheme();
  /** The host's clock less the page's: they may be two machines. */
  private skew = 0;
  private pausedAt: number | undefined;
  private readonly cursors: { key?: number | undefined; mouse?: number | undefined } = {};
  /** Engines that are muted until the page goes: their ids live no longer than a run. */
  private readonly mutedEngines = new Set<string>();
  private pending: 'nothing' | 'cursor' | 'all' = 'nothing';

  constructor(root: HTMLElement, private options: ViewOptions, private readonly events: PageEvents) {
    this.controls = new Controls(options, { change: (change) => this.choose(change), pause: () => this.pause() });
    root.append(this.controls.element, this.cursor.element, this.plotList, this.note, this.status);
    this.draw();
  }

  replaceData(data: ChartData, now: number): void {
    this.skew = now - Date.now();
    this.store.replace(data);
    this.redraw();
  }

  appendData(data: ChartIncrement, now: number): void {
    this.skew = now - Date.now();
    this.store.append(data, Math.min(now, this.pausedAt ?? now) - HOUR_MS);
    this.redraw();
  }

  setStatus(words: string): void {
    setText(this.status, words);
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
    if (this.pausedAt === undefined && !this.store.empty) this.redraw();
  }

  private choose(change: Partial<ViewOptions>): void {
    this.setOptions({ ...this.options, ...change });
    this.events.choose(this.options);
  }

  private pause(): void {
    this.pausedAt = this.pausedAt === undefined ? this.now : undefined;
    this.redraw();
  }

  private toggle(key: string): void {
    if (this.options.engines === 'each') {
      if (!this.mutedEngines.delete(key)) this.mutedEngines.add(key);
      this.redraw();
      return;
    }
    const { muted } = this.options;
    this.choose({ muted: muted.includes(key) ? muted.filter((other) => other !== key) : [...muted, key] });
  }

  private moveCursor(by: 'key' | 'mouse', at: number | undefined): void {
    this.cursors[by] = at;
    this.request('cursor');
  }

  private get now(): number {
    return Date.now() + this.skew;
  }

  private frame(): Frame {
    const { now, theme } = this;
    const to = this.pausedAt ?? now;
    const from = to - this.options.minutes * 60_000;
    const cursor = this.cursors.mouse ?? this.cursors.key;
    const muted = this.options.engines === 'each' ? this.mutedEngines : new Set(this.options.muted);
    return { from, to, now, theme, muted, follows: this.pausedAt === undefined, cursor: cursor === undefined ? undefined : Math.min(to, Math.max(from, cursor)) };
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
        else this.drawCursor();
      });
    }
    if (this.pending !== 'all') this.pending = what;
  }

  private draw(): void {
    const frame = this.frame();
    const { empty } = this.store;
    this.controls.update(this.options, frame.follows);
    this.status.hidden = !empty;
    this.plotList.hidden = this.cursor.element.hidden = this.controls.element.hidden = this.note.hidden = empty;
    this.arrangePlots(frame);
    const plots = this.plots.map((plot) => ({ id: plot.spec.id, ...plot.draw(this.lines(plot), frame) }));
    this.updateWords(frame);
    this.events.drawn({ plots, foreground: frame.theme.foreground });
  }

  private drawCursor(): void {
    const frame = this.frame();
    for (const plot of this.plots) plot.moveCursor(frame);
    this.updateWords(frame);
  }

  private updateWords(frame: Frame): void {
    const said = this.plots.flatMap((plot) => this.lines(plot).map((line) => ({ line, unit: plot.row.unit })));
    this.cursor.update(frame, this.store.newest, cursorWords(said, frame));
    const shown = new Set(said.map(({ line }) => line.key)).size;
    const some = this.options.engines === 'each' && shown < this.store.engineCount;
    setText(this.note, some ? `${shown} of ${this.store.engineCount} engines are drawn.` : '');
  }

  private lines(plot: Plot): Line[] {
    return linesOf(plot.spec, this.store, this.theme);
  }

  /** Makes the plots of the choice, where they are not there already. */
  private arrangePlots(frame: Frame): void {
    const wanted = this.store.empty ? [] : plotsFor(this.options.engines);
    if (wanted.map(({ id }) => id).join() === this.plots.map(({ spec }) => spec.id).join()) return;
    for (const plot of this.plots) plot.dispose();
    this.plots = wanted.map((spec) => new Plot(spec, frame, { hover: (at) => this.moveCursor('mouse', at), toggle: (key) => this.toggle(key) }));
    this.plotList.append(...this.plots.map(({ element }) => element));
  }
}

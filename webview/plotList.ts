/** The plots of the page: those that are selected, in their order, each drawn only while it is in view. */
import type { DrawnReport } from '../src/shared/protocol';
import type { ViewOptions } from '../src/shared/viewOptions';
import { DistributionPlot } from './distributionPlot';
import { arrangeChildren, make } from './dom';
import type { Frame } from './frame';
import type { Gestures } from './gestures';
import { hasId } from './heatmapDrawing';
import { HeatmapPlot, type HeatmapEvents } from './heatmapPlot';
import { shownEngine } from './heatmapReading';
import type { LegendEvents } from './legend';
import { Plot } from './plot';
import type { PlotSpec } from './plots';
import type { PlotView } from './plotView';
import type { Store } from './store';
import { Visibility } from './visibility';

/** Identifies a plot. Includes the rows: the next query of a scratchpad has the same ID and another unit. */
const keyOf = ({ id, kind, perEngine, rows }: PlotSpec): string =>
  JSON.stringify([id, kind, perEngine, rows.map((row) => ({ ...row, available: true }))]);

const viewClasses: Record<
  PlotSpec['kind'],
  new (spec: PlotSpec, frame: Frame, events: Gestures & LegendEvents & HeatmapEvents) => PlotView
> = { lines: Plot, distribution: DistributionPlot, heatmap: HeatmapPlot };

/** The list of plots as one element. */
export class PlotList {
  readonly element = make('div', { class: 'plots' });
  private readonly visibility: Visibility;
  private views: PlotView[] = [];

  /** `onVisible` is called when a plot comes into view that was not drawn there. */
  constructor(
    private readonly events: Gestures & LegendEvents & HeatmapEvents,
    onVisible: () => void,
  ) {
    this.visibility = new Visibility(onVisible);
  }

  /** Shows exactly these plots; those that exist already stay. */
  arrange(specs: readonly PlotSpec[], frame: Frame): void {
    const existing = new Map(this.views.map((view) => [keyOf(view.spec), view]));
    if (specs.map(keyOf).join() === [...existing.keys()].join()) return;
    this.views = specs.map((spec) => existing.get(keyOf(spec)) ?? this.createView(spec, frame));
    for (const view of existing.values()) if (!this.views.includes(view)) this.remove(view);
    const elements = this.views.map(({ element }) => element);
    for (const element of elements) this.visibility.watch(element);
    arrangeChildren(this.element, elements);
  }

  /** Takes over the data of all plots, also of those out of view. */
  update(store: Store, frame: Frame, form: ViewOptions['form']): void {
    for (const view of this.views) view.update(store, frame, form);
  }

  /** Draws the plots in view, and counts what each plot shows. */
  draw(): DrawnReport['plots'] {
    const visible = this.visibility.update(this.views.map(({ element }) => element));
    return this.views.map((view) => ({ id: view.spec.id, ...view.draw(visible.has(view.element)) }));
  }

  /** Draws all plots as plots, also those out of view, and returns them for a picture. */
  drawForPicture(store: Store, frame: Frame): readonly PlotView[] {
    for (const view of this.views) {
      view.update(store, frame, 'plots');
      view.draw(true);
    }
    return this.views;
  }

  moveCursor(frame: Frame): void {
    for (const view of this.views) view.moveCursor(frame);
  }

  /** The values at the cursor in words, for all plots. */
  describeCursor(frame: Frame): string[] {
    return this.views.flatMap((view) => view.describeCursor(frame));
  }

  /**
   * The ID of the row that is `step` rows below another one in the first heat map, up to its ends; without another one,
   * of its first or last row. Undefined without a heat map.
   */
  rowAfter(id: string | undefined, step: number): string | undefined {
    const { rows = [] } = this.firstHeatmap ?? {};
    const index = rows.findIndex((row) => hasId(row, id));
    const next = index < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, index + step));
    return rows[next]?.id;
  }

  /** The engine that the first heat map shows in a row; undefined if there is no such row. */
  engineOfRow(id: string, frame: Frame): string | undefined {
    const row = this.firstHeatmap?.rows.find((one) => one.id === id);
    return row && shownEngine(row, frame)?.subject.id;
  }

  private get firstHeatmap(): HeatmapPlot | undefined {
    return this.views.find((view) => view instanceof HeatmapPlot);
  }

  private createView(spec: PlotSpec, frame: Frame): PlotView {
    return new viewClasses[spec.kind](spec, frame, this.events);
  }

  private remove(view: PlotView): void {
    this.visibility.unwatch(view.element);
    view.dispose();
  }
}

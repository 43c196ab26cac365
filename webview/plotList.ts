/** The plots of the page: those that are selected, in their order, each drawn only while it is in view. */
import type { DrawnReport } from '../src/shared/protocol';
import type { ViewOptions } from '../src/shared/viewOptions';
import { DistributionPlot } from './distributionPlot';
import { arrangeChildren, make } from './dom';
import type { Frame } from './frame';
import type { Gestures } from './gestures';
import type { LegendEvents } from './legend';
import { Plot } from './plot';
import type { PlotSpec } from './plots';
import type { PlotView } from './plotView';
import type { Store } from './store';
import { Visibility } from './visibility';

/** Identifies a plot. Includes the rows: the next query of a scratchpad has the same ID and another unit. */
const keyOf = ({ id, perEngine, rows }: PlotSpec): string =>
  JSON.stringify([id, perEngine, rows.map((row) => ({ ...row, available: true }))]);

/** The list of plots as one element. */
export class PlotList {
  readonly element = make('div', { class: 'plots' });
  private readonly visibility: Visibility;
  private views: PlotView[] = [];

  /** `onVisible` is called when a plot comes into view that was not drawn there. */
  constructor(
    private readonly events: Gestures & LegendEvents,
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

  private createView(spec: PlotSpec, frame: Frame): PlotView {
    return spec.kind === 'distribution'
      ? new DistributionPlot(spec, frame, this.events)
      : new Plot(spec, frame, this.events);
  }

  private remove(view: PlotView): void {
    this.visibility.unwatch(view.element);
    view.dispose();
  }
}

/** What the page needs of a plot, and the section around its canvas. */
import { formatValue } from '../src/shared/format';
import type { ViewOptions } from '../src/shared/viewOptions';
import { titleUnit } from './axis';
import { make } from './dom';
import type { Frame } from './frame';
import type { PictureEntry } from './picture';
import type { PlotSpec } from './plots';
import type { Store } from './store';

/** How many series and points a plot has drawn, or would draw if it were in view. */
export interface DrawnCount {
  series: number;
  points: number;
}

/** A plot of the page: lines, a distribution or a heat map. */
export interface PlotView {
  readonly spec: PlotSpec;
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** Takes over the data, and updates legend and texts. These are also read by screen readers while out of view. */
  update(store: Store, frame: Frame, form: ViewOptions['form']): void;
  /**
   * Draws the data if the plot is visible. All plots are updated before one is drawn, so that the page is laid out
   * once.
   */
  draw(isVisible: boolean): DrawnCount;
  /** Redraws the cursor and the values at it; lays out nothing. */
  moveCursor(frame: Frame): void;
  /** The values at the cursor in words. */
  describeCursor(frame: Frame): string[];
  /** The legend for a picture. */
  pictureEntries(frame: Frame): readonly PictureEntry[];
  dispose(): void;
}

let sectionCount = 0;

/** The section of a plot: its title with unit and thresholds, and the given elements below. */
export function createPlotSection(
  { id, title, unit, rows, perEngine }: PlotSpec,
  ...content: HTMLElement[]
): HTMLElement {
  const limits = rows.flatMap(({ label, thresholds }) =>
    thresholds
      ? [
          make(
            'span',
            { class: 'limits', title: `${label}. ${thresholds.source}` },
            make('span', { class: 'warning' }, formatValue(thresholds.warning, unit)),
            ' ',
            make('span', { class: 'error' }, formatValue(thresholds.error, unit)),
          ),
        ]
      : [],
  );
  sectionCount += 1;
  const heading = make(
    'h2',
    { id: `title-${sectionCount}`, title: rows.map(({ label, help }) => `${label}: ${help}`).join('\n') },
    title,
    ' ',
    make('small', {}, titleUnit(unit)),
  );
  return make(
    'section',
    {
      class: perEngine !== false ? 'each' : 'aggregate',
      'aria-labelledby': heading.id,
      'data-plot': id,
      'data-unit': unit,
    },
    make('header', {}, heading, ...limits),
    ...content,
  );
}

import { formatValue } from '../src/shared/format';
import type { ViewOptions } from '../src/shared/viewOptions';
import { titleUnit } from './axis';
import { make } from './dom';
import type { Frame } from './frame';
import type { Line } from './lines';
import type { PlotSpec } from './plots';
import type { Store } from './store';

/** What one drawing of a plot held; of one out of sight, what there is to draw. */
export interface DrawnCount {
  series: number;
  points: number;
}

/** A plot of the page, of lines or of a distribution. */
export interface PlotView {
  readonly spec: PlotSpec;
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  /** What its legend names; none for a distribution. */
  readonly lines: readonly Line[];
  /** Takes what there is, and says it in its words and legend: those are true also where nobody sees them. */
  update(store: Store, frame: Frame, form: ViewOptions['form']): void;
  /** Draws what was taken, where somebody sees it. All plots take before one draws, so that the page is laid out once. */
  draw(seen: boolean): DrawnCount;
  /** Moves the cursor only: nothing is laid out anew. */
  moveCursor(frame: Frame): void;
  /** What it reads at the cursor, in words. */
  describeCursor(frame: Frame): string[];
  dispose(): void;
}

let made = 0;

/** A plot's section: its title with unit and thresholds, and its parts below. */
export function createPlotSection(
  { id, title, unit, rows, perEngine }: PlotSpec,
  ...parts: HTMLElement[]
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
  const heading = make(
    'h2',
    { id: `title-${++made}`, title: rows.map(({ label, help }) => `${label}: ${help}`).join('\n') },
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
    ...parts,
  );
}

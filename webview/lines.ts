import type { ChartSeries } from '../src/shared/chartData';
import type { PlotLine, PlotSpec } from './plots';
import type { Store } from './store';
import type { ChartColour, Theme } from './theme';

/** One thing of a plot's legend, and how it is drawn. */
export interface Line {
  /** What muting remembers: a catalog id, `id:band`, or an engine's id. */
  key: string;
  name: string;
  series: ChartSeries;
  /** Which column: a band reads the lowest engine. */
  column: 'value' | 'lowest';
  colour: string;
  dash: readonly number[];
}

const palette: readonly ChartColour[] = ['blue', 'yellow', 'green', 'purple', 'red'];
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];

/** A number that stays with an engine: that of its name, which is fixed at first sight, else one made from its id. */
function numberOf({ id, name }: { id: string; name: string }): number {
  const digits = /(\d{1,6})$/.exec(name)?.[1];
  return digits === undefined ? [...id].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9_973, 7) : Number(digits);
}

function engineLine(series: ChartSeries, engine: { id: string; name: string }, theme: Theme): Line {
  const number = numberOf(engine);
  const colour = palette[number % palette.length] ?? 'blue';
  const dash = dashes[(theme.highContrast ? number : Math.floor(number / palette.length)) % dashes.length] ?? [];
  return { key: engine.id, name: engine.name, series, column: 'value', colour: theme.charts[colour], dash };
}

function aggregateLines(line: PlotLine, index: number, store: Store, theme: Theme): Line[] {
  const series = store.aggregate(line.measure);
  if (!series) return [];
  const colour = theme.charts[line.colour];
  const dash = (theme.highContrast ? dashes[index] : undefined) ?? [];
  const drawn: Line = { key: line.measure, name: line.name, series, column: 'value', colour, dash };
  return line.band ? [drawn, { ...drawn, key: `${line.measure}:band`, name: line.band, column: 'lowest' }] : [drawn];
}

/** The lines of a plot, those of muted keys too. */
export function linesOf(plot: PlotSpec, store: Store, theme: Theme): Line[] {
  if (!plot.each) return plot.lines.flatMap((line, index) => aggregateLines(line, index, store, theme));
  return plot.lines.flatMap(({ measure }) => store.each(measure).flatMap((series) => (series.engine ? [engineLine(series, series.engine, theme)] : [])));
}

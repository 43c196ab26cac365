/** The lines of a plot: their data, names, colours and dashes. */
import type { ChartSeries, ChartSubject } from '../src/shared/chartData';
import type { ChartRow } from '../src/shared/chartRow';
import type { PlotSpec } from './plots';
import type { Store } from './store';
import type { ChartColour, Theme } from './theme';

/** An entry of a plot's legend, and how it is drawn. */
export interface Line {
  /** Identifies the line when it is muted: a catalog ID, `id:band`, or the ID of an engine. */
  key: string;
  name: string;
  /** What the values are and what they are about: for a tooltip. */
  help: string;
  series: ChartSeries;
  /** A line, or the band between the lowest and the highest engine. */
  column: 'value' | 'band';
  colour: string;
  /** Lengths of dashes and gaps in CSS pixels; empty for a solid line. */
  dash: readonly number[];
}

const palette: readonly ChartColour[] = ['blue', 'yellow', 'green', 'purple', 'red'];
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
/** With more metrics in a plot, bands would cover one another. */
const maxBands = 2;

/** Names for the only line of a plot, by how the engines are aggregated. */
const aggregateNames: Record<ChartRow['aggregate'], string> = {
  sum: 'all engines',
  max: 'highest engine',
  mean: 'mean of engines',
  pooled: 'all engines',
};

/**
 * Colour and dash of a line by its number: colours differ first, then dashes; in high contrast dashes differ at once.
 */
function appearance(number: number, { charts, highContrast }: Theme): Pick<Line, 'colour' | 'dash'> {
  const dashNumber = highContrast ? number : Math.floor(number / palette.length);
  return { colour: charts[palette[number % palette.length] ?? 'blue'], dash: dashes[dashNumber % dashes.length] ?? [] };
}

/** A number that an engine always has: the one in its name, else one derived from its ID. */
function engineNumber({ id, name }: ChartSubject): number {
  const digits = /(\d{1,6})\D*$/.exec(name)?.[1];
  if (digits !== undefined) return Number(digits);
  return [...id].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9_973, 7);
}

function engineLine(series: ChartSeries, engine: ChartSubject, row: ChartRow, theme: Theme): Line {
  return {
    key: engine.id,
    name: engine.name,
    help: `${row.label} of ${engine.name} (${engine.id})`,
    series,
    column: 'value',
    ...appearance(engineNumber(engine), theme),
  };
}

const hasSpread = ({ lowest }: ChartSeries): boolean => lowest?.some((value) => value !== null) ?? false;

/** The line of an aggregate, and its band if the engines differ. */
function aggregateLines(row: ChartRow, index: number, { rows }: PlotSpec, store: Store, theme: Theme): Line[] {
  const series = store.aggregate(row.id);
  if (!series) return [];
  const isOnlyRow = rows.length === 1;
  const line: Line = {
    key: row.id,
    name: isOnlyRow ? aggregateNames[row.aggregate] : row.short,
    help: row.help,
    series,
    column: 'value',
    ...appearance(index, theme),
  };
  // The engines of a sum are far below it, so that a band would not be around its line.
  if (row.aggregate === 'sum' || rows.length > maxBands || !hasSpread(series)) return [line];
  const band: Line = {
    ...line,
    key: `${row.id}:band`,
    name: isOnlyRow ? 'engines' : `${row.short}, engines`,
    help: `${row.label}: from the lowest to the highest engine`,
    column: 'band',
  };
  return [line, band];
}

/**
 * The lines of a plot, muted ones included. A metric without series of engines, such as one of a node, has the line of
 * its aggregate also with a line per engine.
 */
export function linesOf(plot: PlotSpec, store: Store, theme: Theme): Line[] {
  const { perEngine } = plot;
  const isSelected = (id: string): boolean => (typeof perEngine === 'boolean' ? perEngine : perEngine.includes(id));
  return plot.rows.flatMap((row, index) => {
    const engineLines =
      perEngine === false
        ? []
        : store
            .engineSeries(row.id)
            .flatMap((series) =>
              series.engine && isSelected(series.engine.id) ? [engineLine(series, series.engine, row, theme)] : [],
            );
    return engineLines.length > 0 ? engineLines : aggregateLines(row, index, plot, store, theme);
  });
}

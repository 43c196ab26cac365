import type { ChartSubject, ChartSeries } from '../src/shared/chartData';
import type { ChartRow } from '../src/shared/chartRow';
import type { PlotSpec } from './plots';
import type { Store } from './store';
import type { ChartColour, Theme } from './theme';

/** One thing of a plot's legend, and how it is drawn. */
export interface Line {
  /** What muting remembers: a catalog id, `id:band`, or an engine's id. */
  key: string;
  name: string;
  /** Whose numbers these are, in words, for a tooltip. */
  help: string;
  series: ChartSeries;
  /** A line, or the band between the lowest and the highest engine. */
  column: 'value' | 'band';
  colour: string;
  dash: readonly number[];
}

const palette: readonly ChartColour[] = ['blue', 'yellow', 'green', 'purple', 'red'];
const dashes: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
/** With more lines than this in a plot, bands would cover one another. */
const maxBands = 2;

/** What a plot's only line is called: how engines become one. */
const aggregateNames: Record<ChartRow['aggregate'], string> = {
  sum: 'all engines',
  max: 'highest engine',
  mean: 'mean of engines',
  pooled: 'all engines',
};

/** The look of the line with this number: colours first, then dashes; where contrast is high, dashes at once. */
function look(number: number, { charts, highContrast }: Theme): Pick<Line, 'colour' | 'dash'> {
  const dash = highContrast ? number : Math.floor(number / palette.length);
  return { colour: charts[palette[number % palette.length] ?? 'blue'], dash: dashes[dash % dashes.length] ?? [] };
}

/** A number that stays with an engine: that of its name, which is fixed at first sight, else one made from its id. */
function numberOf({ id, name }: ChartSubject): number {
  const digits = /(\d{1,6})\D*$/.exec(name)?.[1];
  return digits === undefined
    ? [...id].reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9_973, 7)
    : Number(digits);
}

function engineLine(series: ChartSeries, engine: ChartSubject, row: ChartRow, theme: Theme): Line {
  return {
    key: engine.id,
    name: engine.name,
    help: `${row.label} of ${engine.name} (${engine.id})`,
    series,
    column: 'value',
    ...look(numberOf(engine), theme),
  };
}

function hasSpread({ lowest }: ChartSeries): boolean {
  return lowest?.some((value) => value !== null) ?? false;
}

function aggregateLines(row: ChartRow, index: number, { rows }: PlotSpec, store: Store, theme: Theme): Line[] {
  const series = store.aggregate(row.id);
  if (!series) return [];
  const only = rows.length === 1;
  const drawn: Line = {
    key: row.id,
    name: only ? aggregateNames[row.aggregate] : row.short,
    help: row.help,
    series,
    column: 'value',
    ...look(index, theme),
  };
  // A sum's engines are far below it: they are no band around it.
  if (row.aggregate === 'sum' || rows.length > maxBands || !hasSpread(series)) return [drawn];
  return [
    drawn,
    {
      ...drawn,
      key: `${row.id}:band`,
      name: only ? 'engines' : `${row.short}, engines`,
      help: `${row.label}: from the lowest to the highest engine`,
      column: 'band',
    },
  ];
}

/** The lines of a plot, those of muted keys too. Where no engine has a number of its own (a node's metric), the aggregate stands. */
export function linesOf(plot: PlotSpec, store: Store, theme: Theme): Line[] {
  return plot.rows.flatMap((row, index) => {
    const { perEngine: wanted } = plot;
    const each =
      wanted === false
        ? []
        : store.engineSeries(row.id).filter(({ engine }) => engine && (wanted === true || wanted.includes(engine.id)));
    if (each.length === 0) return aggregateLines(row, index, plot, store, theme);
    return each.flatMap((series) => (series.engine ? [engineLine(series, series.engine, row, theme)] : []));
  });
}

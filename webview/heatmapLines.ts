/**
 * The rows of a heat map as lines of pixels, which are kept: an update shifts them, and draws only the columns in which
 * something is new. Redrawing 512 engines takes several times as long as the rest of an update.
 */
import { firstIndexFrom, type ChartSeries } from '../src/shared/chartData';
import type { TimeRange } from '../src/shared/protocol';
import { maxReachMs, visitCells } from './cells';
import { columnGrid, columnOf, columnStart, type ColumnGrid } from './columnGrid';
import type { Rgb } from './cividis';
import { toPixel } from './heatmapPixels';
import type { HeatmapRow } from './heatmapRows';
import { stepOf, type ValueSteps } from './valueSteps';

/** One row. */
interface Line {
  /** Absolute number of the first column. */
  first: number;
  /** By column: the highest of the values in its time, NaN if there is none. */
  values: Float64Array;
  /** By column: the colour of the value. */
  pixels: Uint32Array;
  /** The series that are drawn, each with the time of its newest row then. */
  drawn: readonly { series: ChartSeries; newest: number }[];
}

/** The colours of steps. */
export interface StepColours {
  steps: ValueSteps;
  /** By step. */
  colours: readonly Rgb[];
}

const newestTime = ({ at }: ChartSeries): number => at.at(-1) ?? -Infinity;

const seriesOf = ({ engines }: HeatmapRow): ChartSeries[] => engines.flatMap(({ series }) => series ?? []);

/** From when on the cells of a series may differ from those that were drawn; Infinity if nothing is new. */
function changedFrom({ series, newest }: Line['drawn'][number]): number {
  if (newestTime(series) === newest) return Infinity;
  const index = firstIndexFrom(series.at, newest);
  // A new point moves the edges of the cell before it and, over a gap, of the one before that.
  return Math.min(series.at[index - 1] ?? -Infinity, newest - maxReachMs);
}

/** The lines of all rows. */
export class HeatmapLines {
  private grid: ColumnGrid | undefined;
  private lines = new Map<string, Line>();
  private coloursKey = '';
  /** How many columns of rows the last update drew. */
  drawnColumns = 0;

  /** Brings the lines up to date; the pixels of each row by its ID. */
  update(
    rows: readonly HeatmapRow[],
    range: TimeRange,
    width: number,
    { steps, colours }: StepColours,
  ): ReadonlyMap<string, Pick<Line, 'pixels'>> {
    const grid = columnGrid(range, width);
    const coloursKey = JSON.stringify([steps, colours]);
    const isRecoloured = coloursKey !== this.coloursKey;
    const kept = this.grid?.ms === grid.ms && this.grid.width === grid.width ? this.lines : new Map<string, Line>();
    const stepPixels = Uint32Array.from(colours, toPixel);
    this.drawnColumns = 0;
    this.lines = new Map(
      rows.map((row) => {
        const series = seriesOf(row);
        const line = kept.get(row.id);
        const start = line ? keptColumns(line, series, grid) : 0;
        const shifted = line && start > 0 ? shift(line, grid) : newLine(grid);
        this.drawnColumns += width - start;
        fillValues(shifted.values, series, range, grid, start);
        colour(shifted, steps, stepPixels, isRecoloured ? 0 : start);
        return [row.id, { ...shifted, drawn: series.map((one) => ({ series: one, newest: newestTime(one) })) }];
      }),
    );
    this.grid = grid;
    this.coloursKey = coloursKey;
    return this.lines;
  }
}

const newLine = ({ first, width }: ColumnGrid): Line => ({
  first,
  values: new Float64Array(width),
  pixels: new Uint32Array(width),
  drawn: [],
});

/** How many columns from the left, after a shift to a grid, are as they were drawn. */
function keptColumns({ first, drawn }: Line, series: readonly ChartSeries[], grid: ColumnGrid): number {
  const moved = grid.first - first;
  const isSame = drawn.length === series.length && series.every((one, index) => drawn[index]?.series === one);
  if (moved < 0 || !isSame) return 0;
  let changed = Infinity;
  for (const each of drawn) changed = Math.min(changed, changedFrom(each));
  // The last column may not have been at its end yet.
  return Math.max(0, Math.min(grid.width - moved - 1, columnOf(changed, grid)));
}

function shift(line: Line, { first }: ColumnGrid): Line {
  const moved = first - line.first;
  line.values.copyWithin(0, moved);
  line.pixels.copyWithin(0, moved);
  line.first = first;
  return line;
}

/** Sets the columns from `start` on to the highest value in their time. */
function fillValues(
  values: Float64Array,
  series: readonly ChartSeries[],
  { to }: TimeRange,
  grid: ColumnGrid,
  start: number,
): void {
  values.fill(NaN, start);
  const range = { from: columnStart(start, grid), to };
  for (const one of series)
    visitCells(one, range, (begin, end, value) => {
      const column = columnOf(begin, grid);
      const last = Math.min(values.length, Math.max(column + 1, columnOf(end, grid)));
      for (let x = Math.max(start, column); x < last; x++) if (!((values[x] as number) >= value)) values[x] = value;
    });
}

function colour({ values, pixels }: Line, steps: ValueSteps, stepPixels: Uint32Array, start: number): void {
  // A cell has many columns of one value.
  let [previous, pixel] = [NaN, 0];
  for (let x = start; x < values.length; x++) {
    const value = values[x] as number;
    if (value !== previous) {
      pixel = Number.isNaN(value) ? 0 : (stepPixels[stepOf(steps, value)] as number);
      previous = value;
    }
    pixels[x] = pixel;
  }
}

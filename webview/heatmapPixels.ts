/**
 * Draws the rows of a heat map as pixels: a colour wherever something was measured, hatching over states. Pure. A
 * canvas's own rectangles would take several times as long.
 */
import type { TimeRange } from '../src/shared/protocol';
import { visitCells } from './cells';
import type { Rgb } from './cividis';
import type { HeatmapEngine, HeatmapRow } from './heatmapRows';
import { hatchBelow, hatchStroke, hatchTile } from './stateHatch';
import { stepOf, type ValueSteps } from './valueSteps';

/** The size of a picture in device pixels, and how many of them a CSS pixel has. */
export interface PixelSize {
  width: number;
  height: number;
  ratio: number;
}

/** Colours of a heat map. */
export interface HeatmapColours {
  steps: ValueSteps;
  /** By step. */
  colours: readonly Rgb[];
  /** Of a stroke, by state, and of its edge. */
  stroke: (state: string) => Rgb;
  edge: Rgb;
}

/** A drawn heat map. */
export interface HeatmapPixels {
  /** Row by row, each pixel as `toPixel` makes it; 0 where nothing was measured. */
  pixels: Uint32Array<ArrayBuffer>;
  /** Number of cells that were drawn. */
  cells: number;
}

/** An opaque colour as the four bytes of a canvas's image data, in the order of a little-endian machine. */
export const toPixel = ([red, green, blue]: Rgb): number => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** The top of a row in pixels, if rows share a height equally. */
export const rowTop = (index: number, rowCount: number, height: number): number =>
  Math.round((index * height) / rowCount);

/** Where a time is, in pixels. */
function column(at: number, { from, to }: TimeRange, width: number): number {
  return Math.round(((at - from) / (to - from)) * width);
}

/**
 * Draws rows from top to bottom. A pixel shows the highest of the values in its time, of all engines of its row. Engines
 * in a state hatch as much of their row as they are of its engines.
 */
export function drawHeatmapPixels(
  rows: readonly HeatmapRow[],
  range: TimeRange,
  size: PixelSize,
  colours: HeatmapColours,
): HeatmapPixels {
  const { width, height } = size;
  const pixels = new Uint32Array(width * height);
  const values = new Float64Array(width);
  const line = new Uint32Array(width);
  const stepPixels = Uint32Array.from(colours.colours, toPixel);
  let cells = 0;
  rows.forEach((row, index) => {
    const [top, bottom] = [rowTop(index, rows.length, height), rowTop(index + 1, rows.length, height)];
    values.fill(NaN);
    for (const { series } of row.engines) if (series) cells += fillValues(values, series, range);
    // A cell has many pixels of one value.
    let [previous, pixel] = [NaN, 0];
    for (let x = 0; x < width; x++) {
      const value = values[x] as number;
      if (value !== previous) {
        pixel = Number.isNaN(value) ? 0 : (stepPixels[stepOf(colours.steps, value)] as number);
        previous = value;
      }
      line[x] = pixel;
    }
    for (let y = top; y < bottom; y++) pixels.set(line, y * width);
    hatchRow(pixels, row.engines, [top, bottom], range, size, colours);
  });
  return { pixels, cells };
}

/** Sets the highest value of each pixel. Returns the number of cells. */
function fillValues(values: Float64Array, series: NonNullable<HeatmapEngine['series']>, range: TimeRange): number {
  const width = values.length;
  const scale = width / (range.to - range.from);
  let cells = 0;
  visitCells(series, range, (from, to, value) => {
    cells += 1;
    const left = Math.max(0, Math.min(width - 1, Math.round((from - range.from) * scale)));
    const right = Math.min(width, Math.max(left + 1, Math.round((to - range.from) * scale)));
    for (let x = left; x < right; x++) if (!((values[x] as number) >= value)) values[x] = value;
  });
  return cells;
}

/** Hatches a row by its engines' states, from below: the more of its engines are in a state, the more of its height. */
function hatchRow(
  pixels: Uint32Array,
  engines: readonly HeatmapEngine[],
  [top, bottom]: readonly [number, number],
  range: TimeRange,
  { width, ratio }: PixelSize,
  colours: HeatmapColours,
): void {
  const counts = countStates(engines, range, width);
  if (counts.size === 0) return;
  const edge = toPixel(colours.edge);
  const hatchedFrom = new Uint32Array(width).fill(bottom);
  for (const [state, ofState] of counts) {
    const stroke = toPixel(colours.stroke(state));
    const { period, pixels: tile } = hatchTile(state, ratio);
    for (let x = 0; x < width; x++) {
      const count = ofState[x] as number;
      if (count === 0) continue;
      const end = hatchedFrom[x] as number;
      const start = Math.max(top, end - Math.max(1, Math.round(((bottom - top) * count) / engines.length)));
      hatchedFrom[x] = start;
      for (let y = start; y < end; y++) {
        const pixel = tile[(y % period) * period + (x % period)];
        if (pixel !== hatchBelow) pixels[y * width + x] = pixel === hatchStroke ? stroke : edge;
      }
    }
  }
}

/** By state: how many of the engines are in it, by pixel of the time axis. */
function countStates(engines: readonly HeatmapEngine[], range: TimeRange, width: number): Map<string, Uint16Array> {
  const counts = new Map<string, Uint16Array>();
  for (const { states } of engines)
    for (const { from, to, label, kind } of states) {
      if (kind !== 'state') continue;
      const left = Math.max(0, column(from, range, width));
      const right = Math.min(width, Math.max(left + 1, column(to ?? range.to, range, width)));
      if (left >= width || right <= 0) continue;
      let ofState = counts.get(label);
      if (!ofState) counts.set(label, (ofState = new Uint16Array(width)));
      for (let x = left; x < right; x++) ofState[x] = (ofState[x] as number) + 1;
    }
  return counts;
}

/**
 * Puts the rows of a heat map together as pixels: their lines, and hatching over states. Pure. A canvas's own rectangles
 * would take several times as long.
 */
import type { TimeRange } from '../src/shared/protocol';
import { columnGrid, columnOf, type ColumnGrid } from './columnGrid';
import type { Rgb } from './cividis';
import type { HeatmapEngine, HeatmapRow } from './heatmapRows';
import { hatchBelow, hatchStroke, hatchTile } from './stateHatch';
import type { ValueSteps } from './valueSteps';

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

/** An opaque colour as the four bytes of a canvas's image data, in the order of a little-endian machine. */
export const toPixel = ([red, green, blue]: Rgb): number => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** The top of a row in pixels, if rows share a height equally. */
export const rowTop = (index: number, rowCount: number, height: number): number =>
  Math.round((index * height) / rowCount);

/**
 * Draws rows from top to bottom, each with its line of pixels, and hatches as much of a row as engines are in a state.
 * `pixels` gets each pixel as `toPixel` makes it, row by row; 0 where nothing was measured.
 */
export function drawHeatmapPixels(
  pixels: Uint32Array,
  rows: readonly HeatmapRow[],
  lines: ReadonlyMap<string, { pixels: Uint32Array }>,
  range: TimeRange,
  size: PixelSize,
  colours: HeatmapColours,
): void {
  const { width, height, ratio } = size;
  const grid = columnGrid(range, width);
  const hatch = hatcher(pixels, grid, ratio, colours);
  rows.forEach(({ id, engines }, index) => {
    const line = lines.get(id)?.pixels;
    const [top, bottom] = [rowTop(index, rows.length, height), rowTop(index + 1, rows.length, height)];
    if (line) for (let y = top; y < bottom; y++) pixels.set(line, y * width);
    else pixels.fill(0, top * width, bottom * width);
    const [first] = engines;
    if (first && engines.length === 1)
      visitStates(first, grid, (state, left, right) => hatch(state, [left, right], [top, bottom]));
    else hatchShares(hatch, engines, [top, bottom], grid);
  });
}

/** Hatches columns of lines, both from a number up to another one. */
type Hatch = (state: string, columns: readonly [number, number], lines: readonly [number, number]) => void;

/** Hatches pixels. What repeats is computed once: an update may hatch all of half a million pixels. */
function hatcher(pixels: Uint32Array, grid: ColumnGrid, ratio: number, { edge, stroke }: HeatmapColours): Hatch {
  const { width } = grid;
  const linesByState = new Map<string, readonly Uint32Array[]>();
  const edgePixel = toPixel(edge);
  const patternOf = (state: string): readonly Uint32Array[] => {
    const { period, pixels: tile } = hatchTile(state, ratio);
    const strokePixel = toPixel(stroke(state));
    // The pattern moves with the time.
    const phase = grid.first % period;
    return Array.from({ length: period }, (_, y) =>
      Uint32Array.from({ length: width }, (__, x) => {
        const pixel = tile[y * period + ((x + phase) % period)];
        return pixel === hatchBelow ? 0 : pixel === hatchStroke ? strokePixel : edgePixel;
      }),
    );
  };
  return (state, [left, right], [top, bottom]) => {
    const patterns = linesByState.get(state) ?? patternOf(state);
    linesByState.set(state, patterns);
    for (let y = top; y < bottom; y++) {
      const pattern = patterns[y % patterns.length] as Uint32Array;
      const offset = y * width;
      for (let x = left; x < right; x++) {
        const pixel = pattern[x] as number;
        if (pixel !== 0) pixels[offset + x] = pixel;
      }
    }
  };
}

/** Visits the states of an engine with the columns that they last, within the grid. */
function visitStates(
  { states }: HeatmapEngine,
  grid: ColumnGrid,
  visit: (state: string, left: number, right: number) => void,
): void {
  for (const { from, to, label } of states) {
    const begin = columnOf(from, grid);
    const left = Math.max(0, begin);
    const right = Math.min(grid.width, Math.max(begin + 1, columnOf(to ?? Infinity, grid)));
    if (left < right) visit(label, left, right);
  }
}

/** Hatches a row of several engines from below: the more of them are in a state, the more of its height. */
function hatchShares(
  hatch: Hatch,
  engines: readonly HeatmapEngine[],
  [top, bottom]: readonly [number, number],
  grid: ColumnGrid,
): void {
  const counts = countStates(engines, grid);
  if (counts.size === 0) return;
  const hatchedFrom = new Uint32Array(grid.width).fill(bottom);
  for (const [state, ofState] of counts)
    ofState.forEach((count, x) => {
      if (count === 0) return;
      const end = hatchedFrom[x] as number;
      const start = Math.max(top, end - Math.max(1, Math.round(((bottom - top) * count) / engines.length)));
      hatchedFrom[x] = start;
      hatch(state, [x, x + 1], [start, end]);
    });
}

/** By state: how many of the engines are in it, by pixel of the time axis. */
function countStates(engines: readonly HeatmapEngine[], grid: ColumnGrid): Map<string, Uint16Array> {
  const counts = new Map<string, Uint16Array>();
  for (const engine of engines)
    visitStates(engine, grid, (state, left, right) => {
      let ofState = counts.get(state);
      if (!ofState) counts.set(state, (ofState = new Uint16Array(grid.width)));
      for (let x = left; x < right; x++) ofState[x] = (ofState[x] as number) + 1;
    });
  return counts;
}

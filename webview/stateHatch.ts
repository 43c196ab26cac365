/** Hatching by state: patterns of strokes that differ in shape, and not only in colour. Pure. */

/** What a pixel of a pattern shows. */
export const hatchBelow = 0;
/** A stroke. */
export const hatchStroke = 1;
/** The edge beside a stroke, in another colour, so that a stroke is visible on any colour. */
export const hatchEdge = 2;

/** Distance of two strokes, and width of a stroke and of its edge, in CSS pixels. */
const periodCss = 7;
const strokeCss = 1.2;

/** How far a pixel is behind the beginning of the stroke before it, given the distance of two strokes. */
type Pattern = (x: number, y: number, period: number) => number;

const rising: Pattern = (x, y, period) => (x + y) % period;
const falling: Pattern = (x, y, period) => (x + period - (y % period)) % period;
const vertical: Pattern = (x, _, period) => x % period;
const horizontal: Pattern = (_, y, period) => y % period;

const otherStates = [falling];
/** By state. */
const patterns: Readonly<Record<string, readonly Pattern[]>> = {
  asleep: [rising],
  silent: otherStates,
  dead: [rising, falling],
  paused: [vertical],
  gone: [horizontal],
  starting: [vertical, horizontal],
};

/** A square of a pattern that repeats in both directions. */
export interface HatchTile {
  /** Length of an edge in device pixels. */
  period: number;
  /** Row by row: `hatchBelow`, `hatchStroke` or `hatchEdge`. */
  pixels: Uint8Array;
}

/** The pattern of a state. `ratio`: device pixels of a CSS pixel. */
export function hatchTile(state: string, ratio: number): HatchTile {
  const period = Math.max(4, Math.round(periodCss * ratio));
  const stroke = Math.max(1, Math.round(strokeCss * ratio));
  const ofState = (Object.hasOwn(patterns, state) ? patterns[state] : undefined) ?? otherStates;
  const pixels = new Uint8Array(period * period);
  for (let y = 0; y < period; y++)
    for (let x = 0; x < period; x++) {
      const distance = Math.min(...ofState.map((pattern) => pattern(x, y, period)));
      pixels[y * period + x] = distance < stroke ? hatchStroke : distance < 2 * stroke ? hatchEdge : hatchBelow;
    }
  return { period, pixels };
}

/**
 * The colours of a heat map: steps of cividis, which readers with any colour vision see as a scale from dark to bright
 * (Nuñez, Anderton and Renslow, 2018, https://doi.org/10.1371/journal.pone.0199239).
 */

/** Red, green and blue from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** The published scale at equal distances, from its dark to its bright end. */
const cividis: readonly Rgb[] = [
  [0, 32, 76],
  [0, 42, 102],
  [0, 52, 110],
  [39, 63, 108],
  [60, 74, 107],
  [76, 85, 107],
  [91, 95, 109],
  [104, 106, 112],
  [117, 117, 117],
  [131, 129, 120],
  [146, 140, 120],
  [161, 152, 118],
  [176, 165, 114],
  [192, 177, 109],
  [209, 191, 102],
  [225, 204, 92],
  [243, 219, 79],
  [255, 233, 69],
];

/** Most steps. With more, neighbours are harder to tell apart than a CIEDE2000 difference of 7. */
export const maxColourSteps = 8;
/** In high contrast, neighbours differ by 13 or more. */
export const maxHighContrastSteps = 5;

function colourAt(share: number): Rgb {
  const position = share * (cividis.length - 1);
  const index = Math.min(cividis.length - 2, Math.floor(position));
  const [low, high] = [cividis[index] as Rgb, cividis[index + 1] as Rgb];
  const mix = (channel: 0 | 1 | 2): number =>
    Math.round(low[channel] + (high[channel] - low[channel]) * (position - index));
  return [mix(0), mix(1), mix(2)];
}

/**
 * Colours for a number of steps, the lowest value's first. The highest value has the most contrast with the background:
 * it is bright on a dark one, and dark on a light one.
 */
export function stepColours(count: number, isLight: boolean): Rgb[] {
  const colours = Array.from({ length: count }, (_, step) => colourAt(count === 1 ? 0 : step / (count - 1)));
  return isLight ? colours.reverse() : colours;
}

/** A colour as CSS. */
export const toCss = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;

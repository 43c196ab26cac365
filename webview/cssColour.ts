/** Colours of CSS as numbers, for drawing pixels. */
import type { Rgb } from './cividis';

const known = new Map<string, Rgb>();

/** Red, green and blue of an opaque CSS colour; black if it is none. */
export function cssToRgb(css: string): Rgb {
  const existing = known.get(css);
  if (existing) return existing;
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return [0, 0, 0];
  context.fillStyle = '#000000';
  context.fillStyle = css;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  const rgb: Rgb = [red, green, blue];
  known.set(css, rgb);
  return rgb;
}

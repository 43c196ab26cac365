/** Mouse and touch on a plot: hover, drag to zoom, double click to go back. Each has a key on the slider, too. */
import type { TimeRange } from '../src/shared/protocol';

/** What a person does with a pointer. */
export interface Gestures {
  /** The time under the pointer in Unix ms; undefined after it left. */
  hover: (at: number | undefined) => void;
  /** What is marked while the pointer is down; undefined if nothing is marked any more. */
  select: (range: TimeRange | undefined) => void;
  /** The marked range, after the pointer was released. */
  zoom: (range: TimeRange) => void;
  /** A press and release at one place, at a distance from the canvas's top in CSS pixels. */
  click?: (offsetY: number) => void;
  /** A double click. */
  goBack: () => void;
}

/** A pointer that moves less between press and release clicks. */
const clickTolerancePx = 4;

/** Reports gestures on a canvas. `timeUnder` is the time at a distance from its left edge, in CSS pixels. */
export function onGestures(
  canvas: HTMLCanvasElement,
  timeUnder: (offsetX: number) => number,
  gestures: Gestures,
): void {
  let pressed: { pointerId: number; x: number } | undefined;
  const rangeTo = (x: number): TimeRange | undefined => {
    if (!pressed || Math.abs(x - pressed.x) < clickTolerancePx) return undefined;
    const [start, end] = [timeUnder(pressed.x), timeUnder(x)];
    return { from: Math.min(start, end), to: Math.max(start, end) };
  };
  const release = (): void => {
    pressed = undefined;
    gestures.select(undefined);
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    pressed = { pointerId: event.pointerId, x: event.offsetX };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    gestures.hover(timeUnder(event.offsetX));
    if (pressed?.pointerId === event.pointerId) gestures.select(rangeTo(event.offsetX));
  });
  canvas.addEventListener('pointerup', (event) => {
    const range = pressed?.pointerId === event.pointerId ? rangeTo(event.offsetX) : undefined;
    const isClick = pressed?.pointerId === event.pointerId && !range;
    release();
    if (range) gestures.zoom(range);
    else if (isClick) gestures.click?.(event.offsetY);
  });
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('pointerleave', () => gestures.hover(undefined));
  canvas.addEventListener('dblclick', () => gestures.goBack());
  window.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && pressed) release();
  });
}

import type { TimeRange } from '../src/shared/protocol';

/** What a person does with a mouse or a finger on a plot; each has a key of the slider, too. */
export interface Gestures {
  /** Unix ms under the pointer; `undefined` when it left. */
  hover: (at: number | undefined) => void;
  /** What is marked while the pointer is down; `undefined`: nothing any more. */
  mark: (range: TimeRange | undefined) => void;
  /** Marked, and let go. */
  zoom: (range: TimeRange) => void;
  /** Twice clicked: the way back. */
  goBack: () => void;
}

/** A pointer that moves less was meant to click. */
const clickTolerancePx = 4;

/** Listens on a canvas. `timeUnder`: Unix ms at a place from its left edge, in CSS pixels. */
export function onGestures(
  canvas: HTMLCanvasElement,
  timeUnder: (offsetX: number) => number,
  gestures: Gestures,
): void {
  let down: { id: number; x: number } | undefined;
  const marked = (x: number): TimeRange | undefined => {
    if (!down || Math.abs(x - down.x) < clickTolerancePx) return undefined;
    const [one, other] = [timeUnder(down.x), timeUnder(x)];
    return { from: Math.min(one, other), to: Math.max(one, other) };
  };
  const end = (): void => {
    down = undefined;
    gestures.mark(undefined);
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    down = { id: event.pointerId, x: event.offsetX };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    gestures.hover(timeUnder(event.offsetX));
    if (down?.id === event.pointerId) gestures.mark(marked(event.offsetX));
  });
  canvas.addEventListener('pointerup', (event) => {
    const range = down?.id === event.pointerId ? marked(event.offsetX) : undefined;
    end();
    if (range) gestures.zoom(range);
  });
  canvas.addEventListener('pointercancel', end);
  canvas.addEventListener('pointerleave', () => gestures.hover(undefined));
  canvas.addEventListener('dblclick', () => gestures.goBack());
  window.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && down) end();
  });
}

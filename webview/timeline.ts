/** The timeline above the plots: training phases, and engines that were asleep, dead or restarted. */
import { bandColour, bandTexts, lanesOf, type Lane } from './bands';
import { canvasContext, drawCursorLine, newCanvas, timeScale } from './canvas';
import { make, setAttribute, setText } from './dom';
import type { Frame } from './frame';

/** Heights in CSS pixels. */
const laneHeight = 15;
const laneGap = 3;
/** Three letters are hardly narrower. */
const minLabelWidth = 12;
/** Lanes beyond this number are counted in words. */
const maxLanes = 7;

/** A strip of lanes; hidden if there are none. */
export class Timeline {
  readonly element: HTMLElement;
  readonly canvas = newCanvas();
  private readonly readout = make('div', { class: 'readout' });
  private shown: { lanes: readonly Lane[]; frame: Frame } | undefined;

  constructor() {
    const heading = make('h2', { id: 'title-run' }, 'Run');
    const strip = make('div', { class: 'strip' }, this.canvas);
    this.element = make(
      'section',
      { class: 'run', 'aria-labelledby': heading.id },
      make('header', {}, heading, this.readout),
      strip,
    );
    this.element.hidden = true;
    new ResizeObserver(() => this.paint()).observe(strip);
  }

  /** Draws the lanes of a frame. Returns the bands at the cursor, or now, in words. */
  draw(frame: Frame): string[] {
    const lanes = lanesOf(frame.bands, frame.from, frame.to);
    this.shown = lanes.length === 0 ? undefined : { lanes: lanes.slice(0, maxLanes), frame };
    this.element.hidden = lanes.length === 0;
    if (lanes.length === 0) return [];
    this.paint();
    const texts = bandTexts(lanes, frame.cursor ?? frame.to);
    const rest = lanes.length > maxLanes ? [`${lanes.length - maxLanes} more engines`] : [];
    const readout = [...texts, ...rest].join(' · ');
    setText(this.readout, readout);
    // A narrow panel cuts the text.
    setAttribute(this.readout, 'title', readout);
    setAttribute(this.canvas, 'aria-label', summarize(lanes));
    return texts;
  }

  private paint(): void {
    if (!this.shown) return;
    const { lanes, frame } = this.shown;
    const context = canvasContext(this.canvas, lanes.length * (laneHeight + laneGap));
    if (!context) return;
    lanes.forEach((lane, index) =>
      drawLane(context, lane, index * (laneHeight + laneGap), this.canvas.clientWidth, frame),
    );
    drawCursorLine(context, this.canvas, frame);
  }
}

/** `Run: phase: generate, 3 times, train; engine 1: dead`. */
function summarize(lanes: readonly Lane[]): string {
  const laneTexts = lanes.map(({ name, bands }) => {
    const counts = new Map<string, number>();
    for (const { label } of bands) counts.set(label, (counts.get(label) ?? 0) + 1);
    return `${name}: ${[...counts].map(([label, count]) => (count > 1 ? `${label}, ${count} times` : label)).join(', ')}`;
  });
  return `Run: ${laneTexts.join('; ')}`;
}

/** Draws the name of a lane and its bands; a reset is a small triangle. */
function drawLane(
  context: CanvasRenderingContext2D,
  { name, bands }: Lane,
  top: number,
  width: number,
  { from, to, theme }: Frame,
): void {
  const scale = timeScale(width, from, to);
  const labelRight = scale.left - 6;
  context.font = `${theme.font.size}px ${theme.font.family}`;
  context.textBaseline = 'middle';
  context.fillStyle = theme.descriptionForeground;
  context.textAlign = 'right';
  context.fillText(shorten(context, name.replace(/^engine /, 'eng '), labelRight), labelRight, top + laneHeight / 2);
  context.textAlign = 'left';
  for (const band of bands) {
    const left = Math.max(scale.left, scale.x(band.from));
    if (band.kind === 'reset') {
      context.fillStyle = theme.foreground;
      context.beginPath();
      context.moveTo(left - 4, top);
      context.lineTo(left + 4, top);
      context.lineTo(left, top + 6);
      context.fill();
      continue;
    }
    const right = Math.min(scale.right, scale.x(band.to ?? to));
    context.fillStyle = bandColour(band, theme);
    context.globalAlpha = 0.28;
    context.fillRect(left, top, Math.max(1, right - left), laneHeight);
    context.globalAlpha = 1;
    context.fillRect(left, top, 2, laneHeight);
    const label = shorten(context, band.label, right - left - 9);
    context.fillStyle = theme.foreground;
    if (label !== '') context.fillText(label, left + 6, top + laneHeight / 2 + 0.5);
  }
}

/** As much of a text as fits into a width; empty if that would be less than three letters. */
function shorten(context: CanvasRenderingContext2D, text: string, width: number): string {
  // Measuring is slow, and a day has more than a thousand bands.
  if (width < minLabelWidth) return '';
  if (context.measureText(text).width <= width) return text;
  for (let length = text.length - 1; length > 2; length--) {
    const shortened = `${text.slice(0, length)}…`;
    if (context.measureText(shortened).width <= width) return shortened;
  }
  return '';
}

import { bandColour, bandWords, lanesOf, type Lane } from './bands';
import { canvasContext, drawCursorLine, newCanvas, timeScale } from './canvas';
import { make, setAttribute, setText } from './dom';
import type { Frame } from './frame';

const laneHeight = 15;
const laneGap = 3;
/** More engines than this are counted in words. */
const maxLanes = 7;

/** A strip above the plots: the training phases, and the engines that were asleep, dead, restarted. Not there where there is nothing of it. */
export class Timeline {
  readonly element: HTMLElement;
  readonly canvas = newCanvas();
  private readonly words = make('div', { class: 'said' });
  private drawn: { lanes: readonly Lane[]; frame: Frame } | undefined;

  constructor() {
    const heading = make('h2', { id: 'title-run' }, 'Run');
    const strip = make('div', { class: 'strip' }, this.canvas);
    this.element = make(
      'section',
      { class: 'run', 'aria-labelledby': heading.id },
      make('header', {}, heading, this.words),
      strip,
    );
    this.element.hidden = true;
    new ResizeObserver(() => this.paint()).observe(strip);
  }

  /** Draws the lanes of a frame; what they say at the cursor, else now. */
  draw(frame: Frame): string[] {
    const lanes = lanesOf(frame.bands, frame.from, frame.to);
    this.drawn = lanes.length === 0 ? undefined : { lanes: lanes.slice(0, maxLanes), frame };
    this.element.hidden = lanes.length === 0;
    if (lanes.length === 0) return [];
    this.paint();
    const words = bandWords(lanes, frame.cursor ?? frame.to);
    const rest = lanes.length > maxLanes ? [`${lanes.length - maxLanes} more engines`] : [];
    const said = [...words, ...rest].join(' · ');
    setText(this.words, said);
    // In a narrow panel they are cut.
    setAttribute(this.words, 'title', said);
    setAttribute(this.canvas, 'aria-label', summary(lanes));
    return words;
  }

  private paint(): void {
    if (!this.drawn) return;
    const { lanes, frame } = this.drawn;
    const context = canvasContext(this.canvas, lanes.length * (laneHeight + laneGap));
    if (!context) return;
    lanes.forEach((lane, index) =>
      drawLane(context, lane, index * (laneHeight + laneGap), this.canvas.clientWidth, frame),
    );
    drawCursorLine(context, this.canvas, 0, frame);
  }
}

function summary(lanes: readonly Lane[]): string {
  const counted = lanes.map(({ name, bands }) => {
    const labels = new Map<string, number>();
    for (const { label } of bands) labels.set(label, (labels.get(label) ?? 0) + 1);
    return `${name}: ${[...labels].map(([label, count]) => (count > 1 ? `${label}, ${count} times` : label)).join(', ')}`;
  });
  return `Run: ${counted.join('; ')}`;
}

function drawLane(
  context: CanvasRenderingContext2D,
  { name, bands }: Lane,
  top: number,
  width: number,
  { from, to, theme }: Frame,
): void {
  const scale = timeScale(width, from, to);
  context.font = `${theme.font.size}px ${theme.font.family}`;
  context.textBaseline = 'middle';
  context.fillStyle = theme.descriptionForeground;
  context.textAlign = 'right';
  context.fillText(
    fitted(context, name.replace(/^engine /, 'eng '), scale.left - 6),
    scale.left - 6,
    top + laneHeight / 2,
  );
  context.textAlign = 'left';
  for (const band of bands) {
    const colour = bandColour(band, theme);
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
    context.fillStyle = colour;
    context.globalAlpha = 0.28;
    context.fillRect(left, top, Math.max(1, right - left), laneHeight);
    context.globalAlpha = 1;
    context.fillRect(left, top, 2, laneHeight);
    const text = fitted(context, band.label, right - left - 9);
    context.fillStyle = theme.foreground;
    if (text !== '') context.fillText(text, left + 6, top + laneHeight / 2 + 0.5);
  }
}

/** As much of a text as fits; nothing where that would be a letter or two. */
function fitted(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  for (let length = text.length - 1; length > 2; length--) {
    const short = `${text.slice(0, length)}…`;
    if (context.measureText(short).width <= width) return short;
  }
  return '';
}

import { ago, clockTime } from './axis';
import { make, setText } from './dom';
import type { Frame } from './frame';

/** One press of an arrow: Ray's report interval, so a point. */
const STEP_MS = 10_000;

/**
 * The cursor for a keyboard and a screen reader: a slider over the time that is shown, with the time in words beside it.
 *
 * The canvases take no focus; this takes it for all of them.
 */
export class Cursor {
  readonly element: HTMLElement;
  private readonly slider = make('input', { type: 'range', min: '0', step: '1', 'aria-label': 'Time cursor' });
  /** Not an `output`: that would be read aloud with every scrape. */
  private readonly words = make('div', { class: 'time' });
  private frame: Frame | undefined;
  private newest: number | undefined;

  constructor(private readonly onMove: (at: number | undefined) => void) {
    this.element = make('div', { class: 'cursor' }, this.words, this.slider);
    this.slider.addEventListener('input', () => this.moveTo(Number(this.slider.value)));
    this.slider.addEventListener('focus', () => this.onMove(this.newest ?? this.frame?.to));
    this.slider.addEventListener('blur', () => this.onMove(undefined));
    this.slider.addEventListener('keydown', (event) => this.press(event));
  }

  /** Shows where the cursor stands. `newest`: the time of the newest point; `values`: the values under the cursor in words. */
  update(frame: Frame, newest: number | undefined, values: string): void {
    this.frame = frame;
    this.newest = newest;
    const { from, to, now, cursor } = frame;
    const steps = Math.round((to - from) / STEP_MS);
    this.slider.max = String(steps);
    this.slider.value = String(cursor === undefined ? steps : Math.round((cursor - from) / STEP_MS));
    this.slider.classList.toggle('idle', cursor === undefined);
    const at = cursor ?? newest;
    setText(this.words, at === undefined ? '' : `${clockTime(at)} · ${ago(at, now)}`);
    // Without "ago": what a screen reader says must not change while nothing is done.
    this.slider.setAttribute('aria-valuetext', at === undefined ? 'nothing measured' : `${clockTime(at)}: ${values}`);
  }

  private moveTo(step: number): void {
    if (this.frame) this.onMove(this.frame.from + step * STEP_MS);
  }

  /** The keys that browsers disagree on: a page is a tenth of what is shown. Escape goes back to the newest values. */
  private press(event: KeyboardEvent): void {
    const pages: Record<string, number> = { PageUp: 0.1, PageDown: -0.1 };
    const page = pages[event.key];
    if (event.key === 'Escape') this.onMove(undefined);
    if (page === undefined) return;
    event.preventDefault();
    const steps = Number(this.slider.max);
    this.moveTo(Math.min(steps, Math.max(0, Number(this.slider.value) + Math.round(page * steps))));
  }
}

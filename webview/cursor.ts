import { timeAgo, clockTime } from './axis';
import { make, setAttribute, setText } from './dom';
import type { Frame } from './frame';
import { icon } from './icons';

/** One press of an arrow: Ray's report interval, so a point, or a hundredth of what is shown where that is less. */
const maxStepMs = 10_000;

/** What a person does at the slider. */
export interface CursorEvents {
  move: (at: number | undefined) => void;
  /** Closer (below 1) or wider, around the cursor. */
  zoom: (factor: number) => void;
  /** Earlier (below 0) or later, by a part of what is shown. */
  shift: (part: number) => void;
  /** Back to the window that follows the time. */
  goBack: () => void;
}

/**
 * The cursor for a keyboard and a screen reader: a slider over the time that is shown, with the time in words beside it.
 *
 * The canvases take no focus; this takes it for all of them. `+` and `-` look closer and wider, shift and arrows go earlier and later, Escape goes back.
 */
export class Cursor {
  readonly element: HTMLElement;
  private readonly slider = make('input', {
    type: 'range',
    min: '0',
    step: '1',
    'aria-label': 'Time cursor',
    title: 'Arrows, Page keys, Home, End: read. + and −: zoom. Shift and arrows: earlier, later. Escape: back.',
    'aria-keyshortcuts': '+ - Shift+ArrowLeft Shift+ArrowRight Escape',
  });
  /** Not an `output`: that would be read aloud with every scrape. */
  private readonly words = make('div', { class: 'time' });
  private readonly back = make(
    'button',
    { type: 'button', class: 'back', title: 'Back to the newest time (Escape)' },
    'Back to now',
  );
  private frame: Frame | undefined;
  private newest: number | undefined;

  constructor(private readonly events: CursorEvents) {
    const zoom = (name: 'closer' | 'wider', label: string, factor: number): HTMLElement => {
      const element = make(
        'button',
        { type: 'button', class: 'icon-button', 'aria-label': label, title: label },
        icon(name),
      );
      element.addEventListener('click', () => events.zoom(factor));
      return element;
    };
    this.back.addEventListener('click', () => {
      events.goBack();
      this.slider.focus();
    });
    const row = make(
      'div',
      { class: 'when' },
      this.back,
      this.words,
      make('div', { class: 'zoom' }, zoom('closer', 'Look closer (+)', 0.5), zoom('wider', 'Look wider (−)', 2)),
    );
    this.element = make('div', { class: 'cursor' }, row, this.slider);
    this.slider.addEventListener('input', () => this.moveTo(Number(this.slider.value)));
    this.slider.addEventListener('focus', () => events.move(this.readTime));
    this.slider.addEventListener('blur', () => events.move(undefined));
    this.slider.addEventListener('keydown', (event) => this.press(event));
  }

  /** Shows where the cursor stands. `newest`: the time of the newest point; `values`: the values under the cursor in words. */
  update(frame: Frame, newest: number | undefined, values: string): void {
    this.frame = frame;
    this.newest = newest;
    const { from, to, now, cursor, isLive } = frame;
    const steps = Math.max(1, Math.round((to - from) / this.step));
    this.slider.max = String(steps);
    this.slider.value = String(cursor === undefined ? steps : Math.round((cursor - from) / this.step));
    this.slider.classList.toggle('idle', cursor === undefined);
    this.back.hidden = isLive;
    const at = cursor ?? this.readTime;
    setText(this.words, at === undefined ? '' : `${clockTime(at)} · ${timeAgo(at, now)}`);
    // Without "ago": what a screen reader says must not change while nothing is done.
    setAttribute(this.slider, 'aria-valuetext', at === undefined ? 'nothing measured' : `${clockTime(at)}: ${values}`);
  }

  /** What is read where nobody points: the newest point, as far as it is shown. */
  private get readTime(): number | undefined {
    const to = this.frame?.to;
    return this.newest === undefined || to === undefined ? (this.newest ?? to) : Math.min(this.newest, to);
  }

  private get step(): number {
    const span = (this.frame?.to ?? 0) - (this.frame?.from ?? 0);
    return Math.min(maxStepMs, Math.max(1000, span / 100));
  }

  private moveTo(step: number): void {
    if (this.frame) this.events.move(this.frame.from + step * this.step);
  }

  private press(event: KeyboardEvent): void {
    const { shift, zoom, move, goBack } = this.events;
    const page = (part: number) => (): void => {
      const steps = Number(this.slider.max);
      this.moveTo(Math.min(steps, Math.max(0, Number(this.slider.value) + Math.round(part * steps))));
    };
    // Page keys too: browsers disagree on them; a page is a tenth of what is shown.
    const keys: Record<string, () => void> = {
      '+': () => zoom(0.5),
      '=': () => zoom(0.5),
      '-': () => zoom(2),
      PageUp: page(0.1),
      PageDown: page(-0.1),
      Escape: () => {
        move(undefined);
        goBack();
      },
      ...(event.shiftKey && { ArrowLeft: () => shift(-0.25), ArrowRight: () => shift(0.25) }),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    keys[event.key]?.();
  }
}

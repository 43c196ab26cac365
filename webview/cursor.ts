/** The cursor for keyboards and screen readers: a slider over the time range, with the time beside it. */
import { clockTime, timeAgo } from './axis';
import { make, setAttribute, setText } from './dom';
import type { Frame } from './frame';
import { icon } from './icons';

/** Longest step of an arrow key: Ray's report interval, which is the distance of two points. */
const maxStepMs = 10_000;
const minStepMs = 1000;
/** Steps over the whole range, if that makes them shorter. */
const minSteps = 100;

const help =
  'Arrow keys, Page Up, Page Down, Home, End: move the cursor. + and −: zoom. Shift and arrow keys: earlier, later. Escape: back to now.';
const rowHelp = 'Up and Down: read another engine. Enter: select it.';
const shortcuts = '+ - Shift+ArrowLeft Shift+ArrowRight Escape';

interface CursorEvents {
  /** The time to read, in Unix ms; undefined for the newest values. */
  move: (at: number | undefined) => void;
  /** Zoom in (below 1) or out, around the cursor. */
  zoom: (factor: number) => void;
  /** Show an earlier (below 0) or later range, by a fraction of its length. */
  shift: (fraction: number) => void;
  /** Read a lower (above 0) or higher row of the heat maps; undefined for no row. */
  moveRow: (step: number | undefined) => void;
  /** Select the engine of the row that is read. */
  selectRow: () => void;
  /** Show the range that follows the time. */
  goBack: () => void;
}

/**
 * The slider, the time it is at, and buttons that zoom. Canvases take no focus: the slider takes it for all of them.
 * Keys: `+` and `-` zoom, Shift with an arrow shows an earlier or later range, Escape returns to the newest values.
 */
export class Cursor {
  readonly element: HTMLElement;
  private readonly slider = make('input', {
    type: 'range',
    min: '0',
    step: '1',
    'aria-label': 'Time cursor',
  });
  /** Not an `output`, which would be announced with every scrape. */
  private readonly timeText = make('div', { class: 'time' });
  private readonly backButton = make(
    'button',
    { type: 'button', class: 'back', title: 'Show the newest data (Escape)' },
    'Back to now',
  );
  private hasRows = false;
  private frame: Frame | undefined;
  private newestTime: number | undefined;

  constructor(private readonly events: CursorEvents) {
    this.backButton.addEventListener('click', () => {
      events.goBack();
      this.slider.focus();
    });
    const zoomButtons = make(
      'div',
      { class: 'zoom' },
      this.zoomButton('zoomIn', 'Zoom in (+)', 0.5),
      this.zoomButton('zoomOut', 'Zoom out (−)', 2),
    );
    const row = make('div', { class: 'time-row' }, this.backButton, this.timeText, zoomButtons);
    this.element = make('div', { class: 'cursor' }, row, this.slider);
    this.slider.addEventListener('input', () => this.moveTo(Number(this.slider.value)));
    this.slider.addEventListener('focus', () => events.move(this.defaultTime));
    this.slider.addEventListener('blur', () => {
      events.move(undefined);
      events.moveRow(undefined);
    });
    this.slider.addEventListener('keydown', (event) => this.handleKey(event));
  }

  /**
   * Shows the cursor of a frame. `newestTime` is that of the newest point, `values` the values at the cursor in words,
   * `hasRows` whether there are rows of engines to go over.
   */
  update(frame: Frame, newestTime: number | undefined, values: string, hasRows: boolean): void {
    this.frame = frame;
    this.hasRows = hasRows;
    setAttribute(this.slider, 'title', hasRows ? `${rowHelp} ${help}` : help);
    setAttribute(this.slider, 'aria-keyshortcuts', hasRows ? `ArrowUp ArrowDown Enter ${shortcuts}` : shortcuts);
    this.newestTime = newestTime;
    const { from, to, now, cursor, isLive } = frame;
    const steps = Math.max(1, Math.round((to - from) / this.stepMs));
    this.slider.max = String(steps);
    this.slider.value = String(cursor === undefined ? steps : Math.round((cursor - from) / this.stepMs));
    this.slider.classList.toggle('idle', cursor === undefined);
    this.backButton.hidden = isLive;
    const at = cursor ?? this.defaultTime;
    setText(this.timeText, at === undefined ? '' : `${clockTime(at)} · ${timeAgo(at, now)}`);
    // Without "ago", so that a screen reader announces nothing while nothing happens.
    setAttribute(this.slider, 'aria-valuetext', at === undefined ? 'nothing measured' : `${clockTime(at)}: ${values}`);
  }

  /** What is read without a cursor: the newest point, or the end of the range if that is earlier. */
  private get defaultTime(): number | undefined {
    const to = this.frame?.to;
    return this.newestTime === undefined || to === undefined ? (this.newestTime ?? to) : Math.min(this.newestTime, to);
  }

  private get stepMs(): number {
    const span = (this.frame?.to ?? 0) - (this.frame?.from ?? 0);
    return Math.min(maxStepMs, Math.max(minStepMs, span / minSteps));
  }

  private zoomButton(name: 'zoomIn' | 'zoomOut', label: string, factor: number): HTMLElement {
    const button = make(
      'button',
      { type: 'button', class: 'icon-button', 'aria-label': label, title: label },
      icon(name),
    );
    button.addEventListener('click', () => this.events.zoom(factor));
    return button;
  }

  private moveTo(step: number): void {
    if (this.frame) this.events.move(this.frame.from + step * this.stepMs);
  }

  private moveBy(fraction: number): void {
    const steps = Number(this.slider.max);
    this.moveTo(Math.min(steps, Math.max(0, Number(this.slider.value) + Math.round(fraction * steps))));
  }

  private handleKey(event: KeyboardEvent): void {
    const { shift, zoom, move, moveRow, selectRow, goBack } = this.events;
    const actions: Record<string, () => void> = {
      '+': () => zoom(0.5),
      '=': () => zoom(0.5),
      '-': () => zoom(2),
      // Browsers disagree on how far the Page keys move a slider.
      PageUp: () => this.moveBy(0.1),
      PageDown: () => this.moveBy(-0.1),
      Escape: () => {
        move(undefined);
        moveRow(undefined);
        goBack();
      },
      ...(this.hasRows && { ArrowUp: () => moveRow(-1), ArrowDown: () => moveRow(1), Enter: () => selectRow() }),
      ...(event.shiftKey && { ArrowLeft: () => shift(-0.25), ArrowRight: () => shift(0.25) }),
    };
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(actions, event.key)) return;
    event.preventDefault();
    actions[event.key]?.();
  }
}

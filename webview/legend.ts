/** The legend of a plot: the name and value of each line, and buttons that hide or isolate it. */
import type { Unit } from '../src/shared/format';
import { arrangeChildren, make, setAttribute, setText } from './dom';
import type { Frame } from './frame';
import { icon } from './icons';
import { lineValueText } from './lineValue';
import type { Line } from './lines';

interface Entry {
  element: HTMLElement;
  toggle: HTMLButtonElement;
  isolate: HTMLButtonElement;
  sample: SVGSVGElement;
  name: HTMLElement;
  value: HTMLElement;
}

const svgNamespace = 'http://www.w3.org/2000/svg';

/** A short piece of the line, in its colour and dash. */
function lineSample(): SVGSVGElement {
  const sample = document.createElementNS(svgNamespace, 'svg');
  sample.setAttribute('class', 'mark');
  sample.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(svgNamespace, 'line');
  for (const [name, value] of Object.entries({ x1: '0', x2: '16', y1: '5', y2: '5' })) line.setAttribute(name, value);
  sample.append(line);
  return sample;
}

/** Clicks in a legend. */
export interface LegendEvents {
  /** Hide or show a line. */
  toggle: (key: string) => void;
  /** Show only one of the lines `keys`, or all of them if it is the only one already. */
  isolate: (key: string, keys: readonly string[]) => void;
}

/** The legend of one plot. */
export class Legend {
  readonly element = make('div', { class: 'legend', role: 'group', 'aria-label': 'Lines' });
  private readonly entries = new Map<string, Entry>();
  private keys: readonly string[] = [];

  constructor(
    private readonly unit: Unit,
    private readonly events: LegendEvents,
  ) {}

  /** Shows lines with their values at the cursor of a frame. */
  update(lines: readonly Line[], frame: Frame): void {
    this.keys = lines.map(({ key }) => key);
    for (const key of this.entries.keys()) if (!this.keys.includes(key)) this.entries.delete(key);
    arrangeChildren(
      this.element,
      lines.map(({ key }) => this.entryOf(key).element),
    );
    for (const line of lines) this.updateEntry(this.entryOf(line.key), line, frame);
  }

  private updateEntry({ toggle, isolate, sample, name, value }: Entry, line: Line, frame: Frame): void {
    const isMuted = frame.mutedKeys.has(line.key);
    const isIsolated =
      !isMuted && this.keys.length > 1 && this.keys.every((key) => key === line.key || frame.mutedKeys.has(key));
    setAttribute(toggle, 'aria-pressed', String(!isMuted));
    setAttribute(toggle, 'title', `${line.help}\nClick to ${isMuted ? 'show' : 'hide'}`);
    setAttribute(isolate, 'aria-pressed', String(isIsolated));
    setAttribute(isolate, 'aria-label', `Only ${line.name}`);
    setAttribute(isolate, 'title', isIsolated ? 'Show all lines' : `Show only ${line.name}`);
    isolate.hidden = this.keys.length < 2;
    sample.classList.toggle('band', line.column === 'band');
    sample.style.stroke = line.colour;
    sample.style.strokeDasharray = line.dash.join(' ');
    setText(name, line.name);
    setText(value, lineValueText(line, this.unit, frame));
  }

  private entryOf(key: string): Entry {
    const existing = this.entries.get(key);
    if (existing) return existing;
    const [sample, name, value] = [lineSample(), make('span', { class: 'name' }), make('span', { class: 'value' })];
    const toggle = make('button', { type: 'button', class: 'toggle' }, sample, name, ' ', value);
    const isolate = make('button', { type: 'button', class: 'isolate' }, icon('isolate'));
    toggle.addEventListener('click', () => this.events.toggle(key));
    isolate.addEventListener('click', () => this.events.isolate(key, this.keys));
    const element = make('div', { class: 'entry' }, toggle, isolate);
    const entry = { element, toggle, isolate, sample, name, value };
    this.entries.set(key, entry);
    return entry;
  }
}

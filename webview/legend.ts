import { formatValue, type Unit } from '../src/shared/format';
import { arrange, make, setAttribute, setText } from './dom';
import type { Frame } from './frame';
import { icon } from './icons';
import type { Line } from './lines';
import { indexAt, newestIndex } from './seriesLookup';

/** The row of a line's series that is read: at the frame's cursor, else the newest; `undefined`: not measured. */
function indexOf({ series }: Line, { cursor, isLive, to }: Frame): number | undefined {
  if (cursor !== undefined) return indexAt(series, cursor);
  return isLive ? newestIndex(series) : indexAt(series, to);
}

/** A line's value where the frame's cursor stands, else its newest; `undefined`: not measured. */
export function lineValue(line: Line, frame: Frame): number | undefined {
  const index = indexOf(line, frame);
  return index === undefined ? undefined : (line.series.value[index] ?? undefined);
}

/** What a line reads, in words: a value, or for a band its ends; `–` where nothing was measured. */
export function readOut(line: Line, unit: Unit, frame: Frame): string {
  if (line.column === 'value') return formatValue(lineValue(line, frame), unit);
  const index = indexOf(line, frame);
  const [low, high] = index === undefined ? [] : [line.series.lowest?.[index], line.series.highest?.[index]];
  return typeof low === 'number' && typeof high === 'number'
    ? between(formatValue(low, unit), formatValue(high, unit))
    : '–';
}

/** `12 – 97 %`: the unit once, where both have it. */
function between(low: string, high: string): string {
  const unit = / \S+$/.exec(high)?.[0] ?? '';
  return `${unit !== '' && low.endsWith(unit) ? low.slice(0, -unit.length) : low} – ${high}`;
}

interface Entry {
  element: HTMLElement;
  toggle: HTMLButtonElement;
  only: HTMLButtonElement;
  mark: SVGSVGElement;
  name: HTMLElement;
  value: HTMLElement;
}

const svg = 'http://www.w3.org/2000/svg';

function lineMark(): SVGSVGElement {
  const mark = document.createElementNS(svg, 'svg');
  mark.setAttribute('class', 'mark');
  mark.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(svg, 'line');
  for (const [name, value] of Object.entries({ x1: '0', x2: '16', y1: '5', y2: '5' })) line.setAttribute(name, value);
  mark.append(line);
  return mark;
}

/** What a person does with a legend. */
export interface LegendEvents {
  toggle: (key: string) => void;
  /** Only this one is drawn, or, where it is the only one already, all of `keys`. */
  isolate: (key: string, keys: readonly string[]) => void;
}

/** A plot's legend, which is its read-out: for each line a button with its value, which mutes it or brings it back, and one that leaves only it. */
export class Legend {
  readonly element = make('div', { class: 'legend', role: 'group', 'aria-label': 'Lines' });
  private readonly entries = new Map<string, Entry>();
  private keys: readonly string[] = [];

  constructor(
    private readonly unit: Unit,
    private readonly events: LegendEvents,
  ) {}

  update(lines: readonly Line[], frame: Frame): void {
    this.keys = lines.map(({ key }) => key);
    for (const key of this.entries.keys()) if (!this.keys.includes(key)) this.entries.delete(key);
    arrange(
      this.element,
      lines.map(({ key }) => this.entryOf(key).element),
    );
    for (const line of lines) this.show(this.entryOf(line.key), line, frame);
  }

  private show({ toggle, only, mark, name, value }: Entry, line: Line, frame: Frame): void {
    const muted = frame.mutedKeys.has(line.key);
    const alone =
      !muted && this.keys.length > 1 && this.keys.every((key) => key === line.key || frame.mutedKeys.has(key));
    setAttribute(toggle, 'aria-pressed', String(!muted));
    setAttribute(toggle, 'title', `${line.help}\nClick to ${muted ? 'show' : 'hide'}`);
    setAttribute(only, 'aria-pressed', String(alone));
    setAttribute(only, 'aria-label', `Only ${line.name}`);
    setAttribute(only, 'title', alone ? 'Show all lines' : `Show only ${line.name}`);
    only.hidden = this.keys.length < 2;
    mark.classList.toggle('band', line.column === 'band');
    mark.style.stroke = line.colour;
    mark.style.strokeDasharray = line.dash.join(' ');
    setText(name, line.name);
    setText(value, readOut(line, this.unit, frame));
  }

  private entryOf(key: string): Entry {
    const known = this.entries.get(key);
    if (known) return known;
    const [mark, name, value] = [lineMark(), make('span', { class: 'name' }), make('span', { class: 'value' })];
    const toggle = make('button', { type: 'button', class: 'toggle' }, mark, name, ' ', value);
    const only = make('button', { type: 'button', class: 'only' }, icon('only'));
    toggle.addEventListener('click', () => this.events.toggle(key));
    only.addEventListener('click', () => this.events.isolate(key, this.keys));
    const entry = { element: make('div', { class: 'entry' }, toggle, only), toggle, only, mark, name, value };
    this.entries.set(key, entry);
    return entry;
  }
}

import { formatValue, type Unit } from '../src/shared/format';
import { make, setText } from './dom';
import type { Frame } from './frame';
import type { Line } from './lines';
import { indexAt, newestIndex } from './reading';

/** A line's value where the frame's cursor stands, else its newest; `undefined`: not measured. */
export function valueOf({ series, column }: Line, { cursor }: Frame): number | undefined {
  const index = cursor === undefined ? newestIndex(series) : indexAt(series, cursor);
  return index === undefined ? undefined : series[column]?.[index] ?? undefined;
}

interface Entry {
  button: HTMLButtonElement;
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

/** A plot's legend, which is its read-out: a button per line, with its value. A click mutes the line or brings it back. */
export class Legend {
  readonly element = make('div', { class: 'legend' });
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly unit: Unit, private readonly onToggle: (key: string) => void) {}

  update(lines: readonly Line[], frame: Frame): void {
    const wanted = new Set(lines.map(({ key }) => key));
    for (const [key, { button }] of this.entries) {
      if (wanted.has(key)) continue;
      button.remove();
      this.entries.delete(key);
    }
    lines.forEach((line, index) => {
      const entry = this.entryOf(line.key);
      // Moving a button that is in place already would take its focus.
      if (this.element.children[index] !== entry.button) this.element.insertBefore(entry.button, this.element.children[index] ?? null);
      const muted = frame.muted.has(line.key);
      entry.button.setAttribute('aria-pressed', String(!muted));
      entry.mark.classList.toggle('band', line.column === 'lowest');
      entry.mark.style.stroke = line.colour;
      entry.mark.style.strokeDasharray = line.dash.join(' ');
      setText(entry.name, line.name);
      entry.button.title = `${muted ? 'Show' : 'Hide'} ${line.name}`;
      setText(entry.value, formatValue(valueOf(line, frame), this.unit));
    });
  }

  private entryOf(key: string): Entry {
    const known = this.entries.get(key);
    if (known) return known;
    const [mark, name, value] = [lineMark(), make('span', { class: 'name' }), make('span', { class: 'value' })];
    const button = make('button', { type: 'button' }, mark, name, ' ', value);
    button.addEventListener('click', () => this.onToggle(key));
    const entry = { button, mark, name, value };
    this.entries.set(key, entry);
    return entry;
  }
}

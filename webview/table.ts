import { firstIndexFrom } from '../src/shared/chartData';
import { formatValue, type Unit } from '../src/shared/format';
import { clockTime } from './axis';
import { make, setText } from './dom';
import type { Frame } from './frame';
import type { Line } from './lines';
import type { DrawnCount } from './plotPart';

/** Rows at once. */
const PAGE = 50;

function columnNames({ name, column }: Line): string[] {
  return column === 'value' ? [name] : [`${name}, low`, `${name}, high`];
}

/** A line's cells at a time; a dash where its series has nothing at that time: absent is not zero. */
function cells({ series, column }: Line, at: number, unit: Unit): string[] {
  const index = firstIndexFrom(series.at, at);
  const there = series.at[index] === at;
  const columns = column === 'value' ? [series.value] : [series.lowest, series.highest];
  return columns.map((values) => formatValue((there ? values?.[index] : undefined) ?? undefined, unit));
}

/** A plot's data as a table, newest first, some rows at a time. */
export class PlotTable {
  readonly element: HTMLElement;
  private readonly head = make('tr', {});
  private readonly body = make('tbody', {});
  private readonly where = make('span', {});
  private readonly later = make('button', { type: 'button' }, 'Newer');
  private readonly earlier = make('button', { type: 'button' }, 'Older');
  private page = 0;
  private drawn: (() => DrawnCount) | undefined;
  private shown = '';

  constructor(title: string, private readonly unit: Unit) {
    const table = make('table', {}, make('caption', {}, title), make('thead', {}, this.head), this.body);
    // What scrolls must be reachable by keyboard.
    const scroll = make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `${title}, table` }, table);
    this.element = make('div', { class: 'table' }, scroll, make('div', { class: 'pages' }, this.later, this.where, this.earlier));
    this.later.addEventListener('click', () => this.turn(-1));
    this.earlier.addEventListener('click', () => this.turn(1));
  }

  draw(lines: readonly Line[], frame: Frame): DrawnCount {
    this.drawn = () => this.fill(lines, frame);
    return this.drawn();
  }

  private turn(by: number): void {
    this.page += by;
    this.drawn?.();
  }

  private fill(lines: readonly Line[], { from, to }: Frame): DrawnCount {
    const times = new Set<number>();
    for (const { series } of lines) {
      const [start, end] = [firstIndexFrom(series.at, from), firstIndexFrom(series.at, to + 1)];
      for (let index = start; index < end; index++) if (series.value[index] !== null) times.add(series.at[index] ?? 0);
    }
    const rows = [...times].sort((a, b) => b - a);
    const pages = Math.max(1, Math.ceil(rows.length / PAGE));
    this.page = Math.min(pages - 1, Math.max(0, this.page));
    const part = rows.slice(this.page * PAGE, (this.page + 1) * PAGE);
    const names = ['Time', ...lines.flatMap(columnNames)];
    const content = part.map((at) => [clockTime(at), ...lines.flatMap((line) => cells(line, at, this.unit))]);
    this.later.disabled = this.page === 0;
    this.earlier.disabled = this.page === pages - 1;
    setText(this.where, rows.length === 0 ? 'no rows' : `${this.page * PAGE + 1} – ${this.page * PAGE + part.length} of ${rows.length}`);
    const key = JSON.stringify([names, content]);
    if (key !== this.shown) {
      this.shown = key;
      this.head.replaceChildren(...names.map((name) => make('th', { scope: 'col' }, name)));
      this.body.replaceChildren(...content.map(([time = '', ...values]) => make('tr', {}, make('th', { scope: 'row' }, time), ...values.map((value) => make('td', {}, value)))));
    }
    return { series: lines.length, points: rows.length };
  }
}

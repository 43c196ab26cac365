import { firstIndexFrom } from '../src/shared/chartData';
import { formatValue, type Unit } from '../src/shared/format';
import { clockTime } from './axis';
import { make, setText } from './dom';
import type { Frame } from './frame';
import type { Line } from './lines';

/** Rows at once. */
const rowsPerPage = 50;

/** What a table shows: its columns' names, its rows' times (Unix ms) from the newest, and the cells of one of them. */
export interface TableData {
  names: readonly string[];
  times: readonly number[];
  cells: (at: number) => string[];
}

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

/** The points of lines within a time. */
export function linesTable(lines: readonly Line[], unit: Unit, { from, to }: Pick<Frame, 'from' | 'to'>): TableData {
  const times = new Set<number>();
  for (const { series } of lines) {
    const [start, end] = [firstIndexFrom(series.at, from), firstIndexFrom(series.at, to + 1)];
    for (let index = start; index < end; index++) if (series.value[index] !== null) times.add(series.at[index] ?? 0);
  }
  return {
    names: lines.flatMap(columnNames),
    times: [...times].sort((a, b) => b - a),
    cells: (at) => lines.flatMap((line) => cells(line, at, unit)),
  };
}

/** A plot's data as a table, newest first, some rows at a time. */
export class PlotTable {
  readonly element: HTMLElement;
  private readonly head = make('tr', {});
  private readonly body = make('tbody', {});
  private readonly positionText = make('span', {});
  private readonly newerButton = make('button', { type: 'button' }, 'Newer');
  private readonly olderButton = make('button', { type: 'button' }, 'Older');
  private page = 0;
  private rows: TableData = { names: [], times: [], cells: () => [] };
  private renderedKey = '';

  constructor(title: string) {
    const table = make('table', {}, make('caption', {}, title), make('thead', {}, this.head), this.body);
    // What scrolls must be reachable by keyboard.
    const scroll = make(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `${title}, table` },
      table,
    );
    this.element = make(
      'div',
      { class: 'table' },
      scroll,
      make('div', { class: 'pages' }, this.newerButton, this.positionText, this.olderButton),
    );
    this.newerButton.addEventListener('click', () => this.turn(-1));
    this.olderButton.addEventListener('click', () => this.turn(1));
  }

  draw(rows: TableData): void {
    this.rows = rows;
    this.fill();
  }

  private turn(by: number): void {
    this.page += by;
    this.fill();
  }

  private fill(): void {
    const { names, times, cells } = this.rows;
    const pages = Math.max(1, Math.ceil(times.length / rowsPerPage));
    this.page = Math.min(pages - 1, Math.max(0, this.page));
    const part = times.slice(this.page * rowsPerPage, (this.page + 1) * rowsPerPage);
    const titles = ['Time', ...names];
    const content = part.map((at) => [clockTime(at), ...cells(at)]);
    this.newerButton.disabled = this.page === 0;
    this.olderButton.disabled = this.page === pages - 1;
    setText(
      this.positionText,
      times.length === 0
        ? 'no rows'
        : `${this.page * rowsPerPage + 1} – ${this.page * rowsPerPage + part.length} of ${times.length}`,
    );
    const key = JSON.stringify([titles, content]);
    if (key === this.renderedKey) return;
    this.renderedKey = key;
    this.head.replaceChildren(...titles.map((title) => make('th', { scope: 'col' }, title)));
    this.body.replaceChildren(
      ...content.map(([time = '', ...values]) =>
        make('tr', {}, make('th', { scope: 'row' }, time), ...values.map((value) => make('td', {}, value))),
      ),
    );
  }
}

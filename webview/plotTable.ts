/** The data of a plot as a table. */
import { firstIndexFrom } from '../src/shared/chartData';
import { formatValue, type Unit } from '../src/shared/format';
import type { TimeRange } from '../src/shared/protocol';
import { clockTime } from './axis';
import { make, setText } from './dom';
import type { Line } from './lines';

const rowsPerPage = 50;

/** The content of a table. */
export interface TableData {
  /** Names of the columns. */
  names: readonly string[];
  /** Times of the rows in Unix ms, the newest first. */
  times: readonly number[];
  /** The formatted cells of the row at a time. */
  cells: (at: number) => string[];
}

const columnNames = ({ name, column }: Line): string[] =>
  column === 'value' ? [name] : [`${name}, low`, `${name}, high`];

/** Cells of a line at a time; `–` if its series has no row at that time, because absent is not zero. */
function lineCells({ series, column }: Line, at: number, unit: Unit): string[] {
  const index = firstIndexFrom(series.at, at);
  const hasRow = series.at[index] === at;
  const columns = column === 'value' ? [series.value] : [series.lowest, series.highest];
  return columns.map((values) => formatValue((hasRow ? values?.[index] : undefined) ?? undefined, unit));
}

/** The table of lines in a time range: a row for each time at which any of them has a value. */
export function linesTable(lines: readonly Line[], unit: Unit, { from, to }: TimeRange): TableData {
  const times = new Set<number>();
  for (const { series } of lines) {
    const [start, end] = [firstIndexFrom(series.at, from), firstIndexFrom(series.at, to + 1)];
    for (let index = start; index < end; index++) if (series.value[index] !== null) times.add(series.at[index] ?? 0);
  }
  return {
    names: lines.flatMap(columnNames),
    times: [...times].sort((a, b) => b - a),
    cells: (at) => lines.flatMap((line) => lineCells(line, at, unit)),
  };
}

/** A table with a limited number of rows at once, and buttons for newer and older ones. */
export class PlotTable {
  readonly element: HTMLElement;
  private readonly head = make('tr', {});
  private readonly body = make('tbody', {});
  private readonly positionText = make('span', {});
  private readonly newerButton = make('button', { type: 'button' }, 'Newer');
  private readonly olderButton = make('button', { type: 'button' }, 'Older');
  private page = 0;
  private data: TableData = { names: [], times: [], cells: () => [] };
  private renderedKey = '';

  constructor(title: string) {
    const table = make('table', {}, make('caption', {}, title), make('thead', {}, this.head), this.body);
    // A scrolling element must be focusable, so that a keyboard can scroll it.
    const scroll = make(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `${title}, table` },
      table,
    );
    const pages = make('div', { class: 'pages' }, this.newerButton, this.positionText, this.olderButton);
    this.element = make('div', { class: 'table' }, scroll, pages);
    this.newerButton.addEventListener('click', () => this.turnPage(-1));
    this.olderButton.addEventListener('click', () => this.turnPage(1));
  }

  /** Shows data, on the same page as before if it still exists. */
  draw(data: TableData): void {
    this.data = data;
    this.render();
  }

  private turnPage(pages: number): void {
    this.page += pages;
    this.render();
  }

  private render(): void {
    const { names, times, cells } = this.data;
    const pageCount = Math.max(1, Math.ceil(times.length / rowsPerPage));
    this.page = Math.min(pageCount - 1, Math.max(0, this.page));
    const firstRow = this.page * rowsPerPage;
    const rows = times.slice(firstRow, firstRow + rowsPerPage).map((at) => [clockTime(at), ...cells(at)]);
    const titles = ['Time', ...names];
    this.newerButton.disabled = this.page === 0;
    this.olderButton.disabled = this.page === pageCount - 1;
    setText(
      this.positionText,
      times.length === 0 ? 'No rows' : `${firstRow + 1} – ${firstRow + rows.length} of ${times.length}`,
    );
    const key = JSON.stringify([titles, rows]);
    if (key === this.renderedKey) return;
    this.renderedKey = key;
    this.head.replaceChildren(...titles.map((title) => make('th', { scope: 'col' }, title)));
    this.body.replaceChildren(
      ...rows.map(([time = '', ...values]) =>
        make('tr', {}, make('th', { scope: 'row' }, time), ...values.map((value) => make('td', {}, value))),
      ),
    );
  }
}

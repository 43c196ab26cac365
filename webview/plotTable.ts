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
  /** Name of the column with the names of the rows. */
  rowTitle: string;
  /** Names of the other columns. */
  names: readonly string[];
  /** The rows from top to bottom: their times in Unix ms, or their numbers. */
  keys: readonly number[];
  rowName: (key: number) => string;
  /** The formatted cells of a row. */
  cells: (key: number) => string[];
}

/** A row for each time, named by the clock. */
export const timeRows: Pick<TableData, 'rowTitle' | 'rowName'> = { rowTitle: 'Time', rowName: clockTime };

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
    ...timeRows,
    names: lines.flatMap(columnNames),
    keys: [...times].sort((a, b) => b - a),
    cells: (at) => lines.flatMap((line) => lineCells(line, at, unit)),
  };
}

/** A table with a limited number of rows at once, and buttons for newer and older ones. */
export class PlotTable {
  readonly element: HTMLElement;
  private readonly head = make('tr', {});
  private readonly body = make('tbody', {});
  private readonly positionText = make('span', {});
  private readonly previousButton = make('button', { type: 'button' });
  private readonly nextButton = make('button', { type: 'button' });
  private page = 0;
  private data: TableData = { ...timeRows, names: [], keys: [], cells: () => [] };
  private renderedKey = '';

  /** The button texts are for the page before and the page after. */
  constructor(title: string, [previous, next]: readonly [string, string] = ['Newer', 'Older']) {
    this.previousButton.textContent = previous;
    this.nextButton.textContent = next;
    const table = make('table', {}, make('caption', {}, title), make('thead', {}, this.head), this.body);
    // A scrolling element must be focusable, so that a keyboard can scroll it.
    const scroll = make(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `${title}, table` },
      table,
    );
    const pages = make('div', { class: 'pages' }, this.previousButton, this.positionText, this.nextButton);
    this.element = make('div', { class: 'table' }, scroll, pages);
    this.previousButton.addEventListener('click', () => this.turnPage(-1));
    this.nextButton.addEventListener('click', () => this.turnPage(1));
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
    const { rowTitle, names, keys, rowName, cells } = this.data;
    const pageCount = Math.max(1, Math.ceil(keys.length / rowsPerPage));
    this.page = Math.min(pageCount - 1, Math.max(0, this.page));
    const firstRow = this.page * rowsPerPage;
    const rows = keys.slice(firstRow, firstRow + rowsPerPage).map((key) => [rowName(key), ...cells(key)]);
    const titles = [rowTitle, ...names];
    this.previousButton.disabled = this.page === 0;
    this.nextButton.disabled = this.page === pageCount - 1;
    setText(
      this.positionText,
      keys.length === 0 ? 'No rows' : `${firstRow + 1} – ${firstRow + rows.length} of ${keys.length}`,
    );
    const key = JSON.stringify([titles, rows]);
    if (key === this.renderedKey) return;
    this.renderedKey = key;
    this.head.replaceChildren(...titles.map((title) => make('th', { scope: 'col' }, title)));
    this.body.replaceChildren(
      ...rows.map(([name = '', ...values]) =>
        make('tr', {}, make('th', { scope: 'row' }, name), ...values.map((value) => make('td', {}, value))),
      ),
    );
  }
}

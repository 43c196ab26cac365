/** The table: sorted by the buttons in its head, walked through with the arrow keys, median and quarters on top. */
import type { Rollout } from '../../src/shared/rollout';
import { knownFigures } from '../../src/shared/rolloutExport';
import { formatFigure, type RolloutFigure } from '../../src/shared/rolloutFigures';
import type { RolloutView } from '../../src/shared/rolloutProtocol';
import {
  figureValues,
  spreadOf,
  usualRanges,
  wholeRollouts,
  type Spread,
  type UsualRange,
} from '../../src/shared/rolloutStatistics';
import { make } from '../dom';
import { rolloutRow, sortByStart, sortRollouts } from './rows';

/** Rows that are shown at first, and that the button below adds. */
const rowsPerPage = 200;

/** What the table tells of a person's actions. */
interface TableEvents {
  sort: (sortBy: string) => void;
  show: (rollout: Rollout) => void;
}

const summaryRows: readonly { label: string; choose: (spread: Spread) => number }[] = [
  { label: 'Median', choose: ({ median }) => median },
  { label: 'Lower quarter', choose: ({ low }) => low },
  { label: 'Upper quarter', choose: ({ high }) => high },
];

/** Draws the rollouts of one kind. */
export class RolloutTable {
  private readonly caption = make('caption', { class: 'for-screen-readers' });
  private readonly head = make('thead');
  private readonly summary = make('tbody', { class: 'summary' });
  private readonly body = make('tbody');
  private readonly more = make('button', { type: 'button', class: 'action' });
  private pages = 1;
  private redraw: () => void = () => undefined;
  readonly element = make(
    'div',
    { class: 'table-area' },
    make('table', {}, this.caption, this.head, this.summary, this.body),
    this.more,
  );

  constructor(private readonly events: TableEvents) {
    this.more.addEventListener('click', () => {
      this.pages += 1;
      this.redraw();
    });
    this.body.addEventListener('keydown', (event) => this.moveFocus(event));
  }

  /** Draws the table anew; returns the ids of its rows. The focus stays where it was. */
  draw(rollouts: readonly Rollout[], view: RolloutView): string[] {
    this.redraw = () => void this.draw(rollouts, view);
    const ofKind = rollouts.filter(({ kind }) => kind === view.kind);
    const figures = knownFigures(ofKind);
    const ranges = usualRanges(rollouts, view.kind);
    const sorted = sortRollouts(ofKind, view, figures);
    const shown = sorted.slice(0, this.pages * rowsPerPage);
    const focusedId = focusedRow(this.body)?.dataset['id'];
    const focusedHead = this.head.contains(document.activeElement)
      ? document.activeElement?.getAttribute('data-sort')
      : undefined;
    this.caption.textContent = `${view.kind === 'rollout' ? 'Rollouts' : 'Steps'} of the run`;
    this.head.replaceChildren(this.headRow(figures, view));
    this.summary.replaceChildren(...this.summaryOf(rollouts, view.kind, figures));
    this.body.replaceChildren(...shown.map((rollout) => this.row(rollout, figures, ranges)));
    this.more.hidden = shown.length === sorted.length;
    this.more.textContent = `Show ${Math.min(rowsPerPage, sorted.length - shown.length)} more of ${sorted.length}`;
    this.restoreFocus(focusedId);
    if (focusedHead) this.head.querySelector<HTMLElement>(`[data-sort="${CSS.escape(focusedHead)}"]`)?.focus();
    return shown.map(({ id }) => id);
  }

  private row(
    rollout: Rollout,
    figures: readonly RolloutFigure[],
    ranges: ReadonlyMap<string, UsualRange>,
  ): HTMLTableRowElement {
    return rolloutRow(rollout, figures, ranges, () => this.events.show(rollout));
  }

  private headRow(figures: readonly RolloutFigure[], { kind, sortBy, descending }: RolloutView): HTMLTableRowElement {
    const column = (id: string, label: string, title: string): HTMLElement => {
      const isSorted = sortBy === id;
      const arrow = isSorted ? (descending ? ' ↓' : ' ↑') : '';
      const button = make(
        'button',
        { type: 'button', 'data-sort': id, title },
        label,
        make('span', { 'aria-hidden': 'true' }, arrow),
      );
      button.addEventListener('click', () => this.events.sort(id));
      return make(
        'th',
        { scope: 'col', 'aria-sort': isSorted ? (descending ? 'descending' : 'ascending') : 'none' },
        button,
      );
    };
    return make(
      'tr',
      {},
      column(sortByStart, 'Start', 'When it began'),
      make('th', { scope: 'col' }, kind === 'rollout' ? 'Work and tail' : 'Phases'),
      ...figures.map(({ id, label, shortLabel, help, computation }) =>
        column(id, shortLabel, `${label}. ${help} ${computation}`),
      ),
      make('th', { scope: 'col' }, 'Notes'),
    );
  }

  private summaryOf(
    rollouts: readonly Rollout[],
    kind: Rollout['kind'],
    figures: readonly RolloutFigure[],
  ): HTMLTableRowElement[] {
    const whole = wholeRollouts(rollouts, kind);
    if (whole.length < 2) return [];
    const spreads = figures.map((figure) => spreadOf(figureValues(whole, figure)));
    return summaryRows.map(({ label, choose }) =>
      make(
        'tr',
        {},
        make('th', { scope: 'row', colspan: '2' }, label === 'Median' ? `Median of ${whole.length}` : label),
        ...figures.map((figure, index) => {
          const spread = spreads[index];
          return make('td', {}, spread ? formatFigure(figure, choose(spread)) : '–');
        }),
        make('td'),
      ),
    );
  }

  /** One row's button can be reached with Tab; the arrow keys move on from there. */
  private restoreFocus(focusedId: string | undefined): void {
    const rows = [...this.body.rows];
    const focused = focusedId === undefined ? undefined : rows.find(({ dataset }) => dataset['id'] === focusedId);
    const button = buttonOf(focused ?? rows[0]);
    if (!button) return;
    button.tabIndex = 0;
    if (focused) button.focus();
  }

  private moveFocus(event: KeyboardEvent): void {
    const row = focusedRow(this.body);
    const rows = [...this.body.rows];
    const index = row ? rows.indexOf(row) : -1;
    const targets: Record<string, number> = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1 };
    const target = buttonOf(rows[targets[event.key] ?? -1]);
    if (index < 0 || !target) return;
    event.preventDefault();
    for (const each of rows) buttonOf(each)?.setAttribute('tabindex', '-1');
    target.tabIndex = 0;
    target.focus();
  }
}

const focusedRow = (body: HTMLElement): HTMLTableRowElement | undefined =>
  body.contains(document.activeElement) ? (document.activeElement?.closest('tr') ?? undefined) : undefined;

const buttonOf = (row: HTMLTableRowElement | undefined): HTMLButtonElement | null | undefined =>
  row?.querySelector<HTMLButtonElement>('button');

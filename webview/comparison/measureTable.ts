/** The measures side by side: a row each, with what the tests say of every run against the first. */
import type { Comparison, MeasureDifference, MeasureRow } from '../../src/shared/comparison';
import { formatChange, formatMeasure, formatVerdict, isShared } from '../../src/shared/comparisonText';
import { make } from '../dom';
import { letterOf, runHead, runMark } from './runMark';

/** Signs beside the words, so that a claim is found at a glance, also without colours. */
const signs: Partial<Record<MeasureDifference['verdict'], string>> = { better: '✓ ', worse: '✗ ', different: '◆ ' };

function valueCell(row: MeasureRow, index: number): HTMLElement {
  const spread = row.spread[index];
  const range =
    spread && spread.count > 1 ? `${formatMeasure(row, spread.low)} to ${formatMeasure(row, spread.high)}` : '';
  return make(
    'td',
    { class: 'number' },
    formatMeasure(row, row.medians[index] ?? null),
    make('span', { class: 'origin' }, range),
  );
}

function differenceCell(difference: MeasureDifference): HTMLElement {
  const { verdict, change } = difference;
  return make(
    'td',
    { class: `number verdict ${verdict.replaceAll(' ', '-')}` },
    formatChange(change),
    make(
      'span',
      { class: 'origin' },
      make('span', { 'aria-hidden': 'true' }, signs[verdict] ?? ''),
      formatVerdict(difference),
    ),
  );
}

/** Draws the measures; a click or Enter on a name shows it in the chart. */
export class MeasureTable {
  readonly element = make('section', { class: 'measures', 'aria-labelledby': 'measures' });

  constructor(private readonly show: (measure: string) => void) {
    this.element.addEventListener('keydown', (event) => this.moveFocus(event));
  }

  /** Draws the table anew; returns the measures in the order of their rows. */
  draw(comparison: Comparison): string[] {
    const { measures } = comparison;
    const shared = measures.filter(isShared);
    const others = measures.filter((row) => !isShared(row));
    this.element.replaceChildren(
      make('h2', { id: 'measures' }, 'Measures'),
      shared.length > 0
        ? this.table(comparison, shared, 'Measures of the runs')
        : make('p', { class: 'explanation' }, 'The runs have no measure in common.'),
      ...(others.length > 0
        ? [
            make(
              'details',
              {},
              make('summary', {}, `${others.length} that only some of the runs have`),
              this.table(comparison, others, 'Measures that only some of the runs have'),
            ),
          ]
        : []),
    );
    // One button can be reached with Tab; the arrow keys move on from there.
    this.buttons.forEach((button, index) => {
      button.tabIndex = index === 0 ? 0 : -1;
    });
    return [...shared, ...others].map(({ id }) => id);
  }

  private get buttons(): HTMLButtonElement[] {
    return [...this.element.querySelectorAll<HTMLButtonElement>('button[data-measure]')];
  }

  private table({ runs }: Comparison, rows: readonly MeasureRow[], caption: string): HTMLElement {
    const heads = runs
      .slice(1)
      .map((_, index) =>
        make('th', { scope: 'col' }, runMark(index + 1), ' against ', make('strong', {}, letterOf(0))),
      );
    return make(
      'div',
      { class: 'table-area' },
      make(
        'table',
        {},
        make('caption', { class: 'for-screen-readers' }, caption),
        make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'Measure'), ...runs.map(runHead), ...heads)),
        make('tbody', {}, ...rows.map((row) => this.row(row))),
      ),
    );
  }

  private row(row: MeasureRow): HTMLElement {
    const button = make(
      'button',
      { type: 'button', class: 'link', 'data-measure': row.id, title: 'Show it in the chart below' },
      row.label,
    );
    button.addEventListener('click', () => this.show(row.id));
    const source = row.source === 'mean' ? 'mean over each' : '';
    return make(
      'tr',
      { 'data-measure-row': row.id },
      make('th', { scope: 'row' }, button, make('span', { class: 'origin' }, source)),
      ...row.medians.map((_, index) => valueCell(row, index)),
      ...row.differences.map(differenceCell),
    );
  }

  private moveFocus(event: KeyboardEvent): void {
    const { buttons } = this;
    const index = buttons.findIndex((button) => button === document.activeElement);
    if (index < 0) return;
    const shown = buttons.filter((button) => button.offsetParent !== null);
    const position = shown.indexOf(buttons[index] as HTMLButtonElement);
    const targets: Record<string, number> = {
      ArrowDown: position + 1,
      ArrowUp: position - 1,
      Home: 0,
      End: shown.length - 1,
    };
    const target = shown[targets[event.key] ?? -1];
    if (!target) return;
    event.preventDefault();
    for (const button of buttons) button.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
  }
}

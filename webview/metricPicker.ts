/** The list in which a person selects metrics and engines. */
import type { ChartRow } from '../src/shared/chartRow';
import type { ViewOptions } from '../src/shared/viewOptions';
import { make, setText } from './dom';
import { categoryFieldsets, engineFieldset, type PickerChoices } from './pickerBoxes';

/** Checkboxes with a filter, shown only while it is open. */
export class MetricPicker {
  readonly element = make('div', {
    class: 'picker',
    role: 'region',
    'aria-label': 'Metrics and engines',
    id: 'picker',
  });
  private readonly filter = make('input', {
    type: 'search',
    placeholder: 'Filter',
    'aria-label': 'Filter metrics and engines',
  });
  private readonly list = make('div', { class: 'list' });
  private readonly showAll = make('input', { type: 'checkbox' });
  private readonly emptyNote = make('div', { class: 'count', role: 'status' });
  private choices: PickerChoices = { rows: [], engines: [] };
  private options: ViewOptions | undefined;
  private renderedKey = '';

  constructor(
    private readonly onChange: (options: Partial<ViewOptions>) => void,
    onClose: () => void,
  ) {
    const doneButton = make('button', { type: 'button', class: 'done' }, 'Done');
    doneButton.addEventListener('click', onClose);
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') onClose();
    });
    this.filter.addEventListener('input', () => this.render());
    this.showAll.addEventListener('change', () => this.render());
    const showAllLabel = make(
      'label',
      { title: 'Show the whole catalog' },
      this.showAll,
      make('span', {}, 'Show metrics without data'),
    );
    const filterRow = make('div', { class: 'filter-row' }, this.filter, doneButton);
    this.element.append(filterRow, showAllLabel, this.emptyNote, this.list);
    this.element.hidden = true;
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Opens or closes the list; the filter has the focus after it opens. */
  setOpen(isOpen: boolean): void {
    this.element.hidden = !isOpen;
    if (!isOpen) return;
    this.render();
    this.filter.focus();
  }

  /** Sets what can be selected, and what is. */
  update(choices: PickerChoices, options: ViewOptions): void {
    this.choices = choices;
    this.options = options;
    if (this.isOpen) this.render();
  }

  /** Rebuilds the list if its content changed, and keeps the focus on the same checkbox. */
  private render(): void {
    const { options, choices } = this;
    if (!options) return;
    const filterText = this.filter.value.trim().toLowerCase();
    const key = JSON.stringify([
      options.measures,
      options.distributions,
      options.engines,
      choices.engines,
      choices.worst,
      options.form,
      choices.rows.map(({ available }) => available),
      choices.rows.length,
      filterText,
      this.showAll.checked,
    ]);
    if (key === this.renderedKey) return;
    this.renderedKey = key;
    const focusedKey = this.list.contains(document.activeElement)
      ? document.activeElement?.closest('label')?.getAttribute('data-key')
      : undefined;
    const rows = this.filteredRows(options, filterText);
    setText(this.emptyNote, rows.length === 0 ? 'No matching metrics.' : '');
    this.list.replaceChildren(
      ...engineFieldset(choices, options, filterText, this.onChange),
      ...categoryFieldsets(rows, options, this.onChange),
    );
    if (focusedKey !== undefined && focusedKey !== null)
      this.list.querySelector<HTMLElement>(`label[data-key="${CSS.escape(focusedKey)}"] input`)?.focus();
  }

  private filteredRows({ measures }: ViewOptions, filterText: string): ChartRow[] {
    return this.choices.rows.filter(
      (row) =>
        (row.available || this.showAll.checked || measures.includes(row.id)) &&
        [row.label, row.id, row.category, row.help].some((text) => text.toLowerCase().includes(filterText)),
    );
  }
}

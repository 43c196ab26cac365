import type { ChartSubject } from '../src/shared/chartData';
import type { ChartRow } from '../src/shared/chartRow';
import { engineLimit, type ViewOptions } from '../src/shared/viewOptions';
import { make, setText } from './dom';
import { histogramLabel } from './plots';

/** What can be chosen, as the host says. */
export interface PickerChoices {
  rows: readonly ChartRow[];
  engines: readonly ChartSubject[];
}

/** Engines listed at once; the filter finds the others. */
const maxListedEngines = 64;

function checkbox(
  label: string,
  checked: boolean,
  title: string,
  onChange: (checked: boolean) => void,
): HTMLLabelElement {
  const input = make('input', { type: 'checkbox' });
  input.checked = checked;
  input.addEventListener('change', () => onChange(input.checked));
  return make('label', { title }, input, make('span', {}, label));
}

const toggleInList = (list: readonly string[], id: string, there: boolean): string[] =>
  there ? [...list.filter((one) => one !== id), id] : list.filter((one) => one !== id);

/** Where a person chooses metrics and engines: a list of boxes with a filter, open only while it is wanted. */
export class MetricPicker {
  readonly element = make('div', {
    class: 'chooser',
    role: 'region',
    'aria-label': 'Metrics and engines',
    id: 'chooser',
  });
  private readonly filter = make('input', {
    type: 'search',
    placeholder: 'Filter',
    'aria-label': 'Filter metrics and engines',
  });
  private readonly list = make('div', { class: 'list' });
  private readonly showAll = make('input', { type: 'checkbox' });
  private readonly count = make('div', { class: 'count', role: 'status' });
  private choices: PickerChoices = { rows: [], engines: [] };
  private options: ViewOptions | undefined;
  private renderedKey = '';

  constructor(
    private readonly onChange: (options: Partial<ViewOptions>) => void,
    onClose: () => void,
  ) {
    const done = make('button', { type: 'button', class: 'done' }, 'Done');
    done.addEventListener('click', onClose);
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') onClose();
    });
    this.filter.addEventListener('input', () => this.fill());
    this.showAll.addEventListener('change', () => this.fill());
    const all = make('label', { title: 'The whole catalog' }, this.showAll, make('span', {}, 'Also without data'));
    this.element.append(make('div', { class: 'find' }, this.filter, done), all, this.count, this.list);
    this.element.hidden = true;
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  show(open: boolean): void {
    this.element.hidden = !open;
    if (!open) return;
    this.fill();
    this.filter.focus();
  }

  update(offer: PickerChoices, options: ViewOptions): void {
    this.choices = offer;
    this.options = options;
    if (this.open) this.fill();
  }

  /** Builds the list where it is another; the focus stays on the box that had it. */
  private fill(): void {
    const { options, choices } = this;
    if (!options) return;
    const wanted = this.filter.value.trim().toLowerCase();
    const key = JSON.stringify([
      options.measures,
      options.distributions,
      options.engines,
      choices.engines,
      choices.rows.map(({ available }) => available),
      choices.rows.length,
      wanted,
      this.showAll.checked,
    ]);
    if (key === this.renderedKey) return;
    this.renderedKey = key;
    const focused = this.list.contains(document.activeElement)
      ? document.activeElement?.closest('label')?.getAttribute('data-key')
      : undefined;
    const rows = choices.rows.filter(
      (row) =>
        (row.available || this.showAll.checked || options.measures.includes(row.id)) &&
        [row.label, row.id, row.category, row.help].some((text) => text.toLowerCase().includes(wanted)),
    );
    setText(this.count, rows.length === 0 ? 'No metric matches.' : '');
    this.list.replaceChildren(
      ...this.engineBoxes(options, wanted),
      ...categories(rows, (members) => this.metricBoxes(members, options)),
    );
    if (focused !== undefined && focused !== null)
      this.list.querySelector<HTMLElement>(`label[data-key="${CSS.escape(focused)}"] input`)?.focus();
  }

  private engineBoxes({ engines }: ViewOptions, wanted: string): HTMLElement[] {
    if (!Array.isArray(engines)) return [];
    const found = this.choices.engines.filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(wanted));
    const boxes = found.slice(0, maxListedEngines).map(({ id, name }) =>
      keyed(
        `engine ${id}`,
        checkbox(name, engines.includes(id), id, (checked) =>
          this.onChange({ engines: toggleInList(engines, id, checked) }),
        ),
      ),
    );
    const many =
      engines.length > engineLimit
        ? `At most ${engineLimit} are drawn.`
        : found.length > maxListedEngines
          ? `${found.length - maxListedEngines} more: filter by name.`
          : '';
    return [
      make(
        'fieldset',
        {},
        make('legend', {}, 'Engines'),
        ...boxes,
        ...(many === '' ? [] : [make('p', { class: 'note' }, many)]),
      ),
    ];
  }

  private metricBoxes(rows: readonly ChartRow[], options: ViewOptions): HTMLElement[] {
    const { measures, distributions } = options;
    const box = (row: ChartRow, label: string): HTMLLabelElement => {
      const element = keyed(
        row.id,
        checkbox(
          label,
          measures.includes(row.id),
          row.available ? row.help : `${row.help} Nothing was measured of it here.`,
          (checked) => this.onChange({ measures: toggleInList(measures, row.id, checked) }),
        ),
      );
      element.classList.toggle('absent', !row.available);
      return element;
    };
    const done = new Set<string>();
    return rows.flatMap((row): HTMLElement[] => {
      const { histogram } = row;
      if (histogram === undefined) return [box(row, row.label)];
      if (done.has(histogram)) return [];
      done.add(histogram);
      const members = rows.filter((other) => other.histogram === histogram);
      const over = keyed(
        `distribution ${histogram}`,
        checkbox(
          'buckets',
          distributions.includes(histogram),
          `${histogramLabel(row)}: all buckets over time`,
          (checked) => this.onChange({ distributions: toggleInList(distributions, histogram, checked) }),
        ),
      );
      const name = histogramLabel(row);
      return [
        make(
          'div',
          { class: 'histogram', role: 'group', 'aria-label': name, title: row.help },
          make('span', { class: 'title' }, name),
          ...members.map((member) => box(member, /, (p[\d.]+)$/.exec(member.label)?.[1] ?? 'mean')),
          over,
        ),
      ];
    });
  }
}

function keyed(key: string, label: HTMLLabelElement): HTMLLabelElement {
  label.setAttribute('data-key', key);
  return label;
}

function categories(rows: readonly ChartRow[], boxes: (members: readonly ChartRow[]) => HTMLElement[]): HTMLElement[] {
  return [...new Set(rows.map(({ category }) => category))].map((category) =>
    make('fieldset', {}, make('legend', {}, category), ...boxes(rows.filter((row) => row.category === category))),
  );
}

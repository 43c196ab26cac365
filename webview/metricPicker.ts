import type { ChartEngine } from '../src/shared/chartData';
import type { ChartRow } from '../src/shared/chartRow';
import { ENGINE_LIMIT, type ViewOptions } from '../src/shared/viewOptions';
import { make, setText } from './dom';
import { histogramLabel } from './plots';

/** What can be chosen, as the host says. */
export interface Offer {
  rows: readonly ChartRow[];
  engines: readonly ChartEngine[];
}

/** Engines listed at once; the filter finds the others. */
const LISTED = 64;

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

const withOr = (list: readonly string[], id: string, there: boolean): string[] =>
  there ? [...list.filter((one) => one !== id), id] : list.filter((one) => one !== id);

/** Where a person chooses metrics and engines: a list of boxes with a filter, open only while it is wanted. */
export class Chooser {
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
  private readonly everything = make('input', { type: 'checkbox' });
  private readonly count = make('div', { class: 'count', role: 'status' });
  private offer: Offer = { rows: [], engines: [] };
  private options: ViewOptions | undefined;
  private shown = '';

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
    this.everything.addEventListener('change', () => this.fill());
    const all = make('label', { title: 'The whole catalog' }, this.everything, make('span', {}, 'Also without data'));
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

  update(offer: Offer, options: ViewOptions): void {
    this.offer = offer;
    this.options = options;
    if (this.open) this.fill();
  }

  /** Builds the list where it is another; the focus stays on the box that had it. */
  private fill(): void {
    const { options, offer } = this;
    if (!options) return;
    const wanted = this.filter.value.trim().toLowerCase();
    const key = JSON.stringify([
      options.measures,
      options.distributions,
      options.engines,
      offer.engines,
      offer.rows.map(({ available }) => available),
      offer.rows.length,
      wanted,
      this.everything.checked,
    ]);
    if (key === this.shown) return;
    this.shown = key;
    const focused = this.list.contains(document.activeElement)
      ? document.activeElement?.closest('label')?.getAttribute('data-key')
      : undefined;
    const rows = offer.rows.filter(
      (row) =>
        (row.available || this.everything.checked || options.measures.includes(row.id)) &&
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
    const found = this.offer.engines.filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(wanted));
    const boxes = found.slice(0, LISTED).map(({ id, name }) =>
      keyed(
        `engine ${id}`,
        checkbox(name, engines.includes(id), id, (checked) => this.onChange({ engines: withOr(engines, id, checked) })),
      ),
    );
    const many =
      engines.length > ENGINE_LIMIT
        ? `At most ${ENGINE_LIMIT} are drawn.`
        : found.length > LISTED
          ? `${found.length - LISTED} more: filter by name.`
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
          (checked) => this.onChange({ measures: withOr(measures, row.id, checked) }),
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
          (checked) => this.onChange({ distributions: withOr(distributions, histogram, checked) }),
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

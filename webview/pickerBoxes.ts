/** The checkboxes of the picker: engines, and metrics by category. */
import type { ChartRow } from '../src/shared/chartRow';
import type { SubjectChoice } from '../src/shared/subjectChoice';
import { engineLimit, type ViewOptions } from '../src/shared/viewOptions';
import { make } from './dom';
import { histogramLabel } from './plots';
import type { WorstEngines } from './worstEngines';

/** What can be selected. */
export interface PickerChoices {
  rows: readonly ChartRow[];
  engines: readonly SubjectChoice[];
  /** The engines with the worst newest values of a metric, the worst first. */
  worst?: WorstEngines | undefined;
}

type OnChange = (options: Partial<ViewOptions>) => void;

/** Engines that are listed at once; the filter finds the others. */
const maxListedEngines = 64;

/** A checkbox with its label; `key` identifies it when the list is rebuilt. */
function checkbox(
  key: string,
  label: string,
  isChecked: boolean,
  title: string,
  onChange: (isChecked: boolean) => void,
): HTMLLabelElement {
  const input = make('input', { type: 'checkbox' });
  input.checked = isChecked;
  input.addEventListener('change', () => onChange(input.checked));
  return make('label', { title, 'data-key': key }, input, make('span', {}, label));
}

/** The list with or without an ID. */
function setIncluded(list: readonly string[], id: string, isIncluded: boolean): string[] {
  const others = list.filter((other) => other !== id);
  return isIncluded ? [...others, id] : others;
}

/** A button that selects several engines at once. */
function selectButton(text: string, engines: ViewOptions['engines'], onChange: OnChange): HTMLElement {
  const button = make('button', { type: 'button', class: 'back' }, text);
  button.addEventListener('click', () => onChange({ engines }));
  return button;
}

const matches = ({ id, name, node = '', state = '' }: SubjectChoice, text: string): boolean =>
  `${name} ${id} ${node} ${state}`.toLowerCase().includes(text);

/**
 * The checkboxes of engines whose name, ID, node or state contains a text, and buttons that select all of these or the
 * worst ones; nothing unless engines are selected one by one or as rows of a heat map.
 */
export function engineFieldset(
  { engines, worst }: Pick<PickerChoices, 'engines' | 'worst'>,
  { engines: selected, form }: ViewOptions,
  filterText: string,
  onChange: OnChange,
): HTMLElement[] {
  const isHeatmap = form === 'heatmap';
  if (!Array.isArray(selected) && !isHeatmap) return [];
  const matching = engines.filter((engine) => matches(engine, filterText));
  const selectedIds = Array.isArray(selected) ? selected : engines.map(({ id }) => id);
  const boxes = matching
    .slice(0, maxListedEngines)
    .map(({ id, name, node, state }) =>
      checkbox(
        `engine ${id}`,
        name,
        selectedIds.includes(id),
        [id, node, state].filter((text) => text !== undefined).join(' · '),
        (isChecked) => onChange({ engines: setIncluded(selectedIds, id, isChecked) }),
      ),
    );
  const matchingIds = matching.map(({ id }) => id);
  const buttons = [
    ...(filterText !== '' && matchingIds.length > 0
      ? [selectButton(`Only these ${matchingIds.length}`, matchingIds, onChange)]
      : []),
    ...(worst && worst.ids.length > 0 && filterText === ''
      ? [selectButton(`Worst ${worst.ids.length}: ${worst.label}`, worst.ids, onChange)]
      : []),
    ...(isHeatmap && Array.isArray(selected) ? [selectButton('All', 'aggregate', onChange)] : []),
  ];
  const buttonRow = buttons.length > 0 ? [make('div', { class: 'select-row' }, ...buttons)] : [];
  const note = engineNote(selectedIds.length, matching.length, isHeatmap);
  const noteElements = note === '' ? [] : [make('p', { class: 'note' }, note)];
  return [make('fieldset', {}, make('legend', {}, 'Engines'), ...buttonRow, ...boxes, ...noteElements)];
}

function engineNote(selected: number, matching: number, isHeatmap: boolean): string {
  if (selected > engineLimit && !isHeatmap) return `At most ${engineLimit} engines are shown.`;
  return matching > maxListedEngines
    ? `${matching - maxListedEngines} more. Filter by name, node or state to find them.`
    : '';
}

/** The checkboxes of metrics, a group per category. */
export function categoryFieldsets(rows: readonly ChartRow[], options: ViewOptions, onChange: OnChange): HTMLElement[] {
  return [...new Set(rows.map(({ category }) => category))].map((category) => {
    const members = rows.filter((row) => row.category === category);
    return make('fieldset', {}, make('legend', {}, category), ...metricBoxes(members, options, onChange));
  });
}

/** A checkbox per metric; the metrics of one histogram share a row. */
function metricBoxes(rows: readonly ChartRow[], options: ViewOptions, onChange: OnChange): HTMLElement[] {
  const doneHistograms = new Set<string>();
  return rows.flatMap((row): HTMLElement[] => {
    const { histogram } = row;
    if (histogram === undefined) return [metricBox(row, row.label, options, onChange)];
    if (doneHistograms.has(histogram)) return [];
    doneHistograms.add(histogram);
    const members = rows.filter((other) => other.histogram === histogram);
    return [histogramBoxes(row, histogram, members, options, onChange)];
  });
}

function metricBox(row: ChartRow, label: string, { measures }: ViewOptions, onChange: OnChange): HTMLElement {
  const title = row.available ? row.help : `${row.help} Not measured so far.`;
  const box = checkbox(row.id, label, measures.includes(row.id), title, (isChecked) =>
    onChange({ measures: setIncluded(measures, row.id, isChecked) }),
  );
  box.classList.toggle('absent', !row.available);
  return box;
}

/** Mean, quantiles and buckets of a histogram. `first` is the first of its metrics. */
function histogramBoxes(
  first: ChartRow,
  histogram: string,
  members: readonly ChartRow[],
  options: ViewOptions,
  onChange: OnChange,
): HTMLElement {
  const { distributions } = options;
  const name = histogramLabel(first);
  const bucketsBox = checkbox(
    `distribution ${histogram}`,
    'buckets',
    distributions.includes(histogram),
    `${name}: all buckets over time`,
    (isChecked) => onChange({ distributions: setIncluded(distributions, histogram, isChecked) }),
  );
  return make(
    'div',
    { class: 'histogram', role: 'group', 'aria-label': name, title: first.help },
    make('span', { class: 'title' }, name),
    ...members.map((member) => metricBox(member, /, (p[\d.]+)$/.exec(member.label)?.[1] ?? 'mean', options, onChange)),
    bucketsBox,
  );
}

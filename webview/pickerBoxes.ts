/** The checkboxes of the picker: engines, and metrics by category. */
import type { ChartSubject } from '../src/shared/chartData';
import type { ChartRow } from '../src/shared/chartRow';
import { engineLimit, type ViewOptions } from '../src/shared/viewOptions';
import { make } from './dom';
import { histogramLabel } from './plots';

/** What can be selected. */
export interface PickerChoices {
  rows: readonly ChartRow[];
  engines: readonly ChartSubject[];
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

/** The checkboxes of engines whose name or ID contains a text; nothing unless engines are selected one by one. */
export function engineFieldset(
  engines: readonly ChartSubject[],
  { engines: selected }: ViewOptions,
  filterText: string,
  onChange: OnChange,
): HTMLElement[] {
  if (!Array.isArray(selected)) return [];
  const matching = engines.filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(filterText));
  const boxes = matching
    .slice(0, maxListedEngines)
    .map(({ id, name }) =>
      checkbox(`engine ${id}`, name, selected.includes(id), id, (isChecked) =>
        onChange({ engines: setIncluded(selected, id, isChecked) }),
      ),
    );
  const note =
    selected.length > engineLimit
      ? `At most ${engineLimit} engines are shown.`
      : matching.length > maxListedEngines
        ? `${matching.length - maxListedEngines} more. Filter by name to find them.`
        : '';
  const noteElements = note === '' ? [] : [make('p', { class: 'note' }, note)];
  return [make('fieldset', {}, make('legend', {}, 'Engines'), ...boxes, ...noteElements)];
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

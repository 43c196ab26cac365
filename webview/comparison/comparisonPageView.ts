/** The page of a comparison as a whole: runs, what is said first, configs, measures and lines; words while there is none. */
import type { AlignedLines, Alignment, ComparedRun, Comparison } from '../../src/shared/comparison';
import type { ComparisonExport, ComparisonView } from '../../src/shared/comparisonProtocol';
import { formatLocalTime } from '../../src/shared/format';
import { make, setText } from '../dom';
import { configSection } from './configTable';
import { MeasureTable } from './measureTable';
import { Overlay } from './overlay';
import { runMark } from './runMark';

/** What the page tells of a person's actions. */
export interface ComparisonEvents {
  store: (view: ComparisonView) => void;
  show: (measure: string, alignment: Alignment) => void;
  take: (what: ComparisonExport) => void;
  choose: () => void;
  /** Called after each drawing. */
  reportDrawn: (rows: string[]) => void;
}

const actionLabels: Record<ComparisonExport, string> = {
  markdown: 'Copy as Markdown',
  csv: 'Save as CSV',
  json: 'Save as JSON',
};

/** What is shown first, if the runs have it. */
const firstMeasures = ['generation_throughput_tok_s', 'generation_rate', 'seconds'];

const kindWords: Record<ComparedRun['kind'], string> = {
  run: '',
  import: 'imported',
  record: 'generation record',
  rollout: 'one of a run',
};

/** Draws the page. */
export class ComparisonPageView {
  private view: ComparisonView;
  private readonly runs = make('ul', { class: 'runs', 'aria-label': 'Compared runs' });
  private readonly notes = make('ul', { class: 'notes', 'aria-label': 'What to know first' });
  private readonly configs = make('div', {});
  private readonly measureTable = new MeasureTable((measure) => this.showMeasure(measure));
  private readonly overlay = new Overlay((measure, alignment) => this.choose({ ...this.view, measure, alignment }));
  private readonly rules = make('p', { class: 'explanation' });
  private readonly actions: HTMLButtonElement[];
  private readonly content: HTMLElement;
  private readonly status = make('p', { role: 'status', class: 'explanation' });

  constructor(
    root: HTMLElement,
    view: ComparisonView | undefined,
    private readonly events: ComparisonEvents,
  ) {
    this.view = view ?? { runs: [], measure: '', alignment: 'start' };
    const button = (label: string, act: () => void): HTMLButtonElement => {
      const element = make('button', { type: 'button', class: 'action' }, label);
      element.addEventListener('click', act);
      return element;
    };
    this.actions = (Object.keys(actionLabels) as ComparisonExport[]).map((what) =>
      button(actionLabels[what], () => events.take(what)),
    );
    this.content = make(
      'div',
      { hidden: '' },
      this.runs,
      this.notes,
      this.configs,
      this.measureTable.element,
      this.rules,
      this.overlay.element,
    );
    root.append(
      make('h1', {}, 'Comparison of runs'),
      make('div', { class: 'actions' }, button('Choose Runs…', events.choose), ...this.actions),
      this.status,
      this.content,
    );
    this.setStatus('Reading the runs …');
  }

  /** Shows words in place of a comparison. */
  setStatus(text: string): void {
    setText(this.status, text);
    this.showContent(false);
  }

  /** Draws a comparison. */
  setComparison(comparison: Comparison): void {
    const { runs, notes, rules, measures } = comparison;
    this.showContent(true);
    this.runs.replaceChildren(...runs.map((run, index) => this.runItem(run, index, comparison.unit)));
    this.notes.hidden = notes.length === 0;
    this.notes.replaceChildren(...notes.map((note) => make('li', {}, note)));
    this.configs.replaceChildren(configSection(comparison));
    const rows = this.measureTable.draw(comparison);
    setText(this.rules, rules.join(' '));
    const known = [this.view.measure, ...firstMeasures, rows[0] ?? ''];
    const measure = known.find((id) => measures.some((row) => row.id === id)) ?? '';
    this.overlay.element.hidden = measures.length === 0;
    this.overlay.setComparison(comparison, measure, this.view.alignment);
    this.choose({ ...this.view, runs: runs.map(({ id }) => id), measure });
    this.events.reportDrawn(rows);
  }

  /** Draws the lines that were asked for. */
  setLines(lines: AlignedLines): void {
    this.overlay.setLines(lines);
  }

  private showContent(isShown: boolean): void {
    this.content.hidden = !isShown;
    this.status.hidden = isShown;
    for (const action of this.actions) action.hidden = !isShown;
  }

  private runItem(
    { name, kind, from, counted, isOpen, config }: ComparedRun,
    index: number,
    unit: string,
  ): HTMLElement {
    const details = [
      formatLocalTime(from),
      `${counted} ${unit}${counted === 1 ? '' : 's'}`,
      kindWords[kind],
      isOpen ? 'in progress' : '',
      config ?? '',
    ];
    return make(
      'li',
      {},
      runMark(index),
      make('span', { class: 'name' }, name),
      make('span', { class: 'origin' }, details.filter(Boolean).join(' · ')),
    );
  }

  private showMeasure(measure: string): void {
    this.overlay.select(measure, this.view.alignment);
    this.choose({ ...this.view, measure });
    this.overlay.element.scrollIntoView({ block: 'nearest' });
  }

  private choose(view: ComparisonView): void {
    this.view = view;
    this.events.store(view);
    if (view.measure !== '') this.events.show(view.measure, view.alignment);
  }
}

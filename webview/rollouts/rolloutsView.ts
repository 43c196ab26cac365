/** The page of rollouts as a whole: kind, exports, trends and the table; words while there is nothing. */
import type { TimeRange } from '../../src/shared/protocol';
import type { Rollout } from '../../src/shared/rollout';
import { rolloutFigure } from '../../src/shared/rolloutFigures';
import type { RolloutExport, RolloutView } from '../../src/shared/rolloutProtocol';
import { usualRanges } from '../../src/shared/rolloutStatistics';
import { make, setText } from '../dom';
import { sortByStart } from './rows';
import { RolloutTable } from './table';
import { barLegend } from './timeBar';
import { trendOf } from './trend';

/** What the page tells of a person's actions. */
export interface RolloutsEvents {
  choose: (view: RolloutView) => void;
  show: (range: TimeRange) => void;
  take: (what: RolloutExport, kind: Rollout['kind']) => void;
  /** Called after each drawing. */
  reportDrawn: (rows: string[]) => void;
}

const trendFigures = ['seconds', 'tail_share', 'generation_rate'].map(rolloutFigure);

const kindLabels: Record<Rollout['kind'], string> = { rollout: 'Rollouts', step: 'Steps' };

const exportLabels: Record<RolloutExport, string> = {
  csv: 'Save as CSV',
  jsonl: 'Save as JSON Lines',
  markdown: 'Copy as Markdown',
};

const emptyText =
  'No rollouts yet. One shows here once engines get requests and a second scrape has seen them work. Steps need a trainer that reports its phases (fully asynchronous training).';
const cutText =
  'Faint rows were cut off or are in progress: their beginning or end was not seen, so they count in no median. ± is how far a duration may be from the truth, because engines report at intervals, on Ray every 10 s.';

/** The chart shows a little more than the span: this share of its length on either side. */
const marginShare = 0.1;

/** Draws the page. */
export class RolloutsView {
  private rollouts: readonly Rollout[] = [];
  private view: RolloutView;
  private hasChosenKind: boolean;
  private readonly kinds = make('div', { class: 'kinds', role: 'group', 'aria-label': 'What is shown' });
  private readonly trends = make('section', { class: 'trends', 'aria-label': 'Trends' });
  private readonly legend = make('div');
  private readonly table: RolloutTable;
  private readonly content: HTMLElement;
  private readonly status = make('p', { role: 'status' });
  private readonly notice = make('p', { class: 'notice', role: 'note', hidden: '' });
  private readonly empty = make('section', { class: 'empty' }, make('p', {}, emptyText), this.status);

  constructor(
    root: HTMLElement,
    view: RolloutView | undefined,
    private readonly events: RolloutsEvents,
  ) {
    this.view = view ?? { kind: 'rollout', sortBy: sortByStart, descending: true };
    this.hasChosenKind = view !== undefined;
    this.table = new RolloutTable({
      sort: (sortBy) => this.sort(sortBy),
      show: ({ from, to }) => {
        const margin = marginShare * (to - from);
        events.show({ from: from - margin, to: to + margin });
      },
    });
    const actions = (Object.keys(exportLabels) as RolloutExport[]).map((what) => {
      const button = make('button', { type: 'button', class: 'action' }, exportLabels[what]);
      button.addEventListener('click', () => events.take(what, this.view.kind));
      return button;
    });
    this.content = make(
      'div',
      {},
      this.notice,
      make('div', { class: 'toolbar' }, this.kinds, make('div', { class: 'actions' }, ...actions)),
      this.trends,
      this.legend,
      this.table.element,
      make('p', { class: 'explanation' }, cutText),
    );
    root.append(make('h1', { class: 'for-screen-readers' }, 'Rollouts and steps'), this.content, this.empty);
    this.draw();
  }

  /** Replaces the rollouts, oldest first. */
  setRollouts(rollouts: readonly Rollout[]): void {
    this.rollouts = rollouts;
    const isKnown = (kind: Rollout['kind']): boolean => rollouts.some((rollout) => rollout.kind === kind);
    // Without a choice, show what there is.
    if (!this.hasChosenKind && !isKnown(this.view.kind) && isKnown('step')) this.view = { ...this.view, kind: 'step' };
    const rows = this.draw();
    this.events.reportDrawn(rows);
  }

  /** Sets the text that is shown while there are no rollouts, and the one above rollouts that are not live. */
  setStatus(text: string, notice: string): void {
    setText(this.status, text);
    setText(this.notice, notice);
    this.notice.hidden = notice === '';
  }

  private sort(sortBy: string): void {
    const descending = this.view.sortBy === sortBy ? !this.view.descending : true;
    this.choose({ ...this.view, sortBy, descending });
  }

  private choose(view: RolloutView): void {
    this.view = view;
    this.hasChosenKind = true;
    this.events.choose(view);
    this.draw();
  }

  private draw(): string[] {
    const { rollouts, view } = this;
    this.content.hidden = rollouts.length === 0;
    this.empty.hidden = rollouts.length > 0;
    this.drawKinds();
    const ranges = usualRanges(rollouts, view.kind);
    this.trends.replaceChildren(
      ...trendFigures.flatMap((figure) => trendOf(figure, rollouts, view.kind, ranges) ?? []),
    );
    this.legend.replaceChildren(barLegend(rollouts.filter(({ kind }) => kind === view.kind)));
    return this.table.draw(rollouts, view);
  }

  private drawKinds(): void {
    const focused = this.kinds.contains(document.activeElement);
    this.kinds.replaceChildren(
      ...(Object.keys(kindLabels) as Rollout['kind'][]).map((kind) => {
        const count = this.rollouts.filter((rollout) => rollout.kind === kind).length;
        const isShown = kind === this.view.kind;
        const button = make(
          'button',
          { type: 'button', class: 'kind', 'aria-pressed': String(isShown) },
          `${kindLabels[kind]} (${count})`,
        );
        button.addEventListener('click', () => this.choose({ ...this.view, kind }));
        return button;
      }),
    );
    if (focused) this.kinds.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
  }
}

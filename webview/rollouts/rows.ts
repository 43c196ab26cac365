/** The rows of the table: one for each rollout, in the order that a person chose. */
import { formatLocalTime, formatValue } from '../../src/shared/format';
import type { Rollout } from '../../src/shared/rollout';
import { endNote, formatSeconds } from '../../src/shared/rolloutExport';
import { formatFigure, type RolloutFigure } from '../../src/shared/rolloutFigures';
import type { RolloutView } from '../../src/shared/rolloutProtocol';
import { outlierOf, type UsualRange } from '../../src/shared/rolloutStatistics';
import { make } from '../dom';
import { timeBar } from './timeBar';

/** Sorts by the start of the rollouts. */
export const sortByStart = 'start';

/** The rollouts in the order of a view; those that lack the figure come last. */
export function sortRollouts(
  rollouts: readonly Rollout[],
  { sortBy, descending }: RolloutView,
  figures: readonly RolloutFigure[],
): Rollout[] {
  const figure = figures.find(({ id }) => id === sortBy);
  const valueOf = (rollout: Rollout): number | undefined => (figure ? figure.valueOf(rollout) : rollout.from);
  const direction = descending ? -1 : 1;
  return [...rollouts].sort((a, b) => {
    const [first, second] = [valueOf(a), valueOf(b)];
    if (first === undefined || second === undefined)
      return Number(first === undefined) - Number(second === undefined) || b.from - a.from;
    return direction * (first - second) || b.from - a.from;
  });
}

function valueCell(rollout: Rollout, figure: RolloutFigure, ranges: ReadonlyMap<string, UsualRange>): HTMLElement {
  const value = figure.valueOf(rollout);
  const text = figure.id === 'seconds' ? formatSeconds(rollout) : formatFigure(figure, value);
  const outlier = outlierOf(rollout, figure, ranges);
  const range = ranges.get(figure.id);
  if (!outlier || !range) return make('td', {}, text);
  const usual = `unusually ${outlier}: usual is ${formatFigure(figure, Math.max(0, range.low))} to ${formatFigure(figure, range.high)}`;
  return make(
    'td',
    { class: 'outlier', title: usual },
    make('span', { 'aria-hidden': 'true' }, outlier === 'high' ? '▲ ' : '▼ '),
    text,
    make('span', { class: 'for-screen-readers' }, `, ${usual}`),
  );
}

/** Who was slow, and whether the row counts. */
function noteOf(rollout: Rollout): string {
  const { slowestEngine, lastEngine } = rollout;
  return [
    endNote(rollout),
    slowestEngine ? `slowest: ${slowestEngine.name} (${formatValue(slowestEngine.rate, 'tokens/s')})` : '',
    lastEngine ? `last: ${lastEngine}` : '',
  ]
    .filter(Boolean)
    .join(' · ');
}

/** A row; its button, and a click anywhere in it, calls `onShow`. */
export function rolloutRow(
  rollout: Rollout,
  figures: readonly RolloutFigure[],
  ranges: ReadonlyMap<string, UsualRange>,
  onShow: () => void,
): HTMLTableRowElement {
  const start = formatLocalTime(rollout.from);
  const button = make('button', { type: 'button', class: 'link', tabindex: '-1', title: 'Show in the chart' }, start);
  button.setAttribute('aria-label', `${start}, show this ${rollout.kind} in the chart`);
  const row = make(
    'tr',
    { 'data-id': rollout.id, ...(rollout.cut && { class: 'cut' }) },
    make('th', { scope: 'row' }, button),
    make('td', { class: 'bar-cell' }, timeBar(rollout)),
    ...figures.map((figure) => valueCell(rollout, figure, ranges)),
    make('td', { class: 'note' }, noteOf(rollout)),
  );
  row.addEventListener('click', onShow);
  return row;
}

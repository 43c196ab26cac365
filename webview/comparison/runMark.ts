/** The mark of a run: its letter, and a line in its colour and dash style, the same in chart, tables and legend. */
import type { ComparedRun } from '../../src/shared/comparison';
import { make } from '../dom';
import { makeSvg } from '../rollouts/svg';

/** The letters of the runs in their order. */
const letters = ['A', 'B', 'C', 'D'];

/** The letter of a run. */
export const letterOf = (index: number): string => letters[index] ?? '';

/** A short piece of the run's line. Its class has the colour and the dashes. */
const sample = (index: number): Element =>
  makeSvg(
    'svg',
    { class: 'sample', 'aria-hidden': 'true' },
    makeSvg('line', { class: `line run-${index}`, x1: 0, x2: 28, y1: 5, y2: 5 }),
  );

/** The mark with the letter alone: the head of a column has room for no more. */
export const runMark = (index: number): HTMLElement =>
  make('span', { class: 'mark' }, sample(index), make('strong', {}, letterOf(index)));

/** The head of a run's column. */
export const runHead = (run: ComparedRun, index: number): HTMLElement =>
  make('th', { scope: 'col' }, runMark(index), ` ${run.name}`);

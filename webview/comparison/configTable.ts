/** What differs between the configs: a table of the keys, with those that are equal folded. */
import type { Comparison, ConfigCell, ConfigRow } from '../../src/shared/comparison';
import { make } from '../dom';
import { runHead } from './runMark';

function cellOf(cell: ConfigCell | null): HTMLElement {
  if (!cell) return make('td', { class: 'none' }, '–');
  const { value, from, isDefault, unknownBecause } = cell;
  return make(
    'td',
    { class: isDefault ? 'default' : 'written' },
    make('code', {}, value),
    make('span', { class: 'origin' }, unknownBecause === undefined ? from : `${from}; ${unknownBecause}`),
  );
}

const rowOf = ({ key, state, cells }: ConfigRow): HTMLElement =>
  make(
    'tr',
    { 'data-key': key },
    make(
      'th',
      { scope: 'row' },
      make('code', {}, key),
      ...(state === 'unknown' ? [make('span', { class: 'origin' }, 'not known whether it differs')] : []),
    ),
    ...cells.map(cellOf),
  );

function tableOf({ runs }: Comparison, rows: readonly ConfigRow[], caption: string): HTMLElement {
  return make(
    'div',
    { class: 'table-area', tabindex: '0', role: 'region', 'aria-label': caption },
    make(
      'table',
      {},
      make('caption', { class: 'for-screen-readers' }, caption),
      make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'Key'), ...runs.map(runHead))),
      make('tbody', {}, ...rows.map(rowOf)),
    ),
  );
}

/** The section of the configs. */
export function configSection(comparison: Comparison): HTMLElement {
  const { config } = comparison;
  const differing = config.filter(({ state }) => state !== 'equal');
  const equal = config.filter(({ state }) => state === 'equal');
  const words = config.length === 0 ? 'Fewer than two of these configs were seen.' : 'No key is known to differ.';
  return make(
    'section',
    { class: 'configs', 'aria-labelledby': 'configs' },
    make('h2', { id: 'configs' }, 'What differs in the configs'),
    differing.length > 0
      ? tableOf(comparison, differing, 'Keys that differ')
      : make('p', { class: 'explanation' }, words),
    ...(equal.length > 0
      ? [
          make(
            'details',
            {},
            make('summary', {}, `${equal.length} equal ${equal.length === 1 ? 'key' : 'keys'}`),
            tableOf(comparison, equal, 'Keys that are equal'),
          ),
        ]
      : []),
  );
}

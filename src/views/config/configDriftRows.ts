/** Flags that did not engage, as rows like those of findings. */
import type { ConfigDrift } from '../../generation/configDrift';
import { commandIds } from '../shared/ids';
import { textRows } from '../shared/textRows';
import type { TreeRow } from '../shared/treeRow';

/** A click leads to the line of the config. */
export function configDriftRows(drifts: readonly ConfigDrift[]): TreeRow[] {
  return drifts.map(({ field, message, actual }) => {
    const id = `finding/flag/${field}/${String(actual)}`;
    return {
      id,
      label: message,
      description: '',
      tooltip: [
        message,
        'Intended: what the config in use asks for; engine_init_kwargs come last. Actual: what the engines report.',
      ],
      icon: { name: 'warning', colour: 'charts.yellow' },
      context: 'finding',
      command: { command: commandIds.openConfig, title: 'Open Config' },
      children: textRows(`${id}/message`, 'quote', message),
    };
  });
}

/** The state and its actions as rows. */
import type { Status } from '../../api';
import { states, type StateAction } from '../../shared/states';
import type { TreeRow } from './treeRow';

/** A row for each action of a state; a click runs it. */
export function actionRows({ state }: Status, context: string): TreeRow[] {
  const actions: readonly StateAction[] = states[state].actions;
  return actions.map(({ command, title, question = '' }) => ({
    id: `way/${command}`,
    label: title,
    description: question,
    tooltip: [question === '' ? title : `${question} ${title}`],
    icon: { name: 'arrow-right' },
    context,
    command: { command, title },
    children: [],
  }));
}

/** What the welcome text says, as rows: for a tree that has other rows and therefore shows no welcome. */
export function stateRows(status: Status): TreeRow[] {
  const { message } = status;
  return [
    {
      id: 'state',
      label: message,
      description: '',
      tooltip: [message],
      icon: { name: 'info' },
      context: 'state',
      children: [],
    },
    ...actionRows(status, 'state'),
  ];
}

/** The welcomes of the Engine metrics view, made from the state table; `npm run docs` writes them into the manifest. */
import { states, type StateAction, type StateId, type StateRow } from './states';

const link = ({ title, command }: StateAction): string => `[${title}](command:${command})`;

/** A welcome of the Engine metrics view: the text, the first action as a button, the others as links. */
export function welcomeText(message: string, [first, ...others]: readonly StateAction[]): string {
  const asked = others.flatMap((action) => (action.question ? [`${action.question} ${link(action)}`] : []));
  const bare = others.filter(({ question }) => !question).map(link);
  return [
    message,
    ...(first ? [link(first)] : []),
    ...asked,
    ...(bare.length > 0 ? [`More: ${bare.join(' · ')}`] : []),
  ].join('\n');
}

/** A welcome of the manifest: its key in `package.nls.json`, its text, and when it is shown. */
export interface Welcome {
  key: string;
  text: string;
  when: string;
}

/** Every welcome; a state without metrics has one, or one for each value of `skyrl.place`. */
export function welcomes(): Welcome[] {
  return (Object.entries(states) as [StateId, StateRow][]).flatMap(
    ([id, { message, welcome = message, actions, welcomes: byPlace }]) => {
      const when = `skyrl.state == '${id}'`;
      if (byPlace)
        return Object.entries(byPlace).map(([place, text]) => ({
          key: `welcome.${id}.${place}`,
          text: welcomeText(text, actions),
          when: `${when} && skyrl.place == '${place}'`,
        }));
      return id === 'fresh' ? [] : [{ key: `welcome.${id}`, text: welcomeText(welcome, actions), when }];
    },
  );
}

/** Completions that Prometheus's own grammar does not offer: variables, durations, and `@ start()` and `@ end()`. */
import { scanQuery } from './scanQuery';
import { variables } from './variables';

interface ExtraCompletion {
  label: string;
  detail: string;
  /** Offsets of the text that the completion replaces. */
  from: number;
  to: number;
}

type Choice = readonly [label: string, detail: string];

const durations: readonly Choice[] = [
  ['1m', 'One minute'],
  ['5m', 'Five minutes'],
  ['15m', 'A quarter of an hour'],
  ['1h', 'One hour'],
  ['1d', 'One day'],
];

const moments: readonly Choice[] = [
  ['start()', 'The beginning of the range'],
  ['end()', 'The end of the range'],
];

const variableChoices = (kind: 'duration' | 'text'): Choice[] =>
  variables.filter((variable) => variable.kind === kind).map(({ name, help }) => [`$${name}`, help]);

/** Completions at an offset of a query. Empty if the grammar's completions apply, and in a comment. */
export function extraCompletions(text: string, offset: number): ExtraCompletion[] {
  const head = text.slice(0, offset);
  const { choices, from } = choicesAtEnd(head);
  return choices.map(([label, detail]) => ({ label, detail, from, to: offset }));
}

/** The choices at the end of a text, and the offset at which the word being typed begins. */
function choicesAtEnd(head: string): { choices: readonly Choice[]; from: number } {
  const none = { choices: [], from: head.length };
  const wordStart = (word: string | undefined): number => head.length - (word?.length ?? 0);
  const startsWithDigit = (word: string | undefined): boolean => /^\d/.test(word ?? '');

  const span = scanQuery(head).at(-1);
  if (span?.kind === 'comment') return none;
  const variable = /\$\{?\w*$/.exec(head);
  if (span?.kind === 'string' && span.closed === false)
    return variable ? { choices: variableChoices('text'), from: variable.index } : none;

  const bracket = /\[\s*(\$?\w*)$/.exec(head);
  if (bracket)
    return startsWithDigit(bracket[1])
      ? none
      : { choices: [...variableChoices('duration'), ...durations], from: wordStart(bracket[1]) };
  if (variable) return { choices: variableChoices('duration'), from: variable.index };

  const offsetWord = /\boffset\s+(\w*)$/i.exec(head);
  if (offsetWord && !startsWithDigit(offsetWord[1])) return { choices: durations, from: wordStart(offsetWord[1]) };
  const moment = /@\s*(\w*)$/.exec(head);
  return moment ? { choices: moments, from: wordStart(moment[1]) } : none;
}

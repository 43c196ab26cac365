/** What completion offers beside Prometheus's own: variables, ranges, moments. */
import { scanQuery } from './scanQuery';
import { variables } from './variables';

export interface ExtraCompletion {
  label: string;
  detail: string;
  from: number;
  to: number;
}

const ranges: readonly [string, string][] = [
  ['1m', 'one minute'],
  ['5m', 'five minutes'],
  ['15m', 'a quarter of an hour'],
  ['1h', 'one hour'],
  ['1d', 'one day'],
];

/** Items for an offset of a query; they replace from `from` to `to`. */
export function extraCompletions(text: string, offset: number): ExtraCompletion[] {
  const head = text.slice(0, offset);
  const at = scanQuery(head).at(-1);
  if (at?.kind === 'comment') return [];
  const inString = at?.kind === 'string' && at.closed === false;
  const item =
    (from: number) =>
    ([label, detail]: readonly [string, string]): ExtraCompletion => ({ label, detail, from, to: offset });
  const named = (kind: 'duration' | 'text'): [string, string][] =>
    variables.filter((variable) => variable.kind === kind).map(({ name, help }) => [`$${name}`, help]);
  const dollar = /\$\{?\w*$/.exec(head);
  if (inString) return dollar ? named('text').map(item(dollar.index)) : [];
  const bracket = /\[\s*(\$?\w*)$/.exec(head);
  if (bracket)
    return (/^\d/.test(bracket[1] ?? '') ? [] : [...named('duration'), ...ranges]).map(
      item(offset - (bracket[1]?.length ?? 0)),
    );
  if (dollar) return named('duration').map(item(dollar.index));
  const offsetWord = /\boffset\s+(\w*)$/i.exec(head);
  if (offsetWord && !/^\d/.test(offsetWord[1] ?? '')) return ranges.map(item(offset - (offsetWord[1]?.length ?? 0)));
  const moment = /@\s*(\w*)$/.exec(head);
  return moment
    ? (
        [
          ['start()', 'the beginning of the range'],
          ['end()', 'the end of the range'],
        ] as const
      ).map(item(offset - (moment[1]?.length ?? 0)))
    : [];
}

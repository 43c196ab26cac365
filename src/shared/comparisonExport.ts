/** A comparison as Markdown, CSV and JSON. */
import type { ComparedRun, Comparison } from './comparison';
import { formatCell, formatChange, formatSpread, formatVerdict, isShared, runTitle } from './comparisonText';
import { csvLine } from './csv';
import { formatLocalTime } from './format';
import { itemTexts, jsonLines } from './jsonLines';
import { escapeMarkdown, markdownRow } from './markdown';

/** GitHub takes no longer text for a pull request. */
export const maxMarkdownLength = 65_536;
/** The parts of it that keys and measures may take; names, notes and rules have room in the rest. */
const [maxKeysLength, maxMeasuresLength] = [18_000, 36_000];
/** Longer values and keys are cut. */
const maxCellLength = 120;

/** Untrusted text as a cell of bounded length. */
function cellText(text: string): string {
  return escapeMarkdown(text.length > maxCellLength ? `${text.slice(0, maxCellLength)}…` : text);
}

/** A table with as many rows as fit into a length, and in words how many more there are. */
function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  maxLength: number,
  moreWords: (count: number) => string,
): string[] {
  const shown: string[] = [];
  let length = 0;
  for (const row of rows) {
    const line = markdownRow(row.map(cellText));
    length += line.length;
    if (length > maxLength) break;
    shown.push(line);
  }
  const more = rows.length - shown.length;
  return [
    [markdownRow(head.map(cellText)), markdownRow(head.map(() => '---')), ...shown].join(''),
    ...(more > 0 ? [`${moreWords(more)}; the CSV and JSON files have all.`, ''] : []),
  ];
}

/** Heads of the columns that compare a run with the first one. */
const againstFirst = (runs: readonly ComparedRun[]): string[] =>
  runs.slice(1).map((_, index) => `${'BCD'[index] ?? ''} against A`);

/** The comparison as Markdown, for a pull request: what differs, and the measures that all runs have. */
export function comparisonMarkdown({ runs, notes, rules, config, measures, unit }: Comparison): string {
  const titles = runs.map((_, index) => runTitle(runs, index));
  const differing = config.filter(({ state }) => state !== 'equal');
  const shared = measures.filter(isShared);
  return [
    '**Comparison of runs**',
    '',
    ...runs.map(
      ({ from, counted }, index) =>
        `- ${escapeMarkdown(titles[index] ?? '')}: ${formatLocalTime(from)}, ${counted} ${unit}${counted === 1 ? '' : 's'}`,
    ),
    '',
    ...notes.map((note) => `> ${escapeMarkdown(note)}`),
    ...(notes.length > 0 ? [''] : []),
    ...(differing.length > 0
      ? markdownTable(
          ['Key', ...titles],
          differing.map(({ key, cells }) => [key, ...cells.map(formatCell)]),
          maxKeysLength,
          (count) => `${count} more ${count === 1 ? 'key differs' : 'keys differ'}, or may`,
        )
      : ['No key of the configs is known to differ.', '']),
    ...(shared.length > 0
      ? markdownTable(
          ['Measure', ...titles, ...againstFirst(runs)],
          shared.map((row) => [
            row.label,
            ...row.medians.map((_, index) => formatSpread(row, index)),
            ...row.differences.map((one) => `${formatChange(one.change)}, ${formatVerdict(one)}`),
          ]),
          maxMeasuresLength,
          (count) => `${count} more ${count === 1 ? 'measure' : 'measures'}`,
        )
      : []),
    ...rules.map(escapeMarkdown),
    '',
  ].join('\n');
}

type Fields = Parameters<typeof csvLine>[0];

/** A line for each key that differs and for each measure, after one of names. What is not known is empty. */
export function* comparisonCsv({ runs, config, measures }: Comparison): Generator<string> {
  const letters = runs.map((_, index) => 'abcd'[index] ?? '');
  const others = letters.slice(1);
  const blank = others.flatMap(() => [null, null, null]);
  const line = (fields: Fields): string => `${csvLine(fields)}\n`;
  yield line([
    'kind',
    'id',
    'unit',
    ...letters.flatMap((letter) => [`${letter}_value`, `${letter}_low`, `${letter}_high`, `${letter}_count`]),
    ...others.flatMap((letter) => [`${letter}_change_percent`, `${letter}_verdict`, `${letter}_p`]),
  ]);
  yield line(['run', 'name', null, ...runs.flatMap(({ name, counted }) => [name, null, null, counted]), ...blank]);
  yield line(['run', 'from', 'ms', ...runs.flatMap(({ from }) => [from, null, null, null]), ...blank]);
  for (const { key, state, cells } of config)
    if (state !== 'equal')
      yield line(['config', key, null, ...cells.flatMap((cell) => [cell?.value, null, null, null]), ...blank]);
  for (const { id, unit, medians, spread, differences } of measures)
    yield line([
      'measure',
      id,
      unit,
      ...medians.flatMap((median, index) => [median, spread[index]?.low, spread[index]?.high, spread[index]?.count]),
      ...differences.flatMap(({ change, verdict, p }) => [change, verdict, p]),
    ]);
}

/** The comparison as JSON, with a line for each key and each measure. */
export function* comparisonJson({ config, measures, ...rest }: Comparison): Generator<string> {
  yield JSON.stringify(rest).slice(0, -1);
  yield ',\n"config":';
  yield* jsonLines(['[', ']'], itemTexts(config));
  yield ',\n"measures":';
  yield* jsonLines(['[', ']'], itemTexts(measures));
  yield '}\n';
}

/** A comparison in words: on the page, in the exports and for language models. */
import { csvLine } from './csv';
import type { ComparedRun, Comparison, ConfigCell, MeasureDifference, MeasureRow } from './comparison';
import { formatLocalTime, formatValue } from './format';
import { escapeMarkdown, markdownRow } from './markdown';
import { formatFigure } from './rolloutFigures';

/** A value of a measure with its unit; `–` if it is not known. */
export const formatMeasure = ({ source, unit }: Pick<MeasureRow, 'source' | 'unit'>, value: number | null): string =>
  source === 'figure' ? formatFigure({ unit }, value ?? undefined) : formatValue(value ?? undefined, unit);

/** `+12 %`; `–` if it is not known. */
export function formatChange(change: number | null): string {
  if (change === null) return '–';
  const text = Math.abs(change) < 9.95 ? change.toFixed(1) : change.toFixed(0);
  return `${change > 0 ? '+' : ''}${text.replace('-', '−')} %`;
}

/** `84.0 s (80.0 s to 91.0 s)`: the median with the middle half of the values. */
export function formatSpread(row: MeasureRow, index: number): string {
  const spread = row.spread[index];
  const median = formatMeasure(row, row.medians[index] ?? null);
  if (!spread || spread.count < 2) return median;
  return `${median} (${formatMeasure(row, spread.low)} to ${formatMeasure(row, spread.high)})`;
}

const formatP = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`);

/** `better, p = 0.004`: what the test says. */
export function formatVerdict({ verdict, p, isWithinError }: MeasureDifference): string {
  if (isWithinError) return 'within the error of the reports';
  return p === null ? verdict : `${verdict}, ${formatP(p)}`;
}

/** `256 (train.sh:12)`, and `–` where there is no value. */
export function formatCell(cell: ConfigCell | null | undefined): string {
  if (!cell) return '–';
  return `${cell.value} (${cell.unknownBecause ?? cell.from})`;
}

/** Name of a run with its letter, by which it is told from another of the same name. */
export const runTitle = (runs: readonly ComparedRun[], index: number): string =>
  `${'ABCD'[index] ?? ''}: ${runs[index]?.name ?? ''}`;

/** Rows that show a difference, or that all runs have; the others say nothing of the comparison. */
export const isShared = ({ medians }: MeasureRow): boolean => medians.every((median) => median !== null);

const markdownTable = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  [head.map(escapeMarkdown), head.map(() => '---'), ...rows.map((row) => row.map(escapeMarkdown))]
    .map(markdownRow)
    .join(''),
];

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
        )
      : []),
    ...rules.map(escapeMarkdown),
    '',
  ].join('\n');
}

/** A line for each key that differs and for each measure, after one of names. What is not known is empty. */
export function comparisonCsv({ runs, config, measures }: Comparison): string {
  const letters = runs.map((_, index) => 'abcd'[index] ?? '');
  const others = letters.slice(1);
  const names = [
    'kind',
    'id',
    'unit',
    ...letters.flatMap((letter) => [`${letter}_value`, `${letter}_low`, `${letter}_high`, `${letter}_count`]),
    ...others.flatMap((letter) => [`${letter}_change_percent`, `${letter}_verdict`, `${letter}_p`]),
  ];
  const blank = others.flatMap(() => [null, null, null]);
  const lines = [
    ['run', 'name', null, ...runs.flatMap(({ name, counted }) => [name, null, null, counted]), ...blank],
    ['run', 'from', 'ms', ...runs.flatMap(({ from }) => [from, null, null, null]), ...blank],
    ...config
      .filter(({ state }) => state !== 'equal')
      .map(({ key, cells }) => [
        'config',
        key,
        null,
        ...cells.flatMap((cell) => [cell?.value, null, null, null]),
        ...blank,
      ]),
    ...measures.map(({ id, unit, medians, spread, differences }) => [
      'measure',
      id,
      unit,
      ...medians.flatMap((median, index) => {
        const one = spread[index];
        return [median, one?.low, one?.high, one?.count];
      }),
      ...differences.flatMap(({ change, verdict, p }) => [change, verdict, p]),
    ]),
  ];
  return [names, ...lines].map((fields) => `${csvLine(fields)}\n`).join('');
}

/** The comparison as JSON. */
export const comparisonJson = (comparison: Comparison): string => `${JSON.stringify(comparison, null, 2)}\n`;

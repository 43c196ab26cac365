/**
 * Rows with labels as a plain-text table: columns are aligned, and labels that all rows share are shown once above it.
 */
import type { LabelSet } from '../prometheus/responseData';

/** Longer label values are shortened in the table; the CSV has them in full. */
const maxCellLength = 60;
/** If series have more names of labels together than vLLM's ever have, all labels are one column. */
export const maxLabelColumns = 100;
const maxSelectorLength = 400;

/** Untrusted text on one line: control and format characters are shown as `\n` or `\u001b` instead of taking effect. */
export function escapeControlChars(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) =>
    char === '\n' ? '\\n' : `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** Made at the first use, because it loads the locales. */
let collator: Intl.Collator | undefined;
const compareNames = (a: string, b: string): number =>
  (collator ??= new Intl.Collator('en', { numeric: true })).compare(a, b);

/** Labels that people look for first: engines, then nodes. */
const leadingLabels = ['__name__', 'engine', 'WorkerId', 'NodeAddress', 'instance', 'le', 'quantile'];

function labelRank(name: string): number {
  const index = leadingLabels.indexOf(name);
  return index < 0 ? leadingLabels.length : index;
}

/** Label names of all rows, in the order of columns; undefined if they are too many for columns. */
export function labelNames(rows: Iterable<LabelSet>): string[] | undefined {
  const names = new Set<string>();
  for (const labels of rows) {
    for (const name of Object.keys(labels)) names.add(name);
    if (names.size > maxLabelColumns) return undefined;
  }
  return [...names].sort((a, b) => labelRank(a) - labelRank(b) || compareNames(a, b));
}

const labelOf = (labels: LabelSet, name: string): string => (Object.hasOwn(labels, name) ? (labels[name] ?? '') : '');

interface LabelSplit {
  /** Names and values that are the same in every row. */
  sharedLabels: [string, string][];
  /** Names of the labels that tell rows apart. */
  columns: string[];
}

/**
 * Separates the labels that all rows share from those that differ. A single row shares nothing. Undefined if the labels
 * are too many for columns.
 */
export function splitLabels(rows: readonly LabelSet[]): LabelSplit | undefined {
  const names = labelNames(rows);
  if (!names) return undefined;
  const [first] = rows;
  const isShared = (name: string): boolean =>
    first !== undefined && rows.length > 1 && rows.every((labels) => labelOf(labels, name) === labelOf(first, name));
  return {
    sharedLabels: names.filter(isShared).map((name) => [name, labelOf(first ?? {}, name)]),
    columns: names.filter((name) => !isShared(name)),
  };
}

const shorten = (text: string, length = maxCellLength): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

/** Labels as a selector: `up{job="ray", node="a"}`. */
export function labelText(labels: readonly (readonly [string, string])[]): string {
  const name = labels.find(([label]) => label === '__name__')?.[1] ?? '';
  const matchers = labels
    .filter(([label]) => label !== '__name__')
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(', ');
  return matchers === '' ? name : `${name}{${matchers}}`;
}

/** Lines of a table. `rightAligned` are the indexes of columns with numbers. */
function alignColumns(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: ReadonlySet<number>,
): string[] {
  const widths = heads.map((head, column) =>
    rows.reduce((width, row) => Math.max(width, [...(row[column] ?? '')].length), head.length),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - [...cell].length));
        return rightAligned.has(column) ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  return [line(heads), ...rows.map(line)];
}

/**
 * Lines of a table of formatted values and their labels. Values are first, because labels may be wider than an editor.
 */
export function labelTable(
  rows: readonly { labels: LabelSet; values: readonly string[] }[],
  valueHeads: readonly string[],
): string[] {
  const split = splitLabels(rows.map(({ labels }) => labels));
  if (!split) {
    const selectors = rows.map(({ labels, values }) => [
      ...values,
      shorten(escapeControlChars(labelText(Object.entries(labels))), maxSelectorLength),
    ]);
    return alignColumns([...valueHeads, 'labels'], selectors, new Set(valueHeads.keys()));
  }
  const { sharedLabels, columns } = split;
  const heads = [...valueHeads, ...columns.map((name) => (name === '__name__' ? 'metric' : escapeControlChars(name)))];
  const cells = rows.map(({ labels, values }) => [
    ...values,
    ...columns.map((name) => shorten(escapeControlChars(labelOf(labels, name)))),
  ]);
  const sharedLines = sharedLabels.length > 0 ? [`All: ${escapeControlChars(labelText(sharedLabels))}`, ''] : [];
  return [...sharedLines, ...alignColumns(heads, cells, new Set(valueHeads.keys()))];
}

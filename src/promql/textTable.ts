/** Labelled rows as a table of plain text: aligned columns, what all rows share said once. */
import type { LabelSet } from '../prometheus/responseData';

/** A label value wider than this is cut in the table; the CSV has it whole. */
const widest = 60;

/** A stranger's text in one line: control characters as `\n` and `\u001b`, which do nothing. */
export function escapeControlChars(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) =>
    char === '\n' ? '\\n' : `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

const order = new Intl.Collator('en', { numeric: true });

/** Engines before nodes before the rest: what one looks for first. */
const first = ['__name__', 'engine', 'WorkerId', 'NodeAddress', 'instance', 'le', 'quantile'];

function rank(name: string): number {
  const at = first.indexOf(name);
  return at < 0 ? first.length : at;
}

/** Label names of all rows, in the order of columns. */
export function labelNames(rows: readonly LabelSet[]): string[] {
  const names = new Set(rows.flatMap((labels) => Object.keys(labels)));
  return [...names].sort((a, b) => rank(a) - rank(b) || order.compare(a, b));
}

const labelOf = (labels: LabelSet, name: string): string => (Object.hasOwn(labels, name) ? (labels[name] ?? '') : '');

export interface LabelSplit {
  /** The same in every row. */
  sharedLabels: [string, string][];
  /** Names of the columns that tell rows apart. */
  columns: string[];
}

/** Parts labels into what all rows share and what tells them apart. A single row keeps its labels as columns. */
export function splitLabels(rows: readonly LabelSet[]): LabelSplit {
  const names = labelNames(rows);
  const [one] = rows;
  const isCommon = (name: string): boolean =>
    one !== undefined && rows.length > 1 && rows.every((labels) => labelOf(labels, name) === labelOf(one, name));
  return {
    sharedLabels: names.filter(isCommon).map((name) => [name, labelOf(one ?? {}, name)]),
    columns: names.filter((name) => !isCommon(name)),
  };
}

const cut = (text: string): string => (text.length > widest ? `${text.slice(0, widest - 1)}…` : text);

/** Selector form of some labels: `up{job="ray", node="a"}`. */
export function labelText(labels: readonly (readonly [string, string])[]): string {
  const name = labels.find(([label]) => label === '__name__')?.[1] ?? '';
  const rest = labels
    .filter(([label]) => label !== '__name__')
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(', ');
  return rest === '' ? name : `${name}{${rest}}`;
}

/** Rows of cells under heads; numbers (`right`) end at the same column. */
export function alignColumns(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  right: ReadonlySet<number>,
): string[] {
  const widths = heads.map((head, column) =>
    rows.reduce((width, row) => Math.max(width, [...(row[column] ?? '')].length), head.length),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => {
        const space = ' '.repeat(Math.max(0, (widths[column] ?? 0) - [...cell].length));
        return right.has(column) ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  return [line(heads), ...rows.map(line)];
}

/** A table of values and what they are of: values first, since labels may be wider than an editor. `values` of a row are texts already. */
export function labelTable(
  rows: readonly { labels: LabelSet; values: readonly string[] }[],
  valueHeads: readonly string[],
): string[] {
  const { sharedLabels, columns } = splitLabels(rows.map(({ labels }) => labels));
  const heads = [...valueHeads, ...columns.map((name) => (name === '__name__' ? 'metric' : escapeControlChars(name)))];
  const right = new Set(valueHeads.keys());
  const cells = rows.map(({ labels, values }) => [
    ...values,
    ...columns.map((name) => cut(escapeControlChars(labelOf(labels, name)))),
  ]);
  const shared = sharedLabels.length > 0 ? [`All: ${escapeControlChars(labelText(sharedLabels))}`, ''] : [];
  return [...shared, ...alignColumns(heads, cells, right)];
}

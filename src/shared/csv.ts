/** CSV (RFC 4180): writes fields that no spreadsheet runs as a formula, and reads such lines back. */

/** What a formula begins with; the last four are the full-width forms. */
const formulaSign = '[=+\\-@＝＋－＠]';
/** A field that is a formula, or becomes one when a spreadsheet removes white space or quotes. */
const formulaField = new RegExp(`^(?:['"\\s]*${formulaSign}|'*[\\t\\r\\n])`);
/**
 * A formula within a field, behind what a spreadsheet of another locale takes for the end of a field. Quotes around the
 * whole field do not protect it there. The apostrophes are matched so that `csvField` can be undone.
 */
const innerFormula = (apostrophes: string): RegExp =>
  new RegExp(`([;\\t\\r\\n](?:[^\\S\\t\\r\\n]|")*)(${apostrophes})(?=${formulaSign})`, 'g');
const unescapedFormula = innerFormula("'*");
const escapedFormula = innerFormula("'+");

/** A decimal number as programs write it, and what Prometheus writes for infinity: no formulas. */
const numericText = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|Inf)$/i;

const hasFormula = (text: string): boolean =>
  !numericText.test(text) && (formulaField.test(text) || text.search(unescapedFormula) >= 0);
/** The text with an apostrophe in front of it and of each formula in it, which a spreadsheet then takes for text. */
const escapeFormulas = (text: string): string => `'${text.replace(unescapedFormula, `$1'$2`)}`;
const unescapeFormulas = (text: string): string =>
  text.startsWith("'") && hasFormula(text)
    ? text.slice(1).replace(escapedFormula, (_, before: string, apostrophes: string) => before + apostrophes.slice(1))
    : text;

/** A number as Prometheus writes it: `NaN`, `+Inf` and `-Inf` for what is not finite. */
export const formatNumber = (value: number): string =>
  Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';

/**
 * One field: quoted where necessary, empty for a missing value. A text in which a spreadsheet would find a formula gets
 * an apostrophe in front; a text that is a number does not.
 */
export function csvField(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return formatNumber(value);
  const text = hasFormula(value) ? escapeFormulas(value) : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Fields as one line, without a line end. */
export const csvLine = (values: readonly (string | number | null | undefined)[]): string =>
  values.map(csvField).join(',');

/**
 * The fields of a line that `csvLine` wrote, without the apostrophes before formulas. Fields must hold no line feed.
 */
export function parseCsvLine(line: string): string[] {
  const fields: string[] = [];
  for (let from = 0; from <= line.length;) {
    const { text, to } = fieldAt(line, from);
    fields.push(unescapeFormulas(text));
    from = to + 1;
  }
  return fields;
}

/** The field that begins at an offset, and the offset of the comma behind it or of the line's end. */
function fieldAt(line: string, from: number): { text: string; to: number } {
  const endOf = (at: number): number => {
    const comma = line.indexOf(',', at);
    return comma < 0 ? line.length : comma;
  };
  const quoted = /"((?:[^"]|"")*)"/y;
  quoted.lastIndex = from;
  const match = quoted.exec(line);
  if (match) return { text: (match[1] ?? '').replaceAll('""', '"'), to: endOf(quoted.lastIndex) };
  const to = endOf(from);
  return { text: line.slice(from, to), to };
}

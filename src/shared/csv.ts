/** CSV (RFC 4180): writes fields that no spreadsheet runs as a formula, and reads such lines back. */

/** How a spreadsheet recognises a formula. */
const formulaStart = /^[=+\-@\t\r]/;
const isNumeric = (text: string): boolean => !Number.isNaN(Number(text)) || /^[+-]Inf$/.test(text);

/** A number as Prometheus writes it: `NaN`, `+Inf` and `-Inf` for what is not finite. */
export const formatNumber = (value: number): string =>
  Number.isFinite(value) || Number.isNaN(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';

/**
 * One field: quoted where necessary, empty for a missing value. A text that a spreadsheet would take for a formula gets
 * an apostrophe in front; a text that is a number does not.
 */
export function csvField(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return formatNumber(value);
  const text = formulaStart.test(value) && !isNumeric(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Fields as one line, without a line end. */
export const csvLine = (values: readonly (string | number | null | undefined)[]): string =>
  values.map(csvField).join(',');

/**
 * The fields of a line that `csvLine` wrote, without the apostrophe before a formula. Fields must hold no line feed.
 */
export function parseCsvLine(line: string): string[] {
  const fields: string[] = [];
  const pattern = /(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/gy;
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    fields.push(match[1] === undefined ? (match[2] ?? '') : match[1].replaceAll('""', '"'));
    if (pattern.lastIndex >= line.length) break;
  }
  return fields.map((text) => (text.startsWith("'") && formulaStart.test(text.slice(1)) ? text.slice(1) : text));
}

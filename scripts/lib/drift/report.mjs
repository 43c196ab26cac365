/** The report of a drift run, as Markdown. */

/** @typedef {import('./compare.mjs').Difference} Difference */

/**
 * What became of one package: compared, or skipped for a reason.
 * @typedef {{ name: string } & ({ version: string, difference: Difference, notes: string[] } | { skipped: string })} Result
 */

const headings = /** @type {const} */ ([
  ['gone', 'Gone'],
  ['changed', 'Changed'],
  ['added', 'New'],
]);

/** @param {readonly Result[]} results */
export function reportText(results) {
  return `${results.map(section).join('\n\n')}\n`;
}

/** @param {Result} result */
function section(result) {
  if ('skipped' in result) return `## ${result.name}: skipped\n\n${result.skipped}`;
  const { name, version, difference, notes } = result;
  const parts = headings.flatMap(([key, heading]) =>
    difference[key].length === 0 ? [] : [`${heading} (${difference[key].length}):\n\n${bullets(difference[key])}`],
  );
  if (parts.length === 0) parts.push('Nothing is gone, changed or new.');
  if (notes.length > 0) parts.push(`Notes:\n\n${bullets(notes)}`);
  return [`## ${name} ${version}`, ...parts].join('\n\n');
}

/** Facts are other people's text: as code they are neither markup nor mentions. @param {readonly string[]} lines */
function bullets(lines) {
  return lines.map((line) => `- \`${line.replaceAll('`', "'").replace(/\s+/g, ' ')}\``).join('\n');
}

/** Whether something that this project claims is gone. @param {readonly Result[]} results */
export function hasGone(results) {
  return results.some((result) => 'difference' in result && result.difference.gone.length > 0);
}

/** Whether there is anything to do. @param {readonly Result[]} results */
export function hasDifference(results) {
  return results.some(
    (result) => 'difference' in result && headings.some(([key]) => result.difference[key].length > 0),
  );
}

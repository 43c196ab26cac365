/** The releases of Ray that the matrix reads, and its table. */

/** Each a change in how Ray publishes metrics, or the newest of its kind (docs/decisions.md, Ray versions). */
export const versions = ['2.51.2', '2.56.1', '2.57.1', '2.58.1', '2.59.0', '2.60.0'];

/** @typedef {{ version: string, row: Record<string, string> } | { version: string, failure: string }} MatrixResult */

/** In the order of the columns, with their titles. */
const columns = Object.entries({
  found: 'Targets with engines',
  gauges: 'Gauges right',
  counters: 'Error of the generation rate',
  means: 'Mean TTFT, ITL',
  states: 'States',
  timer: 'Timer',
  token: 'Token',
  swap: 'node_swap',
  findings: 'Findings',
});

/**
 * The row that the program printed; otherwise why there is none.
 * @param {string} version
 * @param {string} output
 * @returns {MatrixResult}
 */
export function readRow(version, output) {
  const line = output.split('\n').find((one) => one.startsWith('row '));
  if (line) return { version, row: JSON.parse(line.slice('row '.length)) };
  const lines = output.trim().split('\n');
  // The program's own error is above its stack.
  const reason = lines.findLast((one) => /^\w*Error\b/.test(one)) ?? lines.at(-1);
  return { version, failure: reason || 'it printed nothing' };
}

/**
 * The results as a table in Markdown, with what differs from the newest release that was read below it.
 * @param {readonly MatrixResult[]} results
 */
export function matrixTable(results) {
  const cell = (/** @type {string | undefined} */ text) => (text || '–').replaceAll('|', '\\|');
  const lines = [
    `| Ray | ${columns.map(([, title]) => title).join(' | ')} |`,
    `| --- | ${columns.map(() => '---').join(' | ')} |`,
    ...results.map((result) =>
      'row' in result
        ? `| ${result.version} | ${columns.map(([key]) => cell(result.row[key])).join(' | ')} |`
        : `| ${result.version} | failed: ${cell(result.failure)} | ${columns
            .slice(1)
            .map(() => '–')
            .join(' | ')} |`,
    ),
  ];
  return [...lines, '', ...differences(results)].join('\n');
}

/** Numbers that differ from run to run. */
const volatile = new Set(['counters', 'token']);

/**
 * @param {readonly MatrixResult[]} results
 * @returns {string[]}
 */
function differences(results) {
  const newest = results.findLast((result) => 'row' in result);
  if (!newest || !('row' in newest)) return ['No release could be read.'];
  const stable = (/** @type {string | undefined} */ text) => (text ?? '').replace(/\d+ s\b/g, '… s');
  const lines = results.flatMap((result) => {
    if (!('row' in result) || result === newest) return [];
    const differing = columns.filter(
      ([key]) => !volatile.has(key) && stable(result.row[key]) !== stable(newest.row[key]),
    );
    return differing.map(
      ([key, title]) =>
        `- ${result.version}, ${title}: ${result.row[key] || '–'} (${newest.version}: ${newest.row[key] || '–'})`,
    );
  });
  return lines.length > 0
    ? [`Differences from ${newest.version}:`, ...lines]
    : [`No release differs from ${newest.version}.`];
}

/** Runs the benches and reads what they say. */
import { join } from 'node:path';
import { root } from './paths.mjs';
import { run } from './processes.mjs';
import { step } from './progress.mjs';

/**
 * @typedef {object} Row
 * @property {string} work
 * @property {number} value
 * @property {string} unit
 * @property {number} [lowest]
 * @property {number} [highest]
 * @property {Record<string, number>} [ratios] how many times faster than each anchor
 *
 * @typedef {{ plot: string, unit: string, points: [label: string, value: number][] }} Plot
 * @typedef {{ skipped: string, reason: string }} Skip
 * @typedef {{ title: string, rows: Row[], plots: Plot[], skips: Skip[] }} Table
 */

/**
 * One bench, to its end.
 * @param {import('./benches.mjs').Bench} bench
 * @param {Record<string, string | undefined>} env
 * @returns {Promise<Table[]>} rejects with what it printed where it failed
 */
export async function runBench({ name, flags = [], seconds }, env) {
  const program = join('dist', 'test', 'bench', `${name}.js`);
  const { code, output } = await step(`Measuring ${name}`, () =>
    run(process.execPath, [...flags, program], { cwd: root, timeoutMs: seconds * 1000, env }),
  );
  if (code !== 0) throw new Error(`${name}: ${output.trim().slice(-4000)}`);
  return readTables(name, output);
}

/**
 * @param {string} name
 * @param {string} output one JSON object a line
 */
export function readTables(name, output) {
  /** @type {Table[]} */
  const tables = [];
  for (const text of output.split('\n').filter((line) => line.startsWith('{'))) {
    const line = JSON.parse(text);
    if (line.table !== undefined || tables.length === 0)
      tables.push({ title: line.table ?? name, rows: [], plots: [], skips: [] });
    const last = /** @type {Table} */ (tables.at(-1));
    if (line.work !== undefined) last.rows.push(line);
    else if (line.plot !== undefined) last.plots.push(line);
    else if (line.skipped !== undefined) last.skips.push(line);
  }
  return tables;
}

/** @param {number} value */
const digits = (value) =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toPrecision(2);
const width = 40;

/**
 * As Markdown.
 * @param {Table} table
 */
export function toMarkdown({ title, rows, plots, skips }) {
  const anchors = [...new Set(rows.flatMap(({ ratios = {} }) => Object.keys(ratios)))];
  const head = ['work', 'median', 'lowest to highest', ...anchors.map((name) => `times faster than ${name}`)];
  const body = rows.map(({ work, value, unit, lowest, highest, ratios = {} }) => [
    work.replace(/^ +/, '… '),
    `${digits(value)} ${unit}`,
    lowest === undefined || highest === undefined ? '' : `${digits(lowest)} to ${digits(highest)}`,
    ...anchors.map((name) => (ratios[name] === undefined ? '' : digits(ratios[name]))),
  ]);
  const lines = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
  const drawn = plots.map(({ plot, unit, points }) => {
    const most = Math.max(...points.map(([, value]) => value));
    return `\n${plot}\n\n${points.map(([label, value]) => `    ${label.padStart(12)} ${'█'.repeat(Math.max(1, Math.round((width * value) / most)))} ${digits(value)} ${unit}`).join('\n')}`;
  });
  return [
    `\n### ${title}\n`,
    ...(rows.length > 0 ? lines : []),
    ...drawn,
    ...skips.map(({ skipped, reason }) => `\nskipped: ${skipped}: ${reason}`),
  ].join('\n');
}

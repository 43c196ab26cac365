/** The demonstration without a person: real key strokes in a real VS Code, and what its views then say. */
import { build } from 'esbuild';
import { join } from 'node:path';
import { startDemonstration } from './demonstration.mjs';
import { freshOutput, outputDir, root } from './paths.mjs';
import { say, step } from './progress.mjs';
import { startServer, workspaceUrl } from './vscodeServer.mjs';
import { findVsCode } from './vscodeTests.mjs';
import { until } from './waiting.mjs';
import { openWorkbench, readStatus, readTree, runCommand, showContainer } from './workbench.mjs';

/** An engine reports every 10 s, the timer asks every 10 s, and a rate needs two reports. */
const scrapeMs = 150_000;
const commandMs = 30_000;
const ratesMs = 150_000;

/** @returns {Promise<number>} exit code */
export async function checkDemonstration() {
  const found = await findVsCode();
  if ('reason' in found) {
    say(`cannot check: ${found.reason}`);
    return 1;
  }
  const { logFile } = await freshOutput('check');
  const demonstration = await startDemonstration();
  const server = await startServer({ env: demonstration.env, trusted: true, logFile });
  const url = workspaceUrl({ server, folder: demonstration.workspace, extensionDevelopmentPath: root });
  // High enough for every row: a tree draws only what fits.
  const { page } = await openWorkbench({ url, chromium: found.chromium, logFile, size: { width: 1400, height: 1800 } });
  try {
    const { values, status } = await check(page);
    for (const [label, value] of [...values, ['Status bar', status]]) say(`  ${label?.padEnd(32)} ${value}`);
    return 0;
  } catch (error) {
    const picture = join(outputDir, 'check.png');
    await page.screenshot({ path: picture }).catch(() => undefined);
    say(`check failed: ${error instanceof Error ? error.message : error}\nscreenshot: ${picture}`);
    return 1;
  }
}

/**
 * A scrape on command, one on the timer, and what the views then say, in an open workbench. Rejects where something does not come.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<{ values: (readonly [label: string, value: string])[], status: string }>}
 */
export async function check(page) {
  const labels = await curatedLabels();
  await showContainer(page, 'SkyRL');
  await step('Scraping on command', () => scrapeOnCommand(page));
  await step('Waiting for a scrape by the timer', () =>
    until(() => scrapedBy(page, 'timer'), scrapeMs, 'a scrape by the timer'),
  );
  const values = await step('Waiting for every value', () =>
    until(() => allValues(page, labels), ratesMs, `a value for each of ${labels.join(', ')}`, 500),
  );
  const status = await readStatus(page, 'skyrl.status');
  if (!status) throw new Error('no status item');
  return { values, status };
}

/**
 * The timer may scrape right after the command and cover its trace, so there is a second try.
 * @param {import('playwright-core').Page} page
 */
async function scrapeOnCommand(page) {
  const wait = () => until(() => scrapedBy(page, 'command'), commandMs, 'a scrape on command');
  await runCommand(page, 'SkyRL: Scrape vLLM metrics');
  await wait().catch(async () => {
    await runCommand(page, 'SkyRL: Scrape vLLM metrics');
    await wait();
  });
}

/**
 * The tree's description tells who asked: `2 s ago · timer`.
 * @param {import('playwright-core').Page} page
 * @param {'command' | 'timer'} trigger
 */
async function scrapedBy(page, trigger) {
  const { description } = await readTree(page, 'Engine metrics');
  return description.endsWith(trigger) ? true : undefined;
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string[]} labels
 */
async function allValues(page, labels) {
  const { rows } = await readTree(page, 'Engine metrics');
  const found = labels.map(
    (label) => /** @type {const} */ ([label, rows.find((row) => row.label === label)?.description ?? '']),
  );
  return found.every(([, value]) => /^\d/.test(value)) ? found : undefined;
}

/** SkyRL's eight by their labels, from the catalog itself. @returns {Promise<string[]>} */
async function curatedLabels() {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/metrics/catalog/index.ts'],
    bundle: true,
    format: 'esm',
    write: false,
  });
  const text = outputFiles[0]?.text ?? '';
  const { curatedRows } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  return curatedRows.map((/** @type {{ label: string }} */ row) => row.label);
}

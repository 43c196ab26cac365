/** A VSIX in a VS Code that has no other extension: what a person sees right after installing it. */
import { installVsCode, startServer, workspaceUrl } from './vscodeServer.mjs';
import { run } from './processes.mjs';
import { step } from './progress.mjs';
import { temporaryDir } from './temporary.mjs';
import { isolation } from './vscodeTests.mjs';
import { until } from './waiting.mjs';
import { openWorkbench, runCommand, showContainer } from './workbench.mjs';

/** @typedef {import('playwright-core').Page} Page */

/**
 * Installs a VSIX in a new VS Code server, by its own command line, and opens the folder of a demonstration run.
 * @param {object} options absolute paths
 * @param {string} options.vsix
 * @param {string} options.chromium
 * @param {string} options.logFile
 * @param {import('./demonstration.mjs').Demonstration} options.demonstration
 * @returns {Promise<Page>}
 */
export async function installInNewVsCode({ vsix, chromium, logFile, demonstration }) {
  const { main, node } = await installVsCode();
  const serverDataDir = await temporaryDir('skyrl-vscode-');
  const args = [main, '--server-data-dir', serverDataDir, '--accept-server-license-terms', '--install-extension', vsix];
  const installed = await step('Installing the VSIX', () => run(node, args, { timeoutMs: 120_000 }));
  if (installed.code !== 0 || !/successfully installed/.test(installed.output))
    throw new Error(`the VSIX could not be installed: ${installed.output.trim()}`);
  const env = { ...(await isolation()), ...demonstration.env, HOME: await temporaryDir('skyrl-home-') };
  const server = await startServer({ serverDataDir, trusted: true, env, logFile });
  const url = workspaceUrl({ server, folder: demonstration.workspace });
  const { page } = await openWorkbench({ url, chromium, logFile, size: { width: 1400, height: 1400 } });
  return page;
}

/**
 * Its view with what it scraped, the chart's page, a command that reports, and its page among the extensions; rejects if
 * one of them is not as it should be.
 * @param {Page} page
 * @returns {Promise<string[]>} what was seen, one line for each thing
 */
export async function checkInstalled(page) {
  await showContainer(page, 'SkyRL');
  const views = page.locator('.pane .pane-header');
  await views.nth(2).waitFor({ timeout: 60_000 });
  const titles = await views.locator('.title').allTextContents();
  // Nothing of the extension was called: it has found the config, then the run, and scraped it.
  const row = page.locator('.pane .monaco-list-row', { hasText: /KV cache.*\d/ }).first();
  await row.waitFor({ timeout: 60_000 });
  const scraped = (await row.innerText()).replace(/\s+/g, ' ');
  const chart = await until(() => chartControls(page), 60_000, "the chart's page", 250);
  await runCommand(page, 'SkyRL: Diagnose Connection');
  await page
    .locator('.tab.active')
    .filter({ hasText: /Diagnosis|Connection|SkyRL/ })
    .waitFor({ timeout: 60_000 });
  const report = await page.locator('.tab.active .label-name').first().innerText();
  const details = await step("Opening the extension's page", () => openDetails(page));
  if (details.headings[0] !== 'SkyRL Metrics') throw new Error(`its page begins with ${details.headings[0]}`);
  const wrong = details.pictures.filter((source) => !source.startsWith('https://'));
  if (wrong.length > 0) throw new Error(`pictures that VS Code does not show: ${wrong.join(', ')}`);
  if (details.deadLinks.length > 0) throw new Error(`links that lead nowhere: ${details.deadLinks.join(', ')}`);
  return [
    `views: ${titles.join(', ')}`,
    `scraped: ${scraped}`,
    `the chart's page has ${chart} controls`,
    `SkyRL: Diagnose Connection opened ${report}`,
    `its page: ${details.headings.length} headings, ${details.links} links, ${details.pictures.length} pictures`,
  ];
}

/** How many controls the chart's page has; undefined until it is drawn. @param {Page} page */
async function chartControls(page) {
  for (const frame of page.frames().slice(1)) {
    const count = await frame
      .locator('canvas')
      .count()
      .catch(() => 0);
    if (count > 0) return frame.locator('button, vscode-button, vscode-dropdown, select').count();
  }
  return undefined;
}

/**
 * @typedef {object} Details what the page of an installed extension shows of its README
 * @property {string[]} headings
 * @property {string[]} pictures their sources; '' if VS Code took the source away
 * @property {string[]} deadLinks the texts of links whose target VS Code took away
 * @property {number} links
 */

/** @param {Page} page @returns {Promise<Details>} */
async function openDetails(page) {
  await runCommand(page, 'Extensions: Show Installed Extensions');
  await page.locator('.extension-list-item', { hasText: 'SkyRL Metrics' }).first().click({ timeout: 60_000 });
  await page.locator('.extension-editor').waitFor();
  return until(() => readDetails(page), 60_000, "the README on the extension's page", 250);
}

/** @param {Page} page @returns {Promise<Details | undefined>} */
async function readDetails(page) {
  for (const frame of page.frames().slice(1)) {
    const details = await frame
      .evaluate(() => {
        const all = (/** @type {string} */ selector) => [...document.querySelectorAll(selector)];
        const links = all('a').filter(({ id }) => id !== 'scroll-to-top');
        return {
          headings: all('h1, h2, h3').map((heading) => heading.textContent ?? ''),
          pictures: all('img').map((image) => image.getAttribute('src') ?? ''),
          deadLinks: links.filter((a) => !a.getAttribute('href')).map((a) => a.textContent ?? ''),
          links: links.length,
        };
      })
      // A frame that is being replaced.
      .catch(() => undefined);
    if (details && details.headings.length > 0) return details;
  }
  return undefined;
}

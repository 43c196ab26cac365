/**
 * `npm run pictures`: the icon, the README's and the docs' pictures of a real VS Code on the demonstration run, and the
 * states. Takes about twenty minutes.
 * `npm run pictures -- states [STATE…]`, `-- first`, `-- large`, `-- readme`: only those of the states, of the first
 * minutes, of a large run, or of the README.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { build } from './build.mjs';
import { startDemonstration } from './lib/demonstration.mjs';
import { runScript } from './lib/cleanup.mjs';
import { takeFirstMinutesPictures } from './lib/firstMinutesPictures.mjs';
import { takeLargeRunPictures } from './lib/largeRunPictures.mjs';
import { root } from './lib/paths.mjs';
import { themes } from './lib/pictureWindow.mjs';
import { say, step } from './lib/progress.mjs';
import { findPrometheus, startPrometheusOn } from './lib/prometheus.mjs';
import { takeStatePictures } from './lib/statePictures.mjs';
import { startServer, workspaceUrl } from './lib/vscodeServer.mjs';
import { findVsCode } from './lib/vscodeTests.mjs';
import { openWorkbench, runCommand, showContainer } from './lib/workbench.mjs';

const folder = join(root, 'media', 'pictures');
/** By then one engine's cache is full, and the chart has something to show. */
const settledMs = 75_000;
const size = { width: 1280, height: 900 };

/** What is taken before the README's, by the name that chooses it. @type {Record<string, (chromium: string, names: string[]) => Promise<void>>} */
const sets = { states: takeStatePictures, first: takeFirstMinutesPictures, large: takeLargeRunPictures };

/** Parts of a picture, cut to what the text beside it is about. */
const parts = {
  tree: { selector: '.pane:has(.pane-header[aria-label^="Engine"])', theme: 'light' },
  chart: { selector: '.pane:has(.pane-header[aria-label^="Chart"])', theme: 'dark' },
  'status-bar': { selector: '.statusbar-item[id$="skyrl.status"]', theme: 'dark' },
};

await runScript(async () => {
  await build({ production: false });
  const found = await findVsCode();
  if ('reason' in found) throw new Error(found.reason);
  const [only, ...names] = process.argv.slice(2);
  for (const [name, take] of Object.entries(sets))
    if (only === undefined || only === name) await take(found.chromium, names);
  if (only !== undefined && only !== 'readme') return 0;
  await icon(found.chromium);
  const prometheus = await findPrometheus();
  if ('reason' in prometheus) throw new Error(prometheus.reason);
  const demonstration = await startDemonstration();
  const server = await startPrometheusOn(prometheus.path, demonstration.dashboard);
  const windows = [];
  for (const [theme, colorTheme] of Object.entries(themes))
    windows.push({ theme, page: await open(demonstration, colorTheme, server, found.chromium) });
  await step('Watching the run', () => wait(settledMs));
  for (const { theme, page } of windows) await take(theme, page);
  for (const { theme, page } of windows) if (theme === 'dark') await takeScratchpad(page);
  say(`Pictures are in ${folder}`);
  return 0;
});

/** @param {string} chromium */
async function icon(chromium) {
  const { chromium: browserType } = await import('playwright-core');
  const browser = await browserType.launch({ executablePath: chromium, args: ['--disable-gpu'] });
  const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
  await page.setContent(`<style>body { margin: 0 }</style>${await readFile(join(root, 'media', 'icon.svg'), 'utf8')}`);
  await page.screenshot({ path: join(root, 'media', 'icon.png'), omitBackground: true });
  await browser.close();
}

/**
 * @param {import('./lib/demonstration.mjs').Demonstration} demonstration
 * @param {string} colorTheme
 * @param {string} prometheus its URL
 * @param {string} chromium
 */
async function open({ workspace, env }, colorTheme, prometheus, chromium) {
  const settings = {
    'workbench.colorTheme': colorTheme,
    'editor.minimap.enabled': false,
    'skyrl.prometheus.url': prometheus,
    'skyrl.chart.window': 5,
  };
  const server = await startServer({ env, trusted: true, settings });
  const { page } = await openWorkbench({
    url: workspaceUrl({ server, folder: workspace, extensionDevelopmentPath: root }),
    chromium,
    size,
  });
  await showContainer(page, 'SkyRL');
  // Its rows are there once the config is in use and was scraped.
  await page.locator('.pane .monaco-list-row', { hasText: 'KV cache' }).first().waitFor({ timeout: 60_000 });
  await runCommand(page, 'SkyRL: Open Config in Use');
  await page.locator('.editor-instance').first().waitFor();
  await widen(page, 110);
  return page;
}

/**
 * A wider side bar shows the rows in whole.
 * @param {import('playwright-core').Page} page
 * @param {number} by pixels
 */
async function widen(page, by) {
  const bar = await page.locator('.part.sidebar').boundingBox();
  if (!bar) return;
  const [x, y] = [bar.x + bar.width + 1, bar.y + 400];
  await page.mouse.move(x, y);
  await wait(500);
  await page.mouse.down();
  await page.mouse.move(x + by, y, { steps: 8 });
  await page.mouse.up();
}

/**
 * @param {string} theme
 * @param {import('playwright-core').Page} page
 */
async function take(theme, page) {
  const row = page.locator('.pane .monaco-list-row', { hasText: 'KV cache, fullest' }).first();
  await row.click();
  await wait(1500);
  await page.screenshot({ path: join(folder, `${theme}.png`) });
  for (const [name, part] of Object.entries(parts)) {
    if (part.theme !== theme) continue;
    if (name === 'chart') await giveChartTheRoom(page);
    await page
      .locator(part.selector)
      .first()
      .screenshot({ path: join(folder, `${name}.png`) });
  }
}

/** @param {import('playwright-core').Page} page */
async function giveChartTheRoom(page) {
  await page.locator('.pane-header[aria-label^="Engine"]').click();
  await wait(2500);
}

/**
 * A scratchpad with the result of a query beside it.
 * @param {import('playwright-core').Page} page
 */
async function takeScratchpad(page) {
  await page.setViewportSize({ width: 1700, height: 640 });
  await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
  await runCommand(page, 'SkyRL: New PromQL Scratchpad');
  await page.locator('.codelens-decoration', { hasText: 'Run' }).first().waitFor();
  await page.keyboard.press('Control+End');
  // Typed, it would get closing brackets from VS Code.
  await page.keyboard.insertText(
    '\n\n# Which engine decodes slowest?\nsort_desc(sum by (WorkerId, NodeAddress) (rate(ray_vllm_inter_token_latency_seconds_sum[1m]))\n  / sum by (WorkerId, NodeAddress) (rate(ray_vllm_inter_token_latency_seconds_count[1m])))',
  );
  await page.keyboard.press('Control+Enter');
  // The address of a node in the result.
  await page
    .locator('.editor-group-container .view-line', { hasText: /10\.0\.0\.\d/ })
    .first()
    .waitFor();
  await page.mouse.move(400, 600);
  await wait(2500);
  await page.locator('.part.editor').screenshot({ path: join(folder, 'scratchpad.png') });
}

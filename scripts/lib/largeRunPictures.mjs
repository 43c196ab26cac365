/** Pictures of a large run for the docs: the heat map of 64 engines and the page of rollouts, in both themes, as WebP. */
import { setTimeout as wait } from 'node:timers/promises';
import { startDemonstration } from './demonstration.mjs';
import { withPictureWindow } from './pictureWindow.mjs';
import { step } from './progress.mjs';
import { until } from './waiting.mjs';
import { saveWebp } from './webp.mjs';
import { runCommand } from './workbench.mjs';

/** For a heat map the run goes at its usual speed; trends need many rollouts. */
const speeds = { heatmap: 1, rollouts: 8 };
const watchedMs = 250_000;
const size = { width: 1180, height: 860 };

/** @typedef {import('playwright-core').Page} Page */

/**
 * Takes all pictures; some ten minutes.
 * @param {string} chromium path of the executable
 */
export async function takeLargeRunPictures(chromium) {
  await takeHeatmap(chromium);
  await takeRollouts(chromium);
}

/** @param {string} chromium */
export const takeHeatmap = (chromium) =>
  withRun(chromium, speeds.heatmap, async (page) => {
    await runCommand(page, 'SkyRL: Open Chart in Editor');
    await page.getByRole('tab', { name: 'SkyRL Chart' }).waitFor({ timeout: 60_000 });
    const chart = await frameWith(page, '.plots');
    await chart.getByRole('combobox', { name: 'Engines' }).click();
    await chart.getByRole('option', { name: 'Heat map', exact: true }).click();
    await step('Watching a large run', () => wait(watchedMs));
    await inBothThemes(page, 'heatmap');
  });

/** @param {string} chromium */
const takeRollouts = (chromium) =>
  withRun(chromium, speeds.rollouts, async (page) => {
    await step('Watching a fast run', () => wait(watchedMs));
    await runCommand(page, 'SkyRL: Show Rollouts');
    await frameWith(page, '.table-area tbody tr[data-id]');
    await inBothThemes(page, 'rollouts');
  });

/**
 * A window on a run of 64 engines, without the side bar.
 * @param {string} chromium
 * @param {number} speed how many times faster than real time
 * @param {(page: Page) => Promise<void>} use
 */
async function withRun(chromium, speed, use) {
  const { workspace, env } = await startDemonstration(['--engines', '64', '--nodes', '8', '--speed', String(speed)]);
  const settings = { 'skyrl.scrape.interval': Math.ceil(10 / speed), 'skyrl.chart.window': 5 };
  await withPictureWindow({ chromium, folder: workspace, env, theme: 'light', size, settings }, async (page) => {
    await page.locator('.pane .monaco-list-row', { hasText: 'KV cache' }).first().waitFor({ timeout: 120_000 });
    await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
    await use(page);
  });
}

/**
 * The page of a webview, by an element that it has.
 * @param {Page} page
 * @param {string} selector
 */
function frameWith(page, selector) {
  return until(
    async () => {
      for (const frame of page.frames()) {
        const count = await frame
          .locator(selector)
          .count()
          .catch(() => 0);
        if (count > 0) return frame;
      }
      return undefined;
    },
    60_000,
    `a page with ${selector}`,
    500,
  );
}

/**
 * Takes the editor in the present theme, which is light, and in the dark one, and returns to the light one.
 * @param {Page} page
 * @param {string} name
 */
async function inBothThemes(page, name) {
  for (const theme of ['light', 'dark']) {
    // A message about the theme or the command palette may still fade.
    await wait(3_000);
    await saveWebp(page, page.locator('.part.editor'), `${name}-${theme}`);
    await runCommand(page, 'Preferences: Toggle between Light/Dark Themes');
  }
}

/** A person looks at the demonstration run, from the open workspace to the chart. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { check } from '../../scripts/lib/check.mjs';
import { startDemonstration } from '../../scripts/lib/demonstration.mjs';
import { until } from '../../scripts/lib/waiting.mjs';
import { readTree, runCommand, showContainer, type Workbench } from '../../scripts/lib/workbench.mjs';
import {
  chartFrame,
  clickRowButton,
  waitForChartLines,
  expandRow,
  openFolder,
  viewPane,
  timeoutMs,
  saveScreenshot,
  readChart,
  startVsCode,
  readStatusText,
} from './vscodePage';

describe('a person at the demonstration run', function () {
  this.timeout(400_000);
  let workbench: Workbench;
  let page: Page;
  const rows = async () => (await readTree(page, 'Engine metrics')).rows;

  before(async () => {
    const { workspace, env } = await startDemonstration();
    workbench = await openFolder(await startVsCode(env), workspace);
    ({ page } = workbench);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await saveScreenshot(page, this.currentTest.title);
  });

  after(() => workbench.close());

  it('sees numbers in the status bar without doing anything', async () => {
    const text = await until(
      async () => {
        const shown = await readStatusText(page);
        return /KV \d+% · \d+ running · \d+\/\d+/.test(shown) ? shown : undefined;
      },
      timeoutMs,
      'numbers in the status bar',
    );
    assert.match(text, /\/4$/, 'of as many engines as the config names');
  });

  it('gets to the metrics by a click on the status bar item', async () => {
    await page.locator('.statusbar-item[id$="skyrl.status"]').click();
    await viewPane(page, 'Engine metrics').waitFor();
    assert.equal(
      await page.locator('.activitybar').getByRole('tab', { name: 'SkyRL' }).getAttribute('aria-selected'),
      'true',
    );
  });

  it('passes `npm start -- --check`: a scrape by the palette, one on the timer, and values for SkyRL’s eight', async () => {
    const { values, status: text } = await check(page);
    assert.equal(values.length, 8);
    assert.match(text, /KV/);
  });

  it('expands a row and finds the engines below it', async () => {
    await expandRow(page, 'Engine metrics', 'Requests running');
    await until(
      async () => {
        const all = await rows();
        const start = all.findIndex(({ label }) => label === 'Requests running');
        const below = all.slice(start + 1, start + 4);
        return below.length > 0 && below.every(({ label, level }) => level === 2 && /^engine \d/.test(label))
          ? true
          : undefined;
      },
      timeoutMs,
      'engines below the row',
    );
  });

  it('sees lines in the chart', async () => {
    const { descriptions, coloured } = await waitForChartLines(page);
    assert.ok(coloured.length >= 3, `${coloured.length} plots`);
    assert.ok(descriptions.every((text) => text.length > 10));
  });

  it('closes the chart, opens it again, and sees its lines', async () => {
    const before = (await readChart(page)).coloured;
    await viewPane(page, 'Chart').locator('.pane-header').click();
    await until(
      async () =>
        (await page.locator('iframe.webview.ready').count()) === 0 ||
        !(await page.locator('iframe.webview.ready').first().isVisible()) ||
        undefined,
      timeoutMs,
      'a closed chart',
    );
    await page.waitForTimeout(11_000);
    await viewPane(page, 'Chart').locator('.pane-header').click();
    const after = (await waitForChartLines(page)).coloured;
    assert.ok(Math.max(...after) >= 0.8 * Math.max(...before), `${String(after)} pixels after ${String(before)}`);
  });

  it('goes to the explorer, comes back, and sees the lines again', async () => {
    await page.locator('.activitybar').getByRole('tab', { name: 'Explorer' }).click();
    await page.locator('.explorer-folders-view').first().waitFor();
    await showContainer(page, 'SkyRL');
    await waitForChartLines(page);
  });

  it('changes the theme, which the chart follows', async () => {
    const theme = () => chartFrame(page).locator('body').getAttribute('data-vscode-theme-kind');
    const colours = () =>
      chartFrame(page)
        .locator('body')
        .evaluate((body) => getComputedStyle(body).color);
    const [kind, colour] = [await theme(), await colours()];
    await runCommand(page, 'Preferences: Toggle between Light/Dark Themes');
    await until(
      async () => ((await theme()) !== kind && (await colours()) !== colour ? true : undefined),
      timeoutMs,
      'another theme in the chart',
    );
    await waitForChartLines(page);
  });

  /** The times in the chart's table, newest first. */
  async function readTableTimes(): Promise<string[]> {
    await chartFrame(page).getByRole('button', { name: 'Show as table' }).click();
    const times = await until(
      async () => {
        const found = await chartFrame(page).locator('[data-plot="unit:requests"] tbody th').allTextContents();
        return found.length > 1 ? found : undefined;
      },
      timeoutMs,
      'rows in the chart’s table',
    );
    await chartFrame(page).getByRole('button', { name: 'Show as plots' }).click();
    return times;
  }

  it('starts and stops a generation record by clicks, and reads it in the editor', async () => {
    await clickRowButton(page, 'Engine metrics', 'Generation records', 'Start Generation Record');
    await until(
      async () => ((await rows()).some(({ description }) => description.startsWith('recording')) ? true : undefined),
      timeoutMs,
      'a record that runs',
    );
    await clickRowButton(page, 'Engine metrics', 'Generation records', 'Stop Generation Record');
    await page.locator('.tab', { hasText: /generation .*\.json/ }).waitFor({ timeout: timeoutMs });
    await page.locator('.editor-instance .view-lines', { hasText: '"peak_vram_gb"' }).waitFor({ timeout: timeoutMs });
    await runCommand(page, 'View: Close All Editors');
  });

  it('reloads VS Code, and finds status bar item, rows and chart again without a question', async () => {
    const before = await readTableTimes();
    await runCommand(page, 'SkyRL: Start Measuring Window');
    await until(
      async () => ((await rows()).some(({ label }) => label.startsWith('Measuring window')) ? true : undefined),
      timeoutMs,
      'the row of the measuring window',
    );
    await runCommand(page, 'Developer: Reload Window');
    await page.waitForLoadState('load');
    await page.locator('.monaco-workbench .statusbar').waitFor({ timeout: timeoutMs });
    await readStatusText(page);
    await showContainer(page, 'SkyRL');
    await until(
      async () => ((await rows()).some(({ label }) => label.startsWith('KV cache')) ? true : undefined),
      timeoutMs,
      'rows after the reload',
      500,
    );
    assert.ok(
      (await rows()).some(({ label }) => label.startsWith('Measuring window ended')),
      'a reload ends a measuring window, which says so',
    );
    await waitForChartLines(page);
    const after = await readTableTimes();
    assert.deepEqual(
      before.filter((time) => !after.includes(time)),
      [],
      `every earlier point is there again: ${after.join()}`,
    );
    assert.equal(await page.locator('.monaco-dialog-box').count(), 0);
  });
});

/**
 * A person works with the chart: adds a metric, saves it, moves the view, opens it in an editor, and reloads VS Code.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startDemonstration } from '../../scripts/lib/demonstration.mjs';
import { until } from '../../scripts/lib/waiting.mjs';
import { runCommand, showContainer, type Workbench } from '../../scripts/lib/workbench.mjs';
import {
  chartFrame,
  clickRowButton,
  waitForChartLines,
  openFolder,
  viewPane,
  timeoutMs,
  saveScreenshot,
  startVsCode,
} from './vscodePage';

describe('a person at the chart', function () {
  this.timeout(400_000);
  let workbench: Workbench;
  let page: Page;
  let folder: string;

  before(async () => {
    const { workspace, env } = await startDemonstration();
    folder = workspace;
    workbench = await openFolder(await startVsCode(env), workspace);
    ({ page } = workbench);
    await showContainer(page, 'SkyRL');
    await waitForChartLines(page);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await saveScreenshot(page, this.currentTest.title);
  });

  after(() => workbench.close());

  const titles = (): Promise<string[]> => chartFrame(page).locator('.plots h2').allTextContents();
  const files = (end: string): string[] => readdirSync(folder).filter((name) => name.endsWith(end));

  /** Presses one of the chart's buttons and accepts the file that the dialog suggests; resolves to its content. */
  async function save(button: string, end: string): Promise<Buffer> {
    await chartFrame(page).getByRole('button', { name: button }).click();
    const input = page.locator('.quick-input-widget input.input');
    await input.waitFor();
    await until(
      async () => ((await input.inputValue()).endsWith(end) ? true : undefined),
      timeoutMs,
      'a name to save under',
    );
    await page.keyboard.press('Enter');
    const name = await until(() => files(end)[0], timeoutMs, `a ${end} file`);
    return until(
      () => {
        const bytes = readFileSync(join(folder, name));
        return bytes.length > 0 ? bytes : undefined;
      },
      timeoutMs,
      'its content',
    );
  }

  it('adds a row of the tree to the chart by its button', async () => {
    await clickRowButton(page, 'Engine metrics', 'Inter-token latency', 'Add to Chart');
    await until(
      async () => ((await titles()).some((title) => title.startsWith('Inter-token latency')) ? true : undefined),
      timeoutMs,
      'a plot of the row',
    );
  });

  it('saves values and a picture into the files that the dialog names', async () => {
    const csv = (await save('Save values as CSV', '.csv')).toString('utf8');
    const lines = csv.trimEnd().split('\r\n');
    assert.equal(lines[0], 'time,metric,label,unit,engine,engine_id,value,lowest,highest');
    assert.ok(
      lines.length > 5 && lines.slice(1).every((line) => /^\d{4}-\d\d-\d\dT[\d:.]+Z,[a-z_0-9]+,/.test(line)),
      csv.slice(0, 400),
    );
    const png = await save('Save picture as PNG', '.png');
    assert.equal(png.toString('latin1', 1, 4), 'PNG');
    assert.ok(png.readUInt32BE(20) > 300, 'all plots below one another');
  });

  it('finds everything again after the view was moved to the panel', async () => {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input.input').fill('>View: Move View');
    // The first match in the list is another command.
    for (const choice of ['View: Move View', 'Chart', 'New Panel Entry']) {
      const row = page
        .locator('.quick-input-list .monaco-list-row', { has: page.getByText(choice, { exact: true }) })
        .first();
      await row.waitFor();
      await row.click();
    }
    await page.locator('.part.panel').waitFor();
    await waitForChartLines(page);
    assert.ok((await titles()).some((title) => title.startsWith('Inter-token latency')));
    await runCommand(page, 'View: Reset View Locations');
    await showContainer(page, 'SkyRL');
    await waitForChartLines(page);
  });

  it('opens the chart in an editor with the side panel’s metrics, and finds it after a reload', async () => {
    // Key strokes go to the workbench, not to the chart's page.
    await viewPane(page, 'Engine metrics').locator('.monaco-list-row').first().click();
    await runCommand(page, 'SkyRL: Open Chart in Editor');
    await page.getByRole('tab', { name: 'SkyRL Chart' }).waitFor();
    await page.locator('.statusbar').getByRole('button').last().focus();
    await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
    const waitForChart = async (): Promise<void> => {
      await until(
        async () => ((await page.locator('.part.sidebar').isVisible()) ? undefined : true),
        timeoutMs,
        'a hidden side bar',
      );
      await waitForChartLines(page);
      assert.ok((await titles()).some((title) => title.startsWith('Inter-token latency')));
    };
    await waitForChart();
    await chartFrame(page).getByRole('button', { name: 'One plot per metric' }).click();
    await until(async () => ((await titles()).length >= 6 ? true : undefined), timeoutMs, 'a plot for each metric');
    await saveScreenshot(page, 'chart in an editor');
    await page.locator('.statusbar').getByRole('button').last().focus();
    await runCommand(page, 'Developer: Reload Window');
    await page.waitForLoadState('load');
    await page.locator('.monaco-workbench .statusbar').waitFor({ timeout: timeoutMs });
    await page.getByRole('tab', { name: 'SkyRL Chart' }).waitFor({ timeout: timeoutMs });
    await waitForChart();
    assert.ok((await titles()).length >= 6, 'its own options are kept');
  });
});

/** A person looks at rollouts, the heat map and a comparison, by mouse and by keys, and finds all again after a reload. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Frame, Page } from 'playwright-core';
import { startDemonstration } from '../../scripts/lib/demonstration.mjs';
import { until } from '../../scripts/lib/waiting.mjs';
import { runCommand, showContainer, type Workbench } from '../../scripts/lib/workbench.mjs';
import { entryOf, runFile, runOf, variedRollouts } from '../unit/comparison/someRuns';
import { firstFrom } from '../unit/rollouts/someRollouts';
import {
  openFolder,
  openInDialog,
  saveScreenshot,
  startVsCode,
  timeoutMs,
  viewPane,
  waitForChartLines,
} from './vscodePage';

/** The demonstration's run this many times as fast: a rollout ends within half a minute. */
const speed = '5';

describe('a person at rollouts, heat map and comparison', function () {
  this.timeout(600_000);
  let workbench: Workbench;
  let page: Page;
  let folder: string;
  /** Of the VS Code server: the extension's storage is in it. */
  let dataFolder: string;

  before(async () => {
    const { workspace, env } = await startDemonstration(['--speed', speed]);
    folder = workspace;
    const server = await startVsCode(env, { 'skyrl.scrape.interval': 2 });
    dataFolder = server.serverDataDir;
    workbench = await openFolder(server, workspace);
    ({ page } = workbench);
    await showContainer(page, 'SkyRL');
    await waitForChartLines(page);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await saveScreenshot(page, this.currentTest.title);
  });

  after(() => workbench.close());

  /** The page of a webview, by an element that it has. */
  const frameWith = (selector: string, what: string): Promise<Frame> =>
    until(
      async () => {
        for (const frame of page.frames())
          if (
            (await frame
              .locator(selector)
              .count()
              .catch(() => 0)) > 0
          )
            return frame;
        return undefined;
      },
      timeoutMs,
      what,
      500,
    );
  const chart = (): Promise<Frame> => frameWith('.plots', 'the page of the chart');
  const rollouts = (): Promise<Frame> => frameWith('.table-area tbody tr[data-id]', 'rows of rollouts');
  const idsOf = (frame: Frame): Promise<string[]> =>
    frame.locator('tr[data-id]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id') ?? ''));
  const sortOf = async (frame: Frame): Promise<string | null> =>
    frame.locator('th:has(> button[data-sort="seconds"])').getAttribute('aria-sort');
  const heatmapLabel = async (frame: Frame): Promise<string> =>
    (await frame.locator('.plots canvas[role="img"]').first().getAttribute('aria-label')) ?? '';

  it('opens the rollouts by their row in the tree, and sorts them by a column', async () => {
    const row = viewPane(page, 'Engine metrics').locator('.monaco-list-row', { hasText: 'Last rollout' }).first();
    await row.waitFor({ timeout: timeoutMs });
    await row.locator('.label-name').click();
    await page.getByRole('tab', { name: 'SkyRL Rollouts' }).waitFor({ timeout: timeoutMs });
    const frame = await rollouts();
    await frame.locator('button[data-sort="seconds"]').click();
    const order = await sortOf(frame);
    assert.ok(order === 'descending' || order === 'ascending', String(order));
    const durations = await frame
      .locator('tr[data-id] td:nth-child(3)')
      .evaluateAll((cells) => cells.map((cell) => Number.parseFloat(/[\d.]+/.exec(cell.textContent ?? '')?.[0] ?? '')));
    const sorted = durations.toSorted((a, b) => (order === 'descending' ? b - a : a - b));
    assert.deepEqual(durations, sorted);
  });

  it('clicks on a rollout, and the chart shows its span', async () => {
    const frame = await rollouts();
    const plots = await chart();
    assert.equal(await plots.getByRole('button', { name: 'Back to now' }).isVisible(), false);
    await frame.locator('tr[data-id]').first().locator('.bar-cell').click();
    await plots.getByRole('button', { name: 'Back to now' }).waitFor({ timeout: timeoutMs });
    await plots.getByRole('button', { name: 'Back to now' }).click();
  });

  it('goes over the engines of the heat map by keys, and selects one in chart and tree', async () => {
    const frame = await chart();
    await frame.getByRole('combobox', { name: 'Engines' }).click();
    await frame.getByRole('option', { name: 'Heat map', exact: true }).click();
    await until(
      async () => (/heat map of \d+ rows/.test(await heatmapLabel(frame)) ? true : undefined),
      timeoutMs,
      'a row for each engine',
    );
    const slider = frame.getByRole('slider');
    await slider.focus();
    const readEngine = async (): Promise<string | undefined> =>
      /engine \d+/.exec((await slider.getAttribute('aria-valuetext')) ?? '')?.[0];
    /** Presses a key, and waits for the engine that is read then: keys take their time on a busy machine. */
    const pressForEngine = async (key: string): Promise<string> => {
      const before = await readEngine();
      await page.keyboard.press(key);
      return until(
        async () => {
          const engine = await readEngine();
          return engine === before ? undefined : engine;
        },
        timeoutMs,
        'another engine that is read',
      );
    };
    await pressForEngine('ArrowDown');
    const spoken = await pressForEngine('ArrowDown');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Enter');
    await frame
      .getByRole('button', { name: `Show lines of ${spoken}`, exact: true })
      .first()
      .waitFor({ timeout: timeoutMs });
    const selected = viewPane(page, 'Engine metrics').locator('.monaco-list-row.selected');
    await until(
      async () => ((await selected.locator('.label-name').allTextContents()).includes(spoken) ? true : undefined),
      timeoutMs,
      `${spoken} selected in the tree`,
    );
  });

  const comparison = (): Promise<Frame> => frameWith('tr[data-measure-row="seconds"]', 'the page of the comparison');
  const comparedText = async (frame: Frame): Promise<string> =>
    (await frame.locator('tr[data-measure-row="seconds"]').innerText()).replaceAll(/\s+/g, ' ');

  it('imports two runs, selects them, and sees which one was faster', async () => {
    const input = page.locator('.quick-input-widget input.input');
    // The older one is what the other is compared with.
    const runs = [
      runOf('slow', variedRollouts(10, 100, 1), { from: firstFrom - 60_000 }),
      runOf('fast', variedRollouts(10, 80, 2)),
    ];
    for (const run of runs) {
      const path = join(folder, `${run.id}.json`);
      writeFileSync(path, await runFile(run));
      await runCommand(page, 'SkyRL: Import Run');
      await openInDialog(page, 'Import Run', path);
    }
    await runCommand(page, 'SkyRL: Compare Runs');
    for (const { name } of runs) {
      await page
        .locator('.quick-input-list .monaco-list-row', { hasText: name })
        .locator('.monaco-checkbox, input[type="checkbox"]')
        .first()
        .click();
      // A row's tooltip covers the row above it for as long as the pointer is there.
      await page.mouse.move(0, 0);
    }
    await input.press('Enter');
    await page.getByRole('tab', { name: 'SkyRL Comparison' }).waitFor({ timeout: timeoutMs });
    assert.match(await comparedText(await comparison()), /better/);
  });

  it('reloads VS Code, and finds the pages as they were, all rollouts, the heat map and the comparison', async () => {
    const compared = await comparedText(await comparison());
    await page.getByRole('tab', { name: 'SkyRL Rollouts' }).click();
    const frame = await rollouts();
    const [before, sorted] = [await idsOf(frame), await sortOf(frame)];
    await page.locator('.statusbar').getByRole('button').last().focus();
    await runCommand(page, 'Developer: Reload Window');
    await page.waitForLoadState('load');
    await page.locator('.monaco-workbench .statusbar').waitFor({ timeout: timeoutMs });
    await page.getByRole('tab', { name: 'SkyRL Rollouts' }).waitFor({ timeout: timeoutMs });
    const restored = await rollouts();
    const after = await until(
      async () => {
        const ids = await idsOf(restored);
        return before.every((id) => ids.includes(id)) ? ids : undefined;
      },
      timeoutMs,
      'every earlier rollout',
    );
    assert.ok(after.length >= before.length);
    assert.equal(await sortOf(restored), sorted);
    await showContainer(page, 'SkyRL');
    const plots = await chart();
    await until(
      async () => (/heat map of \d+ rows/.test(await heatmapLabel(plots)) ? true : undefined),
      timeoutMs,
      'the heat map',
    );
    await plots.locator('.colours li').first().waitFor({ timeout: timeoutMs });
    await page.getByRole('tab', { name: 'SkyRL Comparison' }).click();
    assert.equal(await comparedText(await comparison()), compared, 'the runs are kept, and are compared again');
  });

  it('is offered the comparison of two runs that were watched with another config, until the page was opened', async () => {
    const heads = readdirSync(dataFolder, { recursive: true, encoding: 'utf8' });
    const head = heads.find((name) => name.endsWith('.run.json'));
    assert.ok(head, 'the folder of the runs');
    for (const [index, seconds] of [100, 80].entries()) {
      // Newer than the demonstration's own run.
      const from = Date.now() + (1 + index) * 60_000;
      const rollouts = variedRollouts(10, seconds, 3 + index).map((rollout) => ({
        ...rollout,
        from: rollout.from - firstFrom + from,
        to: rollout.to - firstFrom + from,
      }));
      const run = runOf(`watched-${index}`, rollouts, {
        from,
        config: {
          file: 'train.sh',
          readAt: firstFrom,
          entries: [entryOf('generator.inference_engine.max_num_seqs', 256 * (1 + index), 7)],
        },
      });
      const document = JSON.parse((await runFile(run)).toString()) as { skyrl_run: number; run: object };
      const path = join(dataFolder, dirname(head), run.id);
      writeFileSync(`${path}.data.json.gz`, gzipSync(JSON.stringify(document)));
      writeFileSync(`${path}.run.json`, JSON.stringify({ skyrl_run: document.skyrl_run, run: document.run }));
    }
    await runCommand(page, 'Developer: Reload Window');
    await page.waitForLoadState('load');
    await page.locator('.monaco-workbench .statusbar').waitFor({ timeout: timeoutMs });
    await showContainer(page, 'SkyRL');
    const row = viewPane(page, 'Engine metrics').locator('.monaco-list-row', { hasText: 'max_num_seqs 256 → 512' });
    await row.waitFor({ timeout: timeoutMs });
    assert.match(await row.innerText(), /rollouts \d+ % shorter \(9 against 9\)/);
    await row.locator('.label-name').click();
    const frame = await comparison();
    await until(
      async () => ((await frame.locator('body').innerText()).includes('watched-1') ? true : undefined),
      timeoutMs,
      'the page of these runs',
    );
    await row.waitFor({ state: 'detached', timeout: timeoutMs });
  });
});

/** Hostile recordings and files of runs, as a person who opens them sees them: text everywhere, and no request goes out. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Frame, Page } from 'playwright-core';
import type { Server } from '../../scripts/lib/vscodeServer.mjs';
import { until } from '../../scripts/lib/waiting.mjs';
import { runCommand, showContainer, type Workbench } from '../../scripts/lib/workbench.mjs';
import { serve, type FixtureServer } from '../demonstration/http/server';
import { entryOf, runFile, runOf, variedRollouts } from '../unit/comparison/someRuns';
import { firstFrom } from '../unit/rollouts/someRollouts';
import { assertOnlyText, watchPolicies } from './onlyText';
import {
  createWorkspace,
  expandRow,
  openFolder,
  openInDialog,
  readStatusText,
  saveScreenshot,
  startVsCode,
  timeoutMs,
  viewPane,
} from './vscodePage';

const link = '[evil](command:workbench.action.quit)';
/** Controls, marks that turn text around, and an icon. */
const odd = 'a\u0007b\u001b[31m \u202egnp.exe\u202c $(flame)';

describe('a person with hostile files', function () {
  this.timeout(600_000);
  let counting: FixtureServer;
  let server: Server;
  let workbench: Workbench;
  let page: Page;
  let folder: string;
  let markup: string;
  let policies: string[];

  before(async () => {
    counting = await serve(() => ({
      status: 200,
      headers: { 'Content-Type': 'text/plain' },
      body: Buffer.from('a 1\n'),
    }));
    markup = `<img src=${counting.url}/x.png onerror=document.title=1>`;
    server = await startVsCode({}, { 'skyrl.scrape.interval': 1 });
    folder = await createWorkspace({ 'notes.txt': 'nothing\n' });
    writeRecording(join(folder, 'recording'));
    workbench = await openFolder(server, folder);
    ({ page } = workbench);
    policies = await watchPolicies(page);
  });

  afterEach(async function () {
    await saveScreenshot(page, `hostile files ${this.currentTest?.title}`);
  });

  after(async () => {
    await workbench?.close();
    await server?.stop();
    await counting?.close();
  });

  /** Scrapes of a server with two engines, whose labels, names and helps are hostile and whose values are huge. */
  function writeRecording(recording: string): void {
    mkdirSync(recording);
    const value = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    const engines = [`${markup} ${odd}`, `${link} ${'x'.repeat(5000)}`].map(
      (text, rank) => `engine="${rank}",model_name="${value(text)}"`,
    );
    const steps = Array.from({ length: 30 }, (_, step) => `00${10 + step}-timer`);
    steps.forEach((step, index) => {
      const lines = [
        `# HELP "vllm:${value(link)}" ${markup} ${link}`,
        `# TYPE "vllm:${value(link)}" gauge`,
        ...engines.flatMap((labels, rank) => [
          `vllm:num_requests_running{${labels}} ${rank === 0 ? 7 : '1.7e308'}`,
          `vllm:num_requests_waiting{${labels}} -1e308`,
          `vllm:kv_cache_usage_perc{${labels}} 0.99`,
          `vllm:generation_tokens_total{${labels}} ${1000 * index}`,
          `vllm:prompt_tokens_total{${labels}} ${rank === 0 ? 100 * index : '1e308'}`,
          `{"vllm:${value(link)}",${labels},x="${value(markup)}"} 1e300`,
        ]),
      ];
      writeFileSync(join(recording, `${step}-node0.prom.gz`), gzipSync(`${lines.join('\n')}\n`));
    });
    const index = steps.map((event, step) => ({
      file: `${event}-node0.prom.gz`,
      at_unix_s: firstFrom / 1000 + 2 * step,
      node: 0,
      event: markup,
      url: `${counting.url}/metrics`,
      kind: 'vllm',
    }));
    writeFileSync(join(recording, 'index.json'), JSON.stringify(index));
  }

  /** A run whose every text is hostile. */
  const hostileRun = (id: string, seconds: number): Promise<Buffer> => {
    const text = `${markup} ${link} ${odd}`;
    const config = {
      file: `${markup}.sh`,
      readAt: firstFrom,
      entries: [entryOf(`generator.${link}`, `${markup} ${id}`, 3), entryOf(markup, `${odd} ${id}`)],
    };
    const releases = { skyrl: markup, ray: link, vllm: odd };
    return runFile(
      runOf(id, variedRollouts(10, seconds, seconds), { name: `${id} ${text}`, models: [text], releases, config }),
    );
  };

  async function assertText(): Promise<void> {
    await assertOnlyText(page, policies);
    assert.deepEqual(counting.requests, []);
  }

  const frameWith = (selector: string): Promise<Frame> =>
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
      selector,
    );

  it('replays a recording, and sees text in the tree, its hovers and the status bar', async () => {
    await showContainer(page, 'SkyRL');
    await runCommand(page, 'SkyRL: Replay Recorded Scrapes');
    await openInDialog(page, 'Folder with Recorded Scrapes', `${join(folder, 'recording')}/`);
    await until(async () => (/KV 99/.test(await readStatusText(page)) ? true : undefined), timeoutMs, 'the engines');
    await expandRow(page, 'Engine metrics', 'Engines');
    await expandRow(page, 'Engine metrics', 'Other engine metrics');
    const rows = viewPane(page, 'Engine metrics').locator('.monaco-list-row', { hasText: /engine [01]|evil|KV/ });
    for (const row of (await rows.all()).slice(0, 6)) {
      await row.hover({ timeout: 5000 }).catch(() => undefined);
      await page.waitForTimeout(700);
      await assertText();
    }
  });

  it('sees text in the chart, and in its table', async () => {
    await runCommand(page, 'SkyRL: Open Chart in Editor');
    const chart = await frameWith('main#page .plots');
    await page.waitForTimeout(1500);
    await assertText();
    await chart.getByRole('button', { name: 'Show as table' }).first().click();
    await chart.locator('table').first().waitFor({ timeout: timeoutMs });
    await assertText();
  });

  it('sees text in a notification about a file that is none', async () => {
    const file = join(folder, `${link}.json`);
    writeFileSync(file, JSON.stringify({ skyrl_run: 1, run: { id: markup } }));
    await runCommand(page, 'SkyRL: Import Run');
    await openInDialog(page, 'Import Run', file);
    // In this window they come without a toast.
    await runCommand(page, 'Notifications: Show Notifications');
    const message = page.locator('.notification-list-item-message', { hasText: 'cannot be imported' }).first();
    await message.waitFor({ timeout: timeoutMs });
    assert.match((await message.textContent()) ?? '', /\[evil\] \(command:/);
    assert.equal(await message.locator('a').count(), 0);
    await assertText();
  });

  it('imports runs, and sees text in the lists, the dialogs and the comparison', async () => {
    for (const [id, seconds] of [
      ['one', 100],
      ['two', 80],
    ] as const) {
      const file = join(folder, `${id}.json`);
      writeFileSync(file, await hostileRun(id, seconds));
      await runCommand(page, 'SkyRL: Import Run');
      await openInDialog(page, 'Import Run', file);
    }
    await runCommand(page, 'SkyRL: Delete Run');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'one <img' }).first().click();
    const dialog = page.locator('.monaco-dialog-box');
    await dialog.waitFor({ timeout: timeoutMs });
    assert.match((await dialog.textContent()) ?? '', /one <img/);
    // Its buttons are links, too.
    assert.equal(await dialog.locator('.dialog-message-container a, img').count(), 0);
    assert.doesNotMatch((await dialog.textContent()) ?? '', /[\u0007\u202e]/);
    await assertText();
    await page.keyboard.press('Escape');
    await runCommand(page, 'SkyRL: Compare Runs');
    for (const name of ['one <img', 'two <img']) {
      const row = page.locator('.quick-input-list .monaco-list-row', { hasText: name });
      await row.locator('.monaco-checkbox, input[type="checkbox"]').first().click();
      await page.mouse.move(0, 0);
    }
    await page.locator('.quick-input-widget input.input').press('Enter');
    const comparison = await frameWith('tr[data-measure-row="seconds"]');
    assert.match(await comparison.locator('main').innerText(), /<img src=/);
    await assertText();
  });
});

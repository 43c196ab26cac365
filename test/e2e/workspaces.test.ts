/** Other workspaces: without SkyRL, with several configs, and with a Ray that does not answer. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { until } from '../../scripts/lib/waiting.mjs';
import type { Server } from '../../scripts/lib/vscodeServer.mjs';
import { readStatus, readTree, runCommand, showContainer, type Workbench } from '../../scripts/lib/workbench.mjs';
import { replay, type Replay } from '../demonstration/index';
import {
  chartFrame,
  openFolder,
  waitForChartLines,
  viewPane,
  timeoutMs,
  saveScreenshot,
  startVsCode,
  readStatusText,
  createWorkspace,
} from './vscodePage';

const config = (engines: number): string =>
  `generator:\n  inference_engine:\n    backend: vllm\n    num_engines: ${engines}\n`;

describe('a person in another workspace', function () {
  this.timeout(400_000);
  let cluster: Replay;
  let server: Server;
  let open: Workbench | undefined;
  /** Watches a run that ends while the window is out of focus. */
  let unseen: Workbench;
  let unseenFolder: string;

  async function openWorkspace(files: Record<string, string>): Promise<Page> {
    cluster.forgetRequests();
    open = await openFolder(server, await createWorkspace(files));
    return open.page;
  }

  /** Opens a window at a run, turns to something else, and ends the run. The minute that it has to last passes meanwhile. */
  async function leaveAtEndingRun(): Promise<void> {
    const ending = await replay({ recording: 'ray-2.57' });
    unseenFolder = await createWorkspace({
      'config/one.yaml': config(3),
      '.vscode/settings.json': JSON.stringify({
        'skyrl.ray.dashboardUrl': ending.dashboard.url,
        'skyrl.notify': 'errors and run end',
      }),
    });
    unseen = await openFolder(server, unseenFolder);
    const { page } = unseen;
    await showContainer(page, 'SkyRL');
    await until(
      async () => (/running · [1-9]/.test(await readStatusText(page)) ? true : undefined),
      timeoutMs,
      'a run with engines',
    );
    await page.evaluate(() => {
      // VS Code notices the loss of a focus that it has seen only.
      window.dispatchEvent(new Event('focus'));
      document.hasFocus = () => false;
      window.dispatchEvent(new Event('blur'));
    });
    await ending.close();
  }

  before(async () => {
    cluster = await replay({ recording: 'ray-2.57' });
    // A Ray is near and the timer is fast, so that a request without reason would be seen.
    server = await startVsCode({ RAY_ADDRESS: cluster.dashboard.url }, { 'skyrl.scrape.interval': 1 });
    await leaveAtEndingRun();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await saveScreenshot((open ?? unseen).page, this.currentTest.title);
    await open?.close();
    open = undefined;
  });

  after(async () => {
    await unseen.close();
    await server.stop();
    await cluster.close();
  });

  it('sees no status bar item without SkyRL, but an explanation in the view, and causes no request', async () => {
    const page = await openWorkspace({ 'README.md': '# nothing of SkyRL here\n', 'deploy.yaml': 'kind: Deployment\n' });
    await showContainer(page, 'SkyRL');
    await viewPane(page, 'Engine metrics')
      .getByText('This workspace has no SkyRL config')
      .first()
      .waitFor({ timeout: timeoutMs });
    await page.waitForTimeout(4000);
    assert.equal(await readStatus(page, 'skyrl.status'), undefined);
    assert.deepEqual(cluster.requests(), []);
  });

  it('tries a recorded run by a click, sees everything of it, and ends it by another', async () => {
    const page = await openWorkspace({ 'README.md': '# nothing of SkyRL here\n' });
    await showContainer(page, 'SkyRL');
    await viewPane(page, 'Engine metrics').getByText('Try It on a Recorded Run').first().click({ timeout: timeoutMs });
    const text = await until(
      async () => {
        const shown = await readStatusText(page);
        return /^Recorded run · KV \d+% · \d+ running · \d\/4/.test(shown) ? shown : undefined;
      },
      timeoutMs,
      'the recorded run in the status bar',
    );
    assert.ok(text);
    await waitForChartLines(page);
    await chartFrame(page).getByText('Recorded run. Nothing here is live.').waitFor();
    const { rows } = await until(
      async () => {
        const tree = await readTree(page, 'Engine metrics');
        return tree.rows.some(({ label }) => label === 'Last rollout') ? tree : undefined;
      },
      timeoutMs,
      'a rollout in the tree',
    );
    assert.equal(rows[0]?.label, 'End Recorded Run');
    await viewPane(page, 'Engine metrics').getByText('End Recorded Run').first().click();
    await viewPane(page, 'Engine metrics').getByText('This workspace has no SkyRL config').first().waitFor();
    assert.equal(await readStatus(page, 'skyrl.status'), undefined);
    assert.deepEqual(cluster.requests(), []);
  });

  it('chooses one of two configs, of which none was used before', async () => {
    const page = await openWorkspace({ 'config/small.yaml': config(2), 'config/large.yaml': config(8) });
    await showContainer(page, 'SkyRL');
    assert.doesNotMatch(await readStatusText(page), /\/[28]$/);
    await runCommand(page, 'SkyRL: Select Config');
    const choice = page.locator('.quick-input-list .monaco-list-row', { hasText: 'large.yaml' });
    await choice.waitFor();
    assert.equal(await page.locator('.quick-input-list .monaco-list-row', { hasText: '.yaml' }).count(), 2);
    await choice.click();
    await until(
      async () => (/\/8$/.test(await readStatusText(page)) ? true : undefined),
      timeoutMs,
      'engines of the chosen config',
    );
    await viewPane(page, 'Connection').locator('.pane-header').click();
    await until(
      async () =>
        (await readTree(page, 'Connection')).rows.some(({ description }) => description.includes('large.yaml'))
          ? true
          : undefined,
      timeoutMs,
      'the config in Connection',
    );
  });

  it('sees in the status bar that Ray does not answer, and gets to the Connection view and to the ways to a cluster', async () => {
    const page = await openWorkspace({
      'config/one.yaml': config(2),
      '.vscode/settings.json': JSON.stringify({ 'skyrl.ray.dashboardUrl': 'http://127.0.0.1:1' }),
    });
    assert.match(
      await until(
        async () => {
          const text = await readStatusText(page);
          return /refused/.test(text) ? text : undefined;
        },
        timeoutMs,
        'the state in the status bar',
      ),
      /refused/,
    );
    await page.locator('.statusbar-item[id$="skyrl.status"]').click();
    await viewPane(page, 'Connection').getByText('Connection refused').first().waitFor({ timeout: timeoutMs });
    await viewPane(page, 'Engine metrics').getByText('Ways to Reach It').first().click();
    const step = page.locator('.getting-started-step.expanded', { hasText: 'Reach the cluster' });
    await step.getByText('ssh -D 1080 HEAD').waitFor({ timeout: timeoutMs });
  });

  it('is told once of the end of a run that was out of sight, and turns that off by a click', async () => {
    const { page } = unseen;
    const bell = page.locator('.statusbar-item[id="status.notifications"]');
    await bell.locator('.codicon-bell-dot').waitFor({ timeout: timeoutMs });
    await bell.click();
    const told = page.locator('.notifications-center .notification-list-item', { hasText: 'SkyRL:' });
    await told.getByText(/No engine reports any more|Every engine of the run is dead/).waitFor();
    assert.equal(await told.count(), 1);
    await told.getByRole('button', { name: 'Turn Off Notifications' }).click();
    await until(
      async () =>
        (JSON.parse(readFileSync(join(unseenFolder, '.vscode', 'settings.json'), 'utf8')) as Record<string, unknown>)[
          'skyrl.notify'
        ] === 'off'
          ? true
          : undefined,
      timeoutMs,
      'the setting',
    );
  });
});

/** Hostile text of configs, servers and file names, as a person would see it: text, in every view. */
import type { Page } from 'playwright-core';
import type { Server } from '../../scripts/lib/vscodeServer.mjs';
import { until } from '../../scripts/lib/waiting.mjs';
import { readTree, runCommand, showContainer, type Workbench } from '../../scripts/lib/workbench.mjs';
import { serve, type FixtureServer } from '../demonstration/http/server';
import { assertOnlyText, watchPolicies } from './onlyText';
import {
  createWorkspace,
  expandRow,
  openFolder,
  readStatusText,
  saveScreenshot,
  startVsCode,
  timeoutMs,
  viewPane,
} from './vscodePage';

const markup = '<img src=x onerror=document.title=1>';
const link = '[evil](command:workbench.action.quit) $(flame)';
const label = (text: string): string => text.replaceAll('"', '\\"');

/** Two engines whose labels are hostile, and work that never ends. */
function exposition(): string {
  const engines = [markup, link].map((text, index) => `engine="${index}",model_name="${label(text)}"`);
  return [
    '# HELP vllm:num_requests_running <img src=x onerror=document.title=1>',
    ...engines.map((labels) => `vllm:num_requests_running{${labels}} 3`),
    ...engines.map((labels) => `vllm:kv_cache_usage_perc{${labels}} 0.99`),
    ...engines.map((labels) => `vllm:generation_tokens_total{${labels}} ${Math.round(Date.now() / 100)}`),
    ...engines.map((labels) => `vllm:odd_family{${labels},x="${label(link)}"} 1`),
    '',
  ].join('\n');
}

describe('a person with a hostile workspace and hostile servers', function () {
  this.timeout(400_000);
  let metrics: FixtureServer;
  let failing: FixtureServer;
  let server: Server;
  let workbench: Workbench;
  let page: Page;
  let policies: string[];

  before(async () => {
    const type = { 'Content-Type': 'text/plain; version=0.0.4' };
    metrics = await serve(({ pathname }) =>
      pathname === '/metrics'
        ? { status: 200, headers: type, body: Buffer.from(exposition()) }
        : { status: 404, headers: type, body: Buffer.from(markup) },
    );
    failing = await serve(() => ({ status: 500, headers: type, body: Buffer.from(`${markup} ${link}\n`) }));
    server = await startVsCode({}, { 'skyrl.scrape.interval': 1 });
    const config = [
      'generator:',
      '  inference_engine:',
      `    backend: "${markup}"`,
      '    run_engines_locally: false',
      `    external_server_urls: ["${metrics.url}", "${failing.url}"]`,
      `    "no_such_key_${link}": "${markup}"`,
      `    served_model_name: "\${oc.env:${link}}"`,
      '',
    ];
    workbench = await openFolder(
      server,
      await createWorkspace({ [`${link.slice(0, 6)} ${markup.slice(0, 4)}.yaml`]: config.join('\n') }),
    );
    ({ page } = workbench);
    policies = await watchPolicies(page);
  });

  afterEach(async function () {
    await saveScreenshot(page, `hostile ${this.currentTest?.title}`);
  });

  after(async () => {
    await workbench?.close();
    await server?.stop();
    await metrics?.close();
    await failing?.close();
  });

  const assertText = (): Promise<void> => assertOnlyText(page, policies);

  it('sees it as text in the tree, in its hovers and in the status bar', async () => {
    await showContainer(page, 'SkyRL');
    await until(async () => (/KV 99/.test(await readStatusText(page)) ? true : undefined), timeoutMs, 'the engines');
    await page.locator('.statusbar-item[id$="skyrl.status"]').hover();
    await page.locator('.monaco-hover', { hasText: 'KV' }).first().waitFor({ timeout: 20_000 });
    await assertText();
    await expandRow(page, 'Engine metrics', 'Other engine metrics');
    await expandRow(page, 'Engine metrics', 'odd_family');
    // The family's help, its labels and the models of its engines.
    const rows = viewPane(page, 'Engine metrics').locator('.monaco-list-row', { hasText: /odd_family|engine [01]/ });
    for (const row of await rows.all()) {
      await row.hover();
      await page.waitForTimeout(700);
      await assertText();
    }
    await expandRow(page, 'Engine metrics', 'Engines');
  });

  it('sees it as text in the Connection view, with the error of a server', async () => {
    await viewPane(page, 'Connection').locator('.pane-header').click();
    await until(
      async () => {
        const { rows } = await readTree(page, 'Connection');
        return rows.some(({ description, spoken }) => /500/.test(`${description} ${spoken}`)) ? true : undefined;
      },
      timeoutMs,
      'the error of a server',
    );
    await assertText();
  });

  for (const [title, view] of [
    ['SkyRL: Open Chart in Editor', 'the chart'],
    ['SkyRL: Show Rollouts', 'the rollouts'],
  ] as const)
    it(`sees it as text in ${view}, whose page breaks no policy`, async () => {
      await runCommand(page, title);
      await page
        .frameLocator('.editor-instance iframe.webview.ready, iframe.webview.ready')
        .last()
        .frameLocator('iframe#active-frame')
        .locator('main#page')
        .waitFor({ timeout: timeoutMs });
      await page.waitForTimeout(1500);
      await assertText();
    });

  it('sees it as text in documents and problems', async () => {
    for (const title of ['SkyRL: Diagnose Connection', 'SkyRL: Show Effective Config', 'SkyRL: Open Config in Use']) {
      // The views are drawn anew with each scrape, which sometimes closes the list of commands.
      await runCommand(page, title).catch(() => runCommand(page, title));
      await page.waitForTimeout(700);
      await assertText();
    }
    await page.keyboard.press('Control+Shift+M');
    await page.locator('.markers-panel .monaco-list-row').first().waitFor({ timeout: timeoutMs });
    await page.locator('.markers-panel .monaco-list-row').last().hover();
    await page.waitForTimeout(1000);
    await assertText();
  });
});

/** What the suites of pages in an editor panel share: a browser at the page, and no error or violation after any test. */
import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { launchChromium, skipReason } from './chromium';
import { servePage } from './pageServer';
import { themes } from './themes';
import { installVscodeStub } from './vscodeStub';

/** How a page is opened: the theme, and what it kept before a reload. */
export interface OpenOptions {
  theme?: keyof typeof themes;
  state?: unknown;
}

/** A page of an editor panel, with the messages that it gets and those that it sends. */
export interface PanelPage<ToPage, ToHost> {
  readonly page: Page;
  /** Loads it, and resolves once it has said that it is ready. */
  load(options: OpenOptions & { width: number; height: number }): Promise<void>;
  post(...messages: ToPage[]): Promise<void>;
  sent(): Promise<ToHost[]>;
}

/** Registers the hooks of the suite that calls it. `name`: of the page's bundle. */
export function panelSuite<ToPage, ToHost>(name: Parameters<typeof servePage>[0]): PanelPage<ToPage, ToHost> {
  let browser: Browser | undefined;
  let server: Server | undefined;
  let address = '';
  let page: Page;
  const errors: string[] = [];

  before(async function () {
    const reason = skipReason();
    if (reason) {
      this.test!.title += `: ${reason}`;
      this.skip();
    }
    browser = await launchChromium();
    ({ server, address } = await servePage(name));
    page = await browser.newPage();
    await page.addInitScript(installVscodeStub);
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
  });

  after(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  afterEach(async () => {
    assert.deepEqual(await page.evaluate(() => window.log.violations), [], 'nothing violates the policy');
    assert.deepEqual(errors.splice(0), [], 'no errors');
  });

  return {
    get page() {
      return page;
    },
    async load({ theme = 'dark', state, width, height }) {
      await page.setViewportSize({ width, height });
      await page.goto(`${address}?${encodeURIComponent(JSON.stringify({ theme: themes[theme], state }))}`);
      await page.waitForFunction(() => window.log.sent.length > 0);
    },
    async post(...messages) {
      await page.evaluate((text) => {
        for (const data of JSON.parse(text) as unknown[]) window.dispatchEvent(new MessageEvent('message', { data }));
      }, JSON.stringify(messages));
    },
    sent: async () => (await page.evaluate(() => window.log.sent)) as unknown as ToHost[],
  };
}

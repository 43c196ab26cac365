/** A suite of tests that share a browser and fail on errors and on violations of the content security policy. */
import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { ChartPage, type LoadOptions } from './chartPage';
import { launchChromium, skipReason } from './chromium';
import { servePage } from './pageServer';

type OpenPage = (options?: LoadOptions) => Promise<ChartPage>;

/**
 * Registers a suite. Its tests load pages one after the other in one tab. Skipped, with the reason, without a browser.
 */
export function chartSuite(title: string, define: (open: OpenPage) => void): void {
  describe(title, function () {
    this.timeout(120_000);
    let browser: Browser | undefined;
    let server: Server | undefined;
    let address = '';
    let tab: ChartPage | undefined;

    before(async function () {
      const reason = skipReason();
      if (reason) {
        this.test!.title += `: ${reason}`;
        this.skip();
      }
      browser = await launchChromium();
      ({ server, address } = await servePage());
    });

    after(async () => {
      await browser?.close();
      server?.closeAllConnections();
      server?.close();
    });

    afterEach(async () => {
      await tab?.collectViolations();
      assert.deepEqual(tab?.violations.splice(0) ?? [], [], 'nothing violates the policy');
      assert.deepEqual(tab?.errors.splice(0) ?? [], [], 'no errors');
    });

    define(async (options) => {
      if (tab) await tab.load(options);
      else tab = await ChartPage.open(browser!, address, options);
      return tab;
    });
  });
}

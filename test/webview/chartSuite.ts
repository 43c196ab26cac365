/** A browser for a suite's pages: skipped by name where there is none, and no page ends with an error or a refusal of the policy. */
import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { ChartPage, launch, serveChart, skipReason, type Beginning } from './chartPage';

export type OpenPage = (beginning?: Beginning) => Promise<ChartPage>;

/** Registers a suite whose tests open pages, one after the other in one tab. */
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
      browser = await launch();
      ({ server, address } = await serveChart());
    });

    after(async () => {
      await browser?.close();
      server?.closeAllConnections();
      server?.close();
    });

    afterEach(async () => {
      await tab?.noteViolations();
      assert.deepEqual(tab?.violations.splice(0) ?? [], [], 'the policy refused nothing');
      assert.deepEqual(tab?.errors.splice(0) ?? [], [], 'no errors');
    });

    define(async (beginning) => {
      if (tab) await tab.begin(beginning);
      else tab = await ChartPage.open(browser!, address, beginning);
      return tab;
    });
  });
}

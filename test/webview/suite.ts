/** A browser for a suite's pages: skipped by name where there is none, and no page ends with an error or a refusal of the policy. */
import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import type { Browser } from 'playwright-core';
import { ChartPage, launch, serveChart, whyNot } from './chartPage';

export type Open = (options?: Parameters<typeof ChartPage.open>[2]) => Promise<ChartPage>;

/** Registers a suite whose tests open pages. */
export function chartSuite(title: string, define: (open: Open) => void): void {
  describe(title, function () {
    this.timeout(120_000);
    let browser: Browser;
    let server: Server;
    let address: string;
    const opened: ChartPage[] = [];

    before(async function () {
      const reason = whyNot();
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
      for (const chart of opened.splice(0)) {
        const { violations } = await chart.witness();
        await chart.page.close();
        assert.deepEqual(violations, [], 'the policy refused nothing');
        assert.deepEqual(chart.errors, [], 'no errors');
      }
    });

    define(async (options) => {
      const chart = await ChartPage.open(browser, address, options);
      opened.push(chart);
      return chart;
    });
  });
}

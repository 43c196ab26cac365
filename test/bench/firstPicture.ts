/** How long the chart's page takes from its `ready` message to its first picture, measured in the page. */
import type { Browser } from 'playwright-core';
import type { ToHost, ToPage } from '../../src/shared/protocol';
import { installVscodeStub } from '../webview/vscodeStub';
import { themes } from '../webview/themes';

/**
 * Runs in the page: answers `ready` with the host's messages (as JSON) at once, and measures until a plot is painted.
 */
function answerReady(messagesJson: string): void {
  const page = window as unknown as {
    acquireVsCodeApi: () => { postMessage: (message: ToHost) => void };
    firstPicture?: number;
  };
  const api = page.acquireVsCodeApi();
  const messages = JSON.parse(messagesJson) as unknown[];
  const requestFrame = window.requestAnimationFrame.bind(window);
  let start = NaN;
  window.requestAnimationFrame = (draw) =>
    requestFrame((time) => {
      draw(time);
      const canvas = document.querySelector<HTMLCanvasElement>('.plots canvas');
      if (!canvas || page.firstPicture !== undefined) return;
      // Reading a pixel back waits until all is drawn.
      canvas.getContext('2d')?.getImageData(0, 0, 1, 1);
      page.firstPicture = performance.now() - start;
    });
  page.acquireVsCodeApi = () => ({
    ...api,
    postMessage: (message) => {
      api.postMessage(message);
      if (message.type !== 'ready') return;
      start = performance.now();
      for (const hostMessage of messages) window.postMessage(hostMessage, '*');
    },
  });
}

/** The time to the first picture of a new page, in ms. */
export async function firstPicture(browser: Browser, address: string, messages: readonly ToPage[]): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 900, height: 500 } });
  await page.addInitScript(installVscodeStub);
  await page.addInitScript(answerReady, JSON.stringify(messages));
  await page.goto(`${address}?${encodeURIComponent(JSON.stringify({ theme: themes.dark }))}`);
  const handle = await page.waitForFunction(() => (window as unknown as { firstPicture?: number }).firstPicture);
  const durationMs = await handle.jsonValue();
  await page.close();
  if (durationMs === undefined) throw new Error('the page drew nothing');
  return durationMs;
}

/** How long the chart's page takes from saying that it is ready to its first picture, in the page itself. */
import type { Browser } from 'playwright-core';
import type { ToHost, ToPage } from '../../src/shared/protocol';
import { installVscodeStub } from '../webview/vscodeStub';
import { themes } from '../webview/themes';

/** Answers the page's `ready` with a host's messages at once, and notes when a plot is painted. */
function answerReady(text: string): void {
  const around = window as unknown as {
    acquireVsCodeApi: () => { postMessage: (message: ToHost) => void };
    firstPicture?: number;
  };
  const api = around.acquireVsCodeApi();
  const messages = JSON.parse(text) as unknown[];
  const frame = window.requestAnimationFrame.bind(window);
  let start = NaN;
  window.requestAnimationFrame = (draw) =>
    frame((time) => {
      draw(time);
      const canvas = document.querySelector<HTMLCanvasElement>('.plots canvas');
      if (!canvas || around.firstPicture !== undefined) return;
      // What is drawn is done when a pixel can be read back.
      canvas.getContext('2d')?.getImageData(0, 0, 1, 1);
      around.firstPicture = performance.now() - start;
    });
  around.acquireVsCodeApi = () => ({
    ...api,
    postMessage: (message) => {
      api.postMessage(message);
      if (message.type !== 'ready') return;
      start = performance.now();
      for (const each of messages) window.postMessage(each, '*');
    },
  });
}

/** In ms, of a new page each time. */
export async function firstPicture(browser: Browser, address: string, messages: readonly ToPage[]): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 900, height: 500 } });
  await page.addInitScript(installVscodeStub);
  await page.addInitScript(answerReady, JSON.stringify(messages));
  await page.goto(`${address}?${encodeURIComponent(JSON.stringify({ theme: themes.dark }))}`);
  const found = await page.waitForFunction(() => (window as unknown as { firstPicture?: number }).firstPicture);
  const took = await found.jsonValue();
  await page.close();
  if (took === undefined) throw new Error('the page drew nothing');
  return took;
}

/** The Chromium that the page is tested in. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { pageFolder } from './pageServer';

function chromiumPath(): string | undefined {
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)));
  return [process.env['CHROME_PATH'], ...onPath].find((path) => path !== undefined && existsSync(path));
}

/** Why the page cannot be tested here; undefined if it can. */
export function skipReason(): string | undefined {
  if (!chromiumPath()) return 'no Chromium on PATH or at CHROME_PATH';
  return existsSync(join(pageFolder, 'chart.js')) ? undefined : 'dist/webview/chart.js is not built';
}

/** A new headless browser. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath()!,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
}

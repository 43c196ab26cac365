/** A Chromium to show VS Code in. */
import { existsSync } from 'node:fs';
import { installDebian } from './debian.mjs';
import { which, isExecutable } from './which.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Where the installers of macOS put it, outside PATH. */
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * Finds one, or installs Debian's where this process may.
 * @returns {Promise<{ path: string } | { reason: string }>} the executable, or why there is none
 */
export async function findChromium() {
  const found = existingChromium();
  if (found) return { path: found };
  const failure = await installDebian('chromium');
  const path = existingChromium();
  return path
    ? { path }
    : {
        reason: `no Chromium on PATH or at CHROME_PATH, and not installed: ${failure ?? 'no program on PATH after that'}`,
      };
}

function existingChromium() {
  const named = process.env.CHROME_PATH;
  if (named && isExecutable(named)) return named;
  return names.map(which).find((path) => path !== undefined) ?? applications.find((path) => existsSync(path));
}

/** A Chromium to show VS Code in. */
import { existsSync } from 'node:fs';
import { findOnPath, isExecutable } from './find.mjs';
import { run } from './processes.mjs';
import { step } from './progress.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Where the installers of macOS put it, outside PATH. */
const applications = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** @type {Promise<{ path: string } | { reason: string }> | undefined} */
let chromium;

/**
 * Finds one, or installs Debian's where this process may; once, as stages run side by side.
 * @returns {Promise<{ path: string } | { reason: string }>} the executable, or why there is none
 */
export function findChromium() {
  chromium ??= lookForChromium();
  return chromium;
}

/** @returns {Promise<{ path: string } | { reason: string }>} */
async function lookForChromium() {
  const found = existingChromium();
  if (found) return { path: found };
  const apt = findOnPath('apt-get');
  if (!apt || process.getuid?.() !== 0) return { reason: 'no Chromium on PATH or at CHROME_PATH' };
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const failure = await step('Installing Chromium (apt-get install chromium)', async () => {
    const update = await run(apt, ['update'], { timeoutMs: 180_000, env });
    const install = await run(apt, ['install', '-y', '--no-install-recommends', 'chromium'], { timeoutMs: 600_000, env });
    return install.code === 0 ? undefined : (update.output + install.output).trim().split('\n').at(-1);
  });
  const path = existingChromium();
  return path ? { path } : { reason: `Chromium is not here and apt-get could not install it: ${failure ?? 'no program on PATH'}` };
}

function existingChromium() {
  const named = process.env.CHROME_PATH;
  if (named && isExecutable(named)) return named;
  return names.map(findOnPath).find((path) => path !== undefined) ?? applications.find((path) => existsSync(path));
}

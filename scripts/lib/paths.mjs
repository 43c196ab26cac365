/** Where things are: the checkout, what a run leaves behind, and what is kept between runs. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(import.meta.url), '../../..');

/** Logs, screenshots and results of the newest test run. */
export const outputDir = join(root, '.test-output');

/** The user's own cache folder for what is downloaded once: VS Code's server and the Node it needs. */
export function cacheDir() {
  return join(userCacheDir(), 'skyrl-metrics');
}

function userCacheDir() {
  if (process.env.XDG_CACHE_HOME) return process.env.XDG_CACHE_HOME;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (process.platform === 'win32' && process.env.LOCALAPPDATA) return process.env.LOCALAPPDATA;
  return join(homedir(), '.cache');
}

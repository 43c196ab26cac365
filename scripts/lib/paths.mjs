/** Where things are: the checkout, what a run leaves behind, and what is kept between runs. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(fileURLToPath(import.meta.url), '../../..');

/** Logs, screenshots and results of the newest test run. */
export const outputDir = join(root, '.test-output');

/**
 * Where one stage writes, without what its last run left.
 * @param {string} name
 */
export async function freshOutput(name) {
  await mkdir(outputDir, { recursive: true });
  const old = (await readdir(outputDir)).filter((file) => file.startsWith(`${name}.`) || file === `${name}-logs`);
  for (const file of old) await rm(join(outputDir, file), { recursive: true, force: true });
  const file = (/** @type {string} */ ending) => join(outputDir, `${name}.${ending}`);
  return { resultsFile: file('json'), logFile: file('log'), currentFile: file('current.txt') };
}

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

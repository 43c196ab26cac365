/** npm: the one that runs this script, else the one on PATH. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { which } from './which.mjs';
import { root } from './paths.mjs';
import { run } from './processes.mjs';
import { reporting, step } from './progress.mjs';

/**
 * @param {readonly string[]} args
 * @param {import('./processes.mjs').LaunchOptions & { cwd: string, timeoutMs: number }} options
 * @returns {Promise<string>} what it printed; rejects with npm's own words
 */
export async function npm(args, options) {
  const own = process.env.npm_execpath;
  const [command, first] = own && /npm-cli\.c?js$/.test(own) ? [process.execPath, [own]] : [which('npm') ?? 'npm', []];
  const result = await run(command, [...first, ...args], options);
  if (result.code !== 0) throw new Error(`npm ${args.join(' ')} failed: ${lastError(result.output)}`);
  return result.output;
}

/** npm prints the cause among notes about logs and settings. @param {string} output */
function lastError(output) {
  const errors = output
    .split('\n')
    .filter((line) => /^npm (error|ERR!)/.test(line) && !/complete log|debug-0\.log/.test(line));
  return (
    errors.length > 0
      ? errors
          .slice(0, 4)
          .map((line) => line.replace(/^npm \S+ ?/, ''))
          .join('; ')
      : output.trim().slice(-1000)
  ).trim();
}

/**
 * Installs the checkout's dependencies if what is installed is not what the lock file names. Contents are compared, not
 * times: a checkout of another branch makes the file new, and the packages are still those.
 */
export async function installDependencies() {
  const locked = lockedPackages(join(root, 'package-lock.json')) ?? {};
  if (installedAsLocked(locked, lockedPackages(join(root, 'node_modules', '.package-lock.json')))) return;
  const folders = Object.keys(locked).filter((path) => path !== '' && !locked[path]?.optional);
  await step('Installing dependencies (npm ci)', (report) =>
    reporting(
      () => report(`${folders.filter((path) => existsSync(join(root, path))).length} of ${folders.length} packages`),
      () => npm(['ci'], { cwd: root, timeoutMs: 600_000 }),
    ),
  );
}

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean } | undefined>} Packages by their folder */

/** @param {string} file @returns {Packages | undefined} undefined if the file is missing or damaged */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * @param {Packages} locked of the checkout's lock file
 * @param {Packages | undefined} installed of the one that npm writes last into `node_modules`
 */
export function installedAsLocked(locked, installed) {
  if (!installed) return false;
  const same = (/** @type {string} */ path) =>
    locked[path]?.version === installed[path]?.version && locked[path]?.integrity === installed[path]?.integrity;
  // Optional packages are those of other systems.
  const complete = Object.keys(locked).every((path) => path === '' || installed[path] || locked[path]?.optional);
  return complete && Object.keys(installed).every(same);
}

/** npm: the one that runs this script, else the one on PATH. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { which } from './which.mjs';
import { root } from './paths.mjs';
import { run } from './processes.mjs';
import { step } from './progress.mjs';

/**
 * @param {readonly string[]} args
 * @param {{ cwd: string, timeoutMs: number, env?: Record<string, string | undefined> }} options
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

/** Installs the checkout's dependencies where they are missing or older than the lock file. */
export async function installDependencies() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  // npm writes this file last, so an interrupted install is done again.
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs) return;
  await step('Installing dependencies', () => npm(['ci'], { cwd: root, timeoutMs: 600_000 }));
}

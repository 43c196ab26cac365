/**
 * `npm run test:matrix [VERSION …]`: reads a real Ray of each release with the collector, one after the other, and prints a table of what
 * was found and measured, and what differs. Each Ray is installed once, into the user's cache.
 */
import { join } from 'node:path';
import { build } from './build.mjs';
import { runScript } from './lib/cleanup.mjs';
import { matrixTable, readRow, versions } from './lib/matrix.mjs';
import { root } from './lib/paths.mjs';
import { launch } from './lib/processes.mjs';
import { say, step } from './lib/progress.mjs';
import { findEnvironment } from './lib/python.mjs';
import { isolation } from './lib/vscodeTests.mjs';

/** Starting two nodes on a busy machine takes minutes. */
const deadlineMs = 1_200_000;
/** Releases from this one on are also read with token authentication. */
const withToken = new Set(['2.59.0', '2.60.0']);

await runScript(async () => {
  const chosen = process.argv.length > 2 ? process.argv.slice(2) : versions;
  await build({ production: false });
  /** @type {import('./lib/matrix.mjs').MatrixResult[]} */
  const results = [];
  for (const version of chosen) {
    const environment = await findEnvironment(`ray[default]==${version}`);
    if (!('python' in environment)) results.push({ version, failure: environment.reason });
    else results.push(await step(`Reading Ray ${version}`, () => readRelease(version, environment.python)));
  }
  say(matrixTable(results));
  return results.some((result) => 'failure' in result) ? 1 : 0;
});

/**
 * @param {string} version
 * @param {string} python
 * @returns {Promise<import('./lib/matrix.mjs').MatrixResult>}
 */
async function readRelease(version, python) {
  const program = join(root, 'dist', 'test', 'ray', 'matrix.js');
  const child = launch(
    process.execPath,
    ['--enable-source-maps', program, ...(withToken.has(version) ? ['--token'] : [])],
    {
      cwd: root,
      env: { ...(await isolation()), SKYRL_TEST_PYTHON: python },
      patient: true,
    },
  );
  const timer = setTimeout(() => void child.stop(), deadlineMs);
  await child.exited;
  clearTimeout(timer);
  return readRow(version, child.output());
}

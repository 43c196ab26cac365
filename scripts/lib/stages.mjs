/** The stages of `npm test`, as data: adding one is adding a row. */
import { build } from '../build.mjs';
import { benches } from './benches.mjs';
import { smokeEnv } from './benchPeers.mjs';
import { runBench } from './benchRun.mjs';
import { findChromium } from './chromium.mjs';
import { outputDir } from './paths.mjs';
import { prometheusEnv, serversEnv } from './prometheus.mjs';
import { findEnvironment } from './python.mjs';
import { noResults, oneFailure, oneSkipped, sum } from './results.mjs';
import { mochaInNode, tool } from './tools.mjs';
import { findVsCode, testInVsCode, twoFolders } from './vscodeTests.mjs';

/** @typedef {import('./results.mjs').Results} Results */

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {number} seconds its deadline; installing VS Code and Chromium, where they are missing, is within it
 * @property {boolean} [fromSource] needs no build
 * @property {boolean} [waits] for others more than it computes: it runs beside the rest
 * @property {() => Promise<Results>} run
 */

/**
 * In the order in which they begin, long ones first: two run side by side, and beside them the one with a real Ray, whose agents report every ten seconds.
 * @type {readonly Stage[]}
 */
export const stages = [
  { name: 'build', seconds: 120, fromSource: true, run: buildOnce },
  { name: 'ray', seconds: 1800, waits: true, run: onRay },
  { name: 'e2e', seconds: 1200, run: endToEnd },
  { name: 'lint', seconds: 240, fromSource: true, run: lint },
  {
    name: 'vscode',
    seconds: 1700,
    run: async () => testInVsCode({ name: 'vscode', timeoutMs: 1_500_000, env: await prometheusEnv() }),
  },
  { name: 'unit', seconds: 900, run: async () => mochaInNode('unit', { timeoutMs: 700_000, env: await serversEnv() }) },
  { name: 'types', seconds: 240, fromSource: true, run: types },
  { name: 'webview', seconds: 1300, run: inChromium },
  { name: 'bench', seconds: 240, run: benchesRun },
  {
    name: 'multiroot',
    seconds: 600,
    run: async () =>
      testInVsCode({ name: 'multiroot', set: 'multiroot', folder: await twoFolders(), timeoutMs: 300_000 }),
  },
  {
    name: 'restricted',
    seconds: 600,
    run: () => testInVsCode({ name: 'restricted', set: 'restricted', trusted: false, timeoutMs: 300_000 }),
  },
];

/** The lint rules and the format, each as one test. */
async function lint() {
  return sum([
    await tool('lint', 'oxlint', [], 110),
    await tool('format', 'prettier', ['--check', '--cache', '--log-level=warn', '.'], 110),
  ]);
}

/** The checkout's own code and the scripts, each by its own settings; one test. */
async function types() {
  const parts = [
    await tool('types', 'typescript/tsc', ['--noEmit'], 110),
    await tool('types', 'typescript/tsc', ['--noEmit', '-p', 'scripts'], 110),
  ];
  const failed = sum(parts).failed;
  return failed.length === 0
    ? { ...noResults(), passed: 1 }
    : oneFailure('types', failed.map(({ details }) => details).join('\n'));
}

/** @returns {Promise<Results>} */
async function buildOnce() {
  try {
    await build({ production: false });
    return { ...noResults(), passed: 1 };
  } catch (error) {
    return oneFailure('build', error instanceof Error ? error.message : String(error));
  }
}

/** The benches on small inputs, each as one test: whether they run and say numbers, not how fast anything is. */
async function benchesRun() {
  const all = [];
  for (const bench of benches.filter(({ large }) => !large)) {
    try {
      const rows = (await runBench(bench, smokeEnv())).flatMap((table) => table.rows);
      const odd = rows.filter(({ value, ratios = {} }) => ![value, ...Object.values(ratios)].every(Number.isFinite));
      const wrong =
        rows.length === 0 ? 'it measured nothing' : odd.map(({ work, value }) => `${work}: ${value}`).join('\n');
      all.push(wrong === '' ? { ...noResults(), passed: 1 } : oneFailure(`bench: ${bench.name}`, wrong));
    } catch (error) {
      all.push(oneFailure(`bench: ${bench.name}`, error instanceof Error ? error.message : String(error)));
    }
  }
  return sum(all);
}

/** The chart's page alone, in the Chromium that is found here. */
async function inChromium() {
  const found = await findChromium();
  if ('reason' in found) return oneSkipped('webview', found.reason);
  return mochaInNode('webview', { timeoutMs: 1_200_000, testTimeoutMs: 90_000, env: chromiumEnv(found.path) });
}

/** A real Ray, started by the tests themselves, and the extension that watches it from a real VS Code. */
async function onRay() {
  const found = await findEnvironment('ray[default]==2.57.0');
  if ('reason' in found) return oneSkipped('ray', found.reason);
  return testInVsCode({ name: 'ray', set: 'ray', timeoutMs: 900_000, env: { SKYRL_TEST_PYTHON: found.python } });
}

/** A person's clicks: these tests start VS Code themselves, with the Chromium that is found here. */
async function endToEnd() {
  const found = await findVsCode();
  if ('reason' in found) return oneSkipped('e2e', found.reason);
  return mochaInNode('e2e', { timeoutMs: 1_100_000, testTimeoutMs: 90_000, env: chromiumEnv(found.chromium) });
}

/** What tests that open a page get: the executable, and the folder for pictures of failures. @param {string} path */
function chromiumEnv(path) {
  return { CHROME_PATH: path, SKYRL_TEST_OUTPUT: outputDir };
}

/** The stages of `npm test`, as data: adding one is adding a row. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from '../build.mjs';
import { findChromium } from './chromium.mjs';
import { freshOutput, outputDir, root } from './paths.mjs';
import { run } from './processes.mjs';
import { step } from './progress.mjs';
import { noResults, oneFailure, oneSkipped, readMocha, sum } from './results.mjs';
import { findVsCode, isolation, testInVsCode } from './vscodeTests.mjs';

/** @typedef {import('./results.mjs').Results} Results */

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {number} seconds its deadline; installing VS Code and Chromium, where they are missing, is within it
 * @property {boolean} [fromSource] needs no build
 * @property {() => Promise<Results>} run
 */

/** @type {readonly Stage[]} */
export const stages = [
  { name: 'types', seconds: 180, fromSource: true, run: types },
  { name: 'lint', seconds: 240, fromSource: true, run: () => tool('lint', 'eslint', ['.'], 220) },
  { name: 'build', seconds: 120, fromSource: true, run: buildOnce },
  { name: 'unit', seconds: 300, run: () => mochaInNode('unit', { timeoutMs: 280_000 }) },
  { name: 'webview', seconds: 600, run: inChromium },
  { name: 'vscode', seconds: 900, run: () => testInVsCode({ name: 'vscode', tests: 'dist/test/vscode/index.js', timeoutMs: 240_000 }) },
  { name: 'e2e', seconds: 1200, run: endToEnd },
];

/** The checkout's own code and the scripts, each by its own settings; one test. */
async function types() {
  const parts = [await tool('types', 'typescript/tsc', ['--noEmit'], 90), await tool('types', 'typescript/tsc', ['--noEmit', '-p', 'scripts'], 90)];
  const failed = sum(parts).failed;
  return failed.length === 0 ? { ...noResults(), passed: 1 } : oneFailure('types', failed.map(({ details }) => details).join('\n'));
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

/**
 * A program of the development dependencies, as one test.
 * @param {string} name
 * @param {string} program `package`, or `package/program` where the two differ
 * @param {string[]} args
 * @param {number} seconds
 */
async function tool(name, program, args, seconds) {
  const result = await run(process.execPath, [binary(program), ...args], { cwd: root, timeoutMs: seconds * 1000 });
  return result.code === 0 ? { ...noResults(), passed: 1 } : oneFailure(name, result.output.trim());
}

/** @param {string} program */
function binary(program) {
  const [name = program, command = name] = program.split('/');
  const manifest = createRequire(join(root, 'package.json')).resolve(`${name}/package.json`);
  const { bin } = createRequire(import.meta.url)(manifest);
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[command]);
}

/**
 * Every `.test.js` under `dist/test/NAME`, by mocha in Node, from the checkout's root.
 * @param {string} name
 * @param {{ timeoutMs: number, env?: Record<string, string | undefined>, testTimeoutMs?: number }} options
 * @returns {Promise<Results>}
 */
async function mochaInNode(name, { timeoutMs, env = {}, testTimeoutMs = 10_000 }) {
  const folder = join('dist', 'test', name);
  const files = existsSync(join(root, folder)) ? (await readdir(join(root, folder), { recursive: true })).filter((file) => file.endsWith('.test.js')).sort() : [];
  if (files.length === 0) return oneSkipped(name, `no tests in test/${name}`);
  const { resultsFile, logFile } = await freshOutput(name);
  const result = await step(`Running ${name} tests`, async () => run(process.execPath, [
    '--enable-source-maps', '--disable-warning=ExperimentalWarning', binary('mocha'),
    '--require', join(root, 'scripts', 'lib', 'mochaEnding.mjs'), '--timeout', String(testTimeoutMs), '--reporter', 'json', '--reporter-option', `output=${resultsFile}`, ...files.map((file) => join(folder, file)),
  ], { cwd: root, timeoutMs, env: { ...await isolation(), ...env }, logFile }));
  const results = await readMocha(resultsFile, name);
  if (!results) return oneFailure(name, result.output.trim() || 'mocha wrote no results');
  return result.timedOut ? sum([results, oneFailure(name, 'the tests ended, their process did not: a test left something open')]) : results;
}

/** The chart's page alone, in the Chromium that is found here. */
async function inChromium() {
  const found = await findChromium();
  if ('reason' in found) return oneSkipped('webview', found.reason);
  return mochaInNode('webview', { timeoutMs: 300_000, testTimeoutMs: 30_000, env: chromiumEnv(found.path) });
}

/** A person's clicks: these tests start VS Code themselves, with the Chromium that is found here. */
async function endToEnd() {
  const found = await findVsCode();
  if ('reason' in found) return oneSkipped('e2e', found.reason);
  return mochaInNode('e2e', { timeoutMs: 900_000, testTimeoutMs: 90_000, env: chromiumEnv(found.chromium) });
}

/** What tests that open a page get: the executable, and the folder for pictures of failures. @param {string} path */
function chromiumEnv(path) {
  return { CHROME_PATH: path, SKYRL_TEST_OUTPUT: outputDir };
}

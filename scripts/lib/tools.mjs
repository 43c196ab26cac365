/** The programs of the development dependencies, run as tests. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isEnding } from './cleanup.mjs';
import { describeEnd } from './mochaEnd.mjs';
import { freshOutput, root } from './paths.mjs';
import { run } from './processes.mjs';
import { say, step } from './progress.mjs';
import { noResults, oneFailure, oneSkipped, readMocha, sum } from './results.mjs';
import { isolation } from './vscodeTests.mjs';

/** @typedef {import('./results.mjs').Results} Results */

/**
 * A program of the development dependencies, as one test. It has no deadlines within, as tests beside it have: those compute first.
 * @param {string} name
 * @param {string} program `package`, or `package/program` where the two differ
 * @param {string[]} args
 * @param {number} seconds
 */
export async function tool(name, program, args, seconds) {
  const result = await run(process.execPath, [binary(program), ...args], {
    cwd: root,
    timeoutMs: seconds * 1000,
    patient: true,
  });
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
 * Every `.test.js` under `dist/test/NAME`, by mocha in Node, from the checkout's root, where .mocharc.json is.
 * @param {string} name
 * @param {{ timeoutMs: number, env?: Record<string, string | undefined>, testTimeoutMs?: number | undefined }} options `testTimeoutMs`: of one test, where .mocharc.json's limit is too short
 * @returns {Promise<Results>}
 */
export async function mochaInNode(name, { timeoutMs, env = {}, testTimeoutMs }) {
  const files = await testFiles(join('dist', 'test', name));
  if (files.length === 0) return oneSkipped(name, `no tests in test/${name}`);
  const { resultsFile, logFile, currentFile } = await freshOutput(name);
  const args = [
    '--enable-source-maps',
    '--disable-warning=ExperimentalWarning',
    binary('mocha'),
    ...(testTimeoutMs === undefined ? [] : ['--timeout', String(testTimeoutMs)]),
    '--reporter',
    'json',
    '--reporter-option',
    `output=${resultsFile}`,
    ...files,
  ];
  const runOnce = async () => {
    const result = await step('Running the tests', async () =>
      run(process.execPath, args, {
        cwd: root,
        timeoutMs,
        env: { ...(await isolation()), ...env, SKYRL_TEST_CURRENT: currentFile },
        logFile,
      }),
    );
    return { result, results: await readMocha(resultsFile, name) };
  };
  let { result, results } = await runOnce();
  if (!results && !result.timedOut && !isEnding()) {
    // No test failed: the process died. That is told, and the tests have to pass in another one.
    say(`${name}: ${await describeEnd(result, currentFile)}; they run once more`);
    ({ result, results } = await runOnce());
  }
  if (!results) return oneFailure(name, `${result.output.trim()}\n${await describeEnd(result, currentFile)}`.trim());
  // Mocha's exit code is the number of failures, as far as a byte holds it; another one means that something went wrong outside the tests.
  if (result.code === Math.min(results.failed.length, 255)) return results;
  const cause = result.timedOut
    ? 'the tests ended, their process did not: a test left something open'
    : result.output.trim();
  return sum([results, oneFailure(name, cause)]);
}

/** @param {string} folder from the checkout's root */
async function testFiles(folder) {
  if (!existsSync(join(root, folder))) return [];
  const files = await readdir(join(root, folder), { recursive: true });
  return files
    .filter((file) => file.endsWith('.test.js'))
    .sort()
    .map((file) => join(folder, file));
}

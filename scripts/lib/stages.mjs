/** The stages of `npm test`, as data: adding one is adding a row. */
import { build } from '../build.mjs';
import { benches } from './benches.mjs';
import { smokeEnv } from './benchPeers.mjs';
import { runBench } from './benchRun.mjs';
import { testPackage } from './packageTests.mjs';
import { outputDir } from './paths.mjs';
import { noResults, oneFailure, oneSkipped, sum } from './results.mjs';
import { mochaInNode, tool } from './tools.mjs';
import { testInVsCode, twoFolders } from './vscodeTests.mjs';

/** @typedef {import('./results.mjs').Results} Results */

/** @typedef {import('./downloads.mjs').DownloadName} DownloadName */

/** @typedef {(name: DownloadName) => string} PathOf the path of a download that the stage needs */

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {string} about what it tests, for people
 * @property {'build' | 'checks' | 'tests'} phase one phase after the other: the checks use every processor, and tests have deadlines
 * @property {number} usualSeconds its usual time, alone on two processors with everything installed
 * @property {number} seconds its deadline
 * @property {readonly DownloadName[]} [needs] it is skipped without one of these
 * @property {readonly DownloadName[]} [uses] some of its tests are skipped without one of these
 * @property {boolean} [waits] for other programs more than it computes, so that it runs beside the rest
 * @property {(pathOf: PathOf, env: Record<string, string>) => Promise<Results>} run `env` names the programs that it uses
 */

/** In the order in which they begin, long ones first. @type {readonly Stage[]} */
export const stages = [
  {
    name: 'build',
    about: 'bundles the extension, the pages and the tests',
    phase: 'build',
    usualSeconds: 2,
    seconds: 120,
    run: buildOnce,
  },
  {
    name: 'lint',
    about: 'the lint rules and the format',
    phase: 'checks',
    usualSeconds: 10,
    seconds: 240,
    run: lint,
  },
  {
    name: 'types',
    about: 'the types of the sources, the tests and the scripts',
    phase: 'checks',
    usualSeconds: 5,
    seconds: 240,
    run: types,
  },
  {
    name: 'ray',
    about: 'the extension in VS Code on a real Ray cluster',
    phase: 'tests',
    usualSeconds: 270,
    seconds: 1800,
    needs: ['vscode-server', 'chromium', 'ray'],
    waits: true,
    run: (pathOf) => inVsCode(pathOf, 'ray', { set: 'ray', env: { SKYRL_TEST_PYTHON: pathOf('ray') } }),
  },
  {
    name: 'e2e',
    about: 'what a person does and sees in VS Code on the demonstration run',
    phase: 'tests',
    usualSeconds: 150,
    seconds: 2000,
    needs: ['vscode-server', 'chromium'],
    run: (pathOf) => inChromium(pathOf, 'e2e'),
  },
  {
    name: 'vscode',
    about: 'the extension in VS Code on fixture clusters',
    phase: 'tests',
    usualSeconds: 150,
    seconds: 1700,
    needs: ['vscode-server', 'chromium'],
    uses: ['prometheus'],
    run: (pathOf, env) => inVsCode(pathOf, 'vscode', { env }),
  },
  {
    name: 'unit',
    about: 'the code that needs no VS Code',
    phase: 'tests',
    usualSeconds: 130,
    seconds: 2000,
    uses: ['prometheus', 'victoria-metrics', 'nginx'],
    run: (_, env) => mochaInNode('unit', { timeoutMs: 1_900_000, env }),
  },
  {
    name: 'webview',
    about: 'the pages alone in Chromium',
    phase: 'tests',
    usualSeconds: 40,
    seconds: 2000,
    needs: ['chromium'],
    run: (pathOf) => inChromium(pathOf, 'webview'),
  },
  {
    name: 'package',
    about: 'the VSIX as it is shipped, installed in a VS Code without any other extension',
    phase: 'tests',
    usualSeconds: 30,
    seconds: 600,
    needs: ['vscode-server', 'chromium'],
    run: (pathOf) => packageStage(pathOf('chromium')),
  },
  {
    name: 'bench',
    about: 'the benches on small inputs: whether they run, not how fast anything is',
    phase: 'tests',
    usualSeconds: 25,
    seconds: 360,
    run: runBenches,
  },
  {
    name: 'multiroot',
    about: 'a workspace of two folders in VS Code',
    phase: 'tests',
    usualSeconds: 15,
    seconds: 600,
    needs: ['vscode-server', 'chromium'],
    run: async (pathOf) => inVsCode(pathOf, 'multiroot', { set: 'multiroot', folder: await twoFolders() }),
  },
  {
    name: 'restricted',
    about: 'a folder in VS Code that is not trusted',
    phase: 'tests',
    usualSeconds: 15,
    seconds: 600,
    needs: ['vscode-server', 'chromium'],
    run: (pathOf) => inVsCode(pathOf, 'restricted', { set: 'restricted', trusted: false }),
  },
  {
    name: 'restricted-roots',
    about: 'two folders in VS Code, one hostile, that are not trusted',
    phase: 'tests',
    usualSeconds: 15,
    seconds: 600,
    needs: ['vscode-server', 'chromium'],
    run: async (pathOf) =>
      inVsCode(pathOf, 'restricted-roots', { set: 'restrictedRoots', trusted: false, folder: await twoFolders() }),
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

/** One test: what a person sees of the installed VSIX. @param {string} chromium */
async function packageStage(chromium) {
  try {
    await testPackage({ chromium });
    return { ...noResults(), passed: 1 };
  } catch (error) {
    return oneFailure('package', error instanceof Error ? error.message : String(error));
  }
}

/** Each bench on small inputs as one test, which fails if it prints no numbers. */
async function runBenches() {
  const all = [];
  for (const bench of benches) all.push(await benchResult(bench));
  return sum(all);
}

/** @param {import('./benches.mjs').Bench} bench */
async function benchResult(bench) {
  const name = `bench: ${bench.name}`;
  try {
    const tables = await runBench(bench, smokeEnv());
    const rows = tables.flatMap((table) => table.rows);
    const skip = tables.flatMap((table) => table.skips)[0];
    if (rows.length === 0 && skip) return oneSkipped(name, skip.reason);
    if (rows.length === 0) return oneFailure(name, 'it measured nothing');
    const wrong = rows.filter(({ value, ratios = {} }) => ![value, ...Object.values(ratios)].every(Number.isFinite));
    return wrong.length === 0
      ? { ...noResults(), passed: 1 }
      : oneFailure(name, wrong.map(({ work, value }) => `${work}: ${value}`).join('\n'));
  } catch (error) {
    return oneFailure(name, error instanceof Error ? error.message : String(error));
  }
}

/**
 * A suite in the extension host of a real VS Code.
 * @param {PathOf} pathOf
 * @param {string} name of the stage
 * @param {Omit<Parameters<typeof testInVsCode>[0], 'name' | 'chromium' | 'timeoutMs'>} options
 */
function inVsCode(pathOf, name, options) {
  return testInVsCode({ name, chromium: pathOf('chromium'), timeoutMs: 1_500_000, ...options });
}

/**
 * A suite in Node that opens pages in Chromium; it gets a folder for pictures of failures.
 * @param {PathOf} pathOf
 * @param {string} name of the stage
 */
function inChromium(pathOf, name) {
  const env = { CHROME_PATH: pathOf('chromium'), SKYRL_TEST_OUTPUT: outputDir };
  return mochaInNode(name, { timeoutMs: 1_900_000, testTimeoutMs: 180_000, env });
}

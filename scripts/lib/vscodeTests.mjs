/** Runs a mocha suite in the extension host of a real VS Code. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { obtain } from './downloads.mjs';
import { freshOutput, outputDir, root } from './paths.mjs';
import { seconds, step } from './progress.mjs';
import { oneFailure, readMocha } from './results.mjs';
import { temporaryDir } from './temporary.mjs';
import { startServer, workspaceUrl } from './vscodeServer.mjs';
import { until } from './waiting.mjs';
import { openWorkbench } from './workbench.mjs';

/** The module with `run()`. */
const suite = join(root, 'dist', 'test', 'vscode', 'index.js');

/**
 * What a real VS Code needs, installed if need be.
 * @returns {Promise<{ chromium: string } | { reason: string }>} or why it cannot be had
 */
export async function findVsCode() {
  const found = await obtain(['chromium', 'vscode-server']);
  const missing = Object.values(found).find((one) => 'reason' in one);
  if (missing && 'reason' in missing) return missing;
  return found.chromium && 'path' in found.chromium ? { chromium: found.chromium.path } : { reason: 'no Chromium' };
}

/** Hides a Ray of this machine's user from the tests, which bring what they need. */
export async function isolation() {
  return {
    RAY_ADDRESS: undefined,
    RAY_AUTH_TOKEN: undefined,
    RAY_AUTH_TOKEN_PATH: undefined,
    RAY_TMPDIR: await temporaryDir('skyrl-no-ray-'),
  };
}

/** A workspace file with two empty folders. */
export async function twoFolders() {
  const parent = await temporaryDir('skyrl-workspace-');
  const folders = ['first', 'second'].map((name) => ({ path: name }));
  for (const { path } of folders) await mkdir(join(parent, path));
  const file = join(parent, 'two.code-workspace');
  await writeFile(file, JSON.stringify({ folders }));
  return file;
}

/**
 * @param {object} options
 * @param {string} options.name of the stage; names its files in the output folder
 * @param {string} options.chromium path of the executable
 * @param {number} options.timeoutMs from the window's opening to the results
 * @param {string} [options.set] the folder of test/vscode to run; its own files when left out
 * @param {string} [options.folder] the workspace; a new empty one when left out
 * @param {boolean} [options.trusted] whether the workspace is trusted from the start (yes when left out)
 * @param {Record<string, string | undefined>} [options.env] of the extension host
 * @param {Record<string, unknown>} [options.settings] machine settings
 * @returns {Promise<import('./results.mjs').Results>}
 */
export async function testInVsCode({
  name,
  chromium,
  timeoutMs,
  set,
  folder,
  trusted = true,
  env = {},
  settings = {},
}) {
  const { resultsFile, logFile } = await freshOutput(name);
  const server = await startServer({
    // A Ray token in this user's home is not the tests' to send.
    env: {
      ...(await isolation()),
      HOME: await temporaryDir('skyrl-home-'),
      SKYRL_TEST_RESULTS: resultsFile,
      SKYRL_TEST_SET: set,
      ...env,
    },
    settings,
    trusted,
    logFile,
  });
  const url = workspaceUrl({
    server,
    folder: folder ?? (await temporaryDir('skyrl-workspace-')),
    extensionDevelopmentPath: root,
    extensionTestsPath: suite,
  });
  const workbench = await openWorkbench({ url, chromium, logFile });
  const start = performance.now();
  try {
    const results = await step('Running the tests in VS Code', () =>
      until(() => readMocha(resultsFile, name), timeoutMs, 'the tests in VS Code'),
    );
    if (results.failed.length > 0) await keep(name, server.serverDataDir, workbench.page);
    return results;
  } catch (error) {
    await keep(name, server.serverDataDir, workbench.page);
    return oneFailure(name, `${String(error)} (${seconds(performance.now() - start)}); see ${outputDir}`);
  } finally {
    await workbench.close();
    await server.stop();
  }
}

/**
 * Keeps what helps to find out why.
 * @param {string} name
 * @param {string} serverDataDir
 * @param {import('playwright-core').Page} page
 */
async function keep(name, serverDataDir, page) {
  await page.screenshot({ path: join(outputDir, `${name}.png`) }).catch(() => undefined);
  await cp(join(serverDataDir, 'data', 'logs'), join(outputDir, `${name}-logs`), { recursive: true }).catch(
    () => undefined,
  );
}

/** Pictures of a new user's first minutes: the walkthrough, the recorded run, an agent's tool, and the installed extension. */
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startDemonstration } from './demonstration.mjs';
import { installInNewVsCode } from './installedExtension.mjs';
import { root } from './paths.mjs';
import { withPictureWindow } from './pictureWindow.mjs';
import { step } from './progress.mjs';
import { temporaryDir } from './temporary.mjs';
import { isolation } from './vscodeTests.mjs';
import { makeVsix } from './vsix.mjs';
import { saveWebp } from './webp.mjs';
import { runCommand } from './workbench.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** The module that runs in the extension host and shows a tool's answer in an editor. */
const toolAnswer = join(root, 'scripts', 'lib', 'showToolAnswer.cjs');

/** @param {string} chromium path of the executable */
export async function takeFirstMinutesPictures(chromium) {
  for (const theme of /** @type {const} */ (['light', 'dark']))
    await step(`The walkthrough, ${theme}`, () =>
      withWindow({ chromium, theme }, (page) => takeWalkthrough(page, theme)),
    );
  await step('The recorded run', () => withWindow({ chromium, theme: 'dark' }, takeRecordedRun));
  await step("A tool's answer", () => withWindow({ chromium, theme: 'dark', tests: toolAnswer }, takeToolAnswer));
  await takeExtensionPage(chromium);
}

/**
 * A window on an empty folder, as right after installing.
 * @param {{ chromium: string, theme: keyof typeof import('./pictureWindow.mjs').themes, tests?: string }} options
 * @param {(page: Page) => Promise<void>} use
 */
async function withWindow({ chromium, theme, tests }, use) {
  const env = { ...(await isolation()), HOME: await temporaryDir('skyrl-home-') };
  const folder = await temporaryDir('skyrl-first-');
  const extensionTests = tests === undefined ? {} : { extensionTestsPath: tests };
  await withPictureWindow({ chromium, folder, env, theme, size: { width: 1400, height: 900 }, ...extensionTests }, use);
}

/** The step about ways to a cluster, with its picture beside it. @param {Page} page @param {string} theme */
async function takeWalkthrough(page, theme) {
  await page.setViewportSize({ width: 1480, height: 900 });
  await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
  await runCommand(page, 'SkyRL: Show Ways to Reach a Cluster');
  await page.locator('.getting-started-step.expanded', { hasText: 'Reach the cluster' }).waitFor();
  await wait(2_000);
  await saveWebp(page, page.locator('.part.editor'), `walkthrough-${theme}`);
}

/** @param {Page} page */
async function takeRecordedRun(page) {
  await runCommand(page, 'SkyRL: Try It on a Recorded Run');
  await page.locator('.pane .monaco-list-row', { hasText: 'KV cache' }).first().waitFor({ timeout: 60_000 });
  await runCommand(page, 'SkyRL: Open Chart in Editor');
  await wait(8_000);
  await saveWebp(page, page.locator('.monaco-workbench'), 'recorded-run');
}

/** @param {Page} page */
async function takeToolAnswer(page) {
  await page.locator('.editor-instance', { hasText: 'skyrl_get_findings' }).first().waitFor({ timeout: 60_000 });
  await wait(2_000);
  await saveWebp(page, page.locator('.monaco-workbench'), 'tool-answer');
}

/** What a person sees of the VSIX after installing it. @param {string} chromium */
async function takeExtensionPage(chromium) {
  const { path: vsix } = await makeVsix({ into: await temporaryDir('skyrl-vsix-') });
  const logFile = join(await temporaryDir('skyrl-pictures-'), 'vscode.log');
  const page = await installInNewVsCode({ vsix, chromium, logFile, demonstration: await startDemonstration() });
  await page.setViewportSize({ width: 1400, height: 900 });
  await runCommand(page, 'Extensions: Show Installed Extensions');
  await page.locator('.extension-list-item', { hasText: 'SkyRL Metrics' }).first().click({ timeout: 60_000 });
  await page.locator('.extension-editor').waitFor();
  await wait(4_000);
  await saveWebp(page, page.locator('.monaco-workbench'), 'extension-page');
}

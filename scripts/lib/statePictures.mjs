/** Pictures of the Engine metrics view in states without metrics, for docs/states. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { root } from './paths.mjs';
import { say, step } from './progress.mjs';
import { situations, startAnswers } from './stateSituations.mjs';
import { temporaryDir } from './temporary.mjs';
import { quietSettings, startServer, workspaceUrl } from './vscodeServer.mjs';
import { isolation } from './vscodeTests.mjs';
import { openWorkbench, showContainer } from './workbench.mjs';

/** @typedef {import('./stateSituations.mjs').Situation} Situation */

export const statePictures = join(root, 'docs', 'states');
const colorTheme = { 'workbench.colorTheme': 'Default Light Modern' };

/** @param {string} chromium */
export async function takeStatePictures(chromium) {
  const url = await startAnswers();
  await mkdir(statePictures, { recursive: true });
  const env = { ...(await isolation()), HOME: await temporaryDir('skyrl-home-') };
  const server = await startServer({ env, trusted: true, settings: colorTheme });
  for (const situation of situations(url)) {
    await step(`The state ${situation.state}`, () => takeOne({ server, chromium }, situation));
  }
  const restricted = await startServer({ env, settings: colorTheme });
  await step('The state untrusted', () => takeOne({ server: restricted, chromium }, { state: 'untrusted' }));
  say(`Pictures are in ${statePictures}`);
}

/**
 * @param {{ server: import('./vscodeServer.mjs').Server, chromium: string }} vscode
 * @param {Situation} situation
 */
async function takeOne({ server, chromium }, { state, settings = {}, machine = {}, files = {} }) {
  const folder = join(await temporaryDir('skyrl-states-'), 'my-run');
  const all = { ...files, '.vscode/settings.json': JSON.stringify({ 'skyrl.scrape.interval': 2, ...settings }) };
  for (const [name, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const machineFile = join(server.serverDataDir, 'data', 'Machine', 'settings.json');
  await writeFile(machineFile, JSON.stringify({ ...quietSettings, ...colorTheme, ...machine }));
  const url = workspaceUrl({ server, folder, extensionDevelopmentPath: root });
  const { page, close } = await openWorkbench({ url, chromium, size: { width: 900, height: 1000 } });
  try {
    if (state === 'untrusted')
      await page
        .getByRole('button', { name: /No, I don't trust/ })
        .click({ timeout: 20_000 })
        .catch(() => undefined);
    await showContainer(page, 'SkyRL');
    const pane = page.locator('.pane:has(.pane-header[aria-label^="Engine"])').first();
    await pane
      .locator('.welcome-view-content')
      .getByText(await firstWords(state))
      .first()
      .waitFor({ timeout: 40_000 });
    await wait(500);
    await page.locator('.part.sidebar .pane-header[aria-label^="Chart"]').first().click();
    await wait(700);
    const file = join(statePictures, `${state}.png`);
    await rm(file, { force: true });
    const box = await pane.boundingBox();
    // The element itself is as high as the view.
    const content = await pane.locator('.welcome-view-content > :last-child').last().boundingBox();
    if (!box || !content) throw new Error('the view is not shown');
    const height = Math.ceil(content.y + content.height - box.y + 12);
    await page.screenshot({ path: file, clip: { x: box.x, y: box.y, width: box.width, height } });
  } finally {
    await close();
  }
}

/** What the welcome of a state begins with. @param {string} state */
async function firstWords(state) {
  const { default: nls } = await import('../../package.nls.json', { with: { type: 'json' } });
  return String(/** @type {Record<string, string>} */ (nls)[`welcome.${state}`]?.split('\n')[0]).slice(0, 40);
}

/** Pictures of the Engine metrics view in states without metrics, for docs/states. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { root } from './paths.mjs';
import { themes } from './pictureWindow.mjs';
import { say, step } from './progress.mjs';
import { situations } from './stateSituations.mjs';
import { temporaryDir } from './temporary.mjs';
import { startStateServers } from './stateServers.mjs';
import { quietSettings, startServer, workspaceUrl } from './vscodeServer.mjs';
import { isolation } from './vscodeTests.mjs';
import { openWorkbench, showContainer } from './workbench.mjs';

/** @typedef {import('./stateSituations.mjs').Situation} Situation */

export const statePictures = join(root, 'docs', 'states');
const colorTheme = { 'workbench.colorTheme': themes.light };

/**
 * @param {string} chromium path of the executable
 * @param {readonly string[]} [only] states; all when empty
 */
export async function takeStatePictures(chromium, only = []) {
  const servers = await startStateServers();
  await mkdir(statePictures, { recursive: true });
  const env = { ...(await isolation()), HOME: await temporaryDir('skyrl-home-') };
  const trusting = await startServer({ env, trusted: true, settings: colorTheme });
  const asking = await startServer({ env, settings: colorTheme });
  for (const situation of situations(servers)) {
    if (only.length > 0 && !only.includes(situation.state)) continue;
    const server = situation.state === 'untrusted' ? asking : trusting;
    await step(`The state ${situation.state}`, () => takeOne({ server, chromium }, situation));
  }
  say(`Pictures are in ${statePictures}`);
}

/**
 * @param {{ server: import('./vscodeServer.mjs').Server, chromium: string }} vscode
 * @param {Situation} situation
 */
async function takeOne(
  { server, chromium },
  { state, settings = {}, machine = {}, files = {}, hasFolder = true, act },
) {
  const folder = join(await temporaryDir('skyrl-states-'), 'my-run');
  const all = { ...files, '.vscode/settings.json': JSON.stringify({ 'skyrl.scrape.interval': 2, ...settings }) };
  for (const [name, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const machineFile = join(server.serverDataDir, 'data', 'Machine', 'settings.json');
  await writeFile(machineFile, JSON.stringify({ ...quietSettings, ...colorTheme, ...machine }));
  const url = workspaceUrl({ server, ...(hasFolder && { folder }), extensionDevelopmentPath: root });
  const { page, close } = await openWorkbench({ url, chromium, size: { width: 900, height: 1000 } });
  try {
    if (state === 'untrusted')
      await page
        .getByRole('button', { name: /No, I don't trust/ })
        .click({ timeout: 20_000 })
        .catch(() => undefined);
    await showContainer(page, 'SkyRL');
    const pane = page.locator('.pane:has(.pane-header[aria-label^="Engine"])').first();
    await act?.({ page, pane });
    const words = await firstWords(state);
    await pane.getByText(words).first().waitFor({ timeout: 40_000 });
    await wait(500);
    await page.locator('.part.sidebar .pane-header[aria-label^="Chart"]').first().click();
    await wait(700);
    // The state still holds.
    await pane.getByText(words).first().waitFor({ timeout: 5_000 });
    const file = join(statePictures, `${state}.png`);
    await rm(file, { force: true });
    const box = await pane.boundingBox();
    if (!box) throw new Error('the view is not shown');
    const height = Math.ceil((await contentEnd(pane)) - box.y);
    await page.screenshot({ path: file, clip: { x: box.x, y: box.y, width: box.width, height } });
  } finally {
    await close();
  }
}

/** So many rows of a tree are in a picture; the state is above them. */
const shownRows = 8;
/** Below a welcome, in pixels. */
const margin = 12;

/**
 * Where the welcome ends, or the first rows of the tree: the elements around them are as high as the view.
 * @param {import('playwright-core').Locator} pane
 * @returns {Promise<number>} pixels from the top of the page
 */
async function contentEnd(pane) {
  const rows = pane.locator('.monaco-list-row');
  const count = await rows.count();
  if (count > 0) return bottom(rows.nth(Math.min(count, shownRows) - 1));
  return (await bottom(pane.locator('.welcome-view-content > :last-child').last())) + margin;
}

/** @param {import('playwright-core').Locator} element */
async function bottom(element) {
  const box = await element.boundingBox();
  if (!box) throw new Error('the view is empty');
  return box.y + box.height;
}

/** What the welcome of a state begins with. @param {string} state */
async function firstWords(state) {
  const { default: nls } = await import('../../package.nls.json', { with: { type: 'json' } });
  return String(/** @type {Record<string, string>} */ (nls)[`welcome.${state}`]?.split('\n')[0]).slice(0, 40);
}

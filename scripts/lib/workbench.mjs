/** VS Code's workbench in Chromium, as a person would see it. */
import { appendFileSync } from 'node:fs';
import { atEnd } from './cleanup.mjs';
import { step } from './progress.mjs';

const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * @typedef {object} Workbench
 * @property {import('playwright-core').Page} page
 * @property {() => Promise<void>} close
 */

/**
 * Opens a page of `workspaceUrl` and waits until the workbench is shown.
 * @param {object} options
 * @param {string} options.url
 * @param {string} options.chromium path of the executable
 * @param {string} [options.logFile] gets the page's console
 * @param {(type: string, args: unknown[]) => void} [options.onTestLog] what tests in the extension host print
 * @param {{ width: number, height: number }} [options.size]
 * @returns {Promise<Workbench>}
 */
export async function openWorkbench({ url, chromium, logFile, onTestLog, size = { width: 1400, height: 900 } }) {
  // Loaded here, so that scripts which install dependencies can start without them.
  const playwright = await import('playwright-core');
  const browser = await playwright.chromium.launch({
    executablePath: chromium,
    args: flags,
    timeout: 30_000,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const close = async () => {
    forget();
    await browser.close();
  };
  const forget = atEnd(close);
  try {
    const page = await browser.newPage({ viewport: size });
    page.setDefaultTimeout(20_000);
    if (logFile)
      page.on('console', (message) => appendFileSync(logFile, `[page ${message.type()}] ${message.text()}\n`));
    // These two names are VS Code's own: its workbench calls them where tests run in it.
    await page.exposeFunction('codeAutomationLog', (/** @type {string} */ type, /** @type {unknown[]} */ args) =>
      onTestLog?.(type, args),
    );
    await page.exposeFunction('codeAutomationExit', () => undefined);
    await step('Opening VS Code', async () => {
      // What counts is the workbench; on a busy machine its scripts alone take long to load.
      await page.goto(url, { timeout: 90_000, waitUntil: 'commit' });
      await page.locator('.monaco-workbench .statusbar').waitFor({ timeout: 120_000 });
    });
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Runs a command through the command palette, with real key strokes.
 * @param {import('playwright-core').Page} page
 * @param {string} title as the palette shows it, with its category
 */
export async function runCommand(page, title) {
  // Found by its placeholder: the command may ask a question in the same widget.
  const input = page.locator('.quick-input-widget input.input[placeholder^="Type the name of a command"]');
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
  // A window that is still loading closes the palette again when something takes the focus.
  for (let attempt = 1; ; attempt++) {
    await page.keyboard.press('F1');
    try {
      await input.waitFor({ timeout: 10_000 });
      // The mark `>` is written too: the palette puts it in a moment after it is seen.
      await input.fill(`>${title}`);
      await row.waitFor({ timeout: 10_000 });
      break;
    } catch (error) {
      if (attempt === 3) throw error;
      await page.keyboard.press('Escape');
    }
  }
  await row.click();
  await input.waitFor({ state: 'hidden' });
}

/**
 * Brings a view container of the activity bar to the front.
 * @param {import('playwright-core').Page} page
 * @param {string} title
 */
export async function showContainer(page, title) {
  const tab = page.locator('.activitybar').getByRole('tab', { name: title });
  // The extension's own container comes later than VS Code's.
  await tab.waitFor({ timeout: 30_000 });
  // A click on the open one would close it.
  if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  // The tab's tooltip stays as long as the pointer does, and covers rows.
  const { width = 800, height = 600 } = page.viewportSize() ?? {};
  await page.mouse.move(width * 0.7, height * 0.4);
}

/**
 * What a tree view shows now, of the rows that fit.
 * @param {import('playwright-core').Page} page
 * @param {string} name of the view
 * @returns {Promise<{ description: string, rows: { label: string, description: string, spoken: string, level: number }[] }>} `spoken`: for screen readers
 */
export async function readTree(page, name) {
  const pane = page.locator('.pane', { has: page.locator(`.pane-header[aria-label^="${name}"]`) });
  return pane.first().evaluate((element) => {
    /** @param {Element} inside @param {string} selector */
    const text = (inside, selector) => inside.querySelector(selector)?.textContent?.trim() ?? '';
    return {
      description: text(element, '.pane-header .description'),
      rows: [...element.querySelectorAll('.monaco-list-row')].map((row) => ({
        label: text(row, '.label-name'),
        description: text(row, '.label-description'),
        spoken: row.getAttribute('aria-label') ?? '',
        level: Number(row.getAttribute('aria-level')),
      })),
    };
  });
}

/**
 * @param {import('playwright-core').Page} page
 * @param {string} id of the status item, as its extension named it
 * @returns {Promise<string | undefined>} its text; `undefined` when it is not shown
 */
export async function readStatus(page, id) {
  const item = page.locator(`.statusbar-item[id$="${id}"]`);
  return (await item.isVisible()) ? (await item.innerText()).trim() : undefined;
}

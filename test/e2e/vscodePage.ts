/** A VS Code window in a browser: what a person does in it, and what they see. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';
import { root } from '../../scripts/lib/paths.mjs';
import { temporaryDir } from '../../scripts/lib/temporary.mjs';
import { startServer, workspaceUrl, type Server } from '../../scripts/lib/vscodeServer.mjs';
import { sleep, until } from '../../scripts/lib/waiting.mjs';
import { openWorkbench, readStatus, type Workbench } from '../../scripts/lib/workbench.mjs';

/** Enough for a machine that is busy with other tests. */
export const timeoutMs = 150_000;

const output = process.env['SKYRL_TEST_OUTPUT'] ?? join(root, '.test-output');
const log = join(output, 'e2e.log');

/** Starts a VS Code server that trusts every folder. `extensions`: folders of more extensions, which run beside ours. */
export function startVsCode(
  env: Record<string, string | undefined>,
  settings: Record<string, unknown> = {},
  extensions: readonly string[] = [],
): Promise<Server> {
  return startServer({ env, settings, extensions, trusted: true, logFile: log });
}

/** Opens a folder in a page that is high enough for every row, since a tree draws only what fits. */
export function openFolder(server: Server, folder: string): Promise<Workbench> {
  const chromium = process.env['CHROME_PATH'];
  if (!chromium) throw new Error('CHROME_PATH names no Chromium');
  const url = workspaceUrl({ server, folder, extensionDevelopmentPath: root });
  return openWorkbench({ url, chromium, logFile: log, size: { width: 1400, height: 1600 } });
}

/** Makes a workspace with these files; resolves to its folder. */
export async function createWorkspace(files: Record<string, string>): Promise<string> {
  const folder = join(await temporaryDir('skyrl-e2e-'), 'my-run');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** Keeps a picture of the page, for tests that fail. */
export async function saveScreenshot(page: Page, title: string): Promise<void> {
  const path = join(output, `e2e.${title.replace(/[^a-zA-Z0-9]+/g, '-').slice(0, 80)}.png`);
  await page.screenshot({ path }).catch((error: unknown) => appendFileSync(log, `no picture: ${String(error)}\n`));
}

/** A view, by the beginning of its title. */
export function viewPane(page: Page, name: string): Locator {
  return page.locator('.pane', { has: page.locator(`.pane-header[aria-label^="${name}"]`) }).first();
}

/** Expands a row, unless it is expanded. */
export async function expandRow(page: Page, view: string, label: string): Promise<void> {
  const row = viewPane(page, view)
    .locator('.monaco-list-row', { has: page.locator('.label-name', { hasText: label }) })
    .first();
  if ((await row.getAttribute('aria-expanded')) !== 'true') await row.locator('.monaco-tl-twistie').click();
}

/** Clicks on an inline button of a row. */
export async function clickRowButton(page: Page, view: string, label: string, button: string): Promise<void> {
  const row = viewPane(page, view).locator('.monaco-list-row', { hasText: label }).first();
  // A row that is drawn anew in between is not pointed at any more.
  await until(
    async () => {
      await row.hover();
      const click = row.getByRole('button', { name: button }).click({ timeout: 2000 });
      return click.then(
        () => true,
        () => undefined,
      );
    },
    timeoutMs,
    `a click on ${button} of the row ${label}`,
  );
}

/** Waits at least as long as VS Code takes to write into the field of its dialog after a key. */
const dialogSettleMs = 300;
/** A dialog that is open for longer after Enter has not taken the path. */
const dialogCloseMs = 10_000;

/**
 * Opens a file in VS Code's own dialog of files, which has this title and shows a path and the files of its folder.
 * While the dialog reads a folder, it writes that folder's path in front of what was typed; and it reads one whenever
 * the path changes to another. So the path is typed again until it stays.
 */
export async function openInDialog(page: Page, title: string, path: string): Promise<void> {
  const widget = page.locator('.quick-input-widget', { has: page.locator(`input.input[aria-label$="${title}"]`) });
  const input = widget.locator('input.input').first();
  await widget.locator('.monaco-list-row').first().waitFor({ timeout: timeoutMs });
  await until(
    async () => {
      if (!(await input.isVisible())) return true;
      await input.fill(path, { timeout: dialogCloseMs });
      await sleep(dialogSettleMs);
      if ((await input.inputValue({ timeout: dialogCloseMs })) !== path) return undefined;
      await input.press('Enter');
      return input.waitFor({ state: 'hidden', timeout: dialogCloseMs }).then(
        () => true,
        () => undefined,
      );
    },
    timeoutMs,
    `${path} in the dialog ${title}`,
  );
}

/** The text of the status bar item, as soon as it is visible. */
export function readStatusText(page: Page): Promise<string> {
  return until(
    async () => (await readStatus(page, 'skyrl.status'))?.replace(/\s+/g, ' '),
    timeoutMs,
    'the status item',
  );
}

/** The chart's page, which VS Code puts into a frame within a frame. */
export function chartFrame(page: Page): FrameLocator {
  return page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
}

/** What the chart has drawn, by plot. */
export interface DrawnChart {
  /** The plots' descriptions for screen readers. */
  descriptions: string[];
  /** Pixels of a colour that is not grey: those of lines, not of axes. */
  coloured: number[];
}

/** Reads what the chart has drawn. */
export function readChart(page: Page): Promise<DrawnChart> {
  return chartFrame(page)
    .locator('.plots canvas[role="img"]')
    .evaluateAll((canvases) => {
      const coloured = (canvas: HTMLCanvasElement): number => {
        const { data } = canvas
          .getContext('2d')!
          .getImageData(0, 0, Math.max(1, canvas.width), Math.max(1, canvas.height));
        let count = 0;
        for (let index = 0; index < data.length; index += 4) {
          const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(index, index + 4);
          if (alpha > 100 && Math.max(red, green, blue) - Math.min(red, green, blue) > 60) count++;
        }
        return count;
      };
      return {
        descriptions: canvases.map((canvas) => canvas.getAttribute('aria-label') ?? ''),
        coloured: canvases.map((canvas) => coloured(canvas as HTMLCanvasElement)),
      };
    });
}

/** Waits until the first plots have lines of some length. */
export function waitForChartLines(page: Page): Promise<DrawnChart> {
  return until(
    async () => {
      const drawn = await readChart(page).catch(() => undefined);
      return drawn &&
        drawn.coloured.length > 0 &&
        drawn.coloured.slice(0, 3).every((count) => count > 40) &&
        /between/.test(drawn.descriptions[0] ?? '')
        ? drawn
        : undefined;
    },
    timeoutMs,
    'a chart with lines',
    500,
  );
}

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { chartRows } from '../../src/metrics/chartRows';
import type { ToHost, ToPage } from '../../src/shared/protocol';
import { webviewHtml } from '../../src/views/chart/webviewHtml';
import { themes, type TestTheme } from './themes';

const built = join(process.cwd(), 'dist', 'webview');

/** Where a Chromium is; `undefined`: none. */
export function chromiumPath(): string | undefined {
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)));
  return [process.env['CHROME_PATH'], ...onPath].find((path) => path !== undefined && existsSync(path));
}

/** Why the page cannot be tested here; `undefined`: it can. */
export function skipReason(): string | undefined {
  if (!chromiumPath()) return 'no Chromium on PATH or at CHROME_PATH';
  return existsSync(join(built, 'chart.js')) ? undefined : 'dist/webview/chart.js is not built';
}

/** What the page did that a test may ask about. */
interface Witness {
  sent: ToHost[];
  violations: string[];
  state: unknown;
}

declare global {
  interface Window {
    witness: Witness;
  }
}

/** How a page begins: the size of its panel, the theme it finds, the state it left behind, and what the host has to offer. */
export interface Beginning {
  width?: number;
  height?: number;
  theme?: keyof typeof themes;
  state?: unknown;
  offer?: 'all' | 'nothing';
}

/** Stands in for VS Code around the page: its API, its theme, and an ear for what the policy refused. How the page begins stands in its address. */
export function standIn(): void {
  const { theme, state } = JSON.parse(decodeURIComponent(location.search.slice(1)) || '{}') as {
    theme: TestTheme;
    state?: unknown;
  };
  window.witness = { sent: [], violations: [], state };
  document.addEventListener('securitypolicyviolation', (event) =>
    window.witness.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
  );
  Object.assign(window, {
    acquireVsCodeApi: () => ({
      postMessage: (message: ToHost) => window.witness.sent.push(message),
      getState: () => window.witness.state,
      setState: (kept: unknown) => {
        window.witness.state = kept;
      },
    }),
    wear: (worn: TestTheme) => {
      document.documentElement.removeAttribute('style');
      for (const [name, value] of Object.entries(worn.variables))
        document.documentElement.style.setProperty(name, value);
      document.documentElement.style.background = worn.variables['--vscode-sideBar-background'] ?? '';
      document.body.className = worn.bodyClass;
      document.body.setAttribute('data-vscode-theme-kind', worn.bodyClass);
    },
  });
  document.addEventListener('DOMContentLoaded', () =>
    (window as unknown as { wear: (worn: TestTheme) => void }).wear(theme),
  );
}

/** The built page in a browser, as a side panel would show it. */
export class ChartPage {
  /** Of every page that was opened in this tab. */
  readonly errors: string[] = [];
  readonly violations: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly address: string,
  ) {
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
  }

  static async open(browser: Browser, address: string, beginning: Beginning = {}): Promise<ChartPage> {
    const page = await browser.newPage();
    await page.addInitScript(standIn);
    const chart = new ChartPage(page, address);
    await chart.begin(beginning);
    return chart;
  }

  /** A new page in the same tab. */
  async begin({ width = 300, height = 760, theme = 'dark', state, offer = 'all' }: Beginning = {}): Promise<void> {
    await this.noteViolations();
    await this.page.mouse.move(0, 0);
    await this.page.setViewportSize({ width, height });
    await this.page.goto(`${this.address}?${encodeURIComponent(JSON.stringify({ theme: themes[theme], state }))}`);
    await this.waitForMessage('ready');
    await this.post({ type: 'choices', rows: chartRows(() => offer !== 'nothing'), engines: [] });
  }

  /** Adds what the policy refused so far: a new page has none of it. */
  async noteViolations(): Promise<void> {
    this.violations.push(
      ...(await this.page.evaluate(() => (window as Partial<Window>).witness?.violations.splice(0) ?? [])),
    );
  }

  /** Sends what the host would send, as text, which the browser's protocol carries fastest, and waits until it is drawn. */
  async post(...messages: (ToPage | Record<string, unknown>)[]): Promise<void> {
    await this.page.evaluate((text) => {
      for (const data of JSON.parse(text) as unknown[]) window.dispatchEvent(new MessageEvent('message', { data }));
    }, JSON.stringify(messages));
    await this.settle();
  }

  /** Waits until what was asked for is drawn. */
  async settle(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0)))),
    );
  }

  async wear(theme: keyof typeof themes): Promise<void> {
    await this.page.evaluate(
      (worn) => (window as unknown as { wear: (worn: TestTheme) => void }).wear(worn),
      themes[theme],
    );
    await this.settle();
  }

  witness(): Promise<Witness> {
    return this.page.evaluate(() => window.witness);
  }

  /** The newest message of a type that fits, waited for. */
  async waitForMessage<T extends ToHost['type']>(
    type: T,
    fits: (message: Extract<ToHost, { type: T }>) => boolean = () => true,
  ): Promise<Extract<ToHost, { type: T }>> {
    const until = Date.now() + 10_000;
    for (;;) {
      const { sent } = await this.witness();
      const found = sent
        .filter((message): message is Extract<ToHost, { type: T }> => message.type === type)
        .findLast(fits);
      if (found) return found;
      if (Date.now() > until)
        throw new Error(`no ${type} message that fits in ${JSON.stringify(sent.slice(-3)).slice(0, 2000)}`);
      await this.page.waitForFunction((count) => window.witness.sent.length > count, sent.length, { timeout: 10_000 });
    }
  }

  /** How many pixels of a plot have a colour, between two parts of its time (0 … 1). */
  colouredPixels(plot: string, colour: string, from = 0, to = 1): Promise<number> {
    return this.page.locator(`[data-plot="${plot}"] canvas`).evaluate(
      (element, asked) => {
        const canvas = element as HTMLCanvasElement;
        const axis = 50 * devicePixelRatio;
        const wide = canvas.width - axis - 2 * devicePixelRatio;
        const left = Math.round(axis + asked.from * wide);
        const { data } = canvas
          .getContext('2d')!
          .getImageData(left, 0, Math.max(1, Math.round((asked.to - asked.from) * wide)), canvas.height);
        const wanted = [1, 3, 5].map((start) => parseInt(asked.colour.slice(start, start + 2), 16));
        let count = 0;
        for (let index = 0; index < data.length; index += 4) {
          if (
            data[index + 3]! > 200 &&
            wanted.every((channel, offset) => Math.abs(data[index + offset]! - channel) < 12)
          )
            count++;
        }
        return count;
      },
      { colour, from, to },
    );
  }

  /** The legend of a plot: name and value of each button. */
  legend(plot: string): Promise<string[]> {
    return this.page.locator(`[data-plot="${plot}"] .legend .toggle`).allTextContents();
  }
}

/** Serves the page as the host makes it, with VS Code's content as `cspSource`. */
export async function serveChart(): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const cspSource = `http://${request.headers.host}`;
    const file = /^\/(chart\.(?:js|css))$/.exec(request.url ?? '')?.[1];
    if (file) {
      void readFile(join(built, file)).then((body) =>
        response.writeHead(200, { 'content-type': file.endsWith('js') ? 'text/javascript' : 'text/css' }).end(body),
      );
      return;
    }
    if (!/^\/(\?|$)/.test(request.url ?? '')) {
      response.writeHead(204).end();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/html' }).end(
      webviewHtml({
        title: 'chart',
        cspSource,
        nonce: 'dGVzdA==',
        script: `${cspSource}/chart.js`,
        style: `${cspSource}/chart.css`,
      }),
    );
  });
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

/** A browser for all tests of a file. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath()!,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  });
}

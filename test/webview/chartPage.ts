/** The built chart page in a browser, with a stub of VS Code around it. */
import type { Browser, Page } from 'playwright-core';
import { chartRows } from '../../src/metrics/chartRows';
import type { ToHost, ToPage } from '../../src/shared/protocol';
import type { SubjectChoice } from '../../src/shared/subjectChoice';
import { themes } from './themes';
import { installVscodeStub, type PageLog } from './vscodeStub';

/** How a page is loaded. */
export interface LoadOptions {
  /** Size of its panel in CSS pixels. */
  width?: number;
  height?: number;
  theme?: keyof typeof themes;
  /** The state that an earlier page has left. */
  state?: unknown;
  /** Whether the host offers metrics that were measured, or only those of the catalog. */
  hasMetrics?: boolean;
  /** The engines that the host offers. */
  engines?: readonly SubjectChoice[];
}

/** The width of a plot's value axis, and what is at its right, in CSS pixels. */
const [axisWidth, rightPadding] = [50, 2];

/** A tab with the chart page, as a side panel would show it. */
export class ChartPage {
  /** Errors and violations of the content security policy, of every page that was loaded in this tab. */
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

  /** Opens a tab and loads the page. */
  static async open(browser: Browser, address: string, options: LoadOptions = {}): Promise<ChartPage> {
    const page = await browser.newPage();
    await page.addInitScript(installVscodeStub);
    const chart = new ChartPage(page, address);
    await chart.load(options);
    return chart;
  }

  /** Loads a new page in this tab. */
  async load({
    width = 300,
    height = 760,
    theme = 'dark',
    state,
    hasMetrics = true,
    engines = [],
  }: LoadOptions = {}): Promise<void> {
    await this.collectViolations();
    await this.page.mouse.move(0, 0);
    await this.page.setViewportSize({ width, height });
    await this.page.goto(`${this.address}?${encodeURIComponent(JSON.stringify({ theme: themes[theme], state }))}`);
    await this.waitForMessage('ready');
    await this.post({ type: 'choices', rows: chartRows(() => hasMetrics), engines });
  }

  /** Moves the violations of the present page to `violations`, because a new page would lose them. */
  async collectViolations(): Promise<void> {
    this.violations.push(
      ...(await this.page.evaluate(() => (window as Partial<Window>).log?.violations.splice(0) ?? [])),
    );
  }

  /** Sends messages of the host, and waits until they are drawn. */
  async post(...messages: (ToPage | Record<string, unknown>)[]): Promise<void> {
    // As text, which the browser's protocol transfers fastest.
    await this.page.evaluate((text) => {
      for (const data of JSON.parse(text) as unknown[]) window.dispatchEvent(new MessageEvent('message', { data }));
    }, JSON.stringify(messages));
    await this.settle();
  }

  /** Waits until everything requested is drawn. */
  async settle(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0)))),
    );
  }

  async setTheme(theme: keyof typeof themes): Promise<void> {
    await this.page.evaluate((newTheme) => window.setTheme(newTheme), themes[theme]);
    await this.settle();
  }

  /** What the page did so far. */
  log(): Promise<PageLog> {
    return this.page.evaluate(() => window.log);
  }

  /** Waits for a message of a type that matches, and returns the newest one. */
  async waitForMessage<T extends ToHost['type']>(
    type: T,
    matches: (message: Extract<ToHost, { type: T }>) => boolean = () => true,
  ): Promise<Extract<ToHost, { type: T }>> {
    const deadline = Date.now() + 10_000;
    for (;;) {
      const { sent } = await this.log();
      const found = sent
        .filter((message): message is Extract<ToHost, { type: T }> => message.type === type)
        .findLast(matches);
      if (found) return found;
      if (Date.now() > deadline)
        throw new Error(`no matching ${type} message in ${JSON.stringify(sent.slice(-3)).slice(0, 2000)}`);
      await this.page.waitForFunction((count) => window.log.sent.length > count, sent.length, { timeout: 10_000 });
    }
  }

  /** Number of pixels of a plot that have a colour (`#rrggbb`), between two fractions of its time range (0 to 1). */
  countPixels(plot: string, colour: string, from = 0, to = 1): Promise<number> {
    return this.page.locator(`[data-plot="${plot}"] canvas`).evaluate(
      (element, options) => {
        const canvas = element as HTMLCanvasElement;
        const axis = options.axisWidth * devicePixelRatio;
        const plotWidth = canvas.width - axis - options.rightPadding * devicePixelRatio;
        const left = Math.round(axis + options.from * plotWidth);
        const width = Math.max(1, Math.round((options.to - options.from) * plotWidth));
        const { data } = canvas.getContext('2d')!.getImageData(left, 0, width, canvas.height);
        const wanted = [1, 3, 5].map((start) => parseInt(options.colour.slice(start, start + 2), 16));
        let count = 0;
        for (let index = 0; index < data.length; index += 4) {
          const isOpaque = data[index + 3]! > 200;
          if (isOpaque && wanted.every((channel, offset) => Math.abs(data[index + offset]! - channel) < 12)) count++;
        }
        return count;
      },
      { colour, from, to, axisWidth, rightPadding },
    );
  }

  /**
   * The horizontal position of a fraction of a plot's time range (0 to 1), and the top of its canvas, in CSS pixels.
   */
  async positionIn(plot: string, fraction: number): Promise<{ x: number; top: number }> {
    const box = (await this.page.locator(`[data-plot="${plot}"] canvas`).boundingBox())!;
    return { x: box.x + axisWidth + (box.width - axisWidth - rightPadding) * fraction, top: box.y };
  }

  /** Name and value of each line in the legend of a plot. */
  legend(plot: string): Promise<string[]> {
    return this.page.locator(`[data-plot="${plot}"] .legend .toggle`).allTextContents();
  }

  /** The description of a plot for screen readers. */
  async description(plot: string): Promise<string> {
    return (await this.page.locator(`[data-plot="${plot}"] canvas`).getAttribute('aria-label')) ?? '';
  }
}

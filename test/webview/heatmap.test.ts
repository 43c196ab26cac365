/** The heat map: rows of engines, what the mouse and the keyboard read, selecting, ordering, merged rows. */
import assert from 'node:assert/strict';
import { defaultViewOptions, type ViewOptions } from '../../src/shared/viewOptions';
import { accessibilityViolations } from './accessibility';
import type { ChartPage, LoadOptions } from './chartPage';
import { chartSuite } from './chartSuite';
import { heatmapData, heatmapEngines, type HeatmapRun } from './heatmapData';
import { themes } from './themes';

const measure = 'kv_cache_usage_perc';
const small: HeatmapRun = { engines: 64, nodes: 8, minutes: 15, measures: [measure] };
const cellsOf = ({ engines, minutes }: HeatmapRun): number => engines * minutes * 6;
const heatmapOptions: ViewOptions = { ...defaultViewOptions, measures: [measure], form: 'heatmap' };

chartSuite('Chart page: heat map', (open) => {
  async function show(run: HeatmapRun, options: Partial<ViewOptions> = {}, load: LoadOptions = {}): Promise<ChartPage> {
    const chart = await open({ width: 900, height: 900, engines: heatmapEngines(run), ...load });
    const now = Date.now();
    await chart.post(
      { type: 'options', options: { ...heatmapOptions, ...options } },
      { type: 'snapshot', data: heatmapData(now, run), now },
    );
    return chart;
  }

  const readout = async ({ page }: ChartPage): Promise<string> =>
    (await page.locator(`[data-plot="${measure}"] .readout`).textContent()) ?? '';

  /** Moves the mouse to the middle of a row, at a fraction of the time range. */
  async function pointAt(chart: ChartPage, row: number, rows: number, fraction: number): Promise<void> {
    const { x } = await chart.positionIn(measure, fraction);
    const box = (await chart.page.locator(`[data-plot="${measure}"] canvas`).boundingBox())!;
    // 4 px above the rows, and the time axis of 20 px below.
    await chart.page.mouse.move(x, box.y + 4 + ((box.height - 24) * (row + 0.5)) / rows);
    await chart.settle();
  }

  it('draws a row for each engine and every cell, and reports how many', async () => {
    const chart = await show(small);
    const { report } = await chart.waitForMessage('drawn', (message) => (message.report.plots[0]?.points ?? 0) > 0);
    // Minus the gaps of the dead engine and of the one that starts.
    const gaps = 29 + 59 - 6;
    assert.deepEqual(report.plots, [{ id: measure, series: 64, points: cellsOf(small) - gaps }]);
    assert.match(
      await chart.description(measure),
      /^KV cache.*, heat map of 64 rows, 15 min: highest \d+ % \(engine \d+\), median \d+ %, lowest 0 % \(engine \d+\); 1 dead, 1 starting, 8 asleep$/,
    );
    assert.deepEqual((await chart.page.locator('.colours li').allTextContents()).slice(-5), [
      '90 – 98 %',
      '≥ 98 %',
      'asleep',
      'dead',
      'starting',
    ]);
    assert.equal(await chart.page.locator('.run canvas').evaluate((canvas) => canvas.clientHeight), 18, 'one lane');
  });

  it('appends columns of a scrape, as the host sends them', async () => {
    const chart = await show(small);
    await chart.page.evaluate((id) => {
      const now = Date.now() + 10_000;
      const columns = {
        subjects: [{ id: 'w0', name: 'engine 0', node: '10.0.0.1' }],
        measures: [
          {
            measure: id,
            subject: Uint32Array.of(0),
            rows: Uint32Array.of(1),
            at: Float64Array.of(now),
            value: Float64Array.of(0.875),
          },
        ],
      };
      const data = { series: [], columns, bands: [], engineCount: 64 };
      window.dispatchEvent(new MessageEvent('message', { data: { type: 'append', data, now } }));
    }, measure);
    await chart.settle();
    await chart.page.locator('.cursor input').focus();
    await chart.page.keyboard.press('ArrowDown');
    await chart.settle();
    assert.match(await readout(chart), /^engine 0 on 10\.0\.0\.1: 8[78] %$/);
  });

  it('reads engine, node, value and state under the mouse', async () => {
    const chart = await show(small);
    await pointAt(chart, 12, 64, 0.5);
    assert.match(await readout(chart), /^engine 12 on 10\.0\.0\.2: \d+ %$/);
    await pointAt(chart, 12, 64, 0.97);
    assert.equal(await readout(chart), 'engine 12 on 10.0.0.2: 0 %, asleep');
    await pointAt(chart, 3, 64, 0.9);
    assert.equal(await readout(chart), 'engine 3 on 10.0.0.1: dead');
    await chart.page.mouse.move(5, 5);
    await chart.settle();
    assert.match(await readout(chart), /^highest \d+ %/);
  });

  it('goes over engines by Up and Down, over time by Left, and selects by Enter', async () => {
    const chart = await show(small);
    const slider = chart.page.locator('.cursor input');
    await slider.focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp']) await chart.page.keyboard.press(key);
    await chart.settle();
    assert.match(await readout(chart), /^engine 1 on/);
    assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /engine 1 on 10\.0\.0\.1: \d+ %$/);
    const newest = await slider.inputValue();
    await chart.page.keyboard.press('ArrowLeft');
    await chart.settle();
    assert.equal(Number(await slider.inputValue()), Number(newest) - 1);
    await chart.page.keyboard.press('Enter');
    assert.equal((await chart.waitForMessage('selectEngine')).engine, 'w1');
    await chart.page.keyboard.press('Escape');
    await chart.settle();
    assert.match(await readout(chart), /^engine 1 on/, 'the selected engine is still read');
  });

  it('tells the host which engine is clicked, and shows its lines', async () => {
    const chart = await show(small);
    await pointAt(chart, 40, 64, 0.4);
    await chart.page.mouse.down();
    await chart.page.mouse.up();
    assert.equal((await chart.waitForMessage('selectEngine')).engine, 'w40');
    await chart.page.getByRole('button', { name: 'Show lines of engine 40' }).click();
    const { options } = await chart.waitForMessage('setOptions');
    assert.deepEqual([options.form, options.engines], ['plots', ['w40']]);
    await chart.settle();
    assert.match((await chart.legend(measure)).join(), /^engine 40/);
  });

  it('zooms by a drag, as other plots do', async () => {
    const chart = await show(small);
    const [start, end] = [await chart.positionIn(measure, 0.4), await chart.positionIn(measure, 0.6)];
    await chart.page.mouse.move(start.x, start.top + 100);
    await chart.page.mouse.down();
    await chart.page.mouse.move(end.x, end.top + 120);
    await chart.page.mouse.up();
    const { range } = await chart.waitForMessage('zoom', (message) => message.range !== undefined);
    assert.ok(Math.abs(range!.to - range!.from - 180_000) < 3_000);
    assert.equal(
      (await chart.log()).sent.some(({ type }) => type === 'selectEngine'),
      false,
    );
  });

  it('orders engines by their newest value and by their mean, also in the table', async () => {
    const chart = await show(small);
    const column = async (name: string): Promise<number[]> => {
      const titles = await chart.page.locator('details thead th').allTextContents();
      const cells = await chart.page
        .locator(`details tbody tr > :nth-child(${titles.indexOf(name) + 1})`)
        .allTextContents();
      return cells.map(parseFloat);
    };
    await chart.page.locator('summary').click();
    await chart.settle();
    assert.equal((await column('Mean')).length, 50, 'a page of the table');
    for (const [engineOrder, name] of [
      ['value', 'Newest'],
      ['mean', 'Mean'],
    ] as const) {
      await chart.post({ type: 'options', options: { ...heatmapOptions, engineOrder } });
      const values = await column(name);
      assert.deepEqual(
        values,
        values.toSorted((a, b) => b - a),
        name,
      );
    }
  });

  it('merges rows by node where they would be thinner than 2 px, and says so', async () => {
    const run = { ...small, engines: 512, nodes: 64 };
    const chart = await show(run);
    const note = chart.page.getByText('Too little room for 512 rows: each row is a node and shows its highest engine.');
    assert.ok(await note.isVisible());
    await pointAt(chart, 1, 64, 0.97);
    assert.equal(await readout(chart), '10.0.0.2: highest 0 % (engine 15); 8 asleep');
    await chart.page.setViewportSize({ width: 900, height: 1_800 });
    await chart.post({ type: 'options', options: heatmapOptions });
    assert.equal(await note.isVisible(), false, 'with more room each engine has a row');
  });

  it('is offered instead of more lines than can be told apart', async () => {
    const chart = await show(small, { form: 'plots', engines: 'each' });
    await chart.page.getByRole('button', { name: 'Show all as heat map' }).click();
    assert.equal((await chart.waitForMessage('setOptions')).options.form, 'heatmap');
    const few = await show({ ...small, engines: 16, nodes: 2 }, { form: 'plots', engines: 'each' });
    assert.equal(await few.page.getByRole('button', { name: 'Show all as heat map' }).isVisible(), false);
  });

  it('shows the engines of a node or in a state, those with a text, or the five worst', async () => {
    const chart = await show(small);
    const choose = async (text: string, button: RegExp): Promise<ViewOptions['engines']> => {
      await chart.page.locator('.metrics').click();
      await chart.page.getByRole('searchbox').fill(text);
      await chart.page.getByRole('button', { name: button }).click();
      await chart.settle();
      await chart.page.getByRole('searchbox').fill('');
      await chart.page.keyboard.press('Escape');
      const { options } = (await chart.log()).sent.filter((message) => message.type === 'setOptions').at(-1)!;
      return options.engines;
    };
    const worst = (await choose('', /^Worst 5: KV/)) as string[];
    assert.equal(worst.length, 5);
    assert.match(await chart.description(measure), /heat map of 5 rows/);
    assert.ok(
      (await chart.description(measure)).includes(`(engine ${worst[0]!.slice(1)})`),
      'the worst is the highest',
    );
    assert.equal(await choose('', /^All$/), 'aggregate');
    assert.deepEqual(await choose('asleep', /^Only these 8$/), ['w8', 'w9', 'w10', 'w11', 'w12', 'w13', 'w14', 'w15']);
    assert.deepEqual(
      await choose('10.0.0.8', /^Only these 8$/),
      [56, 57, 58, 59, 60, 61, 62, 63].map((id) => `w${id}`),
    );
    assert.deepEqual(await choose('engine 63', /^Only these 1$/), ['w63']);
  });

  it('is in the picture, with its legend', async () => {
    const chart = await show(small);
    await chart.post({ type: 'capture', request: 7 });
    const { png } = await chart.waitForMessage('picture', ({ request }) => request === 7);
    const [width, height] = [16, 20].map((offset) => Buffer.from(png, 'base64').readUInt32BE(offset));
    assert.ok(width! >= 900 && height! > 600, `${width} × ${height}`);
  });

  it('says when no engine was measured', async () => {
    const chart = await open({ width: 900, height: 900 });
    const now = Date.now();
    await chart.post(
      { type: 'options', options: heatmapOptions },
      { type: 'snapshot', data: { series: [], bands: [], engineCount: 0 }, now },
    );
    assert.ok(await chart.page.getByText('No engine was measured in this time range.').isVisible());
  });

  for (const theme of Object.keys(themes) as (keyof typeof themes)[]) {
    it(`follows the accessibility rules in the theme ${theme}`, async () => {
      const chart = await show(small, {}, { theme, width: 340, height: 1_600 });
      await chart.page.locator('summary').click();
      await chart.settle();
      assert.deepEqual(await accessibilityViolations(chart.page, { hasHeading: false }), []);
    });
  }
});

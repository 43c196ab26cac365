/** The page of a comparison in a browser: configs, measures, lines, keyboard, themes, and words while there is none. */
import assert from 'node:assert/strict';
import { alignLines } from '../../src/comparison/alignLines';
import type { ComparableRun } from '../../src/comparison/comparableRun';
import { compareRuns } from '../../src/comparison/compareRuns';
import { alignments } from '../../src/shared/comparison';
import type { ComparisonView, ToComparisonHost, ToComparisonPage } from '../../src/shared/comparisonProtocol';
import { entryOf, runOf, variedRollouts } from '../unit/comparison/someRuns';
import { accessibilityViolations } from './accessibility';
import { panelSuite, type OpenOptions } from './panelSuite';
import { themes } from './themes';

const hostileName = '<img src=x onerror=alert(1)>';
const runs: readonly ComparableRun[] = [
  runOf('a', variedRollouts(10, 100, 1)),
  runOf('b', variedRollouts(14, 80, 2), {
    name: hostileName,
    engines: 8,
    config: {
      file: 'jobs/train.sh',
      readAt: 0,
      entries: [
        entryOf('generator.inference_engine.num_engines', 8, 3),
        entryOf('generator.inference_engine.max_num_seqs', 512, 7),
        entryOf('generator.inference_engine.gpu_memory_utilization', 0.8),
      ],
    },
  }),
  runOf('c', variedRollouts(9, 100, 3), { means: {} }),
];

describe('Page of a comparison', function () {
  this.timeout(120_000);
  const panel = panelSuite<ToComparisonPage | Record<string, unknown>, ToComparisonHost>('comparison');
  const { post, sent } = panel;

  /** Answers the newest question for lines, as the host does. */
  async function answer(shown: readonly ComparableRun[]): Promise<void> {
    const asked = (await sent()).findLast((message) => message.type === 'show');
    if (asked?.type !== 'show') return;
    await post({ type: 'lines', ...alignLines(shown, compareRuns(shown), asked.measure, asked.alignment) });
  }

  async function open(shown: readonly ComparableRun[], options: OpenOptions = {}): Promise<void> {
    await panel.load({ ...options, width: 1200, height: 1400 });
    await post({ type: 'comparison', comparison: compareRuns(shown) });
    await answer(shown);
  }

  const visibleText = async (): Promise<string> => panel.page.locator('main').innerText();

  it('says first what is not like for like, and shows names as text', async () => {
    await open(runs);
    assert.match(
      await panel.page.locator('.notes li').first().innerText(),
      /^Not like for like: 4 engines against 8 engines/,
    );
    assert.ok((await visibleText()).includes(hostileName));
    assert.equal(await panel.page.locator('img').count(), 0);
    await open([runs[0], runs[2]].flatMap((run) => run ?? []));
    assert.equal(await panel.page.locator('.notes').isVisible(), false);
  });

  it('has the keys that differ with file and line, and those that are equal folded', async () => {
    await open(runs);
    const keys = panel.page.locator('.configs > .table-area tbody tr');
    assert.equal(await keys.count(), 2);
    const row = panel.page.locator('tr[data-key="generator.inference_engine.max_num_seqs"]');
    assert.match((await row.innerText()).replaceAll(/\s+/g, ' '), /256 train\.sh:7 512 jobs\/train\.sh:7 256/);
    const folded = panel.page.locator('tr[data-key="generator.inference_engine.gpu_memory_utilization"]');
    assert.equal(await folded.isVisible(), false);
    await panel.page.getByText('1 equal key').click();
    assert.equal(await folded.isVisible(), true);
  });

  it('has a row for each measure with median, spread, change and verdict; what is not common is folded', async () => {
    await open(runs);
    const row = panel.page.locator('tr[data-measure-row="seconds"]');
    assert.match(
      (await row.innerText()).replaceAll(/\s+/g, ' '),
      /Duration 101 s 98\.0 s to 104 s .* −20 % ✓ better, p < 0\.001/,
    );
    assert.match(await row.innerText(), /within spread, p = 1\.000/);
    assert.equal(await panel.page.locator('tr[data-measure-row="kv_cache_usage_perc"]').isVisible(), false);
    await panel.page.getByText('1 that only some of the runs have').click();
    assert.equal(await panel.page.locator('tr[data-measure-row="kv_cache_usage_perc"]').isVisible(), true);
    const drawn = (await sent()).findLast((message) => message.type === 'drawn');
    assert.ok(drawn?.type === 'drawn' && drawn.rows[0] === 'seconds' && drawn.rows.at(-1) === 'kv_cache_usage_perc');
  });

  it('draws a line for each run, with the same colour and dashes in chart, tables and legend', async () => {
    await open(runs);
    assert.equal(await panel.page.locator('svg.lines path.line').count(), 3);
    for (const index of [0, 1, 2]) {
      const styles = await panel.page
        .locator(`.run-${index}`)
        .evaluateAll((all) =>
          all.map((each) => `${getComputedStyle(each).stroke} ${getComputedStyle(each).strokeDasharray}`),
        );
      assert.ok(styles.length >= 4, 'list of runs, heads of tables, legend and chart');
      assert.equal(new Set(styles).size, 1);
    }
    const path = (await panel.page.locator('svg.lines path.line').first().getAttribute('d')) ?? '';
    assert.ok(path.length > 100 && !path.includes('NaN'), path);
  });

  for (const [width, fontFamily] of [
    [1200, 'inherit'],
    [420, 'monospace'],
  ] as const)
    it(`shows the labels of both axes as a whole and beside each other, ${width} pixels wide in ${fontFamily}`, async () => {
      const wide = runs.map((run) => ({
        ...run,
        rollouts: run.rollouts.map((rollout) => ({ ...rollout, seconds: 123_456 })),
        means: Object.fromEntries(run.rollouts.map(({ id }, index) => [id, { estimated_flops_s: 250e6 - index }])),
      }));
      await open(wide);
      await panel.page.setViewportSize({ width, height: 1400 });
      await panel.page.evaluate((family) => document.body.style.setProperty('font-family', family), fontFamily);
      for (const measure of ['estimated_flops_s', 'seconds', 'output_tokens'])
        for (const alignment of alignments) {
          await panel.page.getByLabel('Measure', { exact: true }).selectOption(measure);
          await panel.page.getByLabel('Alignment').selectOption(alignment);
          await answer(wide);
          const { picture, labels, line, slider } = await panel.page.evaluate(() => {
            const box = (element: Element | null): { left: number; right: number; top: number; bottom: number } => {
              const { left, right, top, bottom } = element!.getBoundingClientRect();
              return { left, right, top, bottom };
            };
            return {
              picture: box(document.querySelector('svg.lines')),
              labels: [...document.querySelectorAll('svg.lines .tick')].map((label) => ({
                text: label.textContent,
                ...box(label),
              })),
              line: box(document.querySelector('svg.lines .grid')),
              slider: box(document.querySelector('.overlay input[type="range"]')),
            };
          });
          const what = `${measure} by ${alignment}: ${JSON.stringify({ picture, labels })}`;
          assert.ok(labels.length >= 4, what);
          for (const [index, { text, left, right, top, bottom }] of labels.entries()) {
            assert.ok(left >= picture.left && right <= picture.right, `${text} is clipped; ${what}`);
            for (const other of labels.slice(index + 1))
              assert.ok(
                other.left >= right || other.right <= left || other.top >= bottom - 1 || other.bottom <= top + 1,
                `${text} and ${other.text} are over each other; ${what}`,
              );
          }
          assert.ok(Math.abs(slider.left + 8 - line.left) < 2 && Math.abs(slider.right - 8 - line.right) < 2, what);
        }
    });

  it('asks for lines by measure and alignment, and keeps the choice for a reload', async () => {
    await open(runs);
    await panel.page.getByLabel('Alignment').selectOption('tokens');
    await panel.page.locator('tr[data-measure-row="seconds"] button').focus();
    await panel.page.keyboard.press('Enter');
    const asked = (await sent()).filter((message) => message.type === 'show').at(-1);
    assert.deepEqual(asked, { type: 'show', measure: 'seconds', alignment: 'tokens' });
    await answer(runs);
    assert.match(await panel.page.locator('.position').innerText(), /M? ?tok$/);
    const state = (await panel.page.evaluate(() => window.log.state)) as ComparisonView;
    assert.deepEqual(state, { runs: ['a', 'b', 'c'], measure: 'seconds', alignment: 'tokens' });
    await open(runs, { state });
    assert.equal(await panel.page.getByLabel('Measure', { exact: true }).inputValue(), 'seconds');
  });

  it('reads the lines with the arrow keys, for screen readers and in the legend', async () => {
    await open(runs);
    await panel.page.getByLabel('Alignment').selectOption('number');
    await panel.page.getByLabel('Measure', { exact: true }).selectOption('seconds');
    await answer(runs);
    const slider = panel.page.getByRole('slider');
    await slider.focus();
    await panel.page.keyboard.press('Home');
    await panel.page.keyboard.press('ArrowRight');
    const second = runs.map((run) => run.rollouts[1]?.seconds ?? NaN);
    const text = (await slider.getAttribute('aria-valuetext')) ?? '';
    assert.match(text, /^number 2: A \d+(\.\d)? s, B \d+(\.\d)? s, C \d+(\.\d)? s$/);
    assert.ok(text.includes(`A ${(second[0] ?? 0).toFixed((second[0] ?? 0) < 100 ? 1 : 0)} s`), text);
    await panel.page.keyboard.press('End');
    assert.match((await slider.getAttribute('aria-valuetext')) ?? '', /^number 14: A –, B .* s, C –$/);
    await panel.page.getByText('Table of the lines').click();
    assert.equal(await panel.page.locator('.overlay tbody tr').count(), 14);
  });

  it('has the thumb of the slider below the cursor, wherever the places are', async () => {
    // Tokens so far: the places are unevenly far apart.
    const uneven = runs.map((run, index) => ({
      ...run,
      rollouts: run.rollouts.map((rollout, number) => ({
        ...rollout,
        tokens: { ...rollout.tokens, output: 1000 * (index + 1) * (number + 1) ** 3 },
      })),
    }));
    await open(uneven);
    await panel.page.getByLabel('Alignment').selectOption('tokens');
    await panel.page.getByLabel('Measure', { exact: true }).selectOption('seconds');
    await answer(uneven);
    const slider = panel.page.getByRole('slider');
    /** Where the middle of the thumb and the cursor are, in CSS pixels. */
    const read = (): Promise<{ thumb: number; cursor: number; text: string }> =>
      panel.page.evaluate(() => {
        const input = document.querySelector<HTMLInputElement>('.overlay input[type="range"]')!;
        const { left, width } = input.getBoundingClientRect();
        return {
          thumb: left + 8 + Number(input.value) * (width - 16),
          cursor: document.querySelector('svg.lines .cursor')!.getBoundingClientRect().left,
          text: input.getAttribute('aria-valuetext') ?? '',
        };
      });
    await slider.focus();
    const texts = new Set<string>();
    for (const key of ['Home', 'ArrowRight', 'ArrowUp', 'PageUp', 'PageUp', 'ArrowLeft', 'End', 'ArrowDown']) {
      await panel.page.keyboard.press(key);
      const { thumb, cursor, text } = await read();
      assert.ok(Math.abs(thumb - cursor) < 1.5, `${key}: thumb at ${thumb}, cursor at ${cursor}`);
      texts.add(text);
    }
    assert.equal(texts.size, 8, 'each key moved it');
    const box = (await slider.boundingBox())!;
    for (const share of [0.13, 0.5, 0.9]) {
      const x = box.x + 8 + share * (box.width - 16);
      await panel.page.mouse.click(x, box.y + box.height / 2);
      const { thumb, cursor } = await read();
      assert.ok(Math.abs(thumb - cursor) < 1.5, `thumb at ${thumb}, cursor at ${cursor}`);
      assert.ok(Math.abs(thumb - x) < box.width / 5, `thumb at ${thumb}, clicked at ${x}`);
    }
    // As a screen reader moves a slider: by less than the next place is away.
    const before = await read();
    await slider.evaluate((input) => {
      const range = input as HTMLInputElement;
      range.value = String(Number(range.value) - 0.0001);
      range.dispatchEvent(new Event('input'));
    });
    const after = await read();
    assert.ok(after.thumb < before.thumb && after.text !== before.text);
  });

  it('walks over the measures with the arrow keys, with one stop for Tab', async () => {
    await open(runs);
    await panel.page.locator('tr[data-measure-row="seconds"] button').focus();
    await panel.page.keyboard.press('ArrowDown');
    const focused = (): Promise<string | null | undefined> =>
      panel.page.evaluate(() => document.activeElement?.getAttribute('data-measure'));
    assert.equal(await focused(), 'output_tokens');
    await panel.page.keyboard.press('End');
    assert.notEqual(await focused(), 'kv_cache_usage_perc', 'a folded row takes no focus');
    assert.equal(await panel.page.locator('button[data-measure][tabindex="0"]').count(), 1);
  });

  it('asks for exports and for other runs', async () => {
    await open(runs);
    for (const name of ['Copy as Markdown', 'Save as CSV', 'Save as JSON', 'Choose Runs…'])
      await panel.page.getByRole('button', { name }).click();
    assert.deepEqual(
      (await sent()).filter(({ type }) => type === 'take' || type === 'choose'),
      [
        { type: 'take', what: 'markdown' },
        { type: 'take', what: 'csv' },
        { type: 'take', what: 'json' },
        { type: 'choose' },
      ],
    );
  });

  it('has words while there is nothing, and a way on', async () => {
    await open(runs);
    await post({ type: 'status', message: 'These runs cannot be compared again: No run "x" is kept.' });
    const text = await visibleText();
    assert.match(text, /cannot be compared again/);
    assert.equal(await panel.page.locator('table').first().isVisible(), false);
    assert.equal(await panel.page.getByRole('button', { name: 'Save as CSV' }).isVisible(), false);
    assert.equal(await panel.page.getByRole('button', { name: 'Choose Runs…' }).isVisible(), true);
  });

  it('has words for runs without anything in common, and for lines without a point', async () => {
    const empty = [runOf('x', [], { series: [] }), runOf('y', [], { series: [] })];
    await open(empty);
    assert.match(await visibleText(), /no measure in common/);
    assert.equal(await panel.page.locator('.overlay').isVisible(), false);
    await open([runs[0] ?? assert.fail(), empty[0] ?? assert.fail()]);
    await post({ type: 'lines', measure: 'seconds', alignment: 'start', lines: [{ run: 'a', x: [], y: [] }] });
    await panel.page.getByLabel('Measure', { exact: true }).selectOption('seconds');
    await post({ type: 'lines', measure: 'seconds', alignment: 'start', lines: [{ run: 'a', x: [], y: [] }] });
    assert.match(await visibleText(), /No run has values of this measure over time/);
  });

  it('ignores a message that is none of its own', async () => {
    await open(runs);
    await post({ type: 'comparison', comparison: { runs: [] } });
    assert.equal((await sent()).at(-1)?.type, 'ignored');
    assert.equal(await panel.page.locator('svg.lines path.line').count(), 3);
  });

  for (const theme of Object.keys(themes) as (keyof typeof themes)[]) {
    it(`follows the accessibility rules in the theme ${theme}`, async () => {
      await open(runs, { theme });
      if (process.env['SKYRL_PAGE_PICTURES'])
        await panel.page.screenshot({
          path: `${process.env['SKYRL_PAGE_PICTURES']}/comparison-${theme}.png`,
          fullPage: true,
        });
      assert.deepEqual(await accessibilityViolations(panel.page, { hasHeading: true }), []);
    });
  }
});

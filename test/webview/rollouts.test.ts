/** The page of rollouts in a browser: table, sorting, trends, keyboard, themes, and words while there is nothing. */
import assert from 'node:assert/strict';
import type { Rollout } from '../../src/shared/rollout';
import type { RolloutView, ToRolloutHost, ToRolloutPage } from '../../src/shared/rolloutProtocol';
import { rolloutOf, rolloutsOf } from '../unit/rollouts/someRollouts';
import { accessibilityViolations } from './accessibility';
import { panelSuite, type OpenOptions } from './panelSuite';
import { themes } from './themes';

/** Ten rollouts, of which one is slow, with steps, one that was joined and one in progress. */
const someRun: Rollout[] = [
  rolloutOf(0, { cut: true, id: 'joined', seconds: 20 }),
  ...rolloutsOf(11, (index) => ({ seconds: index === 6 ? 240 : 78 + index, tailSeconds: 10 + index })).slice(1),
  rolloutOf(11, { cut: true, isOpen: true, id: 'open', seconds: 30 }),
  ...rolloutsOf(3, () => ({ kind: 'step', slowestEngine: { name: '<img src=x onerror=alert(1)>', rate: 5 } })),
];

describe('Page of rollouts', function () {
  this.timeout(120_000);
  const panel = panelSuite<ToRolloutPage | Record<string, unknown>, ToRolloutHost>('rollouts');
  const { post, sent } = panel;

  async function open(rollouts: readonly Rollout[], options: OpenOptions = {}): Promise<void> {
    await panel.load({ ...options, width: 1400, height: 900 });
    await post({ type: 'status', message: 'Up to date.' }, { type: 'rollouts', rollouts, replace: true, removed: [] });
  }

  const rowIds = (): Promise<string[]> =>
    panel.page.locator('tbody tr[data-id]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id') ?? ''));
  const visibleText = async (): Promise<string> => panel.page.locator('main').innerText();

  it('lists the newest first, and says what counts in no median', async () => {
    await open(someRun);
    const ids = await rowIds();
    assert.deepEqual([ids[0], ids.at(-1), ids.length], ['open', 'joined', 12]);
    assert.match(
      (await panel.page.locator('tr[data-id="open"]').innerText()).replaceAll(/\s+/g, ' '),
      /30\.0 s ± 4\.0. s.*in progress/,
    );
    assert.match(await panel.page.locator('tr[data-id="joined"]').innerText(), /cut off/);
    assert.match(await panel.page.locator('.summary').innerText(), /Median of 10/);
    const drawn = (await sent()).findLast((message) => message.type === 'drawn');
    assert.deepEqual(drawn?.type === 'drawn' && drawn.rows, ids);
  });

  it('marks the unusual one, for eyes and for screen readers', async () => {
    await open(someRun);
    const outliers = panel.page.locator('td.outlier');
    const texts = await outliers.allTextContents();
    assert.ok(
      texts.some((text) => /▲ 240 s.*unusually high: usual is/.test(text)),
      texts.join('\n'),
    );
    assert.equal((await panel.page.locator('tr[data-id="rollout-6"] td.outlier').count()) > 0, true);
    assert.equal(await panel.page.locator('tr[data-id="joined"] td.outlier').count(), 0);
  });

  it('sorts by the buttons of its head, up and down, and keeps the choice', async () => {
    await open(someRun);
    const head = panel.page.getByRole('button', { name: 'Duration', exact: true });
    await head.click();
    assert.equal((await rowIds())[0], 'rollout-6');
    assert.equal(await panel.page.locator('th[aria-sort="descending"]').innerText(), 'Duration ↓');
    assert.equal(
      await panel.page.evaluate(() => document.activeElement?.getAttribute('data-sort')),
      'seconds',
      'focus stays',
    );
    await panel.page.keyboard.press('Enter');
    assert.equal((await rowIds())[0], 'joined');
    const state = (await panel.page.evaluate(() => window.log.state)) as RolloutView;
    assert.deepEqual(state, { kind: 'rollout', sortBy: 'seconds', descending: false });
    await open(someRun, { state });
    assert.equal((await rowIds())[0], 'joined', 'also after a reload');
  });

  it('switches to steps, whose bars have the phases, and shows untrusted text as text', async () => {
    await open(someRun);
    await panel.page.getByRole('button', { name: 'Steps (3)' }).click();
    assert.equal((await rowIds()).length, 3);
    const bar = panel.page.locator('tr[data-id="step-0"] svg.bar');
    assert.equal(
      await bar.getAttribute('aria-label'),
      'sync_weights 8.00 s, wait_for_generation_buffer 50.0 s, no phase reported 22.0 s',
    );
    assert.equal(await bar.locator('rect').count(), 3);
    assert.match(await visibleText(), /<img src=x onerror=alert\(1\)>/);
    assert.equal(await panel.page.locator('img').count(), 0);
  });

  it('shows steps at once where there are no rollouts', async () => {
    await open(someRun.filter(({ kind }) => kind === 'step'));
    assert.equal((await rowIds()).length, 3);
  });

  it('asks the host for the span of a row by click and by Enter, and walks with the arrow keys', async () => {
    await open(someRun);
    await panel.page.locator('tr[data-id="rollout-6"] td.note').click();
    const { from, to } = someRun.find(({ id }) => id === 'rollout-6') as Rollout;
    const show = (await sent()).findLast((message) => message.type === 'show');
    assert.deepEqual(show, { type: 'show', range: { from: from - 24_000, to: to + 24_000 } });
    await panel.page.locator('tr[data-id="open"] button').focus();
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('ArrowDown');
    await panel.page.keyboard.press('Enter');
    const third = someRun.find(({ id }) => id === 'rollout-9') as Rollout;
    const again = (await sent()).findLast((message) => message.type === 'show');
    assert.ok(again?.type === 'show' && again.range.from < third.from && again.range.to > third.to);
    assert.equal((await sent()).filter(({ type }) => type === 'show').length, 2, 'once each');
    await panel.page.keyboard.press('End');
    assert.equal(
      await panel.page.evaluate(() => document.activeElement?.closest('tr')?.getAttribute('data-id')),
      'joined',
    );
  });

  it('takes changes without losing the focus, and drops what is gone', async () => {
    await open(someRun);
    await panel.page.locator('tr[data-id="rollout-9"] button').focus();
    const grown = rolloutOf(11, { cut: true, isOpen: true, id: 'open', seconds: 60 });
    await post({ type: 'rollouts', rollouts: [grown, rolloutOf(12)], replace: false, removed: ['joined'] });
    const ids = await rowIds();
    assert.deepEqual([ids[0], ids[1], ids.includes('joined')], ['rollout-12', 'open', false]);
    assert.match(await panel.page.locator('tr[data-id="open"]').innerText(), /60\.0 s/);
    assert.equal(
      await panel.page.evaluate(() => document.activeElement?.closest('tr')?.getAttribute('data-id')),
      'rollout-9',
    );
  });

  it('draws the trends of whole ones, with words for screen readers', async () => {
    await open(someRun);
    const labels = await panel.page
      .locator('.trend svg')
      .evaluateAll((all) => all.map((each) => each.getAttribute('aria-label')));
    assert.equal(labels.length, 3);
    assert.match(
      labels[0] ?? '',
      /^Duration of 10, oldest first: median 84\.0 s, half from .*; last 88\.0 s; 1 unusual$/,
    );
    assert.match(labels[1] ?? '', /^Tail, share of 10/);
    assert.equal(await panel.page.locator('.trend').first().locator('line.dot').count(), 1);
  });

  it('asks for files and the clipboard of the kind that is shown', async () => {
    await open(someRun);
    for (const name of ['Save as CSV', 'Save as JSON Lines', 'Copy as Markdown'])
      await panel.page.getByRole('button', { name }).click();
    const taken = (await sent()).filter((message) => message.type === 'take');
    assert.deepEqual(taken, [
      { type: 'take', what: 'csv', kind: 'rollout' },
      { type: 'take', what: 'jsonl', kind: 'rollout' },
      { type: 'take', what: 'markdown', kind: 'rollout' },
    ]);
  });

  it('has words and the state while there is nothing', async () => {
    await open([]);
    const text = await visibleText();
    assert.match(text, /No rollouts yet/);
    assert.match(text, /Up to date\./);
    assert.equal(await panel.page.locator('table').isVisible(), false);
    await post({ type: 'rollouts', rollouts: [rolloutOf(0)], replace: false, removed: [] });
    assert.equal(await panel.page.locator('table').isVisible(), true);
  });

  it('shows 200 of 2,000 rows, and more on demand', async () => {
    await open(rolloutsOf(2000));
    assert.equal((await rowIds()).length, 200);
    await panel.page.getByRole('button', { name: 'Show 200 more of 2000' }).click();
    assert.equal((await rowIds()).length, 400);
    assert.match(await panel.page.locator('.summary').innerText(), /Median of 2000/);
  });

  it('ignores a message that is none of its own', async () => {
    await open(someRun);
    await post({ type: 'rollouts', rollouts: [{ id: 'x' }], replace: true, removed: [] });
    assert.equal((await rowIds()).length, 12);
    assert.equal((await sent()).at(-1)?.type, 'ignored');
  });

  for (const theme of Object.keys(themes) as (keyof typeof themes)[]) {
    it(`follows the accessibility rules in the theme ${theme}`, async () => {
      await open(someRun, { theme });
      assert.deepEqual(await accessibilityViolations(panel.page, { hasHeading: true }), []);
    });
  }
});

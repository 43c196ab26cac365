/** Rollouts in a real VS Code: the command, the files, the page in a webview, its restoring, and the chart's span. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api } from '../../src/api';
import type { TimeRange } from '../../src/shared/protocol';
import type { Rollout } from '../../src/shared/rollout';
import { RolloutPanel } from '../../src/views/rollouts/rolloutPanel';
import { rolloutsPanelId } from '../../src/views/shared/ids';
import { replay, type Replay } from '../demonstration/index';
import { rolloutsOf } from '../unit/rollouts/someRollouts';
import { watchCluster } from './clusters';
import { assertHarmless, configure, executeCommand, until } from './support';

const showRollouts = (): Promise<{ rollouts: Rollout[] }> => executeCommand('skyrl.showRollouts', {});
const closeEditors = (): Promise<unknown> => executeCommand('workbench.action.closeAllEditors');
const tabTypes = (): string[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => (input instanceof vscode.TabInputWebview ? [input.viewType] : []));
const isOpen = (): boolean => tabTypes().some((type) => type.endsWith(rolloutsPanelId));

describe('rollouts', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'rollouts-'));
  let cluster: Replay;
  let api: Api;

  before(async () => {
    cluster = await replay({ recording: 'ray-2.57' });
    api = await watchCluster(cluster);
    // Suites before this one may have watched the same run, with phases, and with a later engine.
    await executeCommand('skyrl.clearHistory', {});
    for (const step of ['02', '03', '04']) {
      cluster.step(step);
      await api.scrape();
    }
  });

  after(async () => {
    assertHarmless(cluster.requests());
    await closeEditors();
    await configure();
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are what the command resolves to, and it opens their page', async () => {
    const { rollouts } = await showRollouts();
    const rollout = rollouts.findLast(({ kind }) => kind === 'rollout');
    assert.ok(rollout, JSON.stringify(rollouts));
    assert.equal(rollout.cut, true, 'its beginning was not seen');
    assert.equal(rollout.engines, 3);
    assert.ok((rollout.tokens.output ?? 0) > 0 && (rollout.requests ?? 0) > 0);
    assert.ok(rollout.to >= rollout.from && Math.abs(rollout.to - Date.now()) < 60_000);
    assert.ok(Math.abs(rollout.seconds - (rollout.to - rollout.from) / 1000) < 0.01);
    assert.deepEqual(
      rollouts.map(({ from }) => from),
      rollouts.map(({ from }) => from).sort((a, b) => a - b),
      'oldest first',
    );
    await until(isOpen, 'the page is open');
    await showRollouts();
    assert.equal(tabTypes().filter((type) => type.endsWith(rolloutsPanelId)).length, 1, 'one page');
  });

  it('are in the snapshot while they last', async () => {
    const { rollouts } = await showRollouts();
    const { rollout } = await api.scrape();
    assert.ok(rollout);
    assert.ok(rollouts.some(({ id, from }) => id === rollout.id && from === rollout.from));
    assert.equal(rollout.engines, 3);
    assert.ok(rollout.seconds > 0 && (rollout.tokens.output ?? 0) > 0);
  });

  it('are saved as CSV and JSON Lines, and copied as Markdown', async () => {
    const csv = vscode.Uri.file(path.join(folder, 'rollouts.csv'));
    assert.equal((await executeCommand<vscode.Uri>('skyrl.exportRollouts', { uri: csv })).fsPath, csv.fsPath);
    const { rollouts } = await showRollouts();
    const lines = readFileSync(csv.fsPath, 'utf8').trimEnd().split('\n');
    assert.equal(lines.length, rollouts.length + 1);
    assert.match(lines[0] ?? '', /^id,kind,from,to,/);
    const jsonl = vscode.Uri.file(path.join(folder, 'rollouts.jsonl'));
    await executeCommand('skyrl.exportRollouts', { format: 'jsonl', uri: jsonl });
    const [first = ''] = readFileSync(jsonl.fsPath, 'utf8').split('\n');
    assert.equal((JSON.parse(first) as Rollout).id, rollouts[0]?.id);
    const markdown = await executeCommand<string>('skyrl.copyRollouts', { kind: 'rollout' });
    assert.match(markdown, /^\*\*Rollouts\*\* \(\d+;/);
    assert.equal(await vscode.env.clipboard.readText(), markdown);
    await assert.rejects(
      executeCommand<unknown>('skyrl.exportRollouts', { format: 'xml', uri: jsonl }),
      /csv or jsonl/,
    );
  });

  describe('in a page', () => {
    const subscriptions: vscode.Disposable[] = [];
    afterEach(() => subscriptions.splice(0).forEach((each) => void each.dispose()));

    /** A panel over made-up rollouts, with the extension's own page. */
    function newPanel(rollouts: readonly Rollout[]) {
      const [changed, never] = [new vscode.EventEmitter<void>(), new vscode.EventEmitter<never>()];
      const extension = vscode.extensions.getExtension('skyrl-metrics.skyrl-metrics') ?? assert.fail();
      const warnings: string[] = [];
      const shown: TimeRange[] = [];
      const state = { rollouts };
      const panel = new RolloutPanel({
        extensionUri: extension.extensionUri,
        feed: {
          get rollouts() {
            return state.rollouts;
          },
          onDidChange: changed.event,
          status: { state: 'fresh', message: 'Up to date.' },
          onDidChangeStatus: never.event,
        },
        events: { show: (range) => shown.push(range), take: () => undefined },
        log: {
          warn: (text: string) => {
            warnings.push(text);
          },
        },
      });
      subscriptions.push(changed, never, panel);
      return { panel, state, changed, warnings };
    }

    const drawn = async (event: vscode.Event<string[]>): Promise<string[]> => {
      let rows: string[] | undefined;
      const listener = event((ids) => (rows = ids));
      try {
        return await until(() => rows, 'the page draws', 30_000);
      } finally {
        listener.dispose();
      }
    };

    it('draw in VS Code, follow what changes, and are drawn again after being hidden', async () => {
      await closeEditors();
      const { panel, state, changed, warnings } = newPanel(rolloutsOf(3));
      const page = panel.open();
      assert.deepEqual(await drawn(page.onDidDraw), ['rollout-2', 'rollout-1', 'rollout-0']);
      state.rollouts = rolloutsOf(4);
      changed.fire();
      assert.equal((await drawn(page.onDidDraw))[0], 'rollout-3');
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: 'in front' }));
      await until(() => !panel.visible, 'the page is hidden');
      state.rollouts = rolloutsOf(5);
      changed.fire();
      panel.open();
      assert.equal((await drawn(page.onDidDraw))[0], 'rollout-4');
      assert.deepEqual(warnings, []);
    });

    it('are restored as VS Code does it after a reload', async () => {
      const { panel, warnings } = newPanel(rolloutsOf(2));
      const restored = vscode.window.createWebviewPanel(rolloutsPanelId, 'SkyRL Rollouts', vscode.ViewColumn.Active);
      await panel.deserializeWebviewPanel(restored);
      assert.deepEqual(await drawn(panel.open().onDidDraw), ['rollout-1', 'rollout-0']);
      restored.dispose();
      await until(() => !panel.visible, 'the panel is closed');
      assert.deepEqual(warnings, []);
    });
  });
});

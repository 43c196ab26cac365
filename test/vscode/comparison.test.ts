/** Comparing runs in a real VS Code: the command, the files, the page in a webview and its restoring. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ComparableRun } from '../../src/comparison/comparableRun';
import type { ComparisonResult } from '../../src/comparison/comparisonResult';
import type { RunData } from '../../src/runs/run';
import type { MeasureRow } from '../../src/shared/comparison';
import { OfferSection } from '../../src/views/comparison/offerSection';
import { ComparisonPanel } from '../../src/views/comparison/comparisonPanel';
import { comparisonPanelId } from '../../src/views/shared/ids';
import { entryOf, runFile, runOf, variedRollouts } from '../unit/comparison/someRuns';
import { activate, executeCommand, until } from './support';

const closeEditors = (): Promise<unknown> => executeCommand('workbench.action.closeAllEditors');
const tabTypes = (): string[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .flatMap(({ input }) => (input instanceof vscode.TabInputWebview ? [input.viewType] : []));
const isOpen = (): boolean => tabTypes().some((type) => type.endsWith(comparisonPanelId));

const maxNumSeqs = 'generator.inference_engine.max_num_seqs';
const compared = (id: string, seconds: number, seqs: number, seed: number): ComparableRun =>
  runOf(id, variedRollouts(10, seconds, seed), {
    config: { file: 'train.sh', readAt: 0, entries: [entryOf(maxNumSeqs, seqs, 7)] },
  });
const slow = compared('compared-slow', 100, 256, 1);
const fast = compared('compared-fast', 80, 512, 2);

describe('comparison', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'comparison-'));
  const file = (name: string): vscode.Uri => vscode.Uri.file(path.join(folder, name));
  const ids: string[] = [];

  before(async () => {
    await activate();
    for (const run of [slow, fast]) {
      writeFileSync(file(`${run.id}.json`).fsPath, await runFile(run));
      ids.push((await executeCommand<{ id: string }>('skyrl.importRun', { uri: file(`${run.id}.json`) })).id);
    }
  });

  after(async () => {
    await closeEditors();
    for (const run of ids) await executeCommand('skyrl.deleteRun', { run });
    rmSync(folder, { recursive: true, force: true });
  });

  it('of two imported runs is what the command resolves to, and it opens the page', async () => {
    const { runs, config, measures } = await executeCommand<ComparisonResult>('skyrl.compareRuns', { runs: ids });
    assert.deepEqual(
      runs.map(({ id, kind, counted }) => [id, kind, counted]),
      ids.map((id) => [id, 'import', 9]),
    );
    assert.deepEqual(config, [{ key: maxNumSeqs, values: [256, 512] }]);
    const seconds = measures.find(({ id }) => id === 'seconds') as MeasureRow;
    assert.equal(seconds.verdict, 'better');
    assert.ok(Math.abs((seconds.change ?? NaN) + 20) < 4, `${seconds.change} %`);
    assert.deepEqual([seconds.unit, seconds.medians.length, seconds.spread.length], ['seconds', 2, 2]);
    await until(isOpen, 'the page is open');
    await executeCommand('skyrl.compareRuns', { runs: [...ids].reverse() });
    assert.equal(tabTypes().filter((type) => type.endsWith(comparisonPanelId)).length, 1, 'one page');
  });

  it('is saved as Markdown, CSV and JSON', async () => {
    for (const [format, expected] of [
      ['markdown', /^\*\*Comparison of runs\*\*/],
      ['csv', /^kind,id,unit,a_value/],
      ['json', /^\{"runs":/],
    ] as const) {
      const uri = file(`comparison.${format}`);
      const saved = await executeCommand<vscode.Uri>('skyrl.exportComparison', { runs: ids, format, uri });
      assert.match(readFileSync(saved.fsPath, 'utf8'), expected);
    }
    await assert.rejects(
      executeCommand<unknown>('skyrl.exportComparison', { runs: ids, format: 'xml', uri: file('x') }),
      /csv, json or markdown/,
    );
  });

  it('rejects what it cannot compare, with words', async () => {
    const compare = (runs: unknown): Promise<unknown> => executeCommand('skyrl.compareRuns', { runs });
    await assert.rejects(compare([ids[0]]), /Name 2 to 4 runs/);
    await assert.rejects(compare([ids[0], ids[0]]), /with itself/);
    await assert.rejects(compare([ids[0], 'gone']), /No run "gone" is kept/);
    await assert.rejects(compare('all'), /runs of skyrl\.compareRuns is a list/);
  });

  it('is offered by a row after a config change, until it was opened', async () => {
    const kept = (run: ComparableRun): RunData['run'] => {
      const { id, name, from, engines = 0, releases, rollouts } = run;
      return {
        id,
        name,
        from,
        to: from,
        origin: 'watched',
        engines,
        releases,
        config: 'train.sh',
        rollouts: rollouts.length,
        steps: 0,
      };
    };
    const changed = new vscode.EventEmitter<void>();
    const stored = new Map<string, unknown>();
    const offer = new OfferSection({
      library: {
        listRuns: () => Promise.resolve([kept(fast), kept(slow)]),
        loadRun: (id) => {
          const run = id === slow.id ? slow : fast;
          return Promise.resolve({ ...run, run: kept(run), bands: [] });
        },
      },
      onDidChangeRuns: changed.event,
      memento: {
        keys: () => [...stored.keys()],
        get: <T>(key: string, initial?: T) => (stored.get(key) ?? initial) as T,
        update: (key: string, value: unknown) => Promise.resolve(void stored.set(key, value)),
      },
      log: { warn: assert.fail },
    });
    try {
      changed.fire();
      const [row] = await until(() => (offer.rows().length > 0 ? offer.rows() : undefined), 'the row');
      assert.deepEqual(
        [row?.label, row?.description],
        ['max_num_seqs 256 → 512', 'rollouts 20 % shorter (9 against 9)'],
      );
      assert.deepEqual(
        [row?.command?.command, row?.commandOptions],
        ['skyrl.compareRuns', { runs: [slow.id, fast.id] }],
      );
      await offer.setOpened([slow.id, fast.id]);
      assert.deepEqual(offer.rows(), []);
    } finally {
      offer.dispose();
      changed.dispose();
    }
  });

  it('is drawn in VS Code, and again after a reload, from the runs as they are then', async () => {
    await closeEditors();
    const extension = vscode.extensions.getExtension('skyrl-metrics.skyrl-metrics') ?? assert.fail();
    const warnings: string[] = [];
    const asked: (readonly string[])[] = [];
    const panel = new ComparisonPanel({
      extensionUri: extension.extensionUri,
      load: (runs) => {
        asked.push(runs);
        return runs.includes('gone')
          ? Promise.reject(new Error('No run "gone" is kept.'))
          : Promise.resolve([fast, slow]);
      },
      events: { take: () => undefined, choose: () => undefined },
      log: { warn: (text: string) => void warnings.push(text) },
    });
    const drawn = async (event: vscode.Event<string[]>): Promise<string[]> => {
      let rows: string[] | undefined;
      const listener = event((list) => (rows = list));
      try {
        return await until(() => rows, 'the page draws', 30_000);
      } finally {
        listener.dispose();
      }
    };
    try {
      assert.equal((await drawn(panel.open([slow, fast]).onDidDraw))[0], 'seconds');
      const restored = vscode.window.createWebviewPanel(
        comparisonPanelId,
        'SkyRL Comparison',
        vscode.ViewColumn.Active,
      );
      await panel.deserializeWebviewPanel(restored, { runs: ['a', 'b'], measure: 'seconds', alignment: 'number' });
      assert.deepEqual(asked, [['a', 'b']]);
      assert.equal((await drawn(panel.open([fast, slow]).onDidDraw))[0], 'seconds');
      await panel.deserializeWebviewPanel(restored, { runs: ['a', 'gone'], measure: '', alignment: 'start' });
      await panel.deserializeWebviewPanel(restored, 'not a state');
      assert.deepEqual(warnings, []);
    } finally {
      panel.dispose();
    }
  });
});

/** Commands with arguments as a hostile or broken extension may pass them: they do nothing, and say what they take. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds } from '../../src/views/shared/ids';
import { startSmallDashboard, type SmallDashboard } from '../demonstration/index';
import { activate, configure, executeCommand, sleep } from './support';

/** These take no argument, so that they would only do what they do. */
const withoutArguments = new Set<string>([
  commandIds.showLog,
  commandIds.openSettings,
  commandIds.showConnection,
  commandIds.startRecord,
  commandIds.scrapeAnyway,
]);
/** After this time a command waits for a person. */
const waitMs = 150;

describe('commands with hostile arguments', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'hostile-'));
  const victim = path.join(folder, 'victim.txt');
  let counting: SmallDashboard;

  beforeEach(() => writeFileSync(victim, 'unchanged'));

  before(async () => {
    counting = await startSmallDashboard({ targets: ['127.0.0.1:1'] });
    await activate();
    await configure();
  });

  after(async () => {
    for (const id of ['skyrl.stopWindow', 'skyrl.stopScrapes', 'skyrl.showLive', 'skyrl.startTimer'])
      await executeCommand(id, {});
    await executeCommand('workbench.action.closeQuickOpen');
    await executeCommand('workbench.action.closeAllEditors');
    await counting.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const throwing = {
    get uri(): never {
      throw new Error('a getter');
    },
  };
  const hostileArguments = (): readonly unknown[] => [
    5,
    true,
    Symbol('x'),
    'x'.repeat(1_000_000),
    `file://${victim}`,
    [],
    [{ uri: victim }],
    () => victim,
    throwing,
    { uri: 5, to: 5, folder: 5, id: 5, format: 5, query: 5, target: 5, origin: 5, url: 5, metric: 5, kind: 5, job: 5 },
    { uri: {}, to: [], folder: {}, id: {}, format: {}, query: {}, target: {}, origin: {}, url: {}, token: {}, job: [] },
    { uri: `${victim}\n/x`, to: `${victim}\0`, folder: `${folder}\r\nx`, format: 'csv' },
    { uri: '../victim.txt', to: '../victim.txt', folder: '..', format: 'csv' },
    {
      uri: `${counting.url}/x`,
      to: `${counting.url}/x`,
      folder: `${counting.url}/x`,
      format: 'csv',
      target: counting.url,
    },
    { uri: 'command:workbench.action.quit', to: 'javascript:alert(1)', folder: 'data:text/plain,x', format: 'csv' },
    { uri: victim, to: victim, format: '__proto__', of: 'constructor' },
    { id: '../../victim', format: 'record', uri: victim },
    { id: '__proto__', kind: '__proto__', source: '__proto__', measures: '__proto__', range: { from: NaN } },
    // With a format that nothing has: a file that is named with right options is written, as it was asked for.
    { run: 5, runs: 5, name: 5, uri: victim, format: 'x' },
    { run: {}, runs: [{}], name: [], uri: victim, format: 'x' },
    { run: '../../victim', runs: ['../../victim', victim], name: '../../victim', uri: victim, format: 'x' },
    { run: '__proto__', runs: ['__proto__', 'constructor'], name: 'x'.repeat(99_999), uri: victim, format: 'x' },
    { runs: Array.from({ length: 10_000 }, () => 'x'), run: 'run\0\n', uri: `${victim}\0` },
    { children: [], id: 'run/../../victim' },
    { children: [], id: 'run/__proto__' },
    { origin: 'javascript:alert(1)', token: 'a\nb', url: 'file:///etc/passwd', job: 'x'.repeat(200_000) },
    { children: 5, id: 'record/../../victim', exposition: { target: counting.url } },
    { children: [], id: {}, value: {}, exposition: { target: {} } },
    JSON.parse(`{"__proto__": {"uri": ${JSON.stringify(victim)}, "format": "csv", "polluted": true}}`),
  ];

  for (const id of Object.values(commandIds).filter((each) => !withoutArguments.has(each))) {
    it(`${id} does nothing`, async () => {
      const calls = hostileArguments().map((argument) =>
        Promise.resolve(executeCommand(id, argument)).then(
          () => undefined,
          (error: unknown) => String(error),
        ),
      );
      const errors = await Promise.race([Promise.all(calls), sleep(waitMs).then(() => [])]);
      for (const error of errors)
        assert.doesNotMatch(error ?? '', /Cannot read prop|is not a function|is not iterable|Maximum call/);
      await executeCommand('workbench.action.closeQuickOpen');
      assert.equal(readFileSync(victim, 'utf8'), 'unchanged');
      assert.deepEqual(readdirSync(folder), ['victim.txt']);
      assert.deepEqual(counting.requests, []);
      assert.equal('polluted' in {}, false);
    });
  }

  it('name the option that is wrong, and what it is', async () => {
    await assert.rejects(executeCommand<unknown>('skyrl.export', 'x'), /takes an object of options/);
    await assert.rejects(
      executeCommand<unknown>('skyrl.import', { uri: 5 }),
      /The option uri of skyrl.import is a Uri/,
    );
    await assert.rejects(executeCommand<unknown>('skyrl.export', { format: 'xml', uri: victim }), /jsonl or csv/);
    await assert.rejects(executeCommand<unknown>('skyrl.export', { uri: '../x' }));
  });

  it('leave the extension as it was', async () => {
    const api = await activate();
    const snapshot = await api.scrape();
    assert.ok(Array.isArray(snapshot.targets));
    const pad = await executeCommand<vscode.Uri>('skyrl.newScratchpad', { query: 'up' });
    assert.equal((await vscode.workspace.openTextDocument(pad)).getText(), 'up');
  });
});

/**
 * From a folder without SkyRL to the first scrape. Its name makes it run first: nothing has been scraped, and no config
 * chosen.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Api } from '../../src/api';
import { replay, type Replay } from '../demonstration/index';
import { repositoryRoot } from '../demonstration/paths';
import {
  activate,
  executeCommand,
  configure,
  setEnvironment,
  localConfig,
  removeFile,
  setSetting,
  sleep,
  waitForState,
  until,
  writeFile,
} from './support';

/** Files of the built extension that this process has loaded; what two of them share is in chunks. */
const loadedFiles = (): string[] =>
  Object.keys(require.cache)
    .filter((path) => dirname(path) === join(repositoryRoot(), 'dist'))
    .map((path) => basename(path))
    .filter((name) => !name.startsWith('chunk-'))
    .sort();

describe('a folder without SkyRL', () => {
  let api: Api;
  let cluster: Replay;
  let restore: () => void;

  before(async () => {
    cluster = await replay({ recording: 'ray-2.57' });
    restore = setEnvironment({ RAY_ADDRESS: cluster.dashboard.url });
    api = await activate();
    await configure();
  });

  after(async () => {
    await configure();
    restore();
    await cluster.close();
  });

  it('says that it has no config', async () => {
    await waitForState(api, 'no-config');
    assert.equal(api.snapshot, undefined);
  });

  it('loads nothing but its entry, also for a new file that only resembles a config', async () => {
    await writeFile('config/other.yaml', 'generator: {name: none}\n');
    await sleep(600);
    assert.deepEqual(loadedFiles(), ['extension.js']);
    await removeFile('config/other.yaml');
  });

  it('shows findings of a config from elsewhere that is opened', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skyrl-elsewhere-'));
    const uri = vscode.Uri.file(join(folder, 'elsewhere.yaml'));
    writeFileSync(uri.fsPath, localConfig('num_engines: four'));
    await vscode.window.showTextDocument(uri);
    await until(
      () => vscode.languages.getDiagnostics(uri).some(({ source }) => source === 'SkyRL Metrics'),
      'a finding',
    );
    assert.deepEqual(loadedFiles(), ['container.js', 'extension.js']);
    await executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true });
    await waitForState(api, 'no-config');
  });

  it('has no timer and makes no request, although a Ray is near', async () => {
    await setSetting('scrape.interval', 0.2);
    await executeCommand('skyrl.metrics.focus');
    await sleep(1200);
    assert.deepEqual(cluster.requests(), []);
    assert.equal(api.snapshot, undefined);
    await waitForState(api, 'no-config');
    assert.deepEqual(loadedFiles(), ['container.js', 'extension.js'], 'an open view needs its texts, and no package');
  });

  it('chooses none of two configs, and makes no request while the interval is 0', async () => {
    await setSetting('scrape.interval', 0);
    await writeFile('config/one.yaml', localConfig('num_engines: 3'));
    await writeFile('config/two.yaml', localConfig('num_engines: 5'));
    await waitForState(api, 'several-configs');
    assert.deepEqual(cluster.requests(), []);
  });

  it('uses the only config that is left', async () => {
    // VS Code's watcher reports no event for a file that is created and deleted within one batch.
    await sleep(1500);
    await removeFile('config/two.yaml');
    const { message } = await waitForState(api, 'timer-stopped');
    assert.match(message, /skyrl\.scrape\.interval is 0/);
    assert.deepEqual(cluster.requests(), []);
  });

  it('waits for a second scrape after the first, then is up to date', async () => {
    const states: string[] = [];
    const listener = api.onDidChangeStatus(({ state }) => states.push(state));
    await api.scrape();
    await waitForState(api, 'second-scrape');
    assert.deepEqual(
      ['undici.js'].filter((file) => !loadedFiles().includes(file)),
      [],
      'packages are loaded when they are used',
    );
    await api.scrape();
    await waitForState(api, 'fresh');
    listener.dispose();
    assert.deepEqual(states, ['second-scrape', 'fresh']);
  });

  it('starts the timer when the interval is above 0', async () => {
    const snapshot = new Promise((resolve) => {
      const listener = api.onDidScrape(({ trigger }) => {
        listener.dispose();
        resolve(trigger);
      });
    });
    await setSetting('scrape.interval', 0.3);
    assert.equal(await snapshot, 'timer');
    await setSetting('scrape.interval', 0);
  });

  it('shows the config in Problems while it has findings', async () => {
    const uri = await writeFile('config/one.yaml', localConfig('num_engines: four'));
    const [diagnostic] = await until(() => {
      const found = vscode.languages.getDiagnostics(uri);
      return found.length > 0 && found;
    }, 'a diagnostic');
    assert.equal(diagnostic?.source, 'SkyRL Metrics');
    assert.equal(diagnostic.range.start.line, 3);
    await writeFile('config/one.yaml', localConfig('num_engines: 3'));
    await until(() => vscode.languages.getDiagnostics(uri).length === 0, 'no diagnostic');
  });
});

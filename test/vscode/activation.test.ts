/** From a folder without SkyRL to the first scrape. Runs first: it needs a window that has scraped nothing and remembers no config. */
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

/** Files of the built extension that have been loaded into this process. */
const loaded = (): string[] =>
  Object.keys(require.cache)
    .filter((path) => dirname(path) === join(repositoryRoot(), 'dist'))
    .map((path) => basename(path))
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

  it('has no config, and says so', async () => {
    await waitForState(api, 'no-config');
    assert.equal(api.snapshot, undefined);
  });

  it('has loaded nothing but its entry, also where a file comes that only looks a little like one of ours', async () => {
    await writeFile('config/other.yaml', 'generator: {name: none}\n');
    await sleep(600);
    assert.deepEqual(loaded(), ['extension.js']);
    await removeFile('config/other.yaml');
  });

  it('still says what is wrong with a config from elsewhere that is opened here', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'skyrl-elsewhere-'));
    const uri = vscode.Uri.file(join(folder, 'elsewhere.yaml'));
    writeFileSync(uri.fsPath, localConfig('num_engines: four'));
    await vscode.window.showTextDocument(uri);
    await until(
      () => vscode.languages.getDiagnostics(uri).some(({ source }) => source === 'SkyRL Metrics'),
      'a finding',
    );
    assert.deepEqual(loaded(), ['container.js', 'extension.js', 'yaml.js']);
    await executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true });
    await waitForState(api, 'no-config');
  });

  it('has no timer and makes no request, however near a Ray is', async () => {
    await setSetting('scrape.interval', 0.2);
    await executeCommand('skyrl.metrics.focus');
    await sleep(1200);
    assert.deepEqual(cluster.requests(), []);
    assert.equal(api.snapshot, undefined);
    await waitForState(api, 'no-config');
    assert.deepEqual(
      loaded(),
      ['container.js', 'extension.js', 'yaml.js'],
      'who looks at a view needs its words, and no package',
    );
  });

  it('of two configs assumes none, and still makes no request when the interval is 0', async () => {
    await setSetting('scrape.interval', 0);
    await writeFile('config/one.yaml', localConfig('num_engines: 3'));
    await writeFile('config/two.yaml', localConfig('num_engines: 5'));
    await waitForState(api, 'several-configs');
    assert.deepEqual(cluster.requests(), []);
  });

  it('takes the only one that is left, by itself', async () => {
    // A file that comes and goes within one batch of VS Code's watcher is no event of it.
    await sleep(1500);
    await removeFile('config/two.yaml');
    const { message } = await waitForState(api, 'timer-stopped');
    assert.match(message, /skyrl\.scrape\.interval is 0/);
    assert.deepEqual(cluster.requests(), []);
  });

  it('after the first scrape waits for a second, then is fresh', async () => {
    const states: string[] = [];
    const listening = api.onDidChangeStatus(({ state }) => states.push(state));
    await api.scrape();
    await waitForState(api, 'second-scrape');
    assert.deepEqual(
      ['undici.js', 'yaml.js'].filter((file) => !loaded().includes(file)),
      [],
      'what is used is loaded from beside the extension',
    );
    await api.scrape();
    await waitForState(api, 'fresh');
    listening.dispose();
    assert.deepEqual(states, ['second-scrape', 'fresh']);
  });

  it('starts the timer once the interval is above 0', async () => {
    const snapshot = new Promise((resolve) => {
      const listening = api.onDidScrape(({ trigger }) => {
        listening.dispose();
        resolve(trigger);
      });
    });
    await setSetting('scrape.interval', 0.3);
    assert.equal(await snapshot, 'timer');
    await setSetting('scrape.interval', 0);
  });

  it('offers the config in Problems only by its findings', async () => {
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

/** What a new user meets: the walkthrough, states without metrics, and expositions with help. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Api } from '../../src/api';
import { contextKeys, viewIds } from '../../src/views/shared/ids';
import {
  activate,
  configure,
  executeCommand,
  localConfig,
  removeFile,
  until,
  waitForState,
  writeFile,
} from './support';

interface Step {
  id: string;
  description: string;
  media: { svg: string };
  completionEvents: string[];
}

describe('the walkthrough', () => {
  let extension: vscode.Extension<Api>;
  let steps: Step[];
  let commands: Set<string>;

  before(async () => {
    await activate();
    extension = vscode.extensions.getExtension<Api>('skyrl-metrics.skyrl-metrics') ?? assert.fail('not installed');
    const { contributes } = extension.packageJSON as { contributes: { walkthroughs: { steps: Step[] }[] } };
    steps = contributes.walkthroughs[0]?.steps ?? [];
    // The views' own commands are there once a view was asked for.
    commands = new Set(await vscode.commands.getCommands(true));
  });

  it('has five steps with a picture each, whose links run commands that exist', () => {
    assert.deepEqual(
      steps.map(({ id }) => id),
      ['what', 'try', 'config', 'reach', 'read'],
    );
    for (const { id, description, media } of steps) {
      assert.doesNotMatch(description, /`/, `${id}: VS Code shows no code here, only its marks`);
      assert.ok(existsSync(path.join(extension.extensionPath, media.svg)), id);
      for (const [, command = ''] of description.matchAll(/\(command:([\w.]+)\)/g))
        assert.ok(commands.has(command), command);
    }
  });

  it('ticks its steps off by commands and context keys that exist', () => {
    const keys: string[] = Object.values(contextKeys);
    for (const event of steps.flatMap(({ completionEvents }) => completionEvents)) {
      const [kind, name = ''] = event.split(':');
      if (kind === 'onCommand') assert.ok(commands.has(name), event);
      else if (kind === 'onContext') assert.ok(keys.includes(name), event);
      else if (kind === 'onView') assert.ok(Object.values<string>(viewIds).includes(name), event);
      else assert.equal(event, 'onStepSelected');
    }
  });

  it('opens at the ways to a cluster', async () => {
    await executeCommand('skyrl.reachCluster');
    const labels = (): string[] => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label));
    await until(() => labels().some((label) => /SkyRL Metrics|Welcome|Walkthrough/.test(label)), 'the walkthrough');
    await executeCommand('workbench.action.closeAllEditors');
  });
});

describe('a workspace with several configs and no cluster', () => {
  let api: Api;
  /** Configs of other suites, one of which may have been chosen; they come back at the end. */
  let others: [uri: vscode.Uri, content: Uint8Array][];

  before(async () => {
    api = await activate();
    await configure({ 'ray.dashboardUrl': 'http://127.0.0.1:1' });
    const found = await vscode.workspace.findFiles('**/*.{yaml,yml,sh,json,py}', '**/.vscode/**');
    others = await Promise.all(
      found.map(async (uri): Promise<(typeof others)[number]> => [uri, await vscode.workspace.fs.readFile(uri)]),
    );
    for (const [uri] of others) await vscode.workspace.fs.delete(uri);
    for (const name of ['small.yaml', 'large.yaml']) await writeFile(name, localConfig('num_engines: 2'));
  });

  after(async () => {
    await configure();
    for (const name of ['small.yaml', 'large.yaml']) await removeFile(name);
    for (const [uri, content] of others) await vscode.workspace.fs.writeFile(uri, content);
  });

  it('asks for the choice first, and says what was found without it; then what is wrong', async () => {
    await api.scrape();
    await waitForState(api, 'several-configs', /Without it: http:\/\/127\.0\.0\.1:1: .*refused/);
    await configure({ 'ray.dashboardUrl': 'http://127.0.0.1:1', config: 'small.yaml' });
    await waitForState(api, 'refused');
  });
});

describe('an exposition in an editor', () => {
  let document: vscode.TextDocument;
  const text = [
    '# HELP vllm:num_requests_running Requests in [execution](command:x) batches.',
    '# TYPE vllm:num_requests_running gauge',
    'vllm:num_requests_running{engine="0"} 1.0',
    'vllm:num_requests_running{engine="1"} 2.0',
    '# TYPE other_seconds histogram',
    'other_seconds_bucket{le="+Inf"} 1.0',
    'other_seconds_count 1.0',
    'alone 1',
    '',
  ].join('\n');

  before(async () => {
    await activate();
    document = await vscode.workspace.openTextDocument({ language: 'prometheus-exposition', content: text });
    await vscode.window.showTextDocument(document);
  });

  after(() => executeCommand('workbench.action.closeAllEditors'));

  const hoverAt = async (line: number, character: number): Promise<string> => {
    const hovers = await executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(line, character),
    );
    return hovers
      .flatMap(({ contents }) => contents.map((content) => (content as vscode.MarkdownString).value))
      .join()
      .replaceAll('&nbsp;', ' ');
  };

  it('folds by family', async () => {
    const ranges = await until(async () => {
      const found = await executeCommand<vscode.FoldingRange[] | undefined>(
        'vscode.executeFoldingRangeProvider',
        document.uri,
      );
      return found?.length ? found : undefined;
    }, 'folding ranges');
    assert.deepEqual(
      ranges.map(({ start, end }) => [start, end]),
      [
        [0, 3],
        [4, 6],
      ],
    );
  });

  it('tells type, help as text, number of samples, and where the views show it', async () => {
    const hover = await hoverAt(3, 8);
    assert.match(hover, /gauge · 2 samples/);
    assert.match(hover, /Requests in \\\[execution\\\]/);
    assert.match(hover, /Shown as Requests running/);
    assert.match(await hoverAt(6, 3), /histogram · 2 samples/);
    assert.equal(await hoverAt(3, 30), '', 'labels have none');
  });

  it('is the language of what SkyRL: Show Exposition opens, by the ending of its name', async () => {
    const uri = await writeFile('scrape.prom', text);
    assert.equal((await vscode.workspace.openTextDocument(uri)).languageId, 'prometheus-exposition');
    await removeFile('scrape.prom');
  });
});

/**
 * Configs of every format in a real VS Code: findings on their lines, quick fixes, the effective config, and edits that
 * break and repair it.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Api } from '../../src/api';
import { fixturePath } from '../demonstration/paths';
import { activate, executeCommand, configure, removeFile, setSetting, until, writeFile } from './support';

const engine = 'generator.inference_engine';
const script = readFileSync(fixturePath('configs', 'rejected.sh'), 'utf8');

const ownDiagnostics = (uri: vscode.Uri): vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'SkyRL Metrics');
const diagnosticLines = (uri: vscode.Uri): string[] =>
  ownDiagnostics(uri).map(({ code, range }) => `${String(code)}@${range.start.line + 1}`);

function findFixes(uri: vscode.Uri, line: number): Promise<vscode.CodeAction[]> {
  return executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    new vscode.Range(line - 1, 0, line - 1, 200),
    vscode.CodeActionKind.QuickFix.value,
  );
}

async function applyFix(uri: vscode.Uri, line: number, title: RegExp): Promise<void> {
  const found = await until(
    async () => (await findFixes(uri, line)).find((action) => title.test(action.title)),
    `a fix ${title} at line ${line}`,
  );
  assert.ok(found.edit);
  assert.ok(await vscode.workspace.applyEdit(found.edit));
}

describe('configs in scripts', () => {
  let api: Api;
  let uri: vscode.Uri;

  before(async () => {
    api = await activate();
    await configure();
    uri = await writeFile('configs/run.sh', script);
    await executeCommand('skyrl.selectConfig', { uri });
  });

  after(async () => {
    await executeCommand('workbench.action.revertAndCloseActiveEditor');
    await executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(uri, '..'), { recursive: true });
    await configure();
  });

  it('show findings on the overrides that cause them', async () => {
    await until(() => ownDiagnostics(uri).length > 0, 'diagnostics');
    for (const place of [
      'config-plus-prefix@5',
      'config-rejected-key@3',
      'config-chunked-prefill@6',
      'config-overridden@8',
      'config-bad-url@10',
    ])
      assert.ok(diagnosticLines(uri).includes(place), `${place}: ${diagnosticLines(uri).join(' ')}`);
  });

  it('offer fixes that repair the script', async () => {
    await vscode.window.showTextDocument(uri);
    for (const [line, title] of [
      [11, /^Remove override_existing/],
      [6, /engine_init_kwargs$/],
      [5, /^Remove the \+$/],
      [3, /^Remove async_engine$/],
    ] as const) {
      await applyFix(uri, line, title);
    }
    const { values } = await api.runConfig(uri);
    assert.ok(!(`${engine}.async_engine` in values) && !(`${engine}.override_existing_update_group` in values));
    assert.equal(values[`${engine}.engine_init_kwargs.enable_chunked_prefill`], false);
    assert.equal(values[`${engine}.num_engines`], 1);
    await until(
      () => !diagnosticLines(uri).some((place) => /plus-prefix|chunked|async/.test(place)),
      'findings that are gone',
    );
  });

  it('are shown in effect with the origin of each value, and follow edits', async () => {
    const shown = await executeCommand<vscode.Uri>('skyrl.showConfig');
    assert.equal(shown.scheme, 'skyrl-config');
    const document = await vscode.workspace.openTextDocument(shown);
    assert.match(
      document.getText(),
      /^# SkyRL config in effect: configs\/run\.sh \(overrides of a command, nested layout\)/,
    );
    assert.match(document.getText(), /generator\.inference_engine\.num_engines: 1 +# line 2/);
    assert.match(document.getText(), /generator\.inference_engine\.data_parallel_size: 1 +# default of SkyRL/);
    const links = await executeCommand<vscode.DocumentLink[]>('vscode.executeLinkProvider', shown);
    assert.ok(links.some(({ target }) => target?.path === uri.path && target.fragment === 'L2'));
    await vscode.window.showTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uri, new vscode.Range(1, 0, 1, 200), '  generator.inference_engine.num_engines=7 \\');
    await vscode.workspace.applyEdit(edit);
    await until(() => /num_engines: 7 +# line 2/.test(document.getText()), 'the new value');
  });

  it('keep the last good reading during a broken edit, and say so', async () => {
    const shown = await vscode.workspace.openTextDocument(await executeCommand<vscode.Uri>('skyrl.showConfig'));
    await vscode.window.showTextDocument(uri);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(0, 0), 'echo "');
    await vscode.workspace.applyEdit(edit);
    await until(() => diagnosticLines(uri).some((place) => place.startsWith('config-syntax@')), 'the error');
    await until(
      () => /cannot be read now/.test(shown.getText()) && /num_engines: 7/.test(shown.getText()),
      'the last good state',
    );
    const repair = new vscode.WorkspaceEdit();
    repair.delete(uri, new vscode.Range(0, 0, 0, 6));
    await vscode.workspace.applyEdit(repair);
    await until(() => !diagnosticLines(uri).some((place) => place.startsWith('config-syntax')), 'no error');
  });

  it('follow changes on disk', async () => {
    // VS Code may still be busy with the last edit.
    await until(async () => (await vscode.workspace.openTextDocument(uri)).save(), 'a saved script');
    await executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.writeFile(
      uri,
      Buffer.from(
        'python -m main generator.inference_engine.num_engines=3 generator.inference_engine.enable_ray_prometheus_stats=false\n',
      ),
    );
    await until(() => diagnosticLines(uri).join() === 'config-stats-off@1', 'the one finding left');
  });

  it('show findings of another open config until they are fixed', async () => {
    const other = await writeFile(
      'configs/other.yaml',
      'generator:\n  inference_engine:\n    num_engines: 2\n    async_engine: false\n',
    );
    const document = await vscode.workspace.openTextDocument(other);
    await vscode.window.showTextDocument(document);
    await until(() => diagnosticLines(other).join() === 'config-rejected-key@4', 'its finding');
    await applyFix(other, 4, /^Remove async_engine$/);
    assert.equal(document.getText(), 'generator:\n  inference_engine:\n    num_engines: 2\n');
    await document.save();
    await until(() => ownDiagnostics(other).length === 0, 'no finding');
    await removeFile('configs/other.yaml');
  });

  it('show no secret', async () => {
    await vscode.workspace.fs.writeFile(
      uri,
      Buffer.from(
        'python -m main generator.inference_engine.num_engines=3 trainer.hf_token=abcdef0123 trainer.note=hf_abcdefghijklmnopqrstu\n',
      ),
    );
    const shown = await vscode.workspace.openTextDocument(await executeCommand<vscode.Uri>('skyrl.showConfig'));
    await until(() => /hf_token: "••••••"/.test(shown.getText()), 'the masked token');
    assert.ok(!/abcdef/.test(shown.getText()));
  });
});

describe('the config that a setting names', () => {
  after(async () => {
    await configure();
    for (const name of ['named/one.sh', 'named/two.json']) await removeFile(name);
  });

  it('is used although there are several', async () => {
    await activate();
    await writeFile(
      'named/one.sh',
      'python -m main generator.inference_engine.num_engines=1 generator.inference_engine.enable_ray_prometheus_stats=false\n',
    );
    const two = await writeFile(
      'named/two.json',
      '{"generator.inference_engine.num_engines": 2, "generator.inference_engine.enable_ray_prometheus_stats": false}',
    );
    await setSetting('config', 'named/two.json');
    await until(() => diagnosticLines(two).join() === 'config-stats-off@1', 'its finding');
  });
});

describe('runConfig for every format', () => {
  for (const [name, key, expected] of [
    ['run_grpo.sh', 'tensor_parallel_size', 2],
    ['skypilot.yaml', 'num_engines', 8],
    ['tinker_string.sh', 'num_engines', 3],
    ['tinker_heredoc.sh', 'gpu_memory_utilization', 0.6],
    ['tinker.json', 'tensor_parallel_size', 4],
    ['run_legacy.sh', 'num_engines', 2],
    ['dumped.yaml', 'tensor_parallel_size', 4],
  ] as const) {
    it(`reads ${name}`, async () => {
      const { values } = await (await activate()).runConfig(vscode.Uri.file(fixturePath('configs', name)));
      assert.equal(values[`${engine}.${key}`], expected);
    });
  }
});

/** `SkyRL: Show Effective Config`: a read-only document that follows the config in use. */
import * as vscode from 'vscode';
import { effectiveConfig } from '../../config/effectiveConfig';
import type { Configs } from './configs';
import { commandIds } from '../shared/ids';

const scheme = 'skyrl-config';

/** One document a window, as there is one config in use. */
const documentUri = vscode.Uri.from({ scheme, path: '/Effective SkyRL Config.yaml' });

const placeholders: Record<Configs['search'], string> = {
  searching: '# Looking for a SkyRL config.\n',
  none: '# No SkyRL config is in use. SkyRL: Select Config chooses one.\n',
  several: '# Several SkyRL configs are here and none is chosen. SkyRL: Select Config chooses one.\n',
  one: '# The config in use cannot be read; its findings are in Problems.\n',
};

function documentText({ activeConfig, search }: Configs): string {
  if (!activeConfig?.config) return placeholders[search];
  const { uri, config, intent, findings, broken, release } = activeConfig;
  return effectiveConfig({ name: vscode.workspace.asRelativePath(uri), config, intent, findings, broken, release });
}

/** `line 12` leads to that line of the config. */
function lineLinks(document: vscode.TextDocument, uri: vscode.Uri | undefined): vscode.DocumentLink[] {
  if (!uri) return [];
  return [...document.getText().matchAll(/(?<=# )line (\d+)|(?<=, )line (\d+)(?=$|;)/gm)].map((match) => {
    const range = new vscode.Range(
      document.positionAt(match.index),
      document.positionAt(match.index + match[0].length),
    );
    return new vscode.DocumentLink(range, uri.with({ fragment: `L${match[1] ?? match[2]}` }));
  });
}

async function showEffectiveConfig(): Promise<vscode.Uri> {
  const document = await vscode.workspace.openTextDocument(documentUri);
  await vscode.window.showTextDocument(document, { preview: true });
  return documentUri;
}

export function registerEffectiveConfigDocument(configs: Configs): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  return vscode.Disposable.from(
    changed,
    configs.onDidChange(() => changed.fire(documentUri)),
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      onDidChange: changed.event,
      provideTextDocumentContent: () => documentText(configs),
    }),
    vscode.languages.registerDocumentLinkProvider(
      { scheme },
      { provideDocumentLinks: (document) => lineLinks(document, configs.activeConfig?.uri) },
    ),
    vscode.commands.registerCommand(commandIds.showConfig, showEffectiveConfig),
  );
}

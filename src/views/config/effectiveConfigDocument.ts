/** `SkyRL: Show Effective Config`: a read-only document that follows the config in use. */
import * as vscode from 'vscode';
import { registerCommandTable } from '../shared/commandTable';
import { effectiveConfig } from '../../config/effectiveConfig';
import { commandIds } from '../shared/ids';
import type { Configs } from './configs';

const scheme = 'skyrl-config';

/** One document is enough, since one config is in use. */
const documentUri = vscode.Uri.from({ scheme, path: '/Effective SkyRL Config.yaml' });

const placeholders: Record<Configs['search'], string> = {
  searching: '# Looking for a SkyRL config…\n',
  none: '# No SkyRL config is in use. Run SkyRL: Select Config to select one.\n',
  several: '# This workspace has several SkyRL configs, and none is chosen. Run SkyRL: Select Config to select one.\n',
  one: '# The config in use cannot be read. Problems shows why.\n',
};

function documentText({ activeConfig, search }: Configs): string {
  if (!activeConfig?.config) return placeholders[search];
  const { uri, config, intent, findings, broken, release } = activeConfig;
  return effectiveConfig({ name: vscode.workspace.asRelativePath(uri), config, intent, findings, broken, release });
}

/** Links each `line 12` of a comment to that line of the config. */
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

/** Registers the document, its links and the command, which resolves to the document's Uri. */
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
    registerCommandTable({ [commandIds.showConfig]: showEffectiveConfig }),
  );
}

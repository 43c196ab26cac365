/** SkyRL: Select Source: the targets themselves, or a Prometheus. */
import * as vscode from 'vscode';
import { commandIds } from '../shared/ids';
import { readSettings, type SourceChoice } from '../shared/settings';

const sourceChoices: readonly { source: SourceChoice; label: string; detail: string }[] = [
  {
    source: 'auto',
    label: 'Automatic',
    detail: 'the targets themselves; Prometheus is offered where they cannot be asked',
  },
  { source: 'scrape', label: 'The targets', detail: 'each is asked from here' },
  { source: 'prometheus', label: 'Prometheus', detail: 'no target is asked; what Prometheus scraped is shown' },
];

/** Writes the setting where the others are: in the workspace, else for the user. Resolves to it; to nothing where nothing was chosen. */
export async function selectSource(options?: { source?: SourceChoice }): Promise<SourceChoice | undefined> {
  const source = options?.source ?? (await pickSource());
  if (source === undefined || !sourceChoices.some((choice) => choice.source === source)) return undefined;
  const target = vscode.workspace.workspaceFolders?.length
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration('skyrl').update('source', source, target);
  if (source === 'prometheus' && options === undefined && readSettings().prometheusUrl === '')
    await vscode.commands.executeCommand(commandIds.selectPrometheus);
  return source;
}

async function pickSource(): Promise<SourceChoice | undefined> {
  const { source: current, prometheusUrl } = readSettings();
  const items = sourceChoices.map((choice) => ({
    ...choice,
    description: [choice.source === current ? 'now' : '', choice.source === 'prometheus' ? prometheusUrl : '']
      .filter(Boolean)
      .join(' · '),
  }));
  return (
    await vscode.window.showQuickPick(items, {
      title: 'SkyRL: Select Source',
      placeHolder: 'Where the numbers come from',
    })
  )?.source;
}

export const registerSelectSource = (): vscode.Disposable =>
  vscode.commands.registerCommand(commandIds.selectSource, selectSource);

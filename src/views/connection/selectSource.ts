/** `SkyRL: Select Source`: scrape the targets, or show what Prometheus scraped. */
import * as vscode from 'vscode';
import { registerCommandTable } from '../shared/commandTable';
import { commandIds } from '../shared/ids';
import { readSettings, updateSetting, type SourceChoice } from '../shared/settings';

const sourceChoices: readonly { source: SourceChoice; label: string; detail: string }[] = [
  {
    source: 'auto',
    label: 'Automatic',
    detail: 'scrape the targets; suggest Prometheus if they cannot be scraped',
  },
  { source: 'scrape', label: 'The targets', detail: 'scrape each target from here' },
  { source: 'prometheus', label: 'Prometheus', detail: 'show what Prometheus scraped; no target is scraped' },
];

/** Writes the setting; resolves to its value, to undefined if nothing was chosen. */
async function selectSource(options?: { source?: SourceChoice }): Promise<SourceChoice | undefined> {
  const source = options?.source ?? (await pickSource());
  if (source === undefined || !sourceChoices.some((choice) => choice.source === source)) return undefined;
  await updateSetting('source', source);
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
  const picked = await vscode.window.showQuickPick(items, {
    title: 'SkyRL: Select Source',
    placeHolder: 'Select where the metrics come from',
  });
  return picked?.source;
}

/** Registers the command. */
export const registerSelectSource = (): vscode.Disposable =>
  registerCommandTable({ [commandIds.selectSource]: selectSource });

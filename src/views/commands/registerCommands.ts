/** The commands. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import type { Snapshot } from '../../api';
import { configExtensions } from '../../config/configFormat';
import type { Configs } from '../config/configs';
import { clearHistory } from './clearHistory';
import { commandIds, viewIds } from '../shared/ids';
import type { Row } from '../tree/metricsTreeRows';
import { showConnectionReport } from '../connection/showConnectionReport';
import type { ReadonlyDocuments } from '../shared/readonlyDocuments';
import { selectRun } from '../connection/selectRun';
import type { RunWatcher } from '../shared/runWatcher';
import {
  clearDashboardToken,
  setDashboardToken,
  type DashboardTokenOptions,
} from '../connection/dashboardTokenCommands';
import type { DashboardTokens } from '../connection/dashboardTokens';
import { escapeLabel } from '../../shared/escapeLabel';

export interface CommandDeps {
  runWatcher: RunWatcher;
  configs: Configs;
  tokens: DashboardTokens;
  reportDocuments: ReadonlyDocuments;
  log: vscode.LogOutputChannel;
}

interface SelectConfigOptions {
  uri?: vscode.Uri | string;
}

/** Scrapes with the progress in the view that shows the result. */
function scrape({ runWatcher }: CommandDeps): Thenable<Snapshot> {
  return vscode.window.withProgress({ location: { viewId: viewIds.metrics } }, () => runWatcher.scrape('command'));
}

async function startTimer({ runWatcher }: CommandDeps, options?: { anyway?: boolean }): Promise<void> {
  await runWatcher.setTimer(options?.anyway === true ? 'anyway' : 'auto');
}

async function selectConfig({ configs }: CommandDeps, options?: SelectConfigOptions): Promise<vscode.Uri | undefined> {
  const given = options?.uri;
  const uri =
    given === undefined ? await pickConfig(configs) : typeof given === 'string' ? vscode.Uri.parse(given) : given;
  if (!uri) return undefined;
  const good = await configs.select(uri);
  if (!good && given === undefined)
    void vscode.window.showWarningMessage(`${vscode.workspace.asRelativePath(uri)} cannot be read as a SkyRL config.`);
  return uri;
}

async function pickConfig(configs: Configs): Promise<vscode.Uri | undefined> {
  await configs.find();
  const items = configs.candidates.map((uri) => ({
    label: escapeLabel(vscode.workspace.asRelativePath(uri)),
    uri,
    picked: uri.toString() === configs.activeConfig?.uri.toString(),
  }));
  const browse = { label: 'Another file…', uri: undefined };
  const picked = await vscode.window.showQuickPick([...items, browse], {
    placeHolder: 'The SkyRL config of this window’s run',
  });
  if (!picked || picked.uri) return picked?.uri;
  const [file] =
    (await vscode.window.showOpenDialog({
      filters: { 'SkyRL configs': [...configExtensions] },
      canSelectMany: false,
    })) ?? [];
  return file;
}

/** Opens the config in use, at its first finding where there is one; offers the choice where none is in use. */
async function openConfig(deps: CommandDeps): Promise<vscode.Uri | undefined> {
  const uri = deps.configs.activeConfig?.uri ?? (await selectConfig(deps));
  if (!uri) return undefined;
  const place = deps.configs.activeConfig?.findings[0]?.range;
  const selection = place && new vscode.Range(place.startLine, place.startCharacter, place.endLine, place.endCharacter);
  await vscode.window.showTextDocument(uri, selection ? { selection } : {});
  return uri;
}

const copyText = (text: string | undefined): Thenable<void> => vscode.env.clipboard.writeText(text ?? '');

/** Registers the commands but for those that their features' own files register. */
export function registerCommands(deps: CommandDeps): vscode.Disposable[] {
  const table: Record<string, (...args: never[]) => unknown> = {
    [commandIds.scrape]: () => scrape(deps),
    [commandIds.startTimer]: (options?: { anyway?: boolean }) => startTimer(deps, options),
    [commandIds.stopTimer]: () => deps.runWatcher.setTimer('stopped'),
    [commandIds.scrapeAnyway]: () => startTimer(deps, { anyway: true }),
    [commandIds.selectConfig]: (options?: SelectConfigOptions) => selectConfig(deps, options),
    [commandIds.selectRun]: (options?: { job?: string }) => selectRun(deps.runWatcher, options),
    [commandIds.setToken]: (options?: DashboardTokenOptions) =>
      setDashboardToken(deps.tokens, deps.runWatcher, options),
    [commandIds.clearToken]: (options?: DashboardTokenOptions) => clearDashboardToken(deps.tokens, options),
    [commandIds.diagnose]: () => showConnectionReport(deps),
    [commandIds.openConfig]: () => openConfig(deps),
    [commandIds.openSettings]: () =>
      vscode.commands.executeCommand('workbench.action.openSettings', '@ext:skyrl-metrics.skyrl-metrics'),
    [commandIds.clearHistory]: (options?: object) => clearHistory(deps.runWatcher, options),
    [commandIds.showLog]: () => deps.log.show(),
    [commandIds.showConnection]: () => vscode.commands.executeCommand(`${viewIds.connection}.focus`),
    [commandIds.copyValue]: (row?: Row) => copyText(row?.value),
    [commandIds.copyPromql]: (row?: Row) => copyText(row?.promql),
  };
  return Object.entries(table).map(([id, run]) => vscode.commands.registerCommand(id, run));
}

/** The commands. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import type { Snapshot } from '../../api';
import { configExtensions } from '../../config/configFormat';
import type { Configs } from '../config/configs';
import { clearHistory } from './clearHistory';
import { commands, views } from '../shared/ids';
import type { Row } from '../tree/metricsTreeRows';
import { diagnose } from '../connection/showConnectionReport';
import type { MadeDocuments } from '../shared/readonlyDocuments';
import { selectRun } from '../connection/selectRun';
import type { Session } from '../shared/runWatcher';
import { clearToken, setToken, type TokenOptions } from '../connection/dashboardTokenCommands';
import type { Tokens } from '../connection/dashboardTokens';
import { plainLabel } from '../../shared/escapeLabel';

export interface CommandDeps {
  session: Session;
  configs: Configs;
  tokens: Tokens;
  diagnoses: MadeDocuments;
  log: vscode.LogOutputChannel;
}

interface SelectOptions {
  uri?: vscode.Uri | string;
}

/** Scrapes with the progress in the view that shows the result. */
function scrape({ session }: CommandDeps): Thenable<Snapshot> {
  return vscode.window.withProgress({ location: { viewId: views.metrics } }, () => session.scrape('command'));
}

async function startTimer({ session }: CommandDeps, options?: { anyway?: boolean }): Promise<void> {
  await session.setTimer(options?.anyway === true ? 'anyway' : 'auto');
}

async function selectConfig({ configs }: CommandDeps, options?: SelectOptions): Promise<vscode.Uri | undefined> {
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
    label: plainLabel(vscode.workspace.asRelativePath(uri)),
    uri,
    picked: uri.toString() === configs.inUse?.uri.toString(),
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
  const uri = deps.configs.inUse?.uri ?? (await selectConfig(deps));
  if (!uri) return undefined;
  const place = deps.configs.inUse?.findings[0]?.range;
  const selection = place && new vscode.Range(place.startLine, place.startCharacter, place.endLine, place.endCharacter);
  await vscode.window.showTextDocument(uri, selection ? { selection } : {});
  return uri;
}

const copy = (text: string | undefined): Thenable<void> => vscode.env.clipboard.writeText(text ?? '');

/** Registers the commands but for those that their features' own files register. */
export function registerCommands(deps: CommandDeps): vscode.Disposable[] {
  const table: Record<string, (...args: never[]) => unknown> = {
    [commands.scrape]: () => scrape(deps),
    [commands.startTimer]: (options?: { anyway?: boolean }) => startTimer(deps, options),
    [commands.stopTimer]: () => deps.session.setTimer('stopped'),
    [commands.scrapeAnyway]: () => startTimer(deps, { anyway: true }),
    [commands.selectConfig]: (options?: SelectOptions) => selectConfig(deps, options),
    [commands.selectRun]: (options?: { job?: string }) => selectRun(deps.session, options),
    [commands.setToken]: (options?: TokenOptions) => setToken(deps.tokens, deps.session, options),
    [commands.clearToken]: (options?: TokenOptions) => clearToken(deps.tokens, options),
    [commands.diagnose]: () => diagnose(deps),
    [commands.openConfig]: () => openConfig(deps),
    [commands.openSettings]: () =>
      vscode.commands.executeCommand('workbench.action.openSettings', '@ext:skyrl-metrics.skyrl-metrics'),
    [commands.clearHistory]: (options?: object) => clearHistory(deps.session, options),
    [commands.showLog]: () => deps.log.show(),
    [commands.showConnection]: () => vscode.commands.executeCommand(`${views.connection}.focus`),
    [commands.copyValue]: (row?: Row) => copy(row?.value),
    [commands.copyPromql]: (row?: Row) => copy(row?.promql),
  };
  return Object.entries(table).map(([id, run]) => vscode.commands.registerCommand(id, run));
}

/** The commands that set and clear a dashboard's token. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import { dashboardAddress } from '../../discovery/dashboardAddress';
import { findToken } from '../../discovery/token';
import { escapeLabel } from '../../shared/escapeLabel';
import { registerCommandTable } from '../shared/commandTable';
import { errorText } from '../shared/errorText';
import { commandIds } from '../shared/ids';
import type { RunWatcher } from '../shared/runWatcher';
import { readSettings } from '../shared/settings';
import { parseDashboardOrigin, type DashboardTokens } from './dashboardTokens';
import { showInformation } from '../shared/messages';

interface DashboardTokenDeps {
  tokens: DashboardTokens;
  runWatcher: RunWatcher;
}

interface DashboardTokenOptions {
  /** Any URL of the dashboard; only its origin counts. */
  origin?: string;
  token?: string;
}

/**
 * Stores a token for an origin; resolves to the origin, to undefined if the person cancelled. Rejects if the address or
 * the token is not valid.
 */
async function setDashboardToken(
  { tokens, runWatcher }: DashboardTokenDeps,
  options?: DashboardTokenOptions,
): Promise<string | undefined> {
  const origin = options?.origin === undefined ? await askOrigin(runWatcher) : parseDashboardOrigin(options.origin);
  if (origin === undefined) return undefined;
  if (options?.token !== undefined) return storeToken(tokens, origin, options.token);
  const found = await findToken(process.env);
  if (found && !(await tokens.get(origin))) {
    const useFound = {
      label: `Use the token in ${found.provider}`,
      detail: `It is sent to ${escapeLabel(origin)} from now on.`,
    };
    const picked = await vscode.window.showQuickPick([useFound, { label: 'Enter another token' }], {
      title: `Token for ${escapeLabel(origin)}`,
    });
    if (!picked) return undefined;
    if (picked === useFound) {
      await tokens.allow(origin);
      return origin;
    }
  }
  const token = await vscode.window.showInputBox({
    title: `Token for ${escapeLabel(origin)}`,
    prompt: 'The output of `ray get-auth-token`. It is kept in VS Code’s secret storage and sent to this origin only.',
    password: true,
    ignoreFocusOut: true,
  });
  return token === undefined ? undefined : storeToken(tokens, origin, token);
}

async function storeToken(tokens: DashboardTokens, origin: string, text: string): Promise<string> {
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Error('A token is one word of printable ASCII characters.');
  await tokens.set(origin, token);
  return origin;
}

async function askOrigin({ collector }: RunWatcher): Promise<string | undefined> {
  const current =
    collector.round?.discovery.dashboard?.url ?? dashboardAddress(readSettings().dashboardUrl, process.env).url;
  const text = await vscode.window.showInputBox({
    title: 'SkyRL: Set Dashboard Token',
    prompt: 'URL of the dashboard',
    value: current,
    validateInput: originProblem,
    ignoreFocusOut: true,
  });
  return text === undefined ? undefined : parseDashboardOrigin(text);
}

/** Why a text is not a dashboard's address; undefined if it is. */
function originProblem(text: string): string | undefined {
  try {
    parseDashboardOrigin(text);
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}

/** Deletes the token of an origin, and no longer allows sending a found one; resolves to the origin. */
async function clearDashboardToken(
  { tokens }: DashboardTokenDeps,
  options?: DashboardTokenOptions,
): Promise<string | undefined> {
  const origin = options?.origin === undefined ? await pickOrigin(tokens) : parseDashboardOrigin(options.origin);
  if (origin === undefined) return undefined;
  await tokens.clear(origin);
  return origin;
}

async function pickOrigin({ origins }: DashboardTokens): Promise<string | undefined> {
  if (origins.length === 0) void showInformation('There is no dashboard token.');
  if (origins.length < 2) return origins[0];
  const picked = await vscode.window.showQuickPick(
    origins.map((origin) => ({ label: escapeLabel(origin), origin })),
    { title: 'SkyRL: Clear Dashboard Token' },
  );
  return picked?.origin;
}

/** Registers the commands. */
export function registerDashboardTokenCommands(deps: DashboardTokenDeps): vscode.Disposable {
  return registerCommandTable({
    [commandIds.setToken]: (options?: DashboardTokenOptions) => setDashboardToken(deps, options),
    [commandIds.clearToken]: (options?: DashboardTokenOptions) => clearDashboardToken(deps, options),
  });
}

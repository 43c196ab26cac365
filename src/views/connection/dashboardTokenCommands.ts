/** The dashboard’s token, set and cleared. Given an options object the commands ask nothing. */
import * as vscode from 'vscode';
import { dashboardAddress } from '../../discovery/dashboardAddress';
import { findToken } from '../../discovery/token';
import type { RunWatcher } from '../shared/runWatcher';
import { readSettings } from '../shared/settings';
import { escapeLabel } from '../../shared/escapeLabel';
import { parseDashboardOrigin, type DashboardTokens } from './dashboardTokens';

export interface DashboardTokenOptions {
  /** Any address of the dashboard; its origin counts. */
  origin?: string;
  token?: string;
}

/** Keeps a token for an origin; resolves to the origin, or to undefined where a person thought better of it. Rejects an address that is none. */
export async function setDashboardToken(
  tokens: DashboardTokens,
  session: RunWatcher,
  options?: DashboardTokenOptions,
): Promise<string | undefined> {
  const origin = options?.origin === undefined ? await askOrigin(session) : parseDashboardOrigin(options.origin);
  if (origin === undefined) return undefined;
  if (options?.token !== undefined) return storeToken(tokens, origin, options.token);
  const found = await findToken(process.env);
  if (found && !(await tokens.get(origin))) {
    const use = {
      label: `Use the token in ${found.provider}`,
      detail: `It is sent to ${escapeLabel(origin)} from now on.`,
    };
    const picked = await vscode.window.showQuickPick([use, { label: 'Type another token' }], {
      title: `Token for ${escapeLabel(origin)}`,
    });
    if (!picked) return undefined;
    if (picked === use) {
      await tokens.allow(origin);
      return origin;
    }
  }
  const token = await vscode.window.showInputBox({
    title: `Token for ${escapeLabel(origin)}`,
    prompt: 'What `ray get-auth-token` prints. Kept in VS Code’s secret storage, sent to this address only.',
    password: true,
    ignoreFocusOut: true,
  });
  return token === undefined ? undefined : storeToken(tokens, origin, token);
}

async function storeToken(tokens: DashboardTokens, origin: string, text: string): Promise<string> {
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw new Error('A token is one word of printable ASCII.');
  await tokens.set(origin, token);
  return origin;
}

async function askOrigin(session: RunWatcher): Promise<string | undefined> {
  const known =
    session.collector.round?.discovery.dashboard?.url ?? dashboardAddress(readSettings().dashboardUrl, process.env).url;
  const valid = (text: string): string | undefined => {
    try {
      parseDashboardOrigin(text);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const text = await vscode.window.showInputBox({
    title: 'SkyRL: Set Dashboard Token',
    prompt: 'For which dashboard?',
    value: known,
    validateInput: valid,
    ignoreFocusOut: true,
  });
  return text === undefined ? undefined : parseDashboardOrigin(text);
}

/** Forgets the token of an origin, and that a found one may go there; resolves to the origin. */
export async function clearDashboardToken(
  tokens: DashboardTokens,
  options?: DashboardTokenOptions,
): Promise<string | undefined> {
  const origin = options?.origin === undefined ? await pickOrigin(tokens) : parseDashboardOrigin(options.origin);
  if (origin === undefined) return undefined;
  await tokens.clear(origin);
  return origin;
}

async function pickOrigin(tokens: DashboardTokens): Promise<string | undefined> {
  const { origins } = tokens;
  if (origins.length === 0) void vscode.window.showInformationMessage('No dashboard has a token here.');
  if (origins.length < 2) return origins[0];
  const picked = await vscode.window.showQuickPick(
    origins.map((origin) => ({ label: escapeLabel(origin), origin })),
    { title: 'SkyRL: Clear Dashboard Token' },
  );
  return picked?.origin;
}

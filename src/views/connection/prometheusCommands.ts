/** The commands that select a Prometheus and set its token. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import { toPrometheusError } from '../../prometheus/errors';
import { originOf, prometheusBase } from '../../prometheus/prometheusUrl';
import { registerCommandTable } from '../shared/commandTable';
import { commandIds } from '../shared/ids';
import { updateSetting } from '../shared/settings';
import type { PrometheusConnection } from './prometheusConnection';
import { showInformation, showWarning } from '../shared/messages';

const buildInfoTimeoutMs = 10_000;

interface SelectPrometheusOptions {
  url?: string;
}

interface TokenOptions {
  token?: string;
}

/** Why a text is not the URL of a Prometheus; undefined if it is. */
function urlProblem(text: string): string | undefined {
  try {
    prometheusBase(text);
    return undefined;
  } catch (error) {
    return toPrometheusError(error).message;
  }
}

/**
 * Writes the URL into the settings and shows what answers there; resolves to the URL, to undefined if the person
 * cancelled.
 */
async function selectPrometheus(
  prometheus: PrometheusConnection,
  options?: SelectPrometheusOptions,
): Promise<string | undefined> {
  const url = options?.url ?? (await askUrl(prometheus));
  if (url === undefined) return undefined;
  await updateSetting('prometheus.url', url.trim());
  if (options?.url === undefined) await showServer(prometheus);
  return url.trim();
}

const askUrl = ({ clientIfAny }: PrometheusConnection): Thenable<string | undefined> =>
  vscode.window.showInputBox({
    title: 'SkyRL: Select Prometheus',
    value: clientIfAny?.base ?? 'http://127.0.0.1:9090',
    ignoreFocusOut: true,
    prompt: 'URL of a Prometheus, with the path of its API. Thanos, Mimir and VictoriaMetrics have the same API.',
    validateInput: urlProblem,
  });

async function showServer(prometheus: PrometheusConnection): Promise<void> {
  try {
    const client = prometheus.client();
    const { version } = await client.buildInfo(AbortSignal.timeout(buildInfoTimeoutMs));
    void showInformation(`Prometheus${version === '' ? '' : ` ${version}`} answers at ${client.base}.`);
  } catch (error) {
    const { kind, message, advice } = toPrometheusError(error);
    const actions = kind === 'unauthorised' || kind === 'forbidden' ? ['Set Token'] : [];
    const picked = await showWarning([message, advice].filter(Boolean).join(' '), ...actions);
    if (picked !== undefined) await vscode.commands.executeCommand(commandIds.setPrometheusToken);
  }
}

/** Resolves to whether the token was stored. */
async function setPrometheusToken(prometheus: PrometheusConnection, options?: TokenOptions): Promise<boolean> {
  const base = selectedBase(prometheus);
  if (base === undefined) return false;
  const token = options?.token ?? (await askToken(base));
  if (token === undefined) return false;
  const isStored = await prometheus.storeCredentials(base, token);
  if (!isStored && options?.token === undefined)
    void showWarning('The token was not stored: it is empty, or has characters that a header cannot carry.');
  return isStored;
}

const askToken = (base: string): Thenable<string | undefined> =>
  vscode.window.showInputBox({
    title: `Token for ${originOf(base)}`,
    password: true,
    ignoreFocusOut: true,
    prompt:
      'A bearer token, or user:password for basic auth. It is kept in VS Code’s secret storage and sent to this origin only.',
  });

async function clearPrometheusToken(prometheus: PrometheusConnection): Promise<void> {
  const base = prometheus.clientIfAny?.base;
  if (base !== undefined) await prometheus.deleteCredentials(base);
}

/** The URL in use; without one, a message says why. */
function selectedBase(prometheus: PrometheusConnection): string | undefined {
  try {
    return prometheus.client().base;
  } catch (error) {
    const { message, advice } = toPrometheusError(error);
    void showWarning([message, advice].filter(Boolean).join(' '));
    return undefined;
  }
}

/** Registers the commands. */
export function registerPrometheusCommands(prometheus: PrometheusConnection): vscode.Disposable {
  return registerCommandTable({
    [commandIds.selectPrometheus]: (options?: SelectPrometheusOptions) => selectPrometheus(prometheus, options),
    [commandIds.setPrometheusToken]: (options?: TokenOptions) => setPrometheusToken(prometheus, options),
    [commandIds.clearPrometheusToken]: () => clearPrometheusToken(prometheus),
  });
}

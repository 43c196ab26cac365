/** Choosing the Prometheus, saying who one is to it, and when queries are evaluated. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import { originOf, prometheusBase } from '../../prometheus/prometheusUrl';
import { durationMs, durationText } from '../../prometheus/duration';
import { toPrometheusError } from '../../prometheus/errors';
import { maxSteps } from '../../promql/timing';
import { timeText } from '../../promql/result';
import { commandIds } from '../shared/ids';
import type { PrometheusConnection } from './prometheusConnection';
import type { Scratchpads } from '../scratchpad/scratchpads';

interface PrometheusCommandDeps {
  prometheus: PrometheusConnection;
  pads: Scratchpads;
  now: () => number;
}

function validateAddress(text: string): string | undefined {
  try {
    prometheusBase(text);
    return undefined;
  } catch (error) {
    return toPrometheusError(error).message;
  }
}

/** Writes the address into the workspace's settings, into the user's where no folder is open, and says what answers there. */
async function selectPrometheus(
  { prometheus }: PrometheusCommandDeps,
  options?: { url?: string },
): Promise<string | undefined> {
  const current = prometheus.clientIfAny?.base;
  const url =
    options?.url ??
    (await vscode.window.showInputBox({
      title: 'The Prometheus to ask',
      value: current ?? 'http://127.0.0.1:9090',
      ignoreFocusOut: true,
      prompt: 'Its address, with the path its API lies under; Thanos, Mimir and VictoriaMetrics speak the same.',
      validateInput: validateAddress,
    }));
  if (url === undefined) return undefined;
  const target = vscode.workspace.workspaceFolders?.length
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration('skyrl').update('prometheus.url', url.trim(), target);
  if (options?.url === undefined) await showServer(prometheus);
  return url.trim();
}

async function showServer(prometheus: PrometheusConnection): Promise<void> {
  try {
    const client = prometheus.client();
    const { version } = await client.buildInfo(AbortSignal.timeout(10_000));
    void vscode.window.showInformationMessage(
      `Prometheus${version === '' ? '' : ` ${version}`} answers at ${client.base}.`,
    );
  } catch (error) {
    const { kind, message, advice } = toPrometheusError(error);
    const action = kind === 'unauthorised' || kind === 'forbidden' ? 'Set Token' : undefined;
    const picked = await vscode.window.showWarningMessage(
      [message, advice].filter(Boolean).join(' '),
      ...(action === undefined ? [] : [action]),
    );
    if (picked !== undefined) await vscode.commands.executeCommand(commandIds.setPrometheusToken);
  }
}

/** Resolves to whether one is kept now. */
async function setPrometheusToken(
  { prometheus }: PrometheusCommandDeps,
  options?: { token?: string },
): Promise<boolean> {
  const base = await chosenAddress(prometheus);
  if (base === undefined) return false;
  const token =
    options?.token ??
    (await vscode.window.showInputBox({
      title: `Token for ${originOf(base)}`,
      password: true,
      ignoreFocusOut: true,
      prompt:
        'A bearer token, or user:password for basic auth. Kept in VS Code’s secret storage, sent to this origin only.',
    }));
  if (token === undefined) return false;
  const kept = await prometheus.storeCredentials(base, token);
  if (!kept && options?.token === undefined)
    void vscode.window.showWarningMessage(
      'That is no token: it is empty, or holds characters that no header may hold.',
    );
  return kept;
}

async function clearPrometheusToken({ prometheus }: PrometheusCommandDeps): Promise<void> {
  const base = prometheus.clientIfAny?.base;
  if (base !== undefined) await prometheus.deleteCredentials(base);
}

async function chosenAddress(prometheus: PrometheusConnection): Promise<string | undefined> {
  try {
    return prometheus.client().base;
  } catch (error) {
    const { message, advice } = toPrometheusError(error);
    void vscode.window.showWarningMessage([message, advice].filter(Boolean).join(' '));
    return undefined;
  }
}

const activePadUri = (uri?: vscode.Uri): vscode.Uri | undefined => uri ?? vscode.window.activeTextEditor?.document.uri;

/** Undefined: not a time. A time of day alone is today's. */
export function parseTime(text: string, now: number): number | undefined {
  const bare = text.trim();
  const full = /^\d{1,2}:\d{2}(:\d{2})?$/.test(bare) ? `${timeText(now).slice(0, 10)} ${bare.padStart(5, '0')}` : bare;
  const at = /^\d{9,11}(\.\d+)?$/.test(bare) ? Number(bare) * 1000 : Date.parse(full);
  return Number.isNaN(at) ? undefined : at;
}

async function setQueryTime(
  { pads, now }: PrometheusCommandDeps,
  options?: { uri?: vscode.Uri; at?: number | null },
): Promise<void> {
  const uri = activePadUri(options?.uri);
  if (!uri) return;
  const timing = pads.timingOf(uri);
  if (options?.at !== undefined) {
    pads.setTiming(uri, { ...timing, at: options.at ?? undefined });
    return;
  }
  const ago = (minutes: number): { label: string; at: number } => ({
    label: `${minutes < 60 ? `${minutes} min` : `${minutes / 60} h`} ago`,
    at: now() - minutes * 60_000,
  });
  const items: { label: string; at: number | undefined; ask?: true }[] = [
    { label: 'Now', at: undefined },
    ago(5),
    ago(15),
    ago(60),
    ago(360),
    { label: 'Another time…', at: undefined, ask: true },
  ];
  const picked = await vscode.window.showQuickPick(items, { placeHolder: 'The moment at which queries are evaluated' });
  if (!picked) return;
  const text = picked.ask
    ? await vscode.window.showInputBox({
        prompt: 'Local time, e.g. 14:30 or 2026-11-25 14:30; ISO 8601 or Unix seconds',
        value: timeText(timing.at ?? now()),
        validateInput: (said) => (parseTime(said, now()) === undefined ? 'Not a time.' : undefined),
      })
    : undefined;
  if (picked.ask && text === undefined) return;
  pads.setTiming(uri, { ...timing, at: text === undefined ? picked.at : parseTime(text, now()) });
}

async function setQueryRange(
  { pads }: PrometheusCommandDeps,
  options?: { uri?: vscode.Uri; rangeMs?: number; stepMs?: number },
): Promise<void> {
  const uri = activePadUri(options?.uri);
  if (!uri) return;
  const timing = pads.timingOf(uri);
  const rangeMs =
    options?.rangeMs ??
    (await askDuration('Range of plots', timing.rangeMs, ['5m', '15m', '30m', '1h', '6h', '24h', '7d']));
  if (rangeMs === undefined) return;
  const stepMs = options?.rangeMs === undefined ? await askStep(rangeMs) : options.stepMs;
  if (stepMs !== null) pads.setTiming(uri, { ...timing, rangeMs, stepMs });
}

/** Undefined: by the range; null: not answered. */
async function askStep(rangeMs: number): Promise<number | undefined | null> {
  const byRange = 'By the range';
  const fits = ['1s', '5s', '10s', '15s', '30s', '1m', '5m', '15m', '1h'].filter(
    (text) => rangeMs / (durationMs(text) ?? 1) <= maxSteps && (durationMs(text) ?? 0) <= rangeMs,
  );
  const picked = await vscode.window.showQuickPick([byRange, ...fits], { placeHolder: 'Step of plots' });
  return picked === undefined ? null : durationMs(picked);
}

async function askDuration(
  placeHolder: string,
  current: number,
  choices: readonly string[],
): Promise<number | undefined> {
  const other = 'Another…';
  const picked = await vscode.window.showQuickPick([...choices, other], { placeHolder });
  const text =
    picked === other
      ? await vscode.window.showInputBox({
          prompt: 'A duration: 45m, 3h, 2d',
          value: durationText(current),
          validateInput: (said) => (durationMs(said.trim()) ? undefined : 'Not a duration.'),
        })
      : picked;
  return text === undefined ? undefined : durationMs(text.trim());
}

export function registerPrometheusCommands(deps: PrometheusCommandDeps): vscode.Disposable[] {
  const table: [string, (...args: never[]) => unknown][] = [
    [commandIds.selectPrometheus, (options?: { url?: string }) => selectPrometheus(deps, options)],
    [commandIds.setPrometheusToken, (options?: { token?: string }) => setPrometheusToken(deps, options)],
    [commandIds.clearPrometheusToken, () => clearPrometheusToken(deps)],
    [commandIds.setQueryTime, (options?: { uri?: vscode.Uri; at?: number | null }) => setQueryTime(deps, options)],
    [
      commandIds.setQueryRange,
      (options?: { uri?: vscode.Uri; rangeMs?: number; stepMs?: number }) => setQueryRange(deps, options),
    ],
  ];
  return table.map(([id, act]) => vscode.commands.registerCommand(id, act));
}

/** The extension's settings, typed. */
import * as vscode from 'vscode';
import { redactUrl } from '../../http/redact';
import type { AutomaticMode } from '../../generation/recordTriggers';

const section = 'skyrl';

/** Values of `skyrl.notify`. */
export const notifyModes = ['off', 'errors', 'errors and run end'] as const;
/** One of `notifyModes`. */
export type NotifyMode = (typeof notifyModes)[number];

/** `auto` scrapes the targets, and suggests Prometheus if they cannot be scraped. */
export type SourceChoice = 'auto' | 'scrape' | 'prometheus';

/** Every setting that the code reads; times are in ms. */
export interface Settings {
  dashboardUrl: string;
  /** The dashboard's URL is in user settings, so that a link-local address is intended. */
  dashboardTyped: boolean;
  endpoints: string[];
  /** Like `dashboardTyped`, for the endpoints. */
  endpointsTyped: boolean;
  source: SourceChoice;
  prometheusUrl: string;
  /** Like `dashboardTyped`, for Prometheus. */
  prometheusTyped: boolean;
  /** As written; `settingHeaders` selects those that may be sent. */
  prometheusHeaders: unknown;
  /** 0: no timer. */
  intervalMs: number;
  /** The proxy to the cluster; empty: none. Only user and machine settings have it. */
  proxy: string;
  timeoutMs: number;
  /** A GPU by index or UUID; empty: the devices of CUDA_VISIBLE_DEVICES. */
  recordGpu: string;
  recordAutomatic: AutomaticMode;
  historyHours: number;
  /** The time range that a new chart shows. */
  chartMinutes: number;
  /** Agents outside VS Code may ask. Only user and machine settings can turn it on. */
  mcpEnabled: boolean;
  /** When notifications about the run are shown. */
  notify: NotifyMode;
  /**
   * The workspace's own settings name a dashboard, endpoints or Prometheus, so that it needs no config to have a run.
   */
  hasWorkspaceTargets: boolean;
}

const isSetInWorkspace = (key: string): boolean => {
  const inspected = vscode.workspace.getConfiguration(section).inspect(key);
  return inspected?.workspaceValue !== undefined || inspected?.workspaceFolderValue !== undefined;
};

const isSetByUser = (key: string): boolean =>
  !isSetInWorkspace(key) && vscode.workspace.getConfiguration(section).inspect(key)?.globalValue !== undefined;

const secondsToMs = (value: unknown, fallback: number): number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value * 1000 : fallback;

const parseHours = (value: unknown): number => (typeof value === 'number' && value >= 1 ? Math.min(value, 72) : 24);
const parseMinutes = (value: unknown, fallback: number): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : fallback;

const parseAutomatic = (value: string): AutomaticMode => (value === 'work' || value === 'phases' ? value : 'off');

const parseSource = (value: string): SourceChoice => (value === 'scrape' || value === 'prometheus' ? value : 'auto');

/** The settings as they are now; a value of a wrong type counts as not set. */
export function readSettings(): Settings {
  const settings = vscode.workspace.getConfiguration(section);
  const text = (key: string): string => {
    const value = settings.get<unknown>(key);
    return typeof value === 'string' ? value.trim() : '';
  };
  const endpoints = settings.get<unknown>('endpoints');
  return {
    dashboardUrl: text('ray.dashboardUrl'),
    dashboardTyped: isSetByUser('ray.dashboardUrl'),
    endpoints: Array.isArray(endpoints)
      ? endpoints.filter((url): url is string => typeof url === 'string' && url.trim() !== '').map((url) => url.trim())
      : [],
    endpointsTyped: isSetByUser('endpoints'),
    source: parseSource(text('source')),
    prometheusUrl: text('prometheus.url'),
    prometheusTyped: isSetByUser('prometheus.url'),
    prometheusHeaders: settings.get<unknown>('prometheus.headers'),
    proxy: text('proxy'),
    intervalMs: secondsToMs(settings.get('scrape.interval'), 10_000),
    timeoutMs: Math.max(100, secondsToMs(settings.get('scrape.timeout'), 5_000)),
    historyHours: parseHours(settings.get('history.hours')),
    chartMinutes: parseMinutes(settings.get('chart.window'), 15),
    recordGpu: text('record.gpu'),
    recordAutomatic: parseAutomatic(text('record.automatic')),
    mcpEnabled: settings.get<unknown>('mcp.enabled') === true,
    notify: notifyModes.find((mode) => mode === text('notify')) ?? 'off',
    hasWorkspaceTargets:
      isSetInWorkspace('ray.dashboardUrl') ||
      isSetInWorkspace('endpoints') ||
      (isSetInWorkspace('source') && text('source') === 'prometheus'),
  };
}

/**
 * The files that `skyrl.config` names, one for each folder; a value of the workspace or of the user applies to every
 * folder.
 */
export function configUris(): vscode.Uri[] {
  return (vscode.workspace.workspaceFolders ?? []).flatMap(({ uri }) => {
    const value = vscode.workspace.getConfiguration(section, uri).get<unknown>('config');
    const path = typeof value === 'string' ? value.trim() : '';
    if (path === '') return [];
    return [
      /^(?:[\\/]|[A-Za-z]:[\\/])/.test(path)
        ? uri.with({ path: vscode.Uri.file(path).path })
        : vscode.Uri.joinPath(uri, path),
    ];
  });
}

/** Calls the listener when any setting of the extension has changed. */
export function onDidChangeSettings(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(section)) listener();
  });
}

/** Calls the listener when `skyrl.mcp.enabled` has changed. */
export function onDidChangeMcpEnabled(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(`${section}.mcp.enabled`)) listener();
  });
}

/** Writes a setting into the workspace, or for the user if no folder is open. */
export async function updateSetting(key: 'source' | 'prometheus.url', value: string): Promise<void> {
  const target = vscode.workspace.workspaceFolders?.length
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration(section).update(key, value, target);
}

/** Turns on the MCP server for this user. */
export async function enableMcp(): Promise<void> {
  await vscode.workspace.getConfiguration(section).update('mcp.enabled', true, vscode.ConfigurationTarget.Global);
}

/** Turns off notifications, where they are turned on. */
export async function turnOffNotifications(): Promise<void> {
  const target = isSetInWorkspace('notify') ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration(section).update('notify', 'off', target);
}

/** A setting as the connection report shows it. */
export interface InspectedSetting {
  name: string;
  /** Without credentials. */
  value: string;
  /** Where it is set, in words. */
  origin: string;
}

/** Every setting that decides which addresses are asked and how. */
export function inspectSettings(): InspectedSetting[] {
  return [
    'config',
    'ray.dashboardUrl',
    'endpoints',
    'proxy',
    'source',
    'prometheus.url',
    'scrape.interval',
    'scrape.timeout',
  ].map((key) => {
    const settings = vscode.workspace.getConfiguration(section);
    const inspected = settings.inspect(key);
    const value: unknown = settings.get(key);
    const origin = isSetInWorkspace(key)
      ? 'set in this workspace'
      : inspected?.globalValue !== undefined
        ? 'set by the user'
        : 'default';
    const items = Array.isArray(value) ? value : [value];
    return {
      name: `${section}.${key}`,
      value: items.map((item) => (typeof item === 'string' ? redactUrl(item) : String(item))).join(', '),
      origin,
    };
  });
}

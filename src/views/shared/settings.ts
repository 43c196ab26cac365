/** The extension's settings, typed. */
import * as vscode from 'vscode';
import type { AutomaticMode } from '../../generation/recordTriggers';
import { redactUrl } from '../../http/redact';

const section = 'skyrl';

export type SourceChoice = 'auto' | 'scrape' | 'prometheus';

export interface Settings {
  dashboardUrl: string;
  /** A person typed it into user settings: then a link-local address is meant. */
  dashboardTyped: boolean;
  endpoints: string[];
  endpointsTyped: boolean;
  /** `auto` asks the targets, and offers Prometheus where they cannot be asked. */
  source: SourceChoice;
  prometheusUrl: string;
  prometheusTyped: boolean;
  /** As written; `settingHeaders` says which of them may be sent. */
  prometheusHeaders: unknown;
  intervalMs: number;
  timeoutMs: number;
  /** A device by index or UUID; empty: by CUDA_VISIBLE_DEVICES. */
  recordGpu: string;
  recordAutomatic: AutomaticMode;
  historyHours: number;
  /** The window that a chart begins with. */
  chartMinutes: number;
  /** This workspace's own settings say whom to ask: it is a workspace of ours without a config, too. */
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

/** Read anew at each use; a value of a wrong type counts as not set. */
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
    intervalMs: secondsToMs(settings.get('scrape.interval'), 10_000),
    timeoutMs: Math.max(100, secondsToMs(settings.get('scrape.timeout'), 5_000)),
    historyHours: parseHours(settings.get('history.hours')),
    chartMinutes: parseMinutes(settings.get('chart.window'), 15),
    recordGpu: text('record.gpu'),
    recordAutomatic: parseAutomatic(text('record.automatic')),
    hasWorkspaceTargets:
      isSetInWorkspace('ray.dashboardUrl') ||
      isSetInWorkspace('endpoints') ||
      (isSetInWorkspace('source') && text('source') === 'prometheus'),
  };
}

/** Files that `skyrl.config` names, each in its folder; a value of the whole workspace or of the user is looked for in every folder. */
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

export function onDidChangeSettings(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration(section)) listener();
  });
}

/** Every setting that says whom to ask and how, with where it is set, for people. */
export function inspectSettings(): { name: string; value: string; from: string }[] {
  return [
    'config',
    'ray.dashboardUrl',
    'endpoints',
    'source',
    'prometheus.url',
    'scrape.interval',
    'scrape.timeout',
  ].map((key) => {
    const settings = vscode.workspace.getConfiguration(section);
    const inspected = settings.inspect(key);
    const value: unknown = settings.get(key);
    const from = isSetInWorkspace(key)
      ? 'set in this workspace'
      : inspected?.globalValue !== undefined
        ? 'set by the user'
        : 'default';
    const list = Array.isArray(value) ? value : [value];
    return {
      name: `skyrl.${key}`,
      value: list.map((item) => (typeof item === 'string' ? redactUrl(item) : String(item))).join(', '),
      from,
    };
  });
}

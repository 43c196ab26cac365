/** What the suites in a real VS Code share: the extension's API, its workspace, its settings, and waiting. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Api, Snapshot, Status } from '../../src/api';
import { states, type StateId } from '../../src/shared/states';
import type { RecordedRequest } from '../demonstration/http/server';

export { sleep };

export async function activate(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>('skyrl-metrics.skyrl-metrics');
  assert.ok(extension, 'the extension is not there');
  return extension.activate();
}

/** Asks until `probe` gives something other than undefined or false. */
export async function until<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  what: string,
  ms = 60_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`${what}: nothing within ${ms} ms`);
    await sleep(20);
  }
}

export function inWorkspace(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return vscode.Uri.joinPath(folder.uri, name);
}

export async function writeFile(name: string, text: string): Promise<vscode.Uri> {
  const uri = inWorkspace(name);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  return uri;
}

export async function removeFile(name: string): Promise<void> {
  await vscode.workspace.fs.delete(inWorkspace(name));
}

/** A local run; `lines` go under `inference_engine`. */
export const localConfig = (...lines: string[]): string =>
  ['generator:', '  inference_engine:', '    backend: vllm', ...lines.map((line) => `    ${line}`), ''].join('\n');

export type SettingKey =
  | 'config'
  | 'ray.dashboardUrl'
  | 'endpoints'
  | 'scrape.interval'
  | 'scrape.timeout'
  | 'source'
  | 'prometheus.url'
  | 'prometheus.headers'
  | 'record.gpu'
  | 'record.automatic';
const quietSettings: Record<SettingKey, unknown> = {
  config: undefined,
  'ray.dashboardUrl': undefined,
  endpoints: undefined,
  'scrape.interval': 0,
  'scrape.timeout': undefined,
  source: undefined,
  'prometheus.url': undefined,
  'prometheus.headers': undefined,
  'record.gpu': undefined,
  'record.automatic': undefined,
};

/** Sets these in the workspace, and every other one to what keeps the extension quiet. */
export async function configure(settings: Partial<Record<SettingKey, unknown>> = {}): Promise<void> {
  const wanted: Partial<Record<string, unknown>> = { ...quietSettings, ...settings };
  for (const key of Object.keys(quietSettings)) await setSetting(key as SettingKey, wanted[key]);
}

/** Sets one in the workspace, where it is another. */
export async function setSetting(key: SettingKey, value: unknown): Promise<void> {
  const section = vscode.workspace.getConfiguration('skyrl');
  const before = section.inspect<unknown>(key)?.workspaceValue;
  if (JSON.stringify(before) !== JSON.stringify(value))
    await section.update(key, value, vscode.ConfigurationTarget.Workspace);
}

/** Sets variables of this process, the extension's too; the result puts them back. */
export function setEnvironment(variables: Record<string, string | undefined>): () => void {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  const put = (values: Record<string, string | undefined>): void => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
  put(variables);
  return () => put(before);
}

export async function executeCommand<T>(id: string, ...args: unknown[]): Promise<T> {
  return vscode.commands.executeCommand<T>(id, ...args);
}

/** Waits for a state, and holds it against the table: its own words first, and ways on that exist. */
export async function waitForState(api: Api, state: StateId, detail = /(?:)/): Promise<Status> {
  await until(
    () => api.status.state === state && detail.test(api.status.message),
    `state ${state} (${detail}), now ${api.status.state}: ${api.status.message}`,
  ).catch(() => assert.fail(`${api.status.state}: ${api.status.message}, wanted ${state} ${detail}`));
  const { message, actions } = states[state];
  assert.ok(api.status.message.startsWith(message), api.status.message);
  const known = new Set(await vscode.commands.getCommands(true));
  for (const { command } of actions) assert.ok(known.has(command), `${state}: no command ${command}`);
  return api.status;
}

/** Every snapshot from now on. */
export function collectSnapshots(api: Api): { snapshots: Snapshot[]; stop: () => void } {
  const snapshots: Snapshot[] = [];
  const listening = api.onDidScrape((snapshot) => snapshots.push(snapshot));
  return { snapshots, stop: () => listening.dispose() };
}

/** No request may change a run, and none carries a secret. */
export function assertHarmless(requests: readonly RecordedRequest[]): void {
  for (const { method, url, headers } of requests) {
    assert.equal(method, 'GET', url);
    for (const name of ['authorization', 'x-ray-authorization', 'cookie'])
      assert.equal(headers[name], undefined, `${name} at ${url}`);
  }
}

export const pathOf = ({ url }: RecordedRequest): string => url.split('?')[0] ?? '';

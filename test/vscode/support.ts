/** What the suites in a real VS Code share: the extension's API, the workspace, its settings, and waiting. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Api, Snapshot, Status } from '../../src/api';
import { states, type StateId } from '../../src/shared/states';
import type { RecordedRequest } from '../demonstration/http/server';

export { sleep };

/** Activates the extension; resolves to its API. */
export async function activate(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>('skyrl-metrics.skyrl-metrics');
  assert.ok(extension, 'the extension is not installed');
  return extension.activate();
}

/** Calls `probe` until it returns something other than undefined or false; rejects after `timeoutMs`. */
export async function until<T>(
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  description: string,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const result = await probe();
    if (result !== undefined && result !== false) return result;
    if (Date.now() > deadline) throw new Error(`${description}: nothing within ${timeoutMs} ms`);
    await sleep(20);
  }
}

/** A file of the first workspace folder. */
export function inWorkspace(name: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return vscode.Uri.joinPath(folder.uri, name);
}

/** Writes a file of the workspace; resolves to its Uri. */
export async function writeFile(name: string, text: string): Promise<vscode.Uri> {
  const uri = inWorkspace(name);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  return uri;
}

/** Deletes a file of the workspace. */
export async function removeFile(name: string): Promise<void> {
  await vscode.workspace.fs.delete(inWorkspace(name));
}

/** The config of a local run; `lines` go under `inference_engine`. */
export const localConfig = (...lines: string[]): string =>
  ['generator:', '  inference_engine:', '    backend: vllm', ...lines.map((line) => `    ${line}`), ''].join('\n');

/** The settings that suites change. */
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

/** With these the extension makes a request on command only. */
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

/** Sets these in the workspace, and every other setting to its quiet value. */
export async function configure(settings: Partial<Record<SettingKey, unknown>> = {}): Promise<void> {
  const values: Partial<Record<string, unknown>> = { ...quietSettings, ...settings };
  for (const key of Object.keys(quietSettings)) await setSetting(key as SettingKey, values[key]);
}

/** Sets one setting in the workspace, unless it has the value. */
export async function setSetting(key: SettingKey, value: unknown): Promise<void> {
  const section = vscode.workspace.getConfiguration('skyrl');
  const current = section.inspect<unknown>(key)?.workspaceValue;
  if (JSON.stringify(current) !== JSON.stringify(value))
    await section.update(key, value, vscode.ConfigurationTarget.Workspace);
}

/** Sets environment variables of this process, which is also the extension's; the result restores them. */
export function setEnvironment(variables: Record<string, string | undefined>): () => void {
  const original = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  const apply = (values: Record<string, string | undefined>): void => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  };
  apply(variables);
  return () => apply(original);
}

/** Runs a command; resolves to its result. */
export async function executeCommand<T>(id: string, ...args: unknown[]): Promise<T> {
  return vscode.commands.executeCommand<T>(id, ...args);
}

/**
 * Waits for a state whose message matches, and compares it with the state table: its message comes first, and its
 * actions exist.
 */
export async function waitForState(api: Api, state: StateId, detail = /(?:)/): Promise<Status> {
  await until(
    () => api.status.state === state && detail.test(api.status.message),
    `state ${state} (${detail}), now ${api.status.state}: ${api.status.message}`,
  ).catch(() => assert.fail(`${api.status.state}: ${api.status.message}, wanted ${state} ${detail}`));
  const { message, actions } = states[state];
  assert.ok(api.status.message.startsWith(message), api.status.message);
  const commands = new Set(await vscode.commands.getCommands(true));
  for (const { command } of actions) assert.ok(commands.has(command), `${state}: no command ${command}`);
  return api.status;
}

/** Collects every snapshot from now on. */
export function collectSnapshots(api: Api): { snapshots: Snapshot[]; stop: () => void } {
  const snapshots: Snapshot[] = [];
  const listener = api.onDidScrape((snapshot) => snapshots.push(snapshot));
  return { snapshots, stop: () => void listener.dispose() };
}

/** No request may change a run or carry a secret. */
export function assertHarmless(requests: readonly RecordedRequest[]): void {
  for (const { method, url, headers } of requests) {
    assert.equal(method, 'GET', url);
    for (const name of ['authorization', 'x-ray-authorization', 'cookie'])
      assert.equal(headers[name], undefined, `${name} at ${url}`);
  }
}

/** The path of a request, without its query. */
export const pathOf = ({ url }: RecordedRequest): string => url.split('?')[0] ?? '';

/** Runs **SkyRL: Diagnose Connection**; resolves to the report. */
export async function readConnectionReport(): Promise<string> {
  const uri = await executeCommand<vscode.Uri>('skyrl.diagnose');
  assert.ok(uri instanceof vscode.Uri);
  return (await vscode.workspace.openTextDocument(uri)).getText();
}

/** Which SkyRL config is in use: found, remembered, watched. */
import * as vscode from 'vscode';
import { configFindings } from '../config/findings';
import { intent, type RunIntent } from '../config/intent';
import { configExtensions } from '../config/kind';
import { readConfig } from '../config/read';
import { findConfigs } from '../config/search';
import type { ConfigFinding, RunConfig } from '../config/types';
import type { ConfigSearch } from '../metrics/status';
import { readSettings } from './settings';

const rememberedKey = 'skyrl.config';
const configFiles = `**/*.{${configExtensions.join(',')}}`;
const skippedFolders = '**/{node_modules,.git,.venv,venv,site-packages,__pycache__,wandb}/**';
const mostFiles = 20_000;
/** Editors save in several writes. */
const settleMs = 200;

export interface ConfigInUse {
  uri: vscode.Uri;
  /** The last one that could be read: a broken edit keeps it. */
  config: RunConfig | undefined;
  intent: RunIntent;
  findings: ConfigFinding[];
  /** The file as it is now cannot be read; `config` is from before. */
  broken: boolean;
}

/** Reads a file's text: what an editor shows where it is open, else what is on disk. */
async function readText(uri: vscode.Uri): Promise<string> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  return open?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

/** A config file as it is now, whether in use or not. Rejects where the file cannot be read. */
export async function readConfigFile(uri: vscode.Uri): Promise<{ config: RunConfig | undefined; findings: ConfigFinding[] }> {
  return readConfig(await readText(uri), { file: uri.fsPath, environment: process.env });
}

export class Configs implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly ended = new vscode.CancellationTokenSource();
  private readonly subscriptions: vscode.Disposable[] = [this.changed, this.ended];
  private searching: AbortController | undefined;
  private settling: NodeJS.Timeout | undefined;
  /** Of the events that settle, one was about another file than the config in use. */
  private searchDue = false;

  readonly onDidChange = this.changed.event;
  search: ConfigSearch = 'searching';
  candidates: vscode.Uri[] = [];
  inUse: ConfigInUse | undefined;

  constructor(private readonly memento: vscode.Memento, private readonly log: vscode.LogOutputChannel) {}

  /** A remembered config counts at once; the search goes on behind it. */
  async start(): Promise<void> {
    const watcher = vscode.workspace.createFileSystemWatcher(configFiles);
    const touched = (uri: vscode.Uri): void => this.touched(uri);
    // A folder that goes takes its files with it without a word about them.
    const folders = vscode.workspace.createFileSystemWatcher('**', true, true, false);
    const known = (): vscode.Uri[] => [...this.candidates, ...(this.inUse ? [this.inUse.uri] : [])];
    this.subscriptions.push(
      folders, folders.onDidDelete((folder) => {
        if (known().some(({ path }) => path.startsWith(`${folder.path}/`))) this.touched(folder);
      }),
      watcher, watcher.onDidChange(touched), watcher.onDidCreate(touched), watcher.onDidDelete(touched),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === this.inUse?.uri.toString()) this.touched(document.uri);
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.find()),
    );
    const remembered = this.named();
    if (remembered) await this.use(remembered, false);
    await this.find();
  }

  /** Uses a config and remembers it for this workspace. False where it cannot be read as one. */
  async select(uri: vscode.Uri): Promise<boolean> {
    await this.memento.update(rememberedKey, uri.toString());
    await this.use(uri, true);
    return this.inUse?.config !== undefined;
  }

  /** Looks for configs again; prompts nothing. */
  async find(): Promise<void> {
    this.searching?.abort();
    const searching = new AbortController();
    this.searching = searching;
    if (!this.inUse) this.setSearch('searching');
    try {
      const found = await vscode.workspace.findFiles(configFiles, skippedFolders, mostFiles, this.ended.token);
      const byPath = new Map(found.map((uri) => [uri.fsPath, uri]));
      const { configs, unreadable } = await findConfigs({
        files: byPath.keys(),
        read: (file) => Promise.resolve(vscode.workspace.fs.readFile(byPath.get(file) as vscode.Uri)),
        signal: searching.signal,
        pause: () => new Promise((resolve) => setImmediate(resolve)),
        environment: process.env,
      });
      if (searching.signal.aborted) return;
      // A config in the middle of an edit is still the one that is meant where there is no other.
      this.candidates = (configs.length > 0 ? configs : unreadable).flatMap((file) => byPath.get(file) ?? []);
      await this.choose();
    } catch (error) {
      this.log.error(`looking for configs: ${String(error)}`);
      this.setSearch(this.inUse ? 'one' : 'none');
    }
  }

  dispose(): void {
    this.searching?.abort();
    this.ended.cancel();
    clearTimeout(this.settling);
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** What the setting names, else what was chosen before. */
  private named(): vscode.Uri | undefined {
    const { config } = readSettings();
    const folder = vscode.workspace.workspaceFolders?.[0];
    if (config !== '' && folder) return vscode.Uri.joinPath(folder.uri, config);
    const remembered = this.memento.get<string>(rememberedKey);
    return remembered === undefined ? undefined : vscode.Uri.parse(remembered);
  }

  /** The one named, else the only one; of several unnamed ones none is assumed. */
  private async choose(): Promise<void> {
    const named = this.named();
    const only = this.candidates.length === 1 ? this.candidates[0] : undefined;
    const chosen = this.candidates.find((uri) => uri.toString() === named?.toString()) ?? (named && (await exists(named)) ? named : undefined) ?? only;
    if (chosen) await this.use(chosen, true);
    else {
      this.inUse = undefined;
      this.setSearch(this.candidates.length > 1 ? 'several' : 'none');
    }
  }

  private async use(uri: vscode.Uri, say: boolean): Promise<void> {
    const before = this.inUse?.uri.toString() === uri.toString() ? this.inUse.config : undefined;
    try {
      const { config, findings } = await readConfigFile(uri);
      const current = config ?? before;
      if (!current && !say) return;
      const said = config ? [...config.findings, ...configFindings(config, process.env)] : findings;
      this.inUse = { uri, config: current, intent: intent(current, process.env), findings: said, broken: !config };
      this.setSearch('one');
    } catch (error) {
      this.log.warn(`${uri.fsPath} cannot be read: ${String(error)}`);
      if (!say) return;
      this.inUse = undefined;
      this.setSearch(this.candidates.length > 1 ? 'several' : 'none');
    }
  }

  private touched(uri: vscode.Uri): void {
    clearTimeout(this.settling);
    if (uri.toString() !== this.inUse?.uri.toString()) this.searchDue = true;
    this.settling = setTimeout(() => void this.settle(), settleMs);
  }

  private async settle(): Promise<void> {
    const search = this.searchDue;
    this.searchDue = false;
    await (this.inUse && !search ? this.reread(this.inUse.uri) : this.find());
  }

  private async reread(uri: vscode.Uri): Promise<void> {
    if (await exists(uri)) await this.use(uri, true);
    else await this.find();
  }

  private setSearch(search: ConfigSearch): void {
    this.search = search;
    this.changed.fire();
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}

/** Which SkyRL config is in use: found, remembered, watched. */
import * as vscode from 'vscode';
import { configFindings } from '../../config/findings';
import { intent, type RunIntent } from '../../config/runIntent';
import { isCandidate } from '../../config/findConfigs';
import type { ConfigFinding, RunConfig } from '../../config/types';
import type { ConfigSearch } from '../../collector/status';
import { ConfigFiles, readConfigFile } from './configFiles';
import { configPaths } from '../shared/settings';
import { settling } from './debounceBatch';
import { configFiles, exists, manyFiles, rememberedKey } from './workspaceFiles';

export interface ConfigInUse {
  uri: vscode.Uri;
  /** The last one that could be read: a broken edit keeps it. */
  config: RunConfig | undefined;
  intent: RunIntent;
  findings: ConfigFinding[];
  /** The file as it is now cannot be read; `config` is from before. */
  broken: boolean;
}

const same = (one: vscode.Uri | undefined, other: vscode.Uri | undefined): boolean =>
  one !== undefined && one.toString() === other?.toString();

export class Configs implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly ended = new vscode.CancellationTokenSource();
  private readonly subscriptions: vscode.Disposable[] = [this.changed, this.ended];
  private readonly files = new ConfigFiles();
  /** Watches a config in use that is outside the workspace. */
  private outside: vscode.Disposable | undefined;
  private searching: AbortController | undefined;
  private readonly settling = settling<vscode.Uri>((files) => void this.settle(files));
  private turn = 0;
  private using: Promise<void> = Promise.resolve();

  readonly onDidChange = this.changed.event;
  search: ConfigSearch = 'searching';
  inUse: ConfigInUse | undefined;

  constructor(
    private readonly memento: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Configs of this workspace, the likelier ones first. */
  get candidates(): vscode.Uri[] {
    return this.files.candidates;
  }

  /** A remembered config counts at once; the search goes on behind it. */
  async start(): Promise<void> {
    const watcher = vscode.workspace.createFileSystemWatcher(configFiles);
    const touched = (uri: vscode.Uri): void => this.touched(uri);
    const edited = ({ uri }: vscode.TextDocument): void => {
      if (same(uri, this.inUse?.uri)) this.touched(uri);
    };
    // A folder that goes takes its files with it without a word about them.
    const folders = vscode.workspace.createFileSystemWatcher('**', true, true, false);
    this.subscriptions.push(
      folders,
      folders.onDidDelete((folder) => {
        if (this.files.forgetFolder(folder) || this.inUse?.uri.path.startsWith(`${folder.path}/`)) void this.choose();
      }),
      watcher,
      watcher.onDidChange(touched),
      watcher.onDidCreate(touched),
      watcher.onDidDelete(touched),
      vscode.workspace.onDidChangeTextDocument(({ document }) => edited(document)),
      // One that is closed unsaved is again what is on disk.
      vscode.workspace.onDidCloseTextDocument(edited),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.find()),
    );
    const remembered = await this.named();
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
      const { configs, looked, complete } = await this.files.search(searching.signal, this.ended.token);
      if (searching.signal.aborted) return;
      this.log.debug(
        `${configs.length} configs; ${looked.candidates} files by name, ${looked.reads} read, ${looked.parses} parsed${complete ? '' : '; there are more files'}`,
      );
      await this.choose();
    } catch (error) {
      if (this.ended.token.isCancellationRequested) return;
      this.log.error(`looking for configs: ${String(error)}`);
      this.setSearch(this.inUse ? 'one' : 'none');
    }
  }

  dispose(): void {
    this.searching?.abort();
    this.ended.cancel();
    this.settling.dispose();
    this.outside?.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** What a folder's setting names, else what was chosen before; a name without a file is none. */
  private async named(): Promise<vscode.Uri | undefined> {
    for (const path of configPaths()) if (await exists(path)) return path;
    const remembered = this.memento.get<string>(rememberedKey);
    const uri = remembered === undefined ? undefined : vscode.Uri.parse(remembered);
    return uri && (await exists(uri)) ? uri : undefined;
  }

  /** The one named, else the only one; of several unnamed ones none is assumed. */
  private async choose(): Promise<void> {
    let turn: number;
    let named: vscode.Uri | undefined;
    // Whoever chose in between is asked for anew.
    do {
      turn = this.turn;
      named = await this.named();
    } while (turn !== this.turn);
    const { candidates } = this;
    const chosen = named ?? (candidates.length === 1 ? candidates[0] : undefined);
    if (chosen) await this.use(chosen, true);
    else this.useNone();
  }

  private useNone(): void {
    this.turn++;
    this.inUse = undefined;
    this.watchOutside(undefined);
    this.setSearch(this.candidates.length > 1 ? 'several' : 'none');
  }

  /** One after the other; resolves when the newest is in use, so that who has selected a config and asks then is answered by it. */
  private async use(uri: vscode.Uri, say: boolean): Promise<void> {
    const turn = ++this.turn;
    this.using = this.using.then(() => this.take(uri, say, turn));
    let newest: Promise<void>;
    do {
      newest = this.using;
      await newest;
    } while (newest !== this.using);
  }

  private async take(uri: vscode.Uri, say: boolean, turn: number): Promise<void> {
    if (turn !== this.turn) return;
    try {
      const { config, findings } = await readConfigFile(uri);
      // Another file, or a later state of this one, came in between.
      if (turn !== this.turn) return;
      const current = config ?? (same(this.inUse?.uri, uri) ? this.inUse?.config : undefined);
      if (!current && !say) return;
      const said = (config ? [...config.findings, ...configFindings(config, process.env)] : findings).sort(
        (one, other) => one.range.startLine - other.range.startLine,
      );
      if (!same(this.inUse?.uri, uri)) this.watchOutside(uri);
      this.inUse = { uri, config: current, intent: intent(current, process.env), findings: said, broken: !config };
      this.setSearch('one');
    } catch (error) {
      this.log.warn(`${uri.fsPath} cannot be read: ${String(error)}`);
      if (say && turn === this.turn) this.useNone();
    }
  }

  private watchOutside(uri: vscode.Uri | undefined): void {
    this.outside?.dispose();
    this.outside = undefined;
    if (!uri || vscode.workspace.getWorkspaceFolder(uri)) return;
    const name = uri.path.slice(uri.path.lastIndexOf('/') + 1).replace(/[[\]{}*?]/g, '?');
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), name),
    );
    const touched = (file: vscode.Uri): void => this.touched(file);
    this.outside = vscode.Disposable.from(
      watcher,
      watcher.onDidChange(touched),
      watcher.onDidCreate(touched),
      watcher.onDidDelete(touched),
    );
  }

  private touched(uri: vscode.Uri): void {
    if (!isCandidate(uri.fsPath) && !same(uri, this.inUse?.uri)) return;
    this.settling.add(uri.toString(), uri);
  }

  private async settle(files: readonly vscode.Uri[]): Promise<void> {
    if (files.length > manyFiles) return this.find();
    const before = this.candidates.map(String).join();
    for (const file of files) await this.files.judge(file);
    // Choosing reads the chosen one anew.
    if (before !== this.candidates.map(String).join()) return this.choose();
    const { inUse } = this;
    if (!inUse || !files.some((file) => same(file, inUse.uri))) return;
    await ((await exists(inUse.uri)) ? this.use(inUse.uri, true) : this.choose());
  }

  private setSearch(search: ConfigSearch): void {
    this.search = search;
    this.changed.fire();
  }
}

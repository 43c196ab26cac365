/** Which SkyRL config is in use: found, remembered, watched. */
import * as vscode from 'vscode';
import { configFindings } from '../../config/findings';
import { resolveIntent, type RunIntent } from '../../config/runIntent';
import { isCandidate } from '../../config/findConfigs';
import type { SkyrlRelease } from '../../config/skyrlRelease';
import type { ConfigFinding, RunConfig } from '../../config/types';
import type { ConfigSearch } from '../../collector/status';
import { ConfigFiles, readConfigFile } from './configFiles';
import { configUris } from '../shared/settings';
import { debounceBatch } from './debounceBatch';
import { readProjectRelease, watchProjectRelease } from './projectRelease';
import { configGlob, fileExists, rescanThreshold, chosenConfigKey } from './workspaceFiles';

export interface ActiveConfig {
  uri: vscode.Uri;
  /** The last one that could be read: a broken edit keeps it. */
  config: RunConfig | undefined;
  intent: RunIntent;
  findings: ConfigFinding[];
  /** The file as it is now cannot be read; `config` is from before. */
  broken: boolean;
  /** The release of SkyRL in use; undefined if no file says it. */
  release: SkyrlRelease | undefined;
}

const isSameUri = (one: vscode.Uri | undefined, other: vscode.Uri | undefined): boolean =>
  one !== undefined && one.toString() === other?.toString();

export class Configs implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly cancellation = new vscode.CancellationTokenSource();
  private readonly subscriptions: vscode.Disposable[] = [this.changed, this.cancellation];
  private readonly files = new ConfigFiles();
  /** Watches a config in use that is outside the workspace. */
  private externalWatcher: vscode.Disposable | undefined;
  private searchAbort: AbortController | undefined;
  private readonly touchedFiles = debounceBatch<vscode.Uri>((files) => void this.handleTouched(files));
  private selectionVersion = 0;
  private pendingUse: Promise<void> = Promise.resolve();

  readonly onDidChange = this.changed.event;
  search: ConfigSearch = 'searching';
  activeConfig: ActiveConfig | undefined;

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
    const watcher = vscode.workspace.createFileSystemWatcher(configGlob);
    const touched = (uri: vscode.Uri): void => this.queueTouched(uri);
    const edited = ({ uri }: vscode.TextDocument): void => {
      if (isSameUri(uri, this.activeConfig?.uri)) this.queueTouched(uri);
    };
    // A folder that goes takes its files with it without a word about them.
    const folders = vscode.workspace.createFileSystemWatcher('**', true, true, false);
    this.subscriptions.push(
      folders,
      folders.onDidDelete((folder) => {
        if (this.files.forgetFolder(folder) || this.activeConfig?.uri.path.startsWith(`${folder.path}/`))
          void this.choose();
      }),
      watcher,
      watcher.onDidChange(touched),
      watcher.onDidCreate(touched),
      watcher.onDidDelete(touched),
      vscode.workspace.onDidChangeTextDocument(({ document }) => edited(document)),
      // One that is closed unsaved is again what is on disk.
      vscode.workspace.onDidCloseTextDocument(edited),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.find()),
      watchProjectRelease(() => {
        if (this.activeConfig) this.touchedFiles.add(this.activeConfig.uri.toString(), this.activeConfig.uri);
      }),
    );
    const remembered = await this.findNamedConfig();
    if (remembered) await this.use(remembered, false);
    await this.find();
  }

  /** Uses a config and remembers it for this workspace. False where it cannot be read as one. */
  async select(uri: vscode.Uri): Promise<boolean> {
    await this.memento.update(chosenConfigKey, uri.toString());
    await this.use(uri, true);
    return this.activeConfig?.config !== undefined;
  }

  /** Looks for configs again; prompts nothing. */
  async find(): Promise<void> {
    this.searchAbort?.abort();
    const searching = new AbortController();
    this.searchAbort = searching;
    if (!this.activeConfig) this.setSearch('searching');
    try {
      const { configs, counts, complete } = await this.files.search(searching.signal, this.cancellation.token);
      if (searching.signal.aborted) return;
      this.log.debug(
        `${configs.length} configs; ${counts.candidates} files by name, ${counts.reads} read, ${counts.parses} parsed${complete ? '' : '; there are more files'}`,
      );
      await this.choose();
    } catch (error) {
      if (this.cancellation.token.isCancellationRequested) return;
      this.log.error(`looking for configs: ${String(error)}`);
      this.setSearch(this.activeConfig ? 'one' : 'none');
    }
  }

  dispose(): void {
    this.searchAbort?.abort();
    this.cancellation.cancel();
    this.touchedFiles.dispose();
    this.externalWatcher?.dispose();
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** What a folder's setting names, else what was chosen before; a name without a file is none. */
  private async findNamedConfig(): Promise<vscode.Uri | undefined> {
    for (const path of configUris()) if (await fileExists(path)) return path;
    const remembered = this.memento.get<string>(chosenConfigKey);
    const uri = remembered === undefined ? undefined : vscode.Uri.parse(remembered);
    return uri && (await fileExists(uri)) ? uri : undefined;
  }

  /** The one named, else the only one; of several unnamed ones none is assumed. */
  private async choose(): Promise<void> {
    let turn: number;
    let named: vscode.Uri | undefined;
    // Whoever chose in between is asked for anew.
    do {
      turn = this.selectionVersion;
      named = await this.findNamedConfig();
    } while (turn !== this.selectionVersion);
    const { candidates } = this;
    const chosen = named ?? (candidates.length === 1 ? candidates[0] : undefined);
    if (chosen) await this.use(chosen, true);
    else this.clearActive();
  }

  private clearActive(): void {
    this.selectionVersion++;
    this.activeConfig = undefined;
    this.watchOutside(undefined);
    this.setSearch(this.candidates.length > 1 ? 'several' : 'none');
  }

  /** One after the other; resolves when the newest is in use, so that who has selected a config and asks then is answered by it. */
  private async use(uri: vscode.Uri, say: boolean): Promise<void> {
    const turn = ++this.selectionVersion;
    this.pendingUse = this.pendingUse.then(() => this.loadActive(uri, say, turn));
    let newest: Promise<void>;
    do {
      newest = this.pendingUse;
      await newest;
    } while (newest !== this.pendingUse);
  }

  private async loadActive(uri: vscode.Uri, say: boolean, turn: number): Promise<void> {
    if (turn !== this.selectionVersion) return;
    try {
      const [{ config, findings }, release] = await Promise.all([readConfigFile(uri), readProjectRelease(uri)]);
      // Another file, or a later state of this one, came in between.
      if (turn !== this.selectionVersion) return;
      const current = config ?? (isSameUri(this.activeConfig?.uri, uri) ? this.activeConfig?.config : undefined);
      if (!current && !say) return;
      const said = (
        config ? [...config.findings, ...configFindings(config, process.env, release?.release)] : findings
      ).sort((one, other) => one.range.startLine - other.range.startLine);
      if (!isSameUri(this.activeConfig?.uri, uri)) this.watchOutside(uri);
      this.activeConfig = {
        uri,
        config: current,
        intent: resolveIntent(current, process.env, release?.release),
        findings: said,
        broken: !config,
        release,
      };
      this.setSearch('one');
    } catch (error) {
      this.log.warn(`${uri.fsPath} cannot be read: ${String(error)}`);
      if (say && turn === this.selectionVersion) this.clearActive();
    }
  }

  private watchOutside(uri: vscode.Uri | undefined): void {
    this.externalWatcher?.dispose();
    this.externalWatcher = undefined;
    if (!uri || vscode.workspace.getWorkspaceFolder(uri)) return;
    const name = uri.path.slice(uri.path.lastIndexOf('/') + 1).replace(/[[\]{}*?]/g, '?');
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), name),
    );
    const touched = (file: vscode.Uri): void => this.queueTouched(file);
    this.externalWatcher = vscode.Disposable.from(
      watcher,
      watcher.onDidChange(touched),
      watcher.onDidCreate(touched),
      watcher.onDidDelete(touched),
    );
  }

  private queueTouched(uri: vscode.Uri): void {
    if (!isCandidate(uri.fsPath) && !isSameUri(uri, this.activeConfig?.uri)) return;
    this.touchedFiles.add(uri.toString(), uri);
  }

  private async handleTouched(files: readonly vscode.Uri[]): Promise<void> {
    if (files.length > rescanThreshold) return this.find();
    const before = this.candidates.map(String).join();
    for (const file of files) await this.files.classify(file);
    // Choosing reads the chosen one anew.
    if (before !== this.candidates.map(String).join()) return this.choose();
    const { activeConfig } = this;
    if (!activeConfig || !files.some((file) => isSameUri(file, activeConfig.uri))) return;
    await ((await fileExists(activeConfig.uri)) ? this.use(activeConfig.uri, true) : this.choose());
  }

  private setSearch(search: ConfigSearch): void {
    this.search = search;
    this.changed.fire();
  }
}

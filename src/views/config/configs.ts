/** Finds, remembers and follows the SkyRL config in use. */
import * as vscode from 'vscode';
import type { ConfigSearch } from '../../collector/status';
import { isCandidate } from '../../config/findConfigs';
import { configUris } from '../shared/settings';
import { readActiveConfig, type ActiveConfig } from './activeConfig';
import { ConfigFiles } from './configFiles';
import { watchExternalFile, watchWorkspace } from './configWatchers';
import { debounceBatch } from './debounceBatch';
import { watchProjectRelease } from './projectRelease';
import { chosenConfigKey, fileExists, nameInWorkspace, rescanThreshold } from './workspaceFiles';

const isSameUri = (one: vscode.Uri | undefined, other: vscode.Uri | undefined): boolean =>
  one !== undefined && one.toString() === other?.toString();

/** The config in use, and the candidates of the workspace. */
export class Configs implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly cancellation = new vscode.CancellationTokenSource();
  private readonly subscriptions: vscode.Disposable[] = [this.changed, this.cancellation];
  private readonly files = new ConfigFiles();
  /** Watches the config in use if it is outside the workspace. */
  private externalWatcher: vscode.Disposable | undefined;
  private searchAbort: AbortController | undefined;
  private readonly touchedFiles = debounceBatch<vscode.Uri>((files) => void this.handleTouched(files));
  /** Counts selections, so that a slow one does not overwrite a later one. */
  private selectionVersion = 0;
  private pendingUse: Promise<void> = Promise.resolve();
  /** Resolves once the newest search has found the config in use. */
  private pendingSearch: Promise<unknown> = Promise.resolve();

  /** Fires when the config in use, its findings or the search have changed. */
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

  /** Follows the workspace's files, and searches them. */
  start(): Promise<void> {
    this.subscriptions.push(
      watchWorkspace({
        onFile: (uri) => this.queueTouched(uri),
        onDocument: (uri) => {
          if (isSameUri(uri, this.activeConfig?.uri)) this.queueTouched(uri);
        },
        onFolderDeleted: (folder) => {
          if (this.files.forgetFolder(folder) || this.activeConfig?.uri.path.startsWith(`${folder.path}/`))
            void this.choose();
        },
        onWorkspaceFoldersChanged: () => void this.find(),
      }),
      watchProjectRelease(() => {
        if (this.activeConfig) this.queueTouched(this.activeConfig.uri);
      }),
    );
    return this.find();
  }

  /**
   * Resolves once it is known which config is in use: the one that is named has been read, else the search has ended,
   * and no selection is being read. Never rejects.
   */
  async whenKnown(): Promise<void> {
    let newest: [Promise<unknown>, Promise<void>];
    do {
      newest = [this.pendingSearch, this.pendingUse];
      await Promise.allSettled(newest);
    } while (newest[0] !== this.pendingSearch || newest[1] !== this.pendingUse);
  }

  /** Uses a config and remembers it for this workspace. False if it cannot be read as a config. */
  async select(uri: vscode.Uri): Promise<boolean> {
    await this.memento.update(chosenConfigKey, uri.toString());
    await this.use(uri, { acceptBroken: true });
    return this.activeConfig?.config !== undefined;
  }

  /** Uses the config that is named at once, then searches the workspace; asks nothing. */
  find(): Promise<void> {
    this.searchAbort?.abort();
    const abort = new AbortController();
    this.searchAbort = abort;
    if (!this.activeConfig) this.setSearch('searching');
    const named = this.useNamedConfig().catch(() => false);
    const search = named.then(() => this.searchWorkspace(abort));
    this.pendingSearch = named.then((isUsed) => (isUsed ? undefined : search));
    return search;
  }

  private async searchWorkspace(abort: AbortController): Promise<void> {
    if (abort.signal.aborted) return;
    try {
      const { configs, counts, complete } = await this.files.search(abort.signal, this.cancellation.token);
      if (abort.signal.aborted) return;
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

  /** Whether a config is named and can be read; then it is in use. Never rejects. */
  private async useNamedConfig(): Promise<boolean> {
    const named = await this.findNamedConfig();
    if (named && !isSameUri(named, this.activeConfig?.uri)) await this.use(named, { acceptBroken: false });
    return isSameUri(named, this.activeConfig?.uri);
  }

  /** The file that a folder's setting names, else the one that was chosen before; undefined if it does not exist. */
  private async findNamedConfig(): Promise<vscode.Uri | undefined> {
    for (const uri of configUris()) if (await fileExists(uri)) return uri;
    const remembered = this.memento.get<string>(chosenConfigKey);
    const uri = remembered === undefined ? undefined : vscode.Uri.parse(remembered);
    return uri && (await fileExists(uri)) ? uri : undefined;
  }

  /** Uses the config that is named, else the only one; several unnamed ones leave the choice to the person. */
  private async choose(): Promise<void> {
    let version: number;
    let named: vscode.Uri | undefined;
    // A selection made while files are looked up is looked up again.
    do {
      version = this.selectionVersion;
      named = await this.findNamedConfig();
    } while (version !== this.selectionVersion);
    const { candidates } = this;
    const uri = named ?? (candidates.length === 1 ? candidates[0] : undefined);
    if (uri) await this.use(uri, { acceptBroken: true });
    else this.clearActive();
  }

  private clearActive(): void {
    this.selectionVersion++;
    this.activeConfig = undefined;
    this.externalWatcher?.dispose();
    this.externalWatcher = undefined;
    this.setSearch(this.candidates.length > 1 ? 'several' : 'none');
  }

  /**
   * Loads one config after the other; resolves when the newest is in use, so that a caller who has selected a config
   * sees it.
   */
  private async use(uri: vscode.Uri, options: { acceptBroken: boolean }): Promise<void> {
    const version = ++this.selectionVersion;
    this.pendingUse = this.pendingUse.then(() => this.load(uri, { ...options, version }));
    let newest: Promise<void>;
    do {
      newest = this.pendingUse;
      await newest;
    } while (newest !== this.pendingUse);
  }

  /** `acceptBroken`: a file that was never a readable config is in use, too, so that its findings are shown. */
  private async load(
    uri: vscode.Uri,
    { acceptBroken, version }: { acceptBroken: boolean; version: number },
  ): Promise<void> {
    if (version !== this.selectionVersion) return;
    const isSameFile = isSameUri(this.activeConfig?.uri, uri);
    try {
      const loaded = await readActiveConfig(uri, isSameFile ? this.activeConfig?.config : undefined);
      // Another file, or a later state of this one, was selected meanwhile.
      if (version !== this.selectionVersion) return;
      if (!loaded.config && !acceptBroken) return;
      if (!isSameFile) this.watchExternally(uri);
      this.activeConfig = loaded;
      this.setSearch('one');
    } catch (error) {
      this.log.warn(`${uri.fsPath} cannot be read: ${String(error)}`);
      if (acceptBroken && version === this.selectionVersion) this.clearActive();
    }
  }

  private watchExternally(uri: vscode.Uri): void {
    this.externalWatcher?.dispose();
    this.externalWatcher = watchExternalFile(uri, (file) => this.queueTouched(file));
  }

  private queueTouched(uri: vscode.Uri): void {
    if (!isCandidate(nameInWorkspace(uri)) && !isSameUri(uri, this.activeConfig?.uri)) return;
    this.touchedFiles.add(uri.toString(), uri);
  }

  private async handleTouched(files: readonly vscode.Uri[]): Promise<void> {
    if (files.length > rescanThreshold) return this.find();
    const before = this.candidates.map(String).join();
    for (const file of files) await this.files.classify(file);
    // Choosing also reads the chosen config anew.
    if (before !== this.candidates.map(String).join()) return this.choose();
    const { activeConfig } = this;
    if (!activeConfig || !files.some((file) => isSameUri(file, activeConfig.uri))) return;
    await ((await fileExists(activeConfig.uri)) ? this.use(activeConfig.uri, { acceptBroken: true }) : this.choose());
  }

  private setSearch(search: ConfigSearch): void {
    this.search = search;
    this.changed.fire();
  }
}

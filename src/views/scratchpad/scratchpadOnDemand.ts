/** Loads PromQL scratchpads with the first PromQL document, result or command of theirs: most windows have none. */
import * as vscode from 'vscode';
import { commandIds } from '../shared/ids';
import { promqlLanguageId } from './promqlLanguageId';
import type { ScratchpadFeatureDeps } from './registerScratchpad';
import { resultScheme } from './resultScheme';

/** Commands that scratchpads register themselves once they are loaded. */
const scratchpadCommands = [
  commandIds.newScratchpad,
  commandIds.runQuery,
  commandIds.plotQuery,
  commandIds.cancelQuery,
  commandIds.exploreMetrics,
  commandIds.queryHistory,
  commandIds.copyCurl,
  commandIds.openInPrometheus,
  commandIds.saveResult,
  commandIds.showRawResult,
  commandIds.setQueryTime,
  commandIds.setQueryRange,
];

/** A result of an earlier session may be open without its scratchpad; its tab needs the text that says so. */
const isResultTab = ({ input }: vscode.Tab): boolean =>
  input instanceof vscode.TabInputText && input.uri.scheme === resultScheme;

const isNeeded = (): boolean =>
  vscode.workspace.textDocuments.some(({ languageId }) => languageId === promqlLanguageId) ||
  vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(isResultTab));

/** Registers what loads the feature; disposing of the result disposes of the feature as well. */
export function registerScratchpadOnDemand(deps: ScratchpadFeatureDeps): vscode.Disposable {
  let feature: vscode.Disposable | undefined;
  let loading: Promise<void> | undefined;
  let isDisposed = false;
  const load = async (): Promise<void> => {
    const { registerScratchpad } = await import('./registerScratchpad');
    placeholders.dispose();
    if (!isDisposed) feature = registerScratchpad(deps);
  };
  const loadOnce = (): Promise<void> => (loading ??= load());
  const loadIfNeeded = (): void => {
    if (isNeeded()) void loadOnce().catch((error: unknown) => deps.log.error(String(error)));
  };
  const placeholders = vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(loadIfNeeded),
    ...scratchpadCommands.map((id) =>
      vscode.commands.registerCommand(id, async (...args: unknown[]) => {
        await loadOnce();
        return vscode.commands.executeCommand(id, ...args);
      }),
    ),
  );
  loadIfNeeded();
  return new vscode.Disposable(() => {
    isDisposed = true;
    placeholders.dispose();
    feature?.dispose();
  });
}

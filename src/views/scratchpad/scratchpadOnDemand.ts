/** Loads PromQL scratchpads with the first PromQL document, result or command of theirs: most windows have none. */
import * as vscode from 'vscode';
import { commandIds } from '../shared/ids';
import { registerOnDemand } from '../shared/registerOnDemand';
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
  const scratchpad = registerOnDemand(scratchpadCommands, async () => {
    const { registerScratchpad } = await import('./registerScratchpad');
    return () => registerScratchpad(deps);
  });
  const loadIfNeeded = (): void => {
    if (!isNeeded()) return;
    watcher.dispose();
    void scratchpad.load().catch((error: unknown) => deps.log.error(String(error)));
  };
  const watcher = vscode.workspace.onDidOpenTextDocument(loadIfNeeded);
  loadIfNeeded();
  return vscode.Disposable.from(watcher, scratchpad);
}

/** Registers the page of a comparison and its commands. */
import * as vscode from 'vscode';
import type { ComparableRun } from '../../comparison/comparableRun';
import { loadComparables, type ComparableSources } from '../../comparison/comparables';
import { commandIds } from '../shared/ids';
import { runRowPrefix } from '../shared/runRowPrefix';
import { registerComparisonCommands, takeComparison } from './comparisonCommands';
import { ComparisonPanel } from './comparisonPanel';

/** What the page and the commands need. */
export interface ComparisonPagesDeps {
  extensionUri: vscode.Uri;
  sources: ComparableSources;
  /** Called with the ids of runs whose comparison is opened. */
  onOpen: (runs: readonly string[]) => void;
  log: Pick<vscode.LogOutputChannel, 'warn'>;
}

/** The page, with its commands. */
export interface ComparisonPages extends vscode.Disposable {
  panel: ComparisonPanel;
}

/** Registers the commands; the entry has registered the panel. */
export function registerComparisonPages({ extensionUri, sources, onOpen, log }: ComparisonPagesDeps): ComparisonPages {
  const panel = new ComparisonPanel({
    extensionUri,
    load: (ids) => loadComparables(sources, ids),
    events: {
      take: (what, comparison) => void takeComparison(what, comparison),
      choose: () => void vscode.commands.executeCommand(commandIds.compareRuns),
    },
    log,
  });
  const open = (runs: readonly ComparableRun[]): void => {
    panel.open(runs);
    onOpen(runs.map(({ id }) => id));
  };
  const commands = registerComparisonCommands({
    sources,
    open,
    runOfRow: ({ id }) => id.slice(runRowPrefix.length),
  });
  return { panel, dispose: () => void vscode.Disposable.from(panel, commands).dispose() };
}

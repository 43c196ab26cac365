/** Registers the page of a comparison and its commands. */
import * as vscode from 'vscode';
import type { ComparableRun } from '../../comparison/comparableRun';
import { loadComparables, type ComparableSources } from '../../comparison/comparables';
import type { RunLibrary } from '../../runs/run';
import type { ImportFeed } from '../chart/importFeed';
import type { GenerationRecords } from '../records/generationRecords';
import { runRowPrefix } from '../shared/runRowPrefix';
import { commandIds } from '../shared/ids';
import type { RunWatcher } from '../shared/runWatcher';
import type { TreeSection } from '../shared/treeRow';
import { registerComparisonCommands, takeComparison } from './comparisonCommands';
import { ComparisonPanel } from './comparisonPanel';
import { OfferSection } from './offerSection';

/** What the feature needs. */
export interface ComparisonFeatureDeps {
  extensionUri: vscode.Uri;
  library: RunLibrary;
  /** Fires when the list of runs may have changed. */
  onDidChangeRuns: vscode.Event<void>;
  runWatcher: Pick<RunWatcher, 'rollouts'>;
  records: Pick<GenerationRecords, 'store'>;
  imports: Pick<ImportFeed, 'importedName' | 'importedData'>;
  memento: vscode.Memento;
  log: Pick<vscode.LogOutputChannel, 'warn'>;
}

/** What other features use of this one. */
export interface ComparisonFeature extends vscode.Disposable {
  panel: ComparisonPanel;
  sources: ComparableSources;
  /** The row that offers a comparison. */
  offer: TreeSection;
}

/** Registers the commands; the entry has registered the panel. */
export function registerComparison(deps: ComparisonFeatureDeps): ComparisonFeature {
  const { extensionUri, library, onDidChangeRuns, runWatcher, records, imports, memento, log } = deps;
  const sources: ComparableSources = {
    library,
    rollouts: () => runWatcher.rollouts.all,
    records: () => records.store.records,
    shownImport: () => {
      const { importedData: data, importedName: name = 'import' } = imports;
      return data && { name, data };
    },
  };
  const panel = new ComparisonPanel({
    extensionUri,
    load: (ids) => loadComparables(sources, ids),
    events: {
      take: (what, comparison) => void takeComparison(what, comparison),
      choose: () => void vscode.commands.executeCommand(commandIds.compareRuns),
    },
    log,
  });
  const offer = new OfferSection({ library, onDidChangeRuns, memento, log });
  const open = (runs: readonly ComparableRun[]): void => {
    panel.open(runs);
    void offer.setOpened(runs.map(({ id }) => id)).catch((error: unknown) => log.warn(`comparison: ${String(error)}`));
  };
  const registrations = vscode.Disposable.from(
    panel,
    offer,
    registerComparisonCommands({
      sources,
      open,
      runOfRow: ({ id }) => id.slice(runRowPrefix.length),
    }),
  );
  return { panel, sources, offer, dispose: () => void registrations.dispose() };
}

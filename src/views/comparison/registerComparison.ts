/** Registers what compares runs: its page and commands, which the first use loads, and the row that offers it. */
import * as vscode from 'vscode';
import type { ComparableSources } from '../../comparison/comparables';
import type { RunLibrary } from '../../runs/run';
import type { ImportFeed } from '../chart/importFeed';
import type { GenerationRecords } from '../records/generationRecords';
import { commandIds } from '../shared/ids';
import { registerOnDemand } from '../shared/registerOnDemand';
import type { RunWatcher } from '../shared/runWatcher';
import type { TreeSection } from '../shared/treeRow';
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
  /** Restores the panel. */
  panel: vscode.WebviewPanelSerializer;
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
  const offer = new OfferSection({ library, onDidChangeRuns, memento, log });
  const onOpen = (runs: readonly string[]): void =>
    void offer.setOpened(runs).catch((error: unknown) => log.warn(`comparison: ${String(error)}`));
  const pages = registerOnDemand([commandIds.compareRuns, commandIds.exportComparison], async () => {
    const { registerComparisonPages } = await import('./comparisonPages');
    return () => registerComparisonPages({ extensionUri, sources, onOpen, log });
  });
  const registrations = vscode.Disposable.from(pages, offer);
  const panel: vscode.WebviewPanelSerializer = {
    deserializeWebviewPanel: async (restored, state) =>
      (await pages.load()).panel.deserializeWebviewPanel(restored, state),
  };
  return { panel, sources, offer, dispose: () => void registrations.dispose() };
}

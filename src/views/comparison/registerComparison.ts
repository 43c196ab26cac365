/** Registers the page of a comparison and its commands. */
import * as vscode from 'vscode';
import { loadComparables, type ComparableSources } from '../../comparison/comparables';
import type { RunLibrary } from '../../runs/run';
import type { ImportFeed } from '../chart/importFeed';
import type { GenerationRecords } from '../records/generationRecords';
import { runRowPrefix } from '../shared/runRowPrefix';
import { commandIds } from '../shared/ids';
import type { RunWatcher } from '../shared/runWatcher';
import { registerComparisonCommands, takeComparison } from './comparisonCommands';
import { ComparisonPanel } from './comparisonPanel';

/** What the feature needs. */
export interface ComparisonFeatureDeps {
  extensionUri: vscode.Uri;
  library: RunLibrary;
  runWatcher: Pick<RunWatcher, 'rollouts'>;
  records: Pick<GenerationRecords, 'store'>;
  imports: Pick<ImportFeed, 'importedName' | 'importedData'>;
  log: Pick<vscode.LogOutputChannel, 'warn'>;
}

/** What other features use of this one. */
export interface ComparisonFeature extends vscode.Disposable {
  panel: ComparisonPanel;
  sources: ComparableSources;
}

/** Registers the commands; the entry has registered the panel. */
export function registerComparison(deps: ComparisonFeatureDeps): ComparisonFeature {
  const { extensionUri, library, runWatcher, records, imports, log } = deps;
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
  const registrations = vscode.Disposable.from(
    panel,
    registerComparisonCommands({
      sources,
      open: (runs) => void panel.open(runs),
      runOfRow: ({ id }) => id.slice(runRowPrefix.length),
    }),
  );
  return { panel, sources, dispose: () => void registrations.dispose() };
}

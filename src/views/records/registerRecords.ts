/** Registers generation records, measuring windows, recorded scrapes, export and import. */
import * as vscode from 'vscode';
import { RawSeriesBuffer } from '../../capture/rawSeriesBuffer';
import type { ResponseTap } from '../../capture/responseTap';
import type { CatalogIndex } from '../../metrics/catalogIndex';
import { setContext } from '../shared/contextKeys';
import { commandIds } from '../shared/ids';
import { ReadonlyDocuments } from '../shared/readonlyDocuments';
import { registerOnDemand } from '../shared/registerOnDemand';
import type { RunWatcher } from '../shared/runWatcher';
import type { TreeSection } from '../shared/treeRow';
import { CaptureController } from './captureController';
import type { GenerationRecords } from './generationRecords';
import type { ShowImport } from './importCommand';
import { MeasuringWindows } from './measuringWindows';
import { registerRecordDocuments } from './recordDocuments';

const recordsCommands = [
  commandIds.startRecord,
  commandIds.stopRecord,
  commandIds.openRecord,
  commandIds.deleteRecord,
  commandIds.exportRecord,
  commandIds.startWindow,
  commandIds.pauseWindow,
  commandIds.resumeWindow,
  commandIds.stopWindow,
  commandIds.recordScrapes,
  commandIds.stopScrapes,
  commandIds.replayScrapes,
  commandIds.tryRecordedRun,
  commandIds.showLive,
  commandIds.exportData,
  commandIds.importData,
];

/** What replaces the run in the charts. */
export interface ChartImports {
  readonly importedName: string | undefined;
  readonly onDidReplace: vscode.Event<void>;
  show(imported: Parameters<ShowImport>[0] | undefined): void;
}

/** What the feature needs. */
export interface RecordsFeatureDeps {
  extensionUri: vscode.Uri;
  catalogIndex: () => CatalogIndex;
  runWatcher: RunWatcher;
  generationRecords: GenerationRecords;
  /** The live run's responses, for recordings. */
  responses: ResponseTap;
  imports: ChartImports;
  memento: vscode.Memento;
}

/** What other features use of this one. */
export interface RecordsFeature extends vscode.Disposable {
  /** The measuring window, for the metrics tree. */
  measuringWindowSection: TreeSection;
  /** The recording of scrapes that runs, for the Connection view. */
  captureSection: TreeSection;
}

/** Registers the feature; what `deps` hands over belongs to the caller. */
export function registerRecords(deps: RecordsFeatureDeps): RecordsFeature {
  const { extensionUri, catalogIndex, runWatcher, generationRecords, responses, imports, memento } = deps;
  const documents = new ReadonlyDocuments({
    scheme: 'skyrl-window',
    title: 'SkyRL measuring window',
    missingText: 'The values of this measuring window are no longer kept.',
  });
  const measuringWindows = new MeasuringWindows({ catalogIndex, runWatcher, memento, documents });
  const captureController = new CaptureController(responses, runWatcher);
  const rawSeries = new RawSeriesBuffer();
  const updateContext = (): void => {
    setContext('recording', generationRecords.runningRecord !== undefined);
    setContext('window', measuringWindows.state);
    setContext('scrapes', captureController.progress !== undefined);
    setContext('foreign', runWatcher.replay !== undefined || imports.importedName !== undefined);
  };
  const registrations = vscode.Disposable.from(
    documents,
    measuringWindows,
    captureController,
    generationRecords.onDidChange(updateContext),
    measuringWindows.onDidChange(updateContext),
    captureController.onDidChange(updateContext),
    imports.onDidReplace(updateContext),
    runWatcher.onDidSwitchRun(updateContext),
    keepRawSeries(rawSeries, runWatcher),
    registerRecordDocuments(generationRecords.store),
    registerOnDemand(recordsCommands, async () => {
      const { registerRecordsCommands } = await import('./recordsCommands');
      return () =>
        registerRecordsCommands({
          extensionUri,
          runWatcher,
          generationRecords,
          measuringWindows,
          captureController,
          rawSeries,
          imports,
        });
    }),
  );
  updateContext();
  return {
    measuringWindowSection: measuringWindows,
    captureSection: captureController,
    dispose: () => void registrations.dispose(),
  };
}

/** Keeps the newest responses for the export of raw series; another run starts anew. */
function keepRawSeries(rawSeries: RawSeriesBuffer, runWatcher: RunWatcher): vscode.Disposable {
  return vscode.Disposable.from(
    runWatcher.onDidSwitchRun(() => rawSeries.clear()),
    runWatcher.onDidCollect(({ responses }) => {
      for (const { at, target, result } of responses)
        if (result) rawSeries.add(at, target.url, result.series, result.values);
    }),
  );
}

/** Registers the commands of generation records, measuring windows, recorded scrapes, export and import. */
import * as vscode from 'vscode';
import type { RawSeriesBuffer } from '../../capture/rawSeriesBuffer';
import type { RunWatcher } from '../shared/runWatcher';
import { registerCaptureCommands } from './captureCommands';
import type { CaptureController } from './captureController';
import { registerExportCommand } from './exportCommand';
import type { GenerationRecords } from './generationRecords';
import { registerImportCommand } from './importCommand';
import { registerMeasuringWindowCommands } from './measuringWindowCommands';
import type { MeasuringWindows } from './measuringWindows';
import { registerRecordCommands } from './recordCommands';
import type { ChartImports } from './registerRecords';

/** What the commands work on. */
export interface RecordsCommandDeps {
  extensionUri: vscode.Uri;
  runWatcher: RunWatcher;
  generationRecords: GenerationRecords;
  measuringWindows: MeasuringWindows;
  captureController: CaptureController;
  rawSeries: RawSeriesBuffer;
  imports: ChartImports;
}

/** Registers the commands; what `deps` hands over belongs to the caller. */
export function registerRecordsCommands(deps: RecordsCommandDeps): vscode.Disposable {
  const { extensionUri, runWatcher, generationRecords, measuringWindows, captureController, rawSeries, imports } = deps;
  return vscode.Disposable.from(
    registerRecordCommands(generationRecords),
    registerMeasuringWindowCommands(measuringWindows),
    registerCaptureCommands({
      extensionUri,
      runWatcher,
      captureController,
      closeImport: () => imports.show(undefined),
    }),
    registerExportCommand({ runWatcher, rawSeries }),
    registerImportCommand((imported) => imports.show(imported)),
  );
}

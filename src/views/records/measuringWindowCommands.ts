/** The commands of measuring windows. */
import * as vscode from 'vscode';
import { pauseMeasuringWindow, resumeMeasuringWindow } from '../../collector/measuringWindow';
import { isInteractive, registerCommandTable } from '../shared/commandTable';
import { errorText } from '../shared/errorText';
import { commandIds, viewIds } from '../shared/ids';
import type { MeasuringWindows } from './measuringWindows';
import { showWarning } from '../shared/messages';

/** Shows a person what goes wrong; given an options object, the command rejects. */
async function runWithProgress<T>(argument: object | undefined, task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await vscode.window.withProgress({ location: { viewId: viewIds.metrics } }, task);
  } catch (error) {
    if (!isInteractive(argument)) throw error;
    void showWarning(errorText(error));
    return undefined;
  }
}

/** Registers the commands. */
export function registerMeasuringWindowCommands(windows: MeasuringWindows): vscode.Disposable {
  return registerCommandTable({
    [commandIds.startWindow]: (argument?: object) => runWithProgress(argument, () => windows.start()),
    [commandIds.pauseWindow]: () => windows.updateWindow(pauseMeasuringWindow),
    [commandIds.resumeWindow]: () => windows.updateWindow(resumeMeasuringWindow),
    [commandIds.stopWindow]: (argument?: object) => runWithProgress(argument, () => windows.stop()),
  });
}

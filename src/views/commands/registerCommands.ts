/**
 * Registers the commands that scrape, start and stop the timer, and open settings and the log. Given an options object
 * they ask nothing.
 */
import * as vscode from 'vscode';
import type { Snapshot } from '../../api';
import { registerCommandTable } from '../shared/commandTable';
import { setContext } from '../shared/contextKeys';
import { commandIds, viewIds } from '../shared/ids';
import type { RunWatcher } from '../shared/runWatcher';
import { clearHistory } from './clearHistory';

/** What the commands work on. */
export interface CommandDeps {
  runWatcher: RunWatcher;
  log: vscode.LogOutputChannel;
}

interface TimerOptions {
  /** Also on a Ray that hands each gauge to one reader. */
  anyway?: boolean;
}

/** Scrapes, with progress in the view that shows the result. */
function scrape(runWatcher: RunWatcher): Thenable<Snapshot> {
  return vscode.window.withProgress({ location: { viewId: viewIds.metrics } }, () => runWatcher.scrape('command'));
}

/** The timer's commands depend on its state, so its context key is kept here. */
export function registerCommands({ runWatcher, log }: CommandDeps): vscode.Disposable {
  const setTimerContext = (): void => setContext('timer', runWatcher.timer);
  setTimerContext();
  return vscode.Disposable.from(
    runWatcher.onDidRefresh(setTimerContext),
    registerCommandTable({
      [commandIds.scrape]: () => scrape(runWatcher),
      [commandIds.startTimer]: (options?: TimerOptions) =>
        runWatcher.setTimer(options?.anyway === true ? 'anyway' : 'auto'),
      [commandIds.stopTimer]: () => runWatcher.setTimer('stopped'),
      [commandIds.scrapeAnyway]: () => runWatcher.setTimer('anyway'),
      [commandIds.clearHistory]: (options?: object) => clearHistory(runWatcher, options),
      [commandIds.openSettings]: () =>
        vscode.commands.executeCommand('workbench.action.openSettings', '@ext:skyrl-metrics.skyrl-metrics'),
      [commandIds.showLog]: () => log.show(),
      [commandIds.reachCluster]: () =>
        vscode.commands.executeCommand('workbench.action.openWalkthrough', {
          category: 'skyrl-metrics.skyrl-metrics#skyrl.start',
          // VS Code puts the category before it.
          step: 'reach',
        }),
    }),
  );
}

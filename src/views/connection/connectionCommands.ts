/** Registers the commands that decide what is asked and with which token, and the connection report. */
import * as vscode from 'vscode';
import type { ReadonlyDocuments } from '../shared/readonlyDocuments';
import { registerDashboardTokenCommands } from './dashboardTokenCommands';
import { registerPrometheusCommands } from './prometheusCommands';
import type { ConnectionFeatureDeps } from './registerConnection';
import { registerSelectRun } from './selectRun';
import { registerSelectSource } from './selectSource';
import { registerConnectionReport } from './showConnectionReport';
import { registerWriteScrapeConfig } from './writeScrapeConfig';

/** Registers the commands; `reports` shows the connection report, and belongs to the caller as `deps` does. */
export function registerConnectionCommands(
  deps: Omit<ConnectionFeatureDeps, 'captureSection'>,
  reports: ReadonlyDocuments,
): vscode.Disposable {
  const { runWatcher, tokens, prometheus } = deps;
  return vscode.Disposable.from(
    registerConnectionReport(deps, reports),
    registerDashboardTokenCommands({ tokens, runWatcher }),
    registerPrometheusCommands(prometheus),
    registerSelectRun(runWatcher),
    registerSelectSource(),
    registerWriteScrapeConfig(runWatcher),
  );
}

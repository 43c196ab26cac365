/** Registers the page of rollouts and its commands. */
import * as vscode from 'vscode';
import type { Status } from '../../api';
import { importedRollouts } from '../../rollouts/importedRollouts';
import type { ChartData } from '../../shared/chartData';
import type { TimeRange } from '../../shared/protocol';
import type { RunWatcher } from '../shared/runWatcher';
import { registerRolloutCommands, takeRollouts } from './rolloutCommands';
import type { RolloutFeed } from './rolloutFeed';
import { RolloutPanel } from './rolloutPanel';

/** What may be shown in place of the run. */
export interface RolloutImports {
  /** Undefined while the run is shown. */
  readonly importedData: ChartData | undefined;
  readonly onDidReplace: vscode.Event<void>;
  readonly status: Status;
  readonly notice: string;
  readonly onDidChangeStatus: vscode.Event<Status>;
}

/** What the feature needs. */
export interface RolloutFeatureDeps {
  extensionUri: vscode.Uri;
  runWatcher: RunWatcher;
  imports: RolloutImports;
  /** Shows a span of time in the chart. */
  showRange: (range: TimeRange) => Promise<void>;
  log: Pick<vscode.LogOutputChannel, 'warn' | 'error'>;
}

/** What other features use of this one. */
export interface RolloutFeature extends vscode.Disposable {
  panel: RolloutPanel;
}

/** Registers the commands; the entry has registered the panel. */
export function registerRollouts(deps: RolloutFeatureDeps): RolloutFeature {
  const { extensionUri, runWatcher, imports, showRange, log } = deps;
  const changed = new vscode.EventEmitter<void>();
  const announce = (): void => changed.fire();
  const ofImport = rememberLast(importedRollouts);
  const rollouts = (): RolloutFeed['rollouts'] => {
    const { importedData } = imports;
    return importedData ? ofImport(importedData) : runWatcher.rollouts.all;
  };
  const feed: RolloutFeed = {
    get rollouts() {
      return rollouts();
    },
    onDidChange: changed.event,
    get status() {
      return imports.status;
    },
    get notice() {
      return imports.notice;
    },
    onDidChangeStatus: imports.onDidChangeStatus,
  };
  const panel = new RolloutPanel({
    extensionUri,
    feed,
    log,
    events: {
      show: (range) => void showRange(range).catch((error: unknown) => log.error(`rollouts: ${String(error)}`)),
      take: (what, kind) => void takeRollouts(what, rollouts(), kind),
    },
  });
  const registrations = vscode.Disposable.from(
    changed,
    panel,
    runWatcher.onDidScrape(announce),
    imports.onDidReplace(announce),
    registerRolloutCommands({ rollouts, open: () => void panel.open() }),
  );
  return { panel, dispose: () => void registrations.dispose() };
}

/** A function that computes its last result once. */
function rememberLast<Argument, Result>(compute: (argument: Argument) => Result): (argument: Argument) => Result {
  let last: { argument: Argument; result: Result } | undefined;
  return (argument) => {
    if (!last || last.argument !== argument) last = { argument, result: compute(argument) };
    return last.result;
  };
}

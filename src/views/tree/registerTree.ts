/** Registers the Engine metrics view and the commands of its rows. */
import * as vscode from 'vscode';
import { noRunPlace } from '../../collector/status';
import { registerCommandTable } from '../shared/commandTable';
import { setContext } from '../shared/contextKeys';
import { commandIds } from '../shared/ids';
import type { TreeRow } from '../shared/treeRow';
import { MetricsView, type MetricsViewDeps } from './metricsView';

/** What other features use of this one. */
export interface TreeFeature extends vscode.Disposable {
  view: MetricsView;
}

const copyText = (text: string | undefined): Thenable<void> => vscode.env.clipboard.writeText(text ?? '');

/** The view's welcome texts depend on the state and on where no run was found, so their context keys are kept here. */
export function registerTree(deps: MetricsViewDeps): TreeFeature {
  const { runWatcher } = deps;
  const view = new MetricsView(deps);
  const setState = (): void => {
    setContext('place', noRunPlace(runWatcher.collector) ?? '');
    setContext('state', runWatcher.status.state);
  };
  const registrations = vscode.Disposable.from(
    view,
    runWatcher.onDidRefresh(setState),
    registerCommandTable({
      [commandIds.copyValue]: (row?: TreeRow) => copyText(row?.value),
      [commandIds.copyPromql]: (row?: TreeRow) => copyText(row?.promql),
    }),
  );
  setState();
  return { view, dispose: () => void registrations.dispose() };
}

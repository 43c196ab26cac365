/** The commands that run, plot and cancel queries, and offer past ones. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import type { Reporter } from '../../metrics/spellPromql';
import { bareQuery, blockAt, blocksOf } from '../../promql/queryBlocks';
import { readHistory, remember } from '../../promql/queryHistory';
import { escapeLabel } from '../../shared/escapeLabel';
import { formatDuration } from '../../shared/format';
import { registerCommandTable } from '../shared/commandTable';
import { commandIds } from '../shared/ids';
import { toUri } from '../shared/toUri';
import { insertQuery, newScratchpad } from './newScratchpad';
import { findPad, toPadOptions, type PadArgument, type PadOptions } from './padOptions';
import { promqlLanguageId } from './promqlLanguageId';
import type { ScratchpadResults } from './scratchpadResults';
import type { FinishedQuery, QueryMode, Scratchpads } from './scratchpads';
import { showInformation } from '../shared/messages';

/** What the commands work on. */
export interface QueryCommandDeps {
  pads: Scratchpads;
  results: ScratchpadResults;
  memento: vscode.Memento;
  /** Whose names the present run's metrics have. */
  reporter: () => Reporter;
  /** Unix ms. */
  now: () => number;
  /** Draws the result of a plotted query. */
  showPlot: (finished: FinishedQuery) => Promise<unknown>;
}

const historyKey = 'skyrl.queryHistory';
/** A query that takes longer shows a notification that can cancel it. */
const progressDelayMs = 1500;

/** Resolves to the result document when the query has ended; to undefined if there is no query. */
async function runQuery(deps: QueryCommandDeps, mode: QueryMode, options: PadOptions): Promise<vscode.Uri | undefined> {
  const { pads, results } = deps;
  const position = await findPad(results, options);
  if (!position || position.pad.languageId !== promqlLanguageId) return undefined;
  const { pad, line } = position;
  const running = withDelayedProgress(pads, pad, pads.runQuery(pad, line, mode));
  const block = blockAt(blocksOf(pad.getText()), line);
  if (!block) {
    void showInformation('This scratchpad has no query yet.');
    return undefined;
  }
  const uri = results.uriOf(pad);
  await showResultDocument(uri);
  await rememberQuery(deps, block.text.trim());
  const finished = await running;
  if (mode === 'plot' && finished?.answer) await deps.showPlot(finished);
  return uri;
}

/** Shows a result beside its pad and leaves the cursor there; if it is visible, it stays where it is. */
async function showResultDocument(uri: vscode.Uri): Promise<void> {
  const isVisible = vscode.window.visibleTextEditors.some(({ document }) => document.uri.toString() === uri.toString());
  if (isVisible) return;
  await vscode.window.showTextDocument(uri, {
    viewColumn: vscode.ViewColumn.Beside,
    preserveFocus: true,
    preview: false,
  });
}

async function withDelayedProgress<T>(pads: Scratchpads, pad: vscode.TextDocument, query: Promise<T>): Promise<T> {
  const showProgress = (): void =>
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: 'Asking Prometheus', cancellable: true },
      async (_, token) => {
        token.onCancellationRequested(() => pads.cancel(pad.uri));
        await query.catch(() => undefined);
      },
    );
  const timer = setTimeout(showProgress, progressDelayMs);
  try {
    return await query;
  } finally {
    clearTimeout(timer);
  }
}

function cancelQuery({ pads }: QueryCommandDeps, { uri }: PadOptions): void {
  pads.cancel(uri === undefined ? undefined : toUri(uri));
}

async function rememberQuery({ memento, now }: QueryCommandDeps, query: string): Promise<void> {
  await memento.update(historyKey, remember(readHistory(memento.get(historyKey)), query, now()));
}

/** Resolves to the pad that the picked query was added to. */
async function pickPastQuery({ memento, now }: QueryCommandDeps): Promise<vscode.Uri | undefined> {
  const items = readHistory(memento.get(historyKey)).map(({ query, at }) => ({
    label: escapeLabel(bareQuery(query)),
    description: `${formatDuration(now() - at)} ago`,
    query,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder:
      items.length > 0 ? 'Select a query that was run in this workspace' : 'No query was run in this workspace yet',
  });
  return picked && insertQuery(picked.query);
}

/** Registers the commands. */
export function registerQueryCommands(deps: QueryCommandDeps): vscode.Disposable {
  return registerCommandTable({
    [commandIds.newScratchpad]: (options?: { query?: string }) => newScratchpad(options, deps.reporter()),
    [commandIds.runQuery]: (argument?: PadArgument) => runQuery(deps, 'run', toPadOptions(argument)),
    [commandIds.plotQuery]: (argument?: PadArgument) => runQuery(deps, 'plot', toPadOptions(argument)),
    [commandIds.cancelQuery]: (argument?: PadArgument) => cancelQuery(deps, toPadOptions(argument)),
    [commandIds.queryHistory]: () => pickPastQuery(deps),
  });
}

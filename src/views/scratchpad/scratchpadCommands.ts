/** The commands of scratchpads. Given an options object they ask nothing; those of a document resolve to the result's `Uri`. */
import * as vscode from 'vscode';
import { pageUrl } from '../../prometheus/prometheusUrl';
import { toPrometheusError } from '../../prometheus/errors';
import { blockAt, blocksOf, bareQuery } from '../../promql/queryBlocks';
import { csvOf } from '../../promql/csv';
import { curl } from '../../promql/curl';
import { readHistory, remember } from '../../promql/queryHistory';
import { resolveRange } from '../../promql/timing';
import { substitute } from '../../promql/variables';
import { formatDuration } from '../../shared/format';
import { commandIds } from '../shared/ids';
import type { PrometheusConnection } from '../connection/prometheusConnection';
import { promqlLanguageId, type FinishedQuery, type QueryMode, type Scratchpads } from './scratchpads';
import { resultScheme, type ScratchpadResults } from './scratchpadResults';
import { escapeLabel } from '../../shared/escapeLabel';

export interface ScratchpadDeps {
  pads: Scratchpads;
  results: ScratchpadResults;
  prometheus: PrometheusConnection;
  memento: vscode.Memento;
  now: () => number;
  /** Draws what a plot gave. */
  showPlot: (ended: FinishedQuery) => Promise<unknown>;
}

interface PadOptions {
  uri?: vscode.Uri | string;
  line?: number;
}

const historyKey = 'skyrl.queryHistory';
/** A query that takes longer gets a notification that can cancel it. */
const progressDelayMs = 1500;

const scratchpadTemplate = `# PromQL scratchpad
# Ctrl+Enter runs the query at the cursor, Ctrl+Shift+Enter plots it. Blank lines part queries.

# How full is the fullest engine's KV cache?
max(ray_vllm_kv_cache_usage_perc)

# Output tokens per second, over all engines.
sum(rate(ray_vllm_generation_tokens_total[$__rate_interval]))

# 95 % of first tokens came within…
histogram_quantile(0.95, sum by (le) (rate(ray_vllm_time_to_first_token_seconds_bucket[$__rate_interval])))
`;

async function newScratchpad(options?: { query?: string }): Promise<vscode.Uri> {
  const document = await vscode.workspace.openTextDocument({
    language: promqlLanguageId,
    content: options?.query ?? scratchpadTemplate,
  });
  const editor = await vscode.window.showTextDocument(document);
  const first = blocksOf(document.getText())[0];
  if (first) editor.selection = new vscode.Selection(first.queryLine, 0, first.queryLine, 0);
  return document.uri;
}

/** The pad and line that are meant: as given, else at the cursor. VS Code's own menus give a bare Uri. */
async function resolvePad(
  { results }: ScratchpadDeps,
  options?: PadOptions | vscode.Uri,
): Promise<{ pad: vscode.TextDocument; line: number } | undefined> {
  const given = options instanceof vscode.Uri ? { uri: options } : (options ?? {});
  const active = vscode.window.activeTextEditor;
  const said = typeof given.uri === 'string' ? vscode.Uri.parse(given.uri) : (given.uri ?? active?.document.uri);
  if (!said) return undefined;
  const uri = said.scheme === resultScheme ? results.padOf(said) : said;
  if (!uri) return undefined;
  const pad = await vscode.workspace.openTextDocument(uri);
  const editor = vscode.window.visibleTextEditors.find(({ document }) => document === pad);
  const line = 'line' in given ? given.line : undefined;
  return { pad, line: line ?? editor?.selection.active.line ?? 0 };
}

async function runQuery(
  deps: ScratchpadDeps,
  mode: QueryMode,
  options?: PadOptions | vscode.Uri,
): Promise<vscode.Uri | undefined> {
  const { pads, results, memento, now } = deps;
  const meant = await resolvePad(deps, options);
  if (!meant || meant.pad.languageId !== promqlLanguageId) return undefined;
  const { pad, line } = meant;
  const asked = withDelayedProgress(pads, pad, pads.runQuery(pad, line, mode));
  const block = blockAt(blocksOf(pad.getText()), line);
  if (!block) {
    void vscode.window.showInformationMessage('This scratchpad holds no query yet.');
    return undefined;
  }
  const uri = results.uriOf(pad);
  await showResultDocument(uri);
  await memento.update(historyKey, remember(readHistory(memento.get(historyKey)), block.text.trim(), now()));
  const ended = await asked;
  if (mode === 'plot' && ended?.answer) await deps.showPlot(ended);
  return uri;
}

/** Shown beside, without taking the cursor out of the pad; where it is visible already it stays where it is. */
async function showResultDocument(uri: vscode.Uri): Promise<void> {
  const isShown = vscode.window.visibleTextEditors.some(({ document }) => document.uri.toString() === uri.toString());
  if (isShown) return;
  await vscode.window.showTextDocument(uri, {
    viewColumn: vscode.ViewColumn.Beside,
    preserveFocus: true,
    preview: false,
  });
}

async function withDelayedProgress<T>(pads: Scratchpads, pad: vscode.TextDocument, asked: Promise<T>): Promise<T> {
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: 'Asking Prometheus', cancellable: true },
      (_, token) => {
        token.onCancellationRequested(() => pads.cancel(pad.uri));
        return asked.then(
          () => undefined,
          () => undefined,
        );
      },
    );
  }, progressDelayMs);
  try {
    return await asked;
  } finally {
    clearTimeout(timer);
  }
}

function cancelQuery({ pads }: ScratchpadDeps, options?: PadOptions | vscode.Uri): void {
  const uri = options instanceof vscode.Uri ? options : options?.uri;
  pads.cancel(typeof uri === 'string' ? vscode.Uri.parse(uri) : uri);
}

/** The query of a block as it would be sent now. */
async function resolveQuery(
  deps: ScratchpadDeps,
  options?: PadOptions | vscode.Uri,
): Promise<{ pad: vscode.TextDocument; query: string; scrapeIntervalMs: number } | undefined> {
  const meant = await resolvePad(deps, options);
  const block = meant && blockAt(blocksOf(meant.pad.getText()), meant.line);
  if (!block) return undefined;
  const context = await deps.pads.loadVariables(meant.pad.uri);
  return {
    pad: meant.pad,
    query: bareQuery(substitute(block.text, context).text),
    scrapeIntervalMs: context.scrapeIntervalMs,
  };
}

/** Resolves to the command line, which is on the clipboard then. `range`: of the plot. */
async function copyCurl(
  deps: ScratchpadDeps,
  options?: (PadOptions & { range?: boolean }) | vscode.Uri,
): Promise<string | undefined> {
  const { pads, prometheus, now } = deps;
  const found = await resolveQuery(deps, options);
  if (!found) return undefined;
  try {
    const { base } = prometheus.client();
    const timing = pads.timingOf(found.pad.uri);
    const isRange = options !== undefined && !(options instanceof vscode.Uri) && options.range === true;
    const identity = await prometheus.credentials(base);
    const text = curl({
      base,
      query: found.query,
      at: timing.at,
      headers: prometheus.headers,
      auth: identity?.kind,
      range: isRange ? resolveRange(timing, found.scrapeIntervalMs, now()) : undefined,
    });
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(identity ? 'Copied; set PROM_TOKEN in your shell.' : 'Copied.', 4000);
    return text;
  } catch (error) {
    showError(error);
    return undefined;
  }
}

async function openInPrometheus(deps: ScratchpadDeps, options?: PadOptions | vscode.Uri): Promise<void> {
  const found = await resolveQuery(deps, options);
  if (!found) return;
  try {
    const timing = deps.pads.timingOf(found.pad.uri);
    await vscode.env.openExternal(
      vscode.Uri.parse(pageUrl(deps.prometheus.client().base, found.query, { at: timing.at }), true),
    );
  } catch (error) {
    showError(error);
  }
}

/** Says why nothing was done, with the way on. */
function showError(error: unknown): void {
  const { message, advice } = toPrometheusError(error);
  void vscode.window.showWarningMessage([message, advice].filter(Boolean).join(' '));
}

async function pickPastQuery({ memento, now }: ScratchpadDeps): Promise<vscode.Uri | undefined> {
  const items = readHistory(memento.get(historyKey)).map(({ query, at }) => ({
    label: escapeLabel(bareQuery(query)),
    description: `${formatDuration(now() - at)} ago`,
    query,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: items.length > 0 ? 'A query that was run in this workspace' : 'No query was run in this workspace yet',
  });
  return picked && insertQuery(picked.query);
}

/** Puts a query at the end of the pad one is in, or into a new one. */
export async function insertQuery(query: string): Promise<vscode.Uri> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== promqlLanguageId) return newScratchpad({ query: `${query}\n` });
  const { document } = editor;
  const end = document.positionAt(document.getText().length);
  const text = `${document.getText().trim() === '' ? '' : document.getText().endsWith('\n') ? '\n' : '\n\n'}${query}\n`;
  await editor.edit((edit) => edit.insert(end, text));
  const at = blocksOf(document.getText()).at(-1);
  if (at) {
    editor.selection = new vscode.Selection(at.queryLine, 0, at.queryLine, 0);
    editor.revealRange(editor.selection);
  }
  return document.uri;
}

/** The result that is meant: of a result document or of a pad. */
async function findResult(
  deps: ScratchpadDeps,
  options?: PadOptions | vscode.Uri,
): Promise<ReturnType<ScratchpadResults['get']>> {
  const uri =
    options instanceof vscode.Uri
      ? options
      : typeof options?.uri === 'string'
        ? vscode.Uri.parse(options.uri)
        : (options?.uri ?? vscode.window.activeTextEditor?.document.uri);
  if (uri?.scheme === resultScheme) return deps.results.get(uri);
  const meant = await resolvePad(deps, options);
  return meant && deps.results.get(deps.results.uriOf(meant.pad));
}

/** Writes a result as CSV; `to` says where, else a dialog asks. Resolves to the file. */
async function saveCsv(
  deps: ScratchpadDeps,
  options?: (PadOptions & { to?: vscode.Uri | string }) | vscode.Uri,
): Promise<vscode.Uri | undefined> {
  const result = await findResult(deps, options);
  if (result?.outcome.kind !== 'answer') {
    void vscode.window.showInformationMessage('There is no result to save: run a query first.');
    return undefined;
  }
  const given = options instanceof vscode.Uri ? undefined : options?.to;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const to =
    given === undefined
      ? await vscode.window.showSaveDialog({
          filters: { CSV: ['csv'] },
          ...(folder && { defaultUri: vscode.Uri.joinPath(folder, 'result.csv') }),
        })
      : typeof given === 'string'
        ? vscode.Uri.parse(given)
        : given;
  if (to) await vscode.workspace.fs.writeFile(to, Buffer.from(csvOf(result.outcome.answer.data)));
  return to;
}

/** The answer as it came, laid out, in a document of its own. */
async function showRawResult(deps: ScratchpadDeps, options?: PadOptions | vscode.Uri): Promise<vscode.Uri | undefined> {
  const result = await findResult(deps, options);
  if (result?.outcome.kind !== 'answer') {
    void vscode.window.showInformationMessage('There is no answer to show: run a query first.');
    return undefined;
  }
  const document = await vscode.workspace.openTextDocument({
    language: 'json',
    content: JSON.stringify(JSON.parse(result.outcome.answer.raw), undefined, 2),
  });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Active, preview: true });
  return document.uri;
}

export function registerScratchpadCommands(deps: ScratchpadDeps): vscode.Disposable[] {
  const table: [string, (...args: never[]) => unknown][] = [
    [commandIds.newScratchpad, (options?: { query?: string }) => newScratchpad(options)],
    [commandIds.runQuery, (options?: PadOptions | vscode.Uri) => runQuery(deps, 'run', options)],
    [commandIds.plotQuery, (options?: PadOptions | vscode.Uri) => runQuery(deps, 'plot', options)],
    [commandIds.cancelQuery, (options?: PadOptions | vscode.Uri) => cancelQuery(deps, options)],
    [commandIds.copyCurl, (options?: (PadOptions & { range?: boolean }) | vscode.Uri) => copyCurl(deps, options)],
    [commandIds.openInPrometheus, (options?: PadOptions | vscode.Uri) => openInPrometheus(deps, options)],
    [commandIds.queryHistory, () => pickPastQuery(deps)],
    [commandIds.saveResult, (options?: PadOptions | vscode.Uri) => saveCsv(deps, options)],
    [commandIds.showRawResult, (options?: PadOptions | vscode.Uri) => showRawResult(deps, options)],
  ];
  return table.map(([id, act]) => vscode.commands.registerCommand(id, act));
}

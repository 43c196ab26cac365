/** The commands of comparisons. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import type { ComparableRun } from '../../comparison/comparableRun';
import { compareRuns } from '../../comparison/compareRuns';
import { listComparables, loadComparables, type ComparableSources } from '../../comparison/comparables';
import { comparisonResult, type ComparisonResult } from '../../comparison/comparisonResult';
import { fewestRuns, mostRuns, type ComparedKind, type Comparison } from '../../shared/comparison';
import type { ComparisonExport } from '../../shared/comparisonProtocol';
import { comparisonCsv, comparisonJson, comparisonMarkdown } from '../../shared/comparisonExport';
import { escapeLabel } from '../../shared/escapeLabel';
import { isTreeRow, registerCommandTable } from '../shared/commandTable';
import { errorText } from '../shared/errorText';
import { commandIds } from '../shared/ids';
import { toUri, type UriLike } from '../shared/toUri';
import type { TreeRow } from '../shared/treeRow';
import { writeLines } from '../shared/writeLines';
import { showError, showInformation } from '../shared/messages';

/** What the commands work on. */
export interface ComparisonCommandDeps {
  sources: ComparableSources;
  /** Shows the page. */
  open: (runs: readonly ComparableRun[]) => void;
  /** The id of the run in a row of the tree. */
  runOfRow: (row: TreeRow) => string;
}

interface CompareOptions {
  /** Ids of two to four runs, the first one first. */
  runs?: readonly string[];
}

interface ExportOptions extends CompareOptions {
  /** Default: `markdown`. */
  format?: ComparisonExport;
  uri?: UriLike;
}

/** What a file of each format is made of: lines, because configs may be long. Markdown is a text of bounded length. */
const formats: Record<
  ComparisonExport,
  { label: string; suffix: string; linesOf: (comparison: Comparison) => Iterable<string> }
> = {
  csv: { label: 'CSV', suffix: 'csv', linesOf: comparisonCsv },
  json: { label: 'JSON', suffix: 'json', linesOf: comparisonJson },
  markdown: { label: 'Markdown', suffix: 'md', linesOf: (comparison) => [comparisonMarkdown(comparison)] },
};

const kindTitles: Record<ComparedKind, string> = {
  run: 'Runs',
  import: 'Imported files',
  record: 'Generation records',
  rollout: 'Rollouts and steps of this run',
};

/** Asks for two to four; the given one is picked already. Undefined if the person cancelled, or was told why there are too few. */
async function pickRuns(sources: ComparableSources, picked: readonly string[]): Promise<string[] | undefined> {
  const choices = await listComparables(sources);
  if (choices.length < fewestRuns) {
    void showInformation(
      'There are no two runs to compare yet. A run is kept as soon as its engines are scraped; SkyRL: Import Run adds one from a file.',
    );
    return undefined;
  }
  const items = (Object.keys(kindTitles) as ComparedKind[]).flatMap((kind) => {
    const ofKind = choices.filter((choice) => choice.kind === kind);
    if (ofKind.length === 0) return [];
    const separator = { label: kindTitles[kind], kind: vscode.QuickPickItemKind.Separator, id: '' };
    return [
      separator,
      ...ofKind.map(({ id, name, detail }) => ({
        label: escapeLabel(name),
        description: escapeLabel(detail),
        picked: picked.includes(id),
        id,
      })),
    ];
  });
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    matchOnDescription: true,
    title: 'Compare Runs',
    placeHolder: `Select ${fewestRuns} to ${mostRuns}; the oldest one is what the others are compared with`,
  });
  if (!chosen || chosen.length === 0) return undefined;
  // The list has the newest first.
  return chosen.map(({ id }) => id).reverse();
}

/** The runs of an options object, or those that the person picks; undefined if the person cancelled. */
async function chooseRuns(
  { sources, runOfRow }: ComparisonCommandDeps,
  argument: TreeRow | CompareOptions | undefined,
): Promise<ComparableRun[] | undefined> {
  if (argument !== undefined && !isTreeRow(argument)) return loadComparables(sources, idsOf(argument));
  const ids = await pickRuns(sources, argument ? [runOfRow(argument)] : []);
  if (!ids) return undefined;
  try {
    return await loadComparables(sources, ids);
  } catch (error) {
    void showError(errorText(error));
    return undefined;
  }
}

function idsOf({ runs }: CompareOptions): readonly string[] {
  if (!Array.isArray(runs) || !runs.every((id) => typeof id === 'string'))
    throw new Error('Name the runs to compare by their ids: { runs: [id, id] }.');
  return runs;
}

/** Compares, shows the page and resolves to the comparison; undefined if the person cancelled. */
async function compare(
  deps: ComparisonCommandDeps,
  argument: TreeRow | CompareOptions | undefined,
): Promise<ComparisonResult | undefined> {
  const runs = await chooseRuns(deps, argument);
  if (!runs) return undefined;
  deps.open(runs);
  return comparisonResult(compareRuns(runs));
}

function pickFile(what: ComparisonExport): Thenable<vscode.Uri | undefined> {
  const { label, suffix } = formats[what];
  const name = `skyrl-comparison-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${suffix}`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    filters: { [label]: [suffix] },
    title: 'Save Comparison',
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
  });
}

async function pickFormat(): Promise<ComparisonExport | undefined> {
  const items = (Object.keys(formats) as ComparisonExport[]).map((what) => ({ label: formats[what].label, what }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Select a format for the comparison' }))?.what;
}

/** Writes a comparison into a file; resolves to it, to undefined if the person cancelled. */
async function exportComparison(deps: ComparisonCommandDeps, options?: ExportOptions): Promise<vscode.Uri | undefined> {
  if (options && options.uri === undefined) throw new Error('Name the file to save to: { runs, format, uri }.');
  const runs = await chooseRuns(deps, options);
  if (!runs) return undefined;
  const format = options ? (options.format ?? 'markdown') : await pickFormat();
  if (!format) return undefined;
  if (!Object.hasOwn(formats, format)) throw new Error('A comparison is saved as csv, json or markdown.');
  const uri = options?.uri === undefined ? await pickFile(format) : toUri(options.uri);
  if (!uri) return undefined;
  await writeLines(uri, formats[format].linesOf(compareRuns(runs)));
  return uri;
}

/** Does what a person at the page asked for, and shows what goes wrong. */
export async function takeComparison(what: ComparisonExport, comparison: Comparison): Promise<void> {
  try {
    if (what === 'markdown') {
      await vscode.env.clipboard.writeText(comparisonMarkdown(comparison));
      vscode.window.setStatusBarMessage('Copied the comparison as Markdown', 3000);
      return;
    }
    const uri = await pickFile(what);
    if (uri) await writeLines(uri, formats[what].linesOf(comparison));
  } catch (error) {
    void showError(`The comparison could not be saved: ${errorText(error)}`);
  }
}

/** Registers the commands. */
export const registerComparisonCommands = (deps: ComparisonCommandDeps): vscode.Disposable =>
  registerCommandTable({
    [commandIds.compareRuns]: (argument?: TreeRow | CompareOptions) => compare(deps, argument),
    [commandIds.exportComparison]: (options?: ExportOptions) => exportComparison(deps, options),
  });

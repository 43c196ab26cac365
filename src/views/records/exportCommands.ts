/** Export of measures and raw series, and import of an export. Given an options object they ask nothing. */
import { open } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import {
  measureLines,
  seriesLines,
  type ExportFormat,
  type ExportHeader,
  type ExportKind,
} from '../../capture/exportLines';
import { ImportError, readExport } from '../../capture/readExport';
import type { RawSeriesBuffer } from '../../capture/rawSeriesBuffer';
import { catalog } from '../../metrics/catalog/index';
import { yieldToEventLoop } from '../../shared/timeSlice';
import type { ImportFeed } from '../chart/importFeed';
import { commandIds, viewIds } from '../shared/ids';
import { formatLocalTime } from './recordRows';
import type { RunWatcher } from '../shared/runWatcher';

export interface ExportDeps {
  runWatcher: RunWatcher;
  rawSeries: RawSeriesBuffer;
  feed: ImportFeed;
}

interface DataExportOptions {
  format?: ExportFormat;
  uri?: vscode.Uri | string;
  /** `measures` unless said otherwise. */
  of?: ExportKind;
  /** Unix ms; everything that is kept unless said otherwise. */
  from?: number;
  to?: number;
}

/** Lines are gathered to pieces of about this size. */
const chunkLength = 1 << 18;
const maxImportBytes = 256 * 2 ** 20;
const minuteMs = 60_000;
const unitById = new Map(catalog.map(({ id, unit }) => [id, unit]));
const subjectKindById = new Map(
  catalog.map(({ id, subject }) => [id, subject === 'engine' ? ('engine' as const) : ('part' as const)]),
);
const toUri = (given: vscode.Uri | string): vscode.Uri =>
  typeof given === 'string' ? vscode.Uri.parse(given, true) : given;

/** Writes line by line, so that a day of many engines needs no memory; rejects when it is cancelled, and leaves no half file. */
async function writeLines(uri: vscode.Uri, lines: Iterable<string>, token: vscode.CancellationToken): Promise<void> {
  const pieces = (async function* () {
    let piece = '';
    for (const line of lines) {
      piece += line;
      if (piece.length < chunkLength) continue;
      yield piece;
      piece = '';
      await yieldToEventLoop();
      if (token.isCancellationRequested) throw new vscode.CancellationError();
    }
    yield piece;
  })();
  if (uri.scheme !== 'file') {
    const all: string[] = [];
    for await (const piece of pieces) all.push(piece);
    return vscode.workspace.fs.writeFile(uri, Buffer.from(all.join('')));
  }
  try {
    const file = await open(uri.fsPath, 'w');
    try {
      for await (const piece of pieces) await file.write(piece);
    } finally {
      await file.close();
    }
  } catch (error) {
    await Promise.resolve(vscode.workspace.fs.delete(uri)).catch(() => undefined);
    throw error;
  }
}

interface ExportChoice {
  of: ExportKind;
  format: ExportFormat;
  from: number;
  to: number;
}

async function pickExport({ runWatcher, rawSeries }: ExportDeps): Promise<ExportChoice | undefined> {
  const since = rawSeries.oldestAt === undefined ? 'none yet' : `since ${formatLocalTime(rawSeries.oldestAt)}`;
  const what = await vscode.window.showQuickPick(
    [
      {
        label: 'Catalog values, JSON Lines',
        detail: 'What the views show, with bands of phases and states',
        of: 'measures',
        format: 'jsonl',
      },
      { label: 'Catalog values, CSV', detail: 'What the views show, for a spreadsheet', of: 'measures', format: 'csv' },
      {
        label: 'Raw series, JSON Lines',
        detail: `Samples as they were scraped, ${since}`,
        of: 'series',
        format: 'jsonl',
      },
      { label: 'Raw series, CSV', detail: `Samples as they were scraped, ${since}`, of: 'series', format: 'csv' },
    ] as const,
    { placeHolder: 'What to export' },
  );
  if (!what) return undefined;
  const window = await vscode.window.showQuickPick(
    [
      { label: 'The last 15 minutes', minutes: 15 },
      { label: 'The last hour', minutes: 60 },
      { label: 'The last 6 hours', minutes: 360 },
      { label: 'Everything that is kept', minutes: Infinity },
    ],
    { placeHolder: 'Of which time' },
  );
  return (
    window && {
      of: what.of,
      format: what.format,
      from: Math.max(0, runWatcher.now() - window.minutes * minuteMs),
      to: Infinity,
    }
  );
}

function exportLines({ runWatcher, rawSeries }: ExportDeps, { of, format, from, to }: ExportChoice): Iterable<string> {
  const head: ExportHeader = {
    skyrl_metrics_export: 1,
    of,
    from,
    to: Math.min(to, runWatcher.now()),
    made: Date.now(),
  };
  if (of === 'series') return seriesLines(head, rawSeries.scrapesBetween(from, to), format);
  return measureLines(
    { header: head, data: runWatcher.queryMeasures(from, to), unitOf: (id) => unitById.get(id) ?? '' },
    format,
  );
}

async function exportData(deps: ExportDeps, given?: DataExportOptions): Promise<vscode.Uri | undefined> {
  const { of = 'measures', format = 'jsonl', from = 0, to = Infinity } = given ?? {};
  if (!['measures', 'series'].includes(of) || !['jsonl', 'csv'].includes(format))
    throw new Error('An export is of measures or series, as jsonl or csv.');
  const choice = given ? { of, format, from, to } : await pickExport(deps);
  if (!choice) return undefined;
  const filters = { jsonl: { 'JSON Lines': ['jsonl'] }, csv: { CSV: ['csv'] } }[choice.format];
  const uri =
    given?.uri === undefined ? await vscode.window.showSaveDialog({ filters, saveLabel: 'Export' }) : toUri(given.uri);
  if (!uri) return undefined;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Exporting to ${path.basename(uri.path)}`,
    cancellable: true,
  };
  try {
    await vscode.window.withProgress(options, (_, token) => writeLines(uri, exportLines(deps, choice), token));
  } catch (error) {
    if (given) throw error;
    if (!(error instanceof vscode.CancellationError))
      void vscode.window.showErrorMessage(
        `Nothing was exported: ${error instanceof Error ? error.message : String(error)}`,
      );
    return undefined;
  }
  return uri;
}

async function readImport(uri: vscode.Uri, token: vscode.CancellationToken): ReturnType<typeof readExport> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > maxImportBytes) throw new ImportError(`The file is larger than ${maxImportBytes / 2 ** 20} MiB.`);
  const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  return readExport(text, {
    subjectOf: (id) => subjectKindById.get(id),
    pause: async () => {
      await yieldToEventLoop();
      if (token.isCancellationRequested) throw new vscode.CancellationError();
    },
  });
}

async function importData(
  { feed }: ExportDeps,
  given?: { uri?: vscode.Uri | string },
): Promise<vscode.Uri | undefined> {
  const picked =
    given?.uri === undefined
      ? (
          await vscode.window.showOpenDialog({
            filters: { 'SkyRL Metrics export': ['jsonl', 'csv'] },
            canSelectMany: false,
          })
        )?.[0]
      : toUri(given.uri);
  if (!picked) return undefined;
  const name = path.basename(picked.path);
  try {
    const options = { location: vscode.ProgressLocation.Notification, title: `Importing ${name}`, cancellable: true };
    feed.show({ ...(await vscode.window.withProgress(options, (_, token) => readImport(picked, token))), name });
  } catch (error) {
    if (given?.uri !== undefined) throw error;
    if (!(error instanceof vscode.CancellationError))
      void vscode.window.showErrorMessage(
        `${name} cannot be imported: ${error instanceof Error ? error.message : String(error)}`,
      );
    return undefined;
  }
  await vscode.commands.executeCommand(`${viewIds.chart}.focus`);
  return picked;
}

export function registerExportCommands(deps: ExportDeps): vscode.Disposable[] {
  return [
    vscode.commands.registerCommand(commandIds.exportData, (given?: DataExportOptions) => exportData(deps, given)),
    vscode.commands.registerCommand(commandIds.importData, (given?: { uri?: vscode.Uri | string }) =>
      importData(deps, given),
    ),
  ];
}

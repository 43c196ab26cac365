/** `SkyRL: Export Metrics`: measures or raw series into a file. Given an options object it asks nothing. */
import path from 'node:path';
import * as vscode from 'vscode';
import { registerCommandTable } from '../shared/commandTable';
import {
  measureLines,
  type ExportedMeasures,
  seriesLines,
  type ExportFormat,
  type ExportHeader,
  type ExportKind,
} from '../../capture/exportLines';
import type { RawSeriesBuffer } from '../../capture/rawSeriesBuffer';
import type { Snapshot } from '../../api';
import { newestOtherSeries } from '../../capture/newestOtherSeries';
import { allRows } from '../../metrics/otherRows';
import { formatLocalTime } from '../../shared/format';
import { errorText } from '../shared/errorText';
import { commandIds } from '../shared/ids';
import type { RunWatcher } from '../shared/runWatcher';
import { toUri, type UriLike } from '../shared/toUri';
import { writeLines } from '../shared/writeLines';
import { escapeMessage, showError } from '../shared/messages';

/** What can be exported. */
export interface ExportDeps {
  runWatcher: RunWatcher;
  rawSeries: RawSeriesBuffer;
}

interface ExportOptions {
  /** Default: `jsonl`. */
  format?: ExportFormat;
  uri?: UriLike;
  /** Default: `measures`. */
  of?: ExportKind;
  /** Unix ms; default: everything that is kept. */
  from?: number;
  to?: number;
}

interface ExportChoice {
  of: ExportKind;
  format: ExportFormat;
  from: number;
  to: number;
}

const minuteMs = 60_000;

async function pickExport({ runWatcher, rawSeries }: ExportDeps): Promise<ExportChoice | undefined> {
  const since = rawSeries.oldestAt === undefined ? 'none yet' : `since ${formatLocalTime(rawSeries.oldestAt)}`;
  const kind = await vscode.window.showQuickPick(
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
    { placeHolder: 'Select what to export' },
  );
  if (!kind) return undefined;
  const timeRange = await vscode.window.showQuickPick(
    [
      { label: 'The last 15 minutes', minutes: 15 },
      { label: 'The last hour', minutes: 60 },
      { label: 'The last 6 hours', minutes: 360 },
      { label: 'Everything that is kept', minutes: Infinity },
    ],
    { placeHolder: 'Select a time range' },
  );
  if (!timeRange) return undefined;
  const { of, format } = kind;
  return { of, format, from: Math.max(0, runWatcher.now() - timeRange.minutes * minuteMs), to: Infinity };
}

async function exportLines(
  { runWatcher, rawSeries }: ExportDeps,
  { of, format, from, to }: ExportChoice,
): Promise<Iterable<string>> {
  const header: ExportHeader = {
    skyrl_metrics_export: 1,
    of,
    from,
    to: Math.min(to, runWatcher.now()),
    made: Date.now(),
  };
  if (of === 'series') return seriesLines(header, rawSeries.scrapesBetween(from, to), format);
  const noLongerWanted = runWatcher.otherDemand.add('export', () => 'all');
  await runWatcher.updateOther();
  noLongerWanted();
  const { snapshot } = runWatcher;
  const unitById = new Map(allRows(snapshot).map(({ id, unit }) => [id, unit]));
  const kept = runWatcher.shownRun.readMeasures(from, header.to);
  const data = snapshot && snapshot.at >= from && snapshot.at <= to ? withNewest(kept, snapshot) : kept;
  return measureLines({ header, data, unitOf: (id) => unitById.get(id) ?? '' }, format);
}

/** Adds the newest values of other families that were not kept. */
function withNewest(kept: ExportedMeasures, snapshot: Snapshot): ExportedMeasures {
  const newest = newestOtherSeries(snapshot, new Set(kept.measures));
  const subjects = [...kept.subjects, ...newest.flatMap(({ engine }) => engine ?? [])];
  return {
    ...kept,
    measures: [...new Set([...kept.measures, ...newest.map(({ measure }) => measure)])],
    subjects: [...new Map(subjects.map((subject) => [subject.id, subject])).values()],
    series: concatenate(kept.series, newest),
  };
}

function* concatenate<Item>(...lists: readonly Iterable<Item>[]): Generator<Item> {
  for (const list of lists) yield* list;
}

/** The choice that options make. Throws if they name an unknown kind or format. */
function choiceOf({ of = 'measures', format = 'jsonl', from = 0, to = Infinity }: ExportOptions): ExportChoice {
  if (!['measures', 'series'].includes(of) || !['jsonl', 'csv'].includes(format))
    throw new Error('An export is of measures or series, as jsonl or csv.');
  return { of, format, from, to };
}

async function pickFile(format: ExportFormat): Promise<vscode.Uri | undefined> {
  const filters = { jsonl: { 'JSON Lines': ['jsonl'] }, csv: { CSV: ['csv'] } }[format];
  return vscode.window.showSaveDialog({ filters, saveLabel: 'Export' });
}

/** Resolves to the file, to undefined if the person cancelled. With options it rejects if it fails. */
async function exportMetrics(deps: ExportDeps, options?: ExportOptions): Promise<vscode.Uri | undefined> {
  const choice = options ? choiceOf(options) : await pickExport(deps);
  if (!choice) return undefined;
  const uri = options?.uri === undefined ? await pickFile(choice.format) : toUri(options.uri);
  if (!uri) return undefined;
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: escapeMessage(`Exporting to ${path.basename(uri.path)}`),
    cancellable: true,
  };
  try {
    await vscode.window.withProgress(progress, async (_, token) =>
      writeLines(uri, await exportLines(deps, choice), token),
    );
  } catch (error) {
    if (options) throw error;
    if (!(error instanceof vscode.CancellationError)) void showError(`Nothing was exported: ${errorText(error)}`);
    return undefined;
  }
  return uri;
}

/** Registers the command. */
export const registerExportCommand = (deps: ExportDeps): vscode.Disposable =>
  registerCommandTable({ [commandIds.exportData]: (options?: ExportOptions) => exportMetrics(deps, options) });

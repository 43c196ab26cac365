/** The commands of generation records. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import { toWandbPayload, type GenerationEvent } from '../../generation/generationEvent';
import { serializeRecord, type GenerationRecord } from '../../generation/generationRecord';
import type { RunningRecord } from '../../generation/generationRecorder';
import { formatLocalTime } from '../../shared/format';
import { isInteractive, isTreeRow, registerCommandTable } from '../shared/commandTable';
import { commandIds, viewIds } from '../shared/ids';
import { toUri, type UriLike } from '../shared/toUri';
import type { TreeRow } from '../shared/treeRow';
import type { GenerationRecords } from './generationRecords';
import { recordUri } from './recordDocuments';
import { showInformation, showWarning } from '../shared/messages';

interface RecordOptions {
  id?: string;
}

interface ExportRecordOptions extends RecordOptions {
  format?: keyof typeof exportFormats;
  uri?: UriLike;
}

const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const exportFormats = {
  record: {
    label: 'The whole record',
    detail: 'JSON: the event, and everything else that was recorded',
    text: serializeRecord,
  },
  event: {
    label: 'The event',
    detail: 'JSON with the fields of Safe-Synthesizer’s GenerationObservability',
    text: ({ event }: GenerationRecord) => toJson(event),
  },
  payload: {
    label: 'The flat payload',
    detail: 'JSON with vllm_gen/* keys, for wandb.log',
    text: ({ event }: GenerationRecord) => toJson(toWandbPayload(event)),
  },
} as const;

/** Shows progress in the metrics view, where the record appears. */
const withViewProgress = <T>(task: () => Promise<T>): Thenable<T> =>
  vscode.window.withProgress({ location: { viewId: viewIds.metrics } }, task);

async function startRecord(records: GenerationRecords): Promise<RunningRecord> {
  return withViewProgress(() => records.start());
}

/** Resolves to the event, to undefined if no record runs. */
async function stopRecord(records: GenerationRecords, argument?: object): Promise<GenerationEvent | undefined> {
  const record = await withViewProgress(() => records.stop());
  if (!record) {
    if (isInteractive(argument)) void showInformation('No generation record is running.');
    return undefined;
  }
  if (isInteractive(argument)) {
    await showRecord(record.id, { preview: true, viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
    void warnIfUnsaved(record, records.store.saveErrors.get(record.id));
  }
  return record.event;
}

async function showRecord(id: string, options: vscode.TextDocumentShowOptions): Promise<vscode.Uri> {
  const uri = recordUri(id);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), options);
  return uri;
}

async function warnIfUnsaved({ id }: GenerationRecord, unsavedReason: string | undefined): Promise<void> {
  if (unsavedReason === undefined) return;
  const saveAs = 'Save As…';
  const picked = await showWarning(
    `The generation record could not be saved (${unsavedReason}). It is kept until VS Code closes.`,
    saveAs,
  );
  if (picked === saveAs) await vscode.commands.executeCommand(commandIds.exportRecord, { id, format: 'record' });
}

/**
 * The record that a row or an options object names, else the one that the person picks. Rejects if there is no record
 * of that ID.
 */
async function findRecord(
  { store }: GenerationRecords,
  argument: TreeRow | RecordOptions | undefined,
): Promise<GenerationRecord | undefined> {
  const id = isTreeRow(argument) ? argument.id.replace(/^record\//, '') : argument?.id;
  if (id === undefined) return pickRecord(store.records);
  const record = store.get(id);
  if (!record) throw new Error(`No generation record ${id} is kept.`);
  return record;
}

async function pickRecord(records: readonly GenerationRecord[]): Promise<GenerationRecord | undefined> {
  if (records.length === 0) {
    void showInformation('There is no generation record yet.');
    return undefined;
  }
  const items = records.map((record) => ({ label: formatLocalTime(record.from), description: record.id, record }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Select a generation record' }))?.record;
}

async function openRecord(
  records: GenerationRecords,
  argument?: TreeRow | RecordOptions,
): Promise<vscode.Uri | undefined> {
  const record = await findRecord(records, argument);
  return record && showRecord(record.id, { preview: true });
}

async function deleteRecord(records: GenerationRecords, argument?: TreeRow | RecordOptions): Promise<void> {
  const record = await findRecord(records, argument);
  if (!record) return;
  if (isInteractive(argument) && !(await confirmDelete(record))) return;
  await records.remove(record.id);
}

async function confirmDelete({ from }: GenerationRecord): Promise<boolean> {
  const confirm = 'Delete';
  const question = `Delete the generation record of ${formatLocalTime(from)}?`;
  return (await showWarning(question, { modal: true }, confirm)) === confirm;
}

/** Resolves to the file, to undefined if the person cancelled. */
async function exportRecord(
  records: GenerationRecords,
  argument?: TreeRow | ExportRecordOptions,
): Promise<vscode.Uri | undefined> {
  const record = await findRecord(records, argument);
  if (!record) return undefined;
  const options: ExportRecordOptions = isTreeRow(argument) ? {} : (argument ?? {});
  const format = options.format ?? (await pickFormat());
  if (format === undefined) return undefined;
  if (!Object.hasOwn(exportFormats, format))
    throw new Error(
      `A record has no format ${JSON.stringify(format)}. Formats are ${Object.keys(exportFormats).join(', ')}.`,
    );
  const uri =
    options.uri === undefined
      ? await vscode.window.showSaveDialog({ filters: { JSON: ['json'] }, saveLabel: 'Export' })
      : toUri(options.uri);
  if (uri) await vscode.workspace.fs.writeFile(uri, Buffer.from(exportFormats[format].text(record)));
  return uri;
}

async function pickFormat(): Promise<keyof typeof exportFormats | undefined> {
  const items = (Object.keys(exportFormats) as (keyof typeof exportFormats)[]).map((format) => ({
    ...exportFormats[format],
    format,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Select what to export of the record' }))?.format;
}

/** Registers the commands. */
export function registerRecordCommands(records: GenerationRecords): vscode.Disposable {
  return registerCommandTable({
    [commandIds.startRecord]: () => startRecord(records),
    [commandIds.stopRecord]: (argument?: object) => stopRecord(records, argument),
    [commandIds.openRecord]: (argument?: TreeRow | RecordOptions) => openRecord(records, argument),
    [commandIds.deleteRecord]: (argument?: TreeRow | RecordOptions) => deleteRecord(records, argument),
    [commandIds.exportRecord]: (argument?: TreeRow | ExportRecordOptions) => exportRecord(records, argument),
  });
}

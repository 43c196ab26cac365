/** The commands about generation records. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import { toWandbPayload, type GenerationEvent } from '../../generation/generationEvent';
import { serializeRecord, type GenerationRecord } from '../../generation/generationRecord';
import type { RunningRecord } from '../../generation/generationRecorder';
import type { GenerationRecords } from './generationRecords';
import { commandIds, viewIds } from '../shared/ids';
import { recordUri } from './recordDocuments';
import { formatLocalTime } from './recordRows';
import type { Row } from '../tree/metricsTreeRows';

interface RecordOptions {
  id?: string;
}

interface ExportRecordOptions extends RecordOptions {
  format?: keyof typeof exportFormats;
  uri?: vscode.Uri | string;
}

const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** What can be made of a record. */
const exportFormats = {
  record: { label: 'The whole record', detail: 'JSON: the event, and what stands beside it', text: serializeRecord },
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

const toUri = (given: vscode.Uri | string): vscode.Uri =>
  typeof given === 'string' ? vscode.Uri.parse(given, true) : given;

async function startRecord(generation: GenerationRecords): Promise<RunningRecord> {
  return vscode.window.withProgress({ location: { viewId: viewIds.metrics } }, () => generation.start());
}

/** A row or nothing: a person clicked, so questions may be asked and answers shown. */
const isInteractive = (given: object | undefined): boolean => given === undefined || 'context' in given;

async function stopRecord(generation: GenerationRecords, given?: object): Promise<GenerationEvent | undefined> {
  const record = await vscode.window.withProgress({ location: { viewId: viewIds.metrics } }, () => generation.stop());
  if (!record) {
    if (isInteractive(given)) void vscode.window.showInformationMessage('No generation record is running.');
    return undefined;
  }
  const unsaved = generation.store.saveErrors.get(record.id);
  if (isInteractive(given)) void announceRecord(record, unsaved);
  return record.event;
}

async function announceRecord({ id }: GenerationRecord, unsaved: string | undefined): Promise<void> {
  const open = 'Open';
  const keep = 'Save As…';
  const chosen =
    unsaved === undefined
      ? await vscode.window.showInformationMessage('The generation record is kept.', open)
      : await vscode.window.showWarningMessage(
          `The generation record could not be saved (${unsaved}). It is kept until this window closes.`,
          open,
          keep,
        );
  if (chosen === open) await vscode.commands.executeCommand(commandIds.openRecord, { id });
  if (chosen === keep) await vscode.commands.executeCommand(commandIds.exportRecord, { id, format: 'record' });
}

/** The record that a row or an options object names, else the one that a person picks. */
async function findRecord(
  { store }: GenerationRecords,
  given: Row | RecordOptions | undefined,
): Promise<GenerationRecord | undefined> {
  const id = given && 'context' in given ? given.id.replace(/^record\//, '') : given?.id;
  if (id !== undefined) {
    const record = store.get(id);
    if (!record) throw new Error(`No generation record ${id} is kept.`);
    return record;
  }
  const items = store.records.map((record) => ({
    label: formatLocalTime(record.from),
    description: record.id,
    record,
  }));
  if (items.length === 0) void vscode.window.showInformationMessage('There is no generation record yet.');
  return items.length === 0
    ? undefined
    : (await vscode.window.showQuickPick(items, { placeHolder: 'A generation record' }))?.record;
}

async function openRecord(generation: GenerationRecords, given?: Row | RecordOptions): Promise<vscode.Uri | undefined> {
  const record = await findRecord(generation, given);
  if (!record) return undefined;
  const uri = recordUri(record.id);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  return uri;
}

async function deleteRecord(generation: GenerationRecords, given?: Row | RecordOptions): Promise<void> {
  const record = await findRecord(generation, given);
  if (!record) return;
  const yes = 'Delete';
  if (
    isInteractive(given) &&
    (await vscode.window.showWarningMessage(
      `Delete the generation record of ${formatLocalTime(record.from)}?`,
      { modal: true },
      yes,
    )) !== yes
  )
    return;
  await generation.remove(record.id);
}

async function exportRecord(
  generation: GenerationRecords,
  given?: Row | ExportRecordOptions,
): Promise<vscode.Uri | undefined> {
  const record = await findRecord(generation, given);
  if (!record) return undefined;
  const options: ExportRecordOptions = given && !('context' in given) ? given : {};
  const items = (Object.keys(exportFormats) as (keyof typeof exportFormats)[]).map((format) => ({
    ...exportFormats[format],
    format,
  }));
  const format =
    options.format ?? (await vscode.window.showQuickPick(items, { placeHolder: 'What of the record' }))?.format;
  if (format === undefined) return undefined;
  if (!Object.hasOwn(exportFormats, format))
    throw new Error(
      `A record has no format ${JSON.stringify(format)}: it is ${Object.keys(exportFormats).join(', ')}.`,
    );
  const uri =
    options.uri === undefined
      ? await vscode.window.showSaveDialog({ filters: { JSON: ['json'] }, saveLabel: 'Export' })
      : toUri(options.uri);
  if (uri) await vscode.workspace.fs.writeFile(uri, Buffer.from(exportFormats[format].text(record)));
  return uri;
}

export function registerRecordCommands(generation: GenerationRecords): vscode.Disposable[] {
  const table: Record<string, (...args: never[]) => unknown> = {
    [commandIds.startRecord]: () => startRecord(generation),
    [commandIds.stopRecord]: (given?: object) => stopRecord(generation, given),
    [commandIds.openRecord]: (given?: Row | RecordOptions) => openRecord(generation, given),
    [commandIds.deleteRecord]: (given?: Row | RecordOptions) => deleteRecord(generation, given),
    [commandIds.exportRecord]: (given?: Row | ExportRecordOptions) => exportRecord(generation, given),
  };
  return Object.entries(table).map(([id, run]) => vscode.commands.registerCommand(id, run));
}

/** The commands about generation records. Given an options object they ask nothing. */
import * as vscode from 'vscode';
import { toPayload, type GenerationEvent } from '../../generation/generationEvent';
import { recordText, type GenerationRecord } from '../../generation/generationRecord';
import type { Running } from '../../generation/generationRecorder';
import type { Generation } from './generationRecords';
import { commands, views } from '../shared/ids';
import { recordUri } from './recordDocuments';
import { localTime } from './recordRows';
import type { Row } from '../tree/metricsTreeRows';

interface RecordOptions {
  id?: string;
}

interface ExportRecordOptions extends RecordOptions {
  format?: keyof typeof formats;
  uri?: vscode.Uri | string;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** What can be made of a record. */
const formats = {
  record: { label: 'The whole record', detail: 'JSON: the event, and what stands beside it', text: recordText },
  event: {
    label: 'The event',
    detail: 'JSON with the fields of Safe-Synthesizer’s GenerationObservability',
    text: ({ event }: GenerationRecord) => json(event),
  },
  payload: {
    label: 'The flat payload',
    detail: 'JSON with vllm_gen/* keys, for wandb.log',
    text: ({ event }: GenerationRecord) => json(toPayload(event)),
  },
} as const;

const toUri = (given: vscode.Uri | string): vscode.Uri =>
  typeof given === 'string' ? vscode.Uri.parse(given, true) : given;

async function start(generation: Generation): Promise<Running> {
  return vscode.window.withProgress({ location: { viewId: views.metrics } }, () => generation.start());
}

/** A row or nothing: a person clicked, so questions may be asked and answers shown. */
const isByHand = (given: object | undefined): boolean => given === undefined || 'context' in given;

async function stop(generation: Generation, given?: object): Promise<GenerationEvent | undefined> {
  const record = await vscode.window.withProgress({ location: { viewId: views.metrics } }, () => generation.stop());
  if (!record) {
    if (isByHand(given)) void vscode.window.showInformationMessage('No generation record is running.');
    return undefined;
  }
  const unsaved = generation.store.unsaved.get(record.id);
  if (isByHand(given)) void say(record, unsaved);
  return record.event;
}

async function say({ id }: GenerationRecord, unsaved: string | undefined): Promise<void> {
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
  if (chosen === open) await vscode.commands.executeCommand(commands.openRecord, { id });
  if (chosen === keep) await vscode.commands.executeCommand(commands.exportRecord, { id, format: 'record' });
}

/** The record that a row or an options object names, else the one that a person picks. */
async function find(
  { store }: Generation,
  given: Row | RecordOptions | undefined,
): Promise<GenerationRecord | undefined> {
  const id = given && 'context' in given ? given.id.replace(/^record\//, '') : given?.id;
  if (id !== undefined) {
    const record = store.get(id);
    if (!record) throw new Error(`No generation record ${id} is kept.`);
    return record;
  }
  const items = store.records.map((record) => ({ label: localTime(record.from), description: record.id, record }));
  if (items.length === 0) void vscode.window.showInformationMessage('There is no generation record yet.');
  return items.length === 0
    ? undefined
    : (await vscode.window.showQuickPick(items, { placeHolder: 'A generation record' }))?.record;
}

async function open(generation: Generation, given?: Row | RecordOptions): Promise<vscode.Uri | undefined> {
  const record = await find(generation, given);
  if (!record) return undefined;
  const uri = recordUri(record.id);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  return uri;
}

async function remove(generation: Generation, given?: Row | RecordOptions): Promise<void> {
  const record = await find(generation, given);
  if (!record) return;
  const yes = 'Delete';
  if (
    isByHand(given) &&
    (await vscode.window.showWarningMessage(
      `Delete the generation record of ${localTime(record.from)}?`,
      { modal: true },
      yes,
    )) !== yes
  )
    return;
  await generation.remove(record.id);
}

async function exportRecord(
  generation: Generation,
  given?: Row | ExportRecordOptions,
): Promise<vscode.Uri | undefined> {
  const record = await find(generation, given);
  if (!record) return undefined;
  const options: ExportRecordOptions = given && !('context' in given) ? given : {};
  const items = (Object.keys(formats) as (keyof typeof formats)[]).map((format) => ({ ...formats[format], format }));
  const format =
    options.format ?? (await vscode.window.showQuickPick(items, { placeHolder: 'What of the record' }))?.format;
  if (format === undefined) return undefined;
  if (!Object.hasOwn(formats, format))
    throw new Error(`A record has no format ${JSON.stringify(format)}: it is ${Object.keys(formats).join(', ')}.`);
  const uri =
    options.uri === undefined
      ? await vscode.window.showSaveDialog({ filters: { JSON: ['json'] }, saveLabel: 'Export' })
      : toUri(options.uri);
  if (uri) await vscode.workspace.fs.writeFile(uri, Buffer.from(formats[format].text(record)));
  return uri;
}

export function registerRecordCommands(generation: Generation): vscode.Disposable[] {
  const table: Record<string, (...args: never[]) => unknown> = {
    [commands.startRecord]: () => start(generation),
    [commands.stopRecord]: (given?: object) => stop(generation, given),
    [commands.openRecord]: (given?: Row | RecordOptions) => open(generation, given),
    [commands.deleteRecord]: (given?: Row | RecordOptions) => remove(generation, given),
    [commands.exportRecord]: (given?: Row | ExportRecordOptions) => exportRecord(generation, given),
  };
  return Object.entries(table).map(([id, run]) => vscode.commands.registerCommand(id, run));
}

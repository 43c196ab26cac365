/** What each command takes, as data: other extensions, keybindings and links choose the arguments. */
import * as vscode from 'vscode';
import { isObject, isShortList } from '../../shared/guards';
import { defaultViewOptions } from '../../shared/viewOptions';
import { commandIds, type CommandId } from './ids';

/** `view`: an option of a chart, which the chart itself checks. */
type FieldType = 'boolean' | 'number' | 'number or null' | 'string' | 'strings' | 'uri' | 'view';
type Fields = Readonly<Record<string, FieldType>>;

const pad: Fields = { uri: 'uri', line: 'number' };
const record: Fields = { id: 'string' };
const run: Fields = { run: 'string' };
const file: Fields = { format: 'string', uri: 'uri' };

/** The options of the commands that have some. A command that is not listed gets no argument. */
const optionFields: Partial<Record<CommandId, Fields>> = {
  [commandIds.startTimer]: { anyway: 'boolean' },
  [commandIds.clearHistory]: {},
  [commandIds.selectConfig]: { uri: 'uri' },
  [commandIds.selectRun]: { job: 'string' },
  [commandIds.selectSource]: { source: 'string' },
  [commandIds.setToken]: { origin: 'string', token: 'string' },
  [commandIds.clearToken]: { origin: 'string', token: 'string' },
  [commandIds.selectPrometheus]: { url: 'string' },
  [commandIds.setPrometheusToken]: { token: 'string' },
  [commandIds.showExposition]: { target: 'string', family: 'string' },
  [commandIds.openChart]: Object.fromEntries(
    [...Object.keys(defaultViewOptions), 'engineOrder'].map((name) => [name, 'view' as const]),
  ),
  [commandIds.chartMetric]: { measure: 'string', engine: 'string' },
  [commandIds.exportChart]: file,
  [commandIds.exportRollouts]: file,
  [commandIds.copyRollouts]: { kind: 'string' },
  [commandIds.newScratchpad]: { query: 'string' },
  [commandIds.runQuery]: pad,
  [commandIds.plotQuery]: pad,
  [commandIds.cancelQuery]: pad,
  [commandIds.copyCurl]: { ...pad, range: 'boolean' },
  [commandIds.openInPrometheus]: pad,
  [commandIds.saveResult]: { ...pad, to: 'uri' },
  [commandIds.showRawResult]: pad,
  [commandIds.setQueryTime]: { uri: 'uri', at: 'number or null' },
  [commandIds.setQueryRange]: { uri: 'uri', rangeMs: 'number', stepMs: 'number' },
  [commandIds.exploreMetrics]: { metric: 'string' },
  [commandIds.stopRecord]: {},
  [commandIds.openRecord]: record,
  [commandIds.deleteRecord]: record,
  [commandIds.exportRecord]: { ...record, ...file },
  [commandIds.startWindow]: {},
  [commandIds.stopWindow]: {},
  [commandIds.recordScrapes]: { folder: 'uri' },
  [commandIds.stopScrapes]: {},
  [commandIds.replayScrapes]: { folder: 'uri', speed: 'number' },
  [commandIds.writeScrapeConfig]: { folder: 'uri' },
  [commandIds.exportData]: { ...file, of: 'string', from: 'number', to: 'number' },
  [commandIds.importData]: { uri: 'uri' },
  [commandIds.compareRuns]: { runs: 'strings' },
  [commandIds.exportComparison]: { ...file, runs: 'strings' },
  [commandIds.renameRun]: { ...run, name: 'string' },
  [commandIds.pinRun]: run,
  [commandIds.unpinRun]: run,
  [commandIds.deleteRun]: run,
  [commandIds.exportRun]: { ...run, uri: 'uri' },
  [commandIds.importRun]: { uri: 'uri' },
  [commandIds.tryRecordedRun]: { speed: 'number' },
  [commandIds.copyValue]: {},
  [commandIds.copyPromql]: {},
  [commandIds.copyMcpConfig]: {},
};

/** Longest text of an option: a query of a page has some thousand characters. */
const maxTextLength = 100_000;

const isUri = (value: unknown): boolean =>
  value instanceof vscode.Uri ||
  (typeof value === 'string' && value.length <= maxTextLength && !/[\0\r\n]/.test(value));

const checks: Record<FieldType, (value: unknown) => boolean> = {
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number' && !Number.isNaN(value),
  'number or null': (value) => value === null || (typeof value === 'number' && Number.isFinite(value)),
  string: (value) => typeof value === 'string' && value.length <= maxTextLength,
  strings: isShortList,
  uri: isUri,
  view: () => true,
};

const descriptions: Record<FieldType, string> = {
  boolean: 'true or false',
  number: 'a number',
  'number or null': 'a number or null',
  string: `a text of at most ${maxTextLength} characters`,
  strings: 'a list of at most 200 texts',
  uri: 'a Uri, the text of one, or an absolute path on one line',
  view: 'an option of a chart',
};

/** Whether a command has options. */
export const takesArgument = (id: CommandId): boolean => optionFields[id] !== undefined;

/** A row of the tree, of which commands read only texts. */
function checkRow(row: Record<string, unknown>): Record<string, unknown> {
  const { exposition } = row;
  const texts = [row['id'], row['value'], row['promql'], row['measure'], row['engine']];
  const parts = isObject(exposition) ? [exposition['target'], exposition['family']] : [];
  if (typeof row['id'] !== 'string' || ![...texts, ...parts].every((text) => text === undefined || checks.string(text)))
    throw new Error('This is not a row of the metrics tree.');
  return row;
}

/**
 * The argument that a command's handler gets: a tree row, the Uri of VS Code's own menus, or an object with those of the
 * command's options that were given, which has no prototype and no getters. Undefined if the command takes none. Throws
 * an error that names the option whose value has another type.
 */
export function checkArgument(id: CommandId, argument: unknown): object | undefined {
  const fields = optionFields[id];
  if (!fields || argument === undefined || argument === null) return undefined;
  if (argument instanceof vscode.Uri) return argument;
  if (!isObject(argument)) throw new Error(`${id} takes an object of options.`);
  if ('children' in argument) return checkRow(argument);
  const options: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, type] of Object.entries(fields)) {
    const value = Object.hasOwn(argument, name) ? argument[name] : undefined;
    if (value === undefined) continue;
    if (!checks[type](value)) throw new Error(`The option ${name} of ${id} is ${descriptions[type]}.`);
    options[name] = value;
  }
  return options;
}

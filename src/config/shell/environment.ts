/** The environment that a script sets for its run, as far as it tells where metrics are. */
import { newInferenceVariable } from '../metricsPath';
import { joinNotes, noteOf, offsetsOf, type MappedText, type Note } from '../mappedText';
import type { FileText } from '../sourceText';
import type { EntryLocation, EnvironmentHint, HintName } from '../types';
import type { ShellCommand } from './reader';
import {
  createTable,
  getVariable,
  type AssignmentSite,
  type ExpandedWord,
  type Variable,
  type VariableTable,
} from './variables';

/** The variables whose assignments are kept with their position. */
const hintVariables: readonly HintName[] = [
  'RAY_TMPDIR',
  'RAY_ADDRESS',
  'RAY_metrics_report_interval_ms',
  'RAY_enable_metrics_collection',
  'SKYRL_VLLM_START_PORT',
];

/** The options of `ray start` that are hints. */
const hintOptions: readonly HintName[] = ['--dashboard-port', '--temp-dir'];

/** Whether the position of a variable's assignment matters. */
export const isHintName = (name: string): boolean => (hintVariables as readonly string[]).includes(name);

/** Whether a variable tells where metrics are, or which inference path the run takes. */
export const isTrackedVariable = (name: string): boolean => name === newInferenceVariable || isHintName(name);

/** A copy of the variables that matter here, as they are when a command runs. */
export function snapshotEnvironment(table: VariableTable): VariableTable {
  const copy = createTable();
  for (const name of [newInferenceVariable, ...hintVariables]) {
    const variable = getVariable(table, name, { steps: 0 });
    if (variable) copy.changes.set(name, variable);
  }
  return copy;
}

/** The exported value of a name in a table. */
function exportedVariable(
  table: VariableTable,
  name: string,
): Extract<Variable, { kind: 'text' | 'unknown' }> | undefined {
  const variable = getVariable(table, name, { steps: 0 });
  return (variable?.kind === 'text' || variable?.kind === 'unknown') && variable.exported === true
    ? variable
    : undefined;
}

const noteOfVariable = (variable: Extract<Variable, { kind: 'text' | 'unknown' }>): Note | undefined =>
  variable.kind === 'unknown'
    ? { unresolvedReason: variable.reason }
    : joinNotes([noteOf(variable.value), variable.note]);

/** The variable that chooses the inference path, if the script exports it; its value is undefined if it is not known. */
export function environmentOf(table: VariableTable): Record<string, string | undefined> {
  const variable = exportedVariable(table, newInferenceVariable);
  if (!variable) return {};
  const isKnown = variable.kind === 'text' && noteOfVariable(variable)?.unresolvedReason === undefined;
  return { [newInferenceVariable]: isKnown ? variable.value.text : undefined };
}

function locate({ word, statement, style }: AssignmentSite, file: FileText): EntryLocation {
  const entryRange = file.rangeAt(...(statement ?? word));
  return { style: style ?? (statement ? 'statement' : 'word'), keyRange: file.rangeAt(...word), entryRange };
}

function createHint(
  name: HintName,
  text: MappedText | undefined,
  note: Note | undefined,
  range: EnvironmentHint['range'],
  location?: EntryLocation,
): EnvironmentHint {
  const { unresolvedReason, fromEnvironment } = note ?? {};
  return {
    name,
    value: unresolvedReason === undefined ? text?.text : undefined,
    ...(unresolvedReason !== undefined && { unresolvedReason }),
    ...(fromEnvironment && { fromEnvironment }),
    range,
    ...(location && { location }),
  };
}

function hintOfVariable(name: HintName, table: VariableTable, file: FileText): EnvironmentHint | undefined {
  const variable = exportedVariable(table, name);
  const value = variable?.kind === 'text' ? variable.value : undefined;
  if (!variable) return undefined;
  if (variable.site) {
    const location = locate(variable.site, file);
    return createHint(name, value, noteOfVariable(variable), location.entryRange, location);
  }
  // A default that is assigned (`: "${NAME:=value}"`) is no assignment that could be removed.
  const isWritten = value?.spans.some(({ to }) => to > 0) === true;
  if (!value || !isWritten) return undefined;
  const range = file.rangeAt(...offsetsOf(value, 0, value.text.length));
  return createHint(name, value, noteOfVariable(variable), range);
}

/** Whether a command is `ray start`, of the head node if any is. */
const isRayStart = ({ words }: ShellCommand): boolean => {
  const texts = words.map(({ value }) => value.text);
  const at = texts.findIndex((text) => /(?:^|\/)ray$/.test(text));
  return at >= 0 && texts[at + 1] === 'start';
};

const isHead = ({ words }: ShellCommand): boolean => words.some(({ value }) => value.text === '--head');

function hintOfOption(name: HintName, { words }: ShellCommand, file: FileText): EnvironmentHint | undefined {
  const at = words.findIndex(({ value: { text } }) => text === name || text.startsWith(`${name}=`));
  const word = words[at];
  if (!word) return undefined;
  const isJoined = word.value.text !== name;
  const value: ExpandedWord | undefined = isJoined ? word : words[at + 1];
  const from = isJoined ? name.length + 1 : 0;
  if (!value || value.value.text.length <= from) return undefined;
  const range = file.rangeAt(...offsetsOf(value.value, from, value.value.text.length));
  const text = { ...value.value, text: value.value.text.slice(from) };
  return createHint(name, text, joinNotes([noteOf(value.value), value.note]), range);
}

/** What a script sets for the command of the run, and for the Ray that it starts. */
export function environmentHintsOf(
  chosen: ShellCommand,
  commands: readonly ShellCommand[],
  file: FileText,
): EnvironmentHint[] {
  const starts = commands.filter(isRayStart).sort((one, other) => Number(isHead(other)) - Number(isHead(one)));
  const tables = [chosen, ...starts].map(({ environment }) => environment);
  const first = <Item>(
    items: readonly Item[],
    hint: (item: Item) => EnvironmentHint | undefined,
  ): EnvironmentHint[] => {
    for (const item of items) {
      const found = hint(item);
      if (found) return [found];
    }
    return [];
  };
  return [
    ...hintVariables.flatMap((name) => first(tables, (table) => hintOfVariable(name, table, file))),
    ...hintOptions.flatMap((name) => first(starts, (start) => hintOfOption(name, start, file))),
  ];
}

/** Reads a script into the commands it runs, with their arguments as far as they are known without running it. */
import { unwrapWords, type MappedText } from '../mappedText';
import type { RangeLookup } from '../sourceText';
import { ScriptBudgetError, spendText, type Budget } from './budget';
import { runCommand } from './commands';
import { loadParser, parse } from './parser';
import { readOutput } from './output';
import { within, type ShellCommand, type ShellReader, type Status } from './reader';
import { branchOf, createScope, openArguments, type ShellScope } from './scope';
import { slurmVariables } from './slurm';
import { createSource, fileOffsets, type ScriptSource } from './source';
import { readNode, readStatements } from './statements';
import { createTable, type ItemList, type Variable } from './variables';

/** A script to read. */
export interface ScriptInput {
  /** The text of the script, mapped to the file. */
  text: MappedText;
  /** The text of the file. */
  fileText: string;
  rangeAt: RangeLookup;
  /** VS Code's environment. */
  environment: Readonly<Record<string, string | undefined>>;
  /** Variables that are set before the script starts. */
  preset?: ReadonlyMap<string, Variable> | undefined;
  /** What starts the script and sets variables for it. */
  launcher?: 'slurm' | 'skypilot' | undefined;
  /** Shared by the scripts of one file; its own if this is left out. */
  budget?: Budget | undefined;
}

/** What reading a script gave. */
export interface ScriptReading {
  commands: readonly ShellCommand[];
  /** Arrays of overrides. */
  lists: readonly ItemList[];
  /** The texts of variables and written files at the end, in which a JSON config may be passed on unseen. */
  texts: readonly MappedText[];
  /** Offsets in the file. */
  errors: readonly { message: string; at: number }[];
  /** The offset in the file of the statement at which the script was given up; undefined if it was read to its end. */
  givenUpAt: number | undefined;
  /** The work it took. */
  steps: number;
}

/**
 * Reads a script in the order of its lines without running it. A variable that differs between branches becomes
 * unknown; functions are read where they are called. Never throws.
 */
export async function readScript(input: ScriptInput): Promise<ScriptReading> {
  await loadParser();
  const { budget = { steps: 0 } } = input;
  const errors: { message: string; at: number }[] = [];
  const scope = { ...createScope(createTable()), launcher: input.launcher };
  for (const [name, variable] of input.preset ?? []) scope.variables.changes.set(name, variable);
  applyDirectives(scope, input.text);
  const lineOf = (pos: number): number => {
    const [from, to] = fileOffsets(reader.source, { pos, end: pos });
    return input.rangeAt(from, to).startLine + 1;
  };
  const reader: ShellReader = {
    scope,
    source: rootSource(input),
    budget,
    environment: input.environment,
    fileText: input.fileText,
    stdin: undefined,
    trials: 0,
    commands: [],
    lists: [],
    calls: [],
    called: new Set(),
    isExecuted: true,
    nesting: 0,
    at: 0,
    lineOf,
    outputOf: (script, node) => readOutput(script, node, reader),
    readNode: (node) => readNode(node, reader),
    readStatements: (statements) => readStatements(statements, reader),
    runCommand: (command) => runCommand(command, reader),
    readText: (text) => readNestedText(text, reader),
  };
  let givenUpAt: number | undefined;
  try {
    readRoot(reader, errors);
  } catch (error) {
    // A RangeError is the end of the stack: the statements are nested too deep.
    if (!(error instanceof ScriptBudgetError || error instanceof RangeError)) throw error;
    givenUpAt = reader.at;
  }
  const { commands, lists } = reader;
  return { commands, lists, texts: textsOf(reader), errors, givenUpAt, steps: budget.steps };
}

/** Sets the variables of a Slurm job. */
function applyDirectives(scope: ShellScope, text: MappedText): void {
  const variables = slurmVariables(text);
  if (!variables) return;
  scope.launcher = 'slurm';
  for (const [name, variable] of variables)
    if (!scope.variables.changes.has(name)) scope.variables.changes.set(name, variable);
}

const rootSource = ({ text, fileText }: ScriptInput): ScriptSource =>
  text.spans.length === 1 && text.text === fileText
    ? { text: fileText, mapped: undefined }
    : createSource(unwrapWords(text));

function readRoot(reader: ShellReader, errors: { message: string; at: number }[]): void {
  const script = parse(reader.source.text);
  for (const { message, pos } of script.errors ?? [])
    errors.push({ message, at: fileOffsets(reader.source, { pos, end: pos })[0] });
  reader.readStatements(script.commands);
  const { scope } = reader;
  // An uncalled function may be called by a script that sources this one.
  reader.isExecuted = false;
  for (const [name, { node, source }] of scope.functions) {
    if (reader.called.has(name)) continue;
    const inner = { ...branchOf(scope), args: openArguments, locals: new Map<string, Variable | undefined>() };
    within(reader, inner, () => {
      reader.source = source;
      reader.readNode(node.body);
    });
  }
}

/** How deep scripts may be inside each other. */
const maxNesting = 8;

function readNestedText(text: MappedText, reader: ShellReader): Status {
  if (reader.nesting >= maxNesting) return undefined;
  const outer = reader.source;
  const unwrapped = unwrapWords(text);
  // Parsing a text takes about as long as expanding one that is four times as long.
  spendText(reader.budget, 4 * unwrapped.text.length);
  const script = parse(unwrapped.text);
  reader.source = createSource(unwrapped);
  applyDirectives(reader.scope, unwrapped);
  reader.nesting++;
  try {
    return reader.readStatements(script.commands);
  } finally {
    reader.nesting--;
    reader.source = outer;
  }
}

function textsOf({ scope }: ShellReader): MappedText[] {
  const variables = [...scope.variables.changes.values()];
  return [
    ...variables.flatMap((variable) => (variable.kind === 'text' ? [variable.value] : [])),
    ...scope.files.written.values(),
  ];
}

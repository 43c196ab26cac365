/** Runs one command of a script on paper: assignments, functions, builtins, scripts inside it, or a program that is recorded. */
import type { Assignment, Command } from 'unbash';
import { joinTexts } from '../mappedText';
import { assignedValue, declareVariables, withSite } from './assignments';
import { spend } from './budget';
import { builtinOf } from './builtins';
import { snapshotEnvironment } from './environment';
import { readVariable, setVariable } from './context';
import { expandArguments, expandWord } from './expandWords';
import { withLaunchVariables } from './launchEnvironment';
import { findNestedScripts, type NestedScript } from './nestedScripts';
import { isPrinting, outputOfCommand, print } from './output';
import { countEngineArguments } from './overrideWords';
import { withRedirects } from './pipes';
import { describeText, inSubshell, type ShellReader, type Status } from './reader';
import { createScope } from './scope';
import { slurmVariablesOf } from './slurm';
import { fileOffsets, writtenText } from './source';
import { mayBeFunction, unknownWordIn } from './unknownWords';
import { createTable, type ExpandedWord, type Variable, type VariableTable } from './variables';

const declarations = new Set(['export', 'declare', 'readonly', 'local', 'typeset']);

/** Keeps a list of overrides that a variable gets, in case no command of this file shows it. */
function noteList(reader: ShellReader, variable: Variable): void {
  if (variable.kind === 'array' && countEngineArguments(variable.items.own) > 0) reader.lists.push(variable.items);
}

function assign(command: Command, assignments: readonly Assignment[], reader: ShellReader): Status {
  let isCertain = true;
  for (const each of assignments) {
    const isAlone = assignments.length === 1 && !command.name;
    const variable = withSite(assignedValue(each, reader), each, command, isAlone, reader);
    noteList(reader, variable);
    setVariable(reader, each.name, variable);
    if (/\$\(|`/.test(each.text)) isCertain = false;
  }
  return isCertain ? true : undefined;
}

/** The table of variables with those in front of a command, which are exported to it. */
function withAssignments(command: Command, assignments: readonly Assignment[], reader: ShellReader): VariableTable {
  if (assignments.length === 0) return reader.scope.variables;
  const table = createTable(reader.scope.variables);
  for (const each of assignments) {
    const variable = withSite(assignedValue(each, reader), each, command, false, reader);
    table.changes.set(
      each.name,
      variable.kind === 'text' || variable.kind === 'unknown' ? { ...variable, exported: true } : variable,
    );
  }
  return table;
}

/** Reads the body of a function with these arguments. */
function callFunction(name: string, args: readonly ExpandedWord[], reader: ShellReader): Status {
  const { scope } = reader;
  const definition = scope.functions.get(name);
  if (!definition || reader.calls.includes(name)) return undefined;
  reader.called.add(name);
  reader.calls.push(name);
  const outer = { args: scope.args, locals: scope.locals, source: reader.source };
  Object.assign(scope, { args, locals: new Map<string, Variable | undefined>() });
  reader.source = definition.source;
  const status = reader.readNode(definition.node.body);
  for (const [local, before] of scope.locals ?? []) {
    if (before) scope.variables.changes.set(local, before);
    else scope.variables.changes.delete(local);
  }
  reader.source = outer.source;
  reader.calls.pop();
  Object.assign(scope, { args: outer.args, locals: outer.locals, mayHaveEnded: false });
  if (scope.ending === 'return') scope.ending = undefined;
  return scope.ending ? undefined : status;
}

/** Reads a script that a command runs in another process, which has the exported variables only. */
function runNested(
  { text, args }: NestedScript,
  words: readonly ExpandedWord[],
  table: VariableTable,
  reader: ShellReader,
): void {
  const { scope } = reader;
  const program = words[0]?.value.text;
  const exported = createTable();
  for (let at: VariableTable | undefined = table; at; at = at.parent)
    for (const [name, variable] of at.changes) {
      spend(reader.budget, 1);
      const isExported = (variable.kind === 'text' || variable.kind === 'unknown') && variable.exported === true;
      if (isExported && !exported.changes.has(name)) exported.changes.set(name, variable);
    }
  const inner = { ...createScope(exported), files: scope.files, args, launcher: scope.launcher };
  if (program === 'sbatch' || program === 'salloc') {
    inner.launcher = 'slurm';
    for (const [name, variable] of slurmVariablesOf(words.map(({ value }) => value)))
      exported.changes.set(name, variable);
  }
  const outer = reader.scope;
  reader.scope = inner;
  reader.readText(text);
  reader.scope = outer;
}

/** Programs that run the rest of their words: `exec`, `command`, `env A=1`. */
function stripWrapper(words: readonly ExpandedWord[]): { words: readonly ExpandedWord[]; isLast: boolean } {
  const name = words[0]?.value.text;
  if (name !== 'exec' && name !== 'command' && name !== 'builtin') return { words, isLast: false };
  const next = words.findIndex(({ value }, index) => index > 0 && !/^-/.test(value.text));
  const isQuestion = name === 'command' && words.some(({ value }) => /^-[vV]$/.test(value.text));
  if (next < 0 || isQuestion) return { words, isLast: false };
  return { words: words.slice(next), isLast: name === 'exec' };
}

function runProgram(command: Command, words: readonly ExpandedWord[], table: VariableTable, reader: ShellReader): void {
  const [name] = words;
  if (!name) return;
  print(reader.scope.output, outputOfCommand(words, reader));
  if (isPrinting(name.value.text)) return;
  const { scripts, otherScript } = findNestedScripts(words, reader);
  for (const script of scripts) inSubshell(reader, () => runNested(script, words, table, reader));
  if (scripts.length > 0 && countEngineArguments(words) === 0) return;
  if (reader.trials > 0) return;
  const [from, to] = fileOffsets(reader.source, command);
  const isOpen = words.some((word) => word.isOpen);
  const source = otherScript?.value ?? unknownWordIn(words)?.value;
  const { sourced } = reader.scope.files;
  const isFromFile = otherScript === undefined && sourced !== undefined;
  const isFunction = isFromFile && mayBeFunction(words);
  reader.commands.push({
    from,
    to,
    words: words.filter((word) => word.isOpen !== true),
    forwardsArguments: isOpen,
    environment: snapshotEnvironment(table),
    isExecuted: reader.isExecuted,
    unknownSource: isFunction || (source && isFromFile) ? sourced : source && describeText(reader, source),
  });
}

/** An assignment among the arguments of a program, as one argument. */
function expandAssignmentWord({ value, text, pos, end }: Assignment, reader: ShellReader): ExpandedWord {
  if (value.type === 'ArrayValue') return { value: writtenText(reader.source, { pos, end }) };
  const name = writtenText(reader.source, { pos, end: pos + text.length - value.text.length });
  return { value: joinTexts([name, expandWord(value, reader)]) };
}

/** Runs a command, and says whether it succeeds. */
export function runCommand(command: Command, reader: ShellReader): Status {
  const assignments = command.prefix.filter((each): each is Assignment => each.type === 'Assignment');
  if (!command.name) return assign(command, assignments, reader);
  if (declarations.has(command.name.value)) {
    const status = declareVariables(command, command.name.value, reader);
    for (const arg of command.args) {
      const variable = arg.type === 'Assignment' ? readVariable(reader, arg.name) : undefined;
      if (variable) noteList(reader, variable);
    }
    return status;
  }
  const words = [command.name, ...command.args].flatMap((arg) =>
    arg.type === 'Word' ? expandArguments(arg, reader) : [expandAssignmentWord(arg, reader)],
  );
  return withRedirects(command.redirects, reader, () => runWords(command, words, assignments, reader));
}

function runWords(
  command: Command,
  given: readonly ExpandedWord[],
  assignments: readonly Assignment[],
  reader: ShellReader,
): Status {
  const { words, isLast } = stripWrapper(given);
  const [first, ...args] = words;
  if (!first) return assign(command, assignments, reader);
  const table = withLaunchVariables(words, withAssignments(command, assignments, reader), reader.scope.files.written);
  const name = first.value.text;
  const line = reader.lineOf(command.pos);
  const run = (): Status => {
    if (reader.scope.functions.has(name)) return callFunction(name, args, reader);
    const builtin = builtinOf(name);
    if (builtin) {
      const status = builtin(args, reader, line);
      print(reader.scope.output, outputOfCommand(words, reader));
      return status;
    }
    runProgram(command, words, table, reader);
    return undefined;
  };
  const status = table === reader.scope.variables ? run() : runWithTable(table, reader, run);
  if (isLast) reader.scope.ending = 'exit';
  return status;
}

/** Runs a command that has variables in front of it, which only it sees. */
function runWithTable(table: VariableTable, reader: ShellReader, run: () => Status): Status {
  const { scope } = reader;
  const outer = scope.variables;
  const own = new Set(table.changes.keys());
  scope.variables = table;
  const status = run();
  scope.variables = outer;
  for (const [name, variable] of table.changes) if (!own.has(name)) outer.changes.set(name, variable);
  return status;
}

/** Reads loops: over known words turn by turn, over the script's arguments no times, others as one turn of many. */
import type { ArithmeticFor, CompoundList, For, Select, SyntaxNode, While } from 'unbash';
import { joinNotes, noteText, unwrittenText } from '../mappedText';
import { evaluate } from './arithmetic';
import { spend } from './budget';
import { setVariable } from './context';
import { expandOperand } from './expandWords';
import { noteOfWord } from './lookUp';
import { expandLoopWords } from './loopWords';
import { argumentNote } from './mergeBranches';
import { readBranches, within, type ShellReader, type Status } from './reader';
import { branchOf } from './scope';
import { appendedItems, createItems, getVariable, type ExpandedWord, type Variable } from './variables';

/** Most turns of a loop that are read one by one. */
const maxTurns = 100;

/** Ends a turn. True if there may be another one. */
function goesOn(reader: ShellReader): boolean {
  const { scope } = reader;
  if (scope.ending === 'continue') scope.ending = undefined;
  return scope.ending === undefined;
}

/** Ends a loop: `break` and `continue` have no effect beyond it. */
function endLoop(reader: ShellReader): void {
  const { scope } = reader;
  if (scope.ending === 'break' || scope.ending === 'continue') scope.ending = undefined;
  scope.mayHaveEnded = false;
}

/** The names that a loop's body changes, found by reading it once without recording commands. */
function changedNames(reader: ShellReader, work: () => void): Map<string, Variable> {
  const { scope: before, stdin } = reader;
  reader.trials++;
  const scope = within(reader, { ...branchOf(before), output: undefined }, work);
  reader.trials--;
  reader.stdin = stdin;
  return scope.variables.changes;
}

/** Whether the new value only adds items to the old one. */
const isAppended = (before: Variable | undefined, after: Variable): boolean =>
  after.kind === 'array' &&
  (before === undefined || before.kind === 'array') &&
  appendedItems(after.items, before?.items) !== undefined;

/** Reads a loop whose turns are not known: names that it changes are unknown inside and after it. */
function readUnknownTurns(reader: ShellReader, node: SyntaxNode, work: () => void): void {
  const reason = `it is set by the loop at line ${reader.lineOf(node.pos)}`;
  const { variables } = reader.scope;
  // Inside a trial only the names count.
  const changed = reader.trials > 0 ? new Map<string, Variable>() : changedNames(reader, work);
  readBranches(
    reader,
    node,
    [
      () => {
        for (const [name, after] of changed) {
          const before = getVariable(variables, name, reader.budget);
          if (!isAppended(before, after) && before !== undefined)
            setVariable(reader, name, { kind: 'unknown', reason });
        }
        work();
        endLoop(reader);
      },
    ],
    { isComplete: false, what: 'loop' },
  );
}

/** Reads a loop over the script's arguments, of which there are none: it runs no times, and says so of what it would set. */
function skipArgumentLoop(reader: ShellReader, work: () => void): void {
  for (const [name, after] of changedNames(reader, work)) {
    const before = getVariable(reader.scope.variables, name, reader.budget);
    if (before?.kind === 'text') {
      const note = joinNotes([before.note, argumentNote]);
      reader.scope.variables.changes.set(name, {
        ...before,
        value: noteText(before.value, argumentNote),
        ...(note && { note }),
      });
    } else if (isAppended(before, after)) {
      const items = before?.kind === 'array' ? before.items : undefined;
      const open: ExpandedWord = { value: unwrittenText(''), isOpen: true };
      reader.scope.variables.changes.set(name, { kind: 'array', items: createItems([open], items) });
    }
  }
}

const argumentPattern = /\$(?:#|[1@*]|\{(?:#|[1@*])[^}]*\})|\b(?:shift|getopts)\b/;

/** Whether a loop goes over the arguments that the script is started with. */
function isArgumentLoop(reader: ShellReader, parts: readonly CompoundList[]): boolean {
  if (!reader.scope.args.some(({ isOpen }) => isOpen)) return false;
  const { text } = reader.source;
  const [clause, body] = parts.map(({ pos, end }) => text.slice(pos, end));
  spend(reader.budget, ((body ?? '').length + (clause ?? '').length) >> 6);
  return argumentPattern.test(clause ?? '') || /\bshift\b/.test(body ?? '');
}

/** Reads `while` and `until`. */
export function readWhile(node: While, reader: ShellReader): Status {
  const { clause, body, kind } = node;
  const turn = (): void => {
    reader.readStatements(clause.commands);
    reader.readStatements(body.commands);
    goesOn(reader);
  };
  if (isArgumentLoop(reader, [clause, body])) {
    skipArgumentLoop(reader, turn);
    return true;
  }
  for (let count = 0; count < maxTurns; count++) {
    const before = reader.scope.variables.changes.size;
    const table = new Map(reader.scope.variables.changes);
    spend(reader.budget, before >> 4);
    const status = reader.readStatements(clause.commands);
    if (reader.scope.ending) break;
    if (status === undefined) {
      readUnknownTurns(reader, node, turn);
      break;
    }
    if (status !== (kind === 'while')) break;
    reader.readStatements(body.commands);
    const changes = reader.scope.variables.changes;
    const isSame =
      changes.size === table.size && [...changes].every(([name, variable]) => table.get(name) === variable);
    if (!goesOn(reader) || reader.scope.mayHaveEnded || isSame) break;
    if (count === maxTurns - 1) readUnknownTurns(reader, node, turn);
  }
  endLoop(reader);
  return undefined;
}

/** Reads `for … in …` and `select`. */
export function readFor(node: For | Select, reader: ShellReader): Status {
  const { name, wordlist, body } = node;
  const words = wordlist ? wordlist.flatMap((word) => expandLoopWords(word, reader)) : reader.scope.args;
  const known = words.filter(({ isOpen }) => isOpen !== true);
  const turn = (value: Variable): void => {
    setVariable(reader, name.text, value);
    reader.readStatements(body.commands);
    goesOn(reader);
  };
  const unknown: Variable = { kind: 'unknown', reason: `it is set by the loop at line ${reader.lineOf(node.pos)}` };
  if (known.length < words.length && known.length === 0) {
    skipArgumentLoop(reader, () => turn(unknown));
    return true;
  }
  const isKnown =
    node.type === 'For' &&
    words.length <= maxTurns &&
    known.every((word) => noteOfWord(word)?.unresolvedReason === undefined);
  if (!isKnown) {
    readUnknownTurns(reader, node, () => turn(unknown));
    return undefined;
  }
  for (const { value, note } of known) {
    if (reader.scope.ending || reader.scope.mayHaveEnded) break;
    turn({ kind: 'text', value, ...(note && { note }) });
  }
  endLoop(reader);
  return undefined;
}

/** Reads `for ((…; …; …))`. */
export function readArithmeticFor(node: ArithmeticFor, reader: ShellReader): Status {
  const { initialize, test, update, body } = node;
  const operand = expandOperand(reader);
  const turn = (): void => {
    reader.readStatements(body.commands);
    goesOn(reader);
    if (update) evaluate(update, reader, operand);
  };
  if (initialize) evaluate(initialize, reader, operand);
  for (let count = 0; ; count++) {
    const result = test ? evaluate(test, reader, operand) : { value: 1 };
    if (!('reason' in result) && !result.note && result.value === 0) break;
    if ('reason' in result || result.note || count >= maxTurns) {
      readUnknownTurns(reader, node, turn);
      break;
    }
    turn();
    if (reader.scope.ending || reader.scope.mayHaveEnded) break;
  }
  endLoop(reader);
  return undefined;
}

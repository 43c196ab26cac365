/** Reads the statements of a script: lists, conditions, branches, functions, subshells. */
import type { AndOr, Case, CaseItem, If, PipelineNode, Statement, SyntaxNode } from 'unbash';
import { evaluate } from './arithmetic';
import { spend } from './budget';
import { certainText, decideTest } from './conditions';
import { expandOperand, expandPattern, expandWord } from './expandWords';
import { readArithmeticFor, readFor, readWhile } from './loops';
import { matches } from './patterns';
import { readPipeline, readRedirected } from './pipes';
import { fileOffsets } from './source';
import { inSubshell, readBranches, decideWithoutArguments, type ShellReader, type Status } from './reader';

type Read<Type extends SyntaxNode['type']> = (node: Extract<SyntaxNode, { type: Type }>, reader: ShellReader) => Status;

function readIf(node: If, reader: ShellReader): Status {
  const works: (() => void)[] = [];
  let isComplete = false;
  // The branch that is run without arguments; -1 where something else decides.
  let usual: number | undefined;
  for (const { clause, then } of [node, ...node.elif]) {
    const status = reader.readStatements(clause.commands);
    if (reader.scope.ending) return status;
    if (status === false) continue;
    const assumed = status ?? decideWithoutArguments(reader, clause, () => reader.readStatements(clause.commands));
    if (assumed !== false) usual ??= assumed === true ? works.length : -1;
    works.push(() => reader.readStatements(then.commands));
    if (status === true) {
      isComplete = true;
      break;
    }
  }
  const { else: other } = node;
  usual ??= works.length;
  if (!isComplete && other) {
    works.push(() => reader.readStatements(other.commands));
    isComplete = true;
  }
  return readAlternatives(works, { isComplete, what: 'if', usual: usual < 0 ? undefined : usual }, node, reader);
}

function readAlternatives(
  works: readonly (() => void)[],
  options: { isComplete: boolean; what: string; usual?: number | undefined },
  node: SyntaxNode,
  reader: ShellReader,
): Status {
  const [only, ...others] = works;
  if (!only) return true;
  if (others.length === 0 && options.isComplete) only();
  else readBranches(reader, node, works, options);
  return undefined;
}

/** Whether a text matches one of the patterns of a branch. */
function matchesItem({ pattern }: CaseItem, text: string | undefined, reader: ShellReader): Status {
  let isKnown = true;
  for (const word of pattern) {
    const one = certainText(expandPattern(word, reader));
    const status =
      one === '*' ? true : text === undefined || one === undefined ? undefined : matches(one, text, reader.budget);
    if (status === true) return true;
    if (status === undefined) isKnown = false;
  }
  return isKnown ? false : undefined;
}

function readCase(node: Case, reader: ShellReader): Status {
  const text = certainText(expandWord(node.word, reader));
  const works: (() => void)[] = [];
  let isComplete = false;
  // The branch that is run without arguments; -1 where something else decides.
  let usual: number | undefined;
  for (const [index, item] of node.items.entries()) {
    const status = matchesItem(item, text, reader);
    if (status === false) continue;
    const assumed =
      status ??
      decideWithoutArguments(reader, node.word, () =>
        matchesItem(item, certainText(expandWord(node.word, reader)), reader),
      );
    if (assumed !== false) usual ??= assumed === true && item.terminator !== ';;&' ? works.length : -1;
    works.push(() => readItems(node.items, index, reader));
    if (status === true && item.terminator !== ';;&') {
      isComplete = true;
      break;
    }
  }
  usual ??= works.length;
  return readAlternatives(works, { isComplete, what: 'case', usual: usual < 0 ? undefined : usual }, node, reader);
}

/** The body of a branch, and of the next ones while `;&` joins them. */
function readItems(items: readonly CaseItem[], from: number, reader: ShellReader): void {
  for (let index = from; index < items.length && !reader.scope.ending; index++) {
    reader.readStatements(items[index]?.body.commands ?? []);
    if (items[index]?.terminator !== ';&') return;
  }
}

function readAndOr(node: AndOr, reader: ShellReader): Status {
  const readFrom = (index: number, status: Status): Status => {
    const [next, operator] = [node.commands[index], node.operators[index - 1]];
    if (!next || reader.scope.ending) return status;
    const runs = status === undefined ? undefined : operator === '&&' ? status : !status;
    if (runs === false) return readFrom(index + 1, status);
    if (runs === true) return readFrom(index + 1, reader.readNode(next));
    // All of `a && b && c` after an uncertain `a` is one branch, in which each command sees the ones before it.
    let end = index + 1;
    while (node.operators[end - 1] === operator && end < node.commands.length) end++;
    let inner: Status;
    let isEnded = false;
    const [first] = node.commands;
    const assumed =
      index === 1 && first ? decideWithoutArguments(reader, first, () => reader.readNode(first)) : undefined;
    readBranches(
      reader,
      node,
      [
        () => {
          inner = true;
          for (const each of node.commands.slice(index, end)) if (!reader.scope.ending) inner = reader.readNode(each);
          isEnded = reader.scope.ending === 'exit';
        },
      ],
      {
        isComplete: false,
        what: 'condition',
        usual: assumed === undefined ? undefined : Number(assumed !== (operator === '&&')),
      },
    );
    // Who comes here after `… || exit` has not run it.
    return readFrom(end, isEnded ? operator === '||' : inner === true && operator === '||' ? true : undefined);
  };
  const [first] = node.commands;
  return first ? readFrom(1, reader.readNode(first)) : undefined;
}

const readers: { [Type in SyntaxNode['type']]?: Read<Type> } = {
  Statement: ({ command, background }, reader) => {
    if (background !== true) return reader.readNode(command);
    inSubshell(reader, () => reader.readNode(command));
    return true;
  },
  CompoundList: ({ commands }, reader) => reader.readStatements(commands),
  Command: (node, reader) => reader.runCommand(node),
  If: readIf,
  Case: readCase,
  For: readFor,
  Select: readFor,
  ArithmeticFor: readArithmeticFor,
  While: readWhile,
  AndOr: readAndOr,
  Pipeline: readPipeline,
  Redirected: readRedirected,
  BraceGroup: ({ body }, reader) => reader.readStatements(body.commands),
  Subshell: ({ body }, reader) => {
    let status: Status;
    inSubshell(reader, () => {
      status = reader.readStatements(body.commands);
    });
    return status;
  },
  TestCommand: ({ expression }, reader) => decideTest(expression, reader),
  ArithmeticCommand: ({ expression }, reader) => {
    const result = evaluate(expression, reader, expandOperand(reader));
    return 'reason' in result || result.note ? undefined : result.value !== 0;
  },
  Function: (node, reader) => {
    reader.scope.functions.set(node.name.text, { node, source: reader.source });
    return true;
  },
  Coproc: ({ body }, reader) => {
    inSubshell(reader, () => reader.readNode(body));
    return true;
  },
};

/** Reads one node, and says whether it succeeds. */
export function readNode(node: SyntaxNode | PipelineNode, reader: ShellReader): Status {
  spend(reader.budget, 1);
  const read = readers[node.type] as Read<SyntaxNode['type']> | undefined;
  return read?.(node, reader);
}

/** Reads statements in order. What follows one that may have left the function or loop is read as a branch. */
export function readStatements(statements: readonly Statement[], reader: ShellReader): Status {
  let status: Status = true;
  for (const [index, statement] of statements.entries()) {
    if (reader.scope.ending) return status;
    if (reader.scope.mayHaveEnded) {
      const work = (): void => void readStatements(statements.slice(index), reader);
      readBranches(reader, statement, [work], { isComplete: false, what: 'return or break before' });
      return undefined;
    }
    reader.at = fileOffsets(reader.source, statement)[0];
    status = readNode(statement, reader);
  }
  return status;
}

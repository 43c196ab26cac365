/** Reads a script into the commands it runs, with their arguments as far as they are known without running it. */
import type { Assignment, Command, CompoundList, Statement, SyntaxNode, Word } from 'unbash';
import { joinSpans, type MappedText } from '../mappedText';
import {
  branchOf,
  maxSteps,
  mergeBranches,
  newScope,
  type ExpandedWord,
  type ShellScope,
  type Variable,
} from './scope';
import { expandArguments, expandWord, hereDocText } from './expandWords';

/** One command of a script. */
export interface ShellCommand {
  /** Offsets of the whole command in the script. */
  from: number;
  to: number;
  /** Its name and arguments, expanded. */
  words: ExpandedWord[];
  /** Environment variables that the script sets for it: exported ones, and those in front of the command. */
  environment: Map<string, MappedText>;
  /** Whether it passes on the script's own arguments (`"$@"`). */
  forwardsArguments: boolean;
}

/** What reading a script gave. */
export interface ScriptReading {
  commands: ShellCommand[];
  /** The texts of variables and written files at the end, in which a JSON config may be passed on unseen. */
  texts: MappedText[];
  errors: { message: string; at: number }[];
}

const declarationCommands = new Set(['export', 'declare', 'readonly', 'local', 'typeset']);

function exportedVariables(scope: ShellScope): Map<string, MappedText> {
  return new Map(
    [...scope.variables].flatMap(([name, variable]) =>
      variable.kind === 'text' && variable.exported === true ? [[name, variable.value]] : [],
    ),
  );
}

/**
 * Reads a script in the order of its lines without running it. A variable that differs between branches becomes
 * unknown; functions are read where they are called. `preset` are variables that are set before the script starts.
 * The parser is loaded at the first use. Never throws.
 */
export async function readScript(
  text: string,
  environment: ShellScope['environment'],
  preset?: ReadonlyMap<string, Variable>,
): Promise<ScriptReading> {
  const { parse, forEachChild } = await import('unbash');
  const script = parse(text);
  const scope = newScope(environment, preset);
  const commands: ShellCommand[] = [];
  const called = new Set<string>();
  const line = (at: number): number => text.slice(0, at).split('\n').length;
  const open: string[] = [];

  const assign = (
    { name, value, append, index }: Assignment,
    target: Map<string, Variable>,
    exported = false,
  ): void => {
    const before = scopeOf.variables.get(name);
    if (index !== undefined)
      target.set(name, { kind: 'unknown', reason: `its element is set at line ${line(value.pos)}` });
    else if (value.type === 'ArrayValue') {
      const items = value.elements.flatMap((element) => expandArguments(element, scopeOf, text));
      target.set(name, {
        kind: 'array',
        items: append === true && before?.kind === 'array' ? [...before.items, ...items] : items,
      });
    } else {
      const now = expandWord(value, scopeOf, text);
      if (append === true && before?.kind === 'unknown') return;
      const start = append === true && before?.kind === 'text' ? before.value : [];
      target.set(name, {
        kind: 'text',
        value: [...start, ...now],
        exported: exported || (before?.kind === 'text' && before.exported === true),
      });
    }
  };
  /** The scope of the statement that is read. */
  let scopeOf = scope;

  const within = (inner: ShellScope, work: () => void): ShellScope => {
    const outer = scopeOf;
    scopeOf = inner;
    work();
    scopeOf = outer;
    return inner;
  };
  const conditional = (at: number, works: readonly (() => void)[], complete: boolean, what: string): void => {
    const base = scopeOf;
    const branches = works.map((work) => within(branchOf(base), work));
    mergeBranches(
      base,
      complete ? branches : [base, ...branches].map((each) => (each === base ? branchOf(base) : each)),
      `it depends on the ${what} at line ${line(at)}`,
    );
  };

  const call = (name: string, args: readonly ExpandedWord[]): void => {
    const body = scopeOf.functions.get(name)?.body;
    if (!body || open.includes(name)) return;
    called.add(name);
    open.push(name);
    const { args: outer, locals } = scopeOf;
    scopeOf.args = args;
    scopeOf.locals = new Map();
    visit(body);
    for (const [own, before] of scopeOf.locals) {
      if (before) scopeOf.variables.set(own, before);
      else scopeOf.variables.delete(own);
    }
    scopeOf.args = outer;
    scopeOf.locals = locals;
    open.pop();
  };
  const wordsOf = (command: Command): ExpandedWord[] =>
    [command.name, ...command.args]
      .filter((word) => word?.type === 'Word')
      .flatMap((word) => expandArguments(word, scopeOf, text));

  const run = (command: Command): void => {
    const assignments = command.prefix.filter((each) => each.type === 'Assignment');
    if (!command.name) {
      for (const each of assignments) assign(each, scopeOf.variables);
      return;
    }
    const name = command.name.value;
    if (declarationCommands.has(name)) {
      const exported = name === 'export' || command.args.some((arg) => arg.type === 'Word' && /^-\w*x/.test(arg.text));
      const own = open.length > 0 && name !== 'export' && name !== 'readonly';
      for (const arg of command.args) {
        const target = arg.type === 'Assignment' ? arg.name : arg.value;
        if (own && !scopeOf.locals.has(target)) scopeOf.locals.set(target, scopeOf.variables.get(target));
        if (arg.type === 'Assignment') assign(arg, scopeOf.variables, exported);
        else {
          const variable = scopeOf.variables.get(arg.value);
          if (exported && variable?.kind === 'text') scopeOf.variables.set(arg.value, { ...variable, exported });
        }
      }
      return;
    }
    const words = wordsOf(command);
    const heredoc = command.redirects.find((each) => each.type === 'HereDoc');
    const redirect = command.redirects.find((each) => each.type === 'Redirect' && each.operator.startsWith('>'));
    if (name === 'cat' && heredoc && redirect?.type === 'Redirect' && redirect.target) {
      scopeOf.files.set(joinSpans(expandWord(redirect.target, scopeOf, text)), hereDocText(heredoc, scopeOf, text));
    }
    if (name === 'read' || name === 'mapfile' || name === 'readarray')
      readInto(command, heredoc && hereDocText(heredoc, scopeOf, text));
    if (name === 'source' || name === '.') scopeOf.sourcedFile = words[1] ? joinSpans(words[1].value) : undefined;
    if (name === 'unset') for (const word of words.slice(1)) scopeOf.variables.delete(joinSpans(word.value));
    const own = new Map<string, Variable>();
    for (const each of assignments) assign(each, own);
    const environmentOf = new Map([
      ...exportedVariables(scopeOf),
      ...[...own].flatMap(([key, variable]) => (variable.kind === 'text' ? [[key, variable.value] as const] : [])),
    ]);
    // The function's body is read with these arguments instead.
    if (scopeOf.functions.has(name)) return call(name, words.slice(1));
    commands.push({
      from: command.pos,
      to: command.end,
      words,
      environment: environmentOf,
      forwardsArguments: scopeOf.args === undefined && /\$(?:[@*]|\{[@*])/.test(text.slice(command.pos, command.end)),
    });
  };
  /** `read -r -d '' NAME <<EOF` reads the heredoc; the result of any other `read` is known only at run time. */
  const readInto = ({ args }: Command, heredoc: MappedText | undefined): void => {
    const names = args.filter((arg): arg is Word => arg.type === 'Word' && /^[A-Za-z_]\w*$/.test(arg.text));
    const whole = heredoc && names.length === 1 && args.some((arg) => arg.type === 'Word' && /^-\w*d$/.test(arg.text));
    for (const { text: name, pos } of names) {
      scopeOf.variables.set(
        name,
        whole
          ? { kind: 'text', value: heredoc }
          : { kind: 'unknown', reason: `it is read when the script runs (line ${line(pos)})` },
      );
    }
  };

  const list = ({ commands: statements }: { commands: readonly Statement[] }): void => statements.forEach(visit);
  const looped = (at: number, name: Word | undefined, body: CompoundList, clause?: CompoundList): void =>
    conditional(
      at,
      [
        () => {
          if (name)
            scopeOf.variables.set(name.text, { kind: 'unknown', reason: `it is set by the loop at line ${line(at)}` });
          if (clause) list(clause);
          list(body);
        },
      ],
      false,
      'loop',
    );

  const visitors: { [Type in SyntaxNode['type']]?: (node: Extract<SyntaxNode, { type: Type }>) => void } = {
    Word: () => undefined,
    Assignment: () => undefined,
    Command: run,
    If: (node) => {
      list(node.clause);
      const others = [...node.elif.map(({ then }) => then), ...(node.else ? [node.else] : [])];
      conditional(
        node.pos,
        [node.then, ...others].map((branch) => () => list(branch)),
        node.else !== undefined,
        'if',
      );
    },
    Case: ({ pos, items }) =>
      conditional(
        pos,
        items.map(
          ({ body }) =>
            () =>
              list(body),
        ),
        items.some(({ pattern }) => pattern.some(({ text: word }) => word === '*')),
        'case',
      ),
    For: ({ pos, name, body }) => looped(pos, name, body),
    Select: ({ pos, name, body }) => looped(pos, name, body),
    ArithmeticFor: ({ pos, body }) => looped(pos, undefined, body),
    While: ({ pos, body, clause }) => looped(pos, undefined, body, clause),
    AndOr: ({ pos, commands: [first, ...rest] }) => {
      if (first) visit(first);
      conditional(pos, [() => rest.forEach(visit)], false, 'condition');
    },
    Pipeline: ({ commands: parts }) => {
      for (const part of parts) within(parts.length === 1 ? scopeOf : branchOf(scopeOf), () => visit(part));
    },
    Subshell: ({ body }) => void within(branchOf(scopeOf), () => list(body)),
    Function: (node) => void scopeOf.functions.set(node.name.text, node),
  };
  const visit = (node: SyntaxNode): void => {
    if (++scope.budget.steps > maxSteps) throw new RangeError('this script takes too many steps');
    const special = visitors[node.type] as ((node: SyntaxNode) => void) | undefined;
    if (special) special(node);
    else forEachChild(node, visit);
  };

  const errors = (script.errors ?? []).map(({ message, pos }) => ({ message, at: pos }));
  try {
    list(script);
    // An uncalled function may be called by a script that sources this one.
    for (const [name, { body }] of scope.functions)
      if (!called.has(name)) within({ ...branchOf(scope), args: undefined }, () => visit(body));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    errors.push({ message: error.message, at: 0 });
  }
  const texts = [...scope.variables.values()].flatMap((variable) => (variable.kind === 'text' ? [variable.value] : []));
  return { commands, texts: [...texts, ...scope.files.values()], errors };
}

/** Expands the words of a script as bash does: quotes, variables, defaults, arithmetic. */
import type { ArithmeticExpression, HereDoc, ParameterExpansionPart, Word, WordPart } from 'unbash';
import {
  joinSpans,
  unknownMark,
  splitWords,
  joinNotes,
  noteOf,
  type Note,
  type TextSpan,
  type MappedText,
} from '../mappedText';
import { maxProduced, type ExpandedWord, type ShellScope } from './scope';

type At = { pos: number; end: number };

const createSpan = ({ pos, end }: At, text: string, rest: Partial<TextSpan> = {}): TextSpan => ({
  text,
  from: pos,
  to: end,
  exact: false,
  ...rest,
});

const unknownSpan = (at: At, why: string): TextSpan => createSpan(at, unknownMark, { note: { unresolvedReason: why } });

/** The spans of a literal whose backslashes were removed: one for each stretch that the script writes unchanged. */
function literalSpans({ pos, end }: At, written: string, value: string): TextSpan[] {
  if (written === value) return value === '' ? [] : [createSpan({ pos, end }, value, { exact: true })];
  const spans: TextSpan[] = [];
  let [at, taken, start] = [0, 0, 0];
  const flush = (): void => {
    const length = at - start;
    if (length > 0)
      spans.push(createSpan({ pos: pos + start, end: pos + at }, written.slice(start, at), { exact: true }));
  };
  while (at < written.length && taken <= value.length) {
    const kept = written[at] !== '\\' || (value[taken] === '\\' && written[at + 1] !== '\\');
    if (kept) {
      at++;
      taken++;
      continue;
    }
    flush();
    if (written[at + 1] !== '\n') {
      spans.push(createSpan({ pos: pos + at, end: pos + at + 2 }, written[at + 1] ?? ''));
      taken++;
    }
    at += 2;
    start = at;
  }
  flush();
  return spans;
}

/** The value of a name: what the script sets, else the environment; undefined if neither has it. */
function lookupName(name: string, scope: ShellScope): ExpandedWord | { why: string } | undefined {
  if (/^\d+$/.test(name)) {
    if (!scope.args) return undefined;
    return scope.args[Number(name) - 1] ?? { value: [] };
  }
  if (/^\W$/.test(name)) return { why: `it is known only when the script runs ($${name})` };
  const variable = scope.variables.get(name);
  if (variable?.kind === 'unknown') return { why: variable.reason };
  if (variable?.kind === 'text') return { value: variable.value };
  if (variable?.kind === 'array') return variable.items[0] ?? { value: [] };
  const own = Object.hasOwn(scope.environment, name) ? scope.environment[name] : undefined;
  return own === undefined
    ? undefined
    : { value: [{ text: own, from: 0, to: 0, exact: false, note: { fromEnvironment: [name] } }] };
}

const describeUnset = (name: string, scope: ShellScope): string => {
  if (/^\d+$/.test(name)) return `it is given when the script is started ($${name})`;
  return `the environment variable ${name} is not set in this file or in VS Code's environment${scope.sourcedFile === undefined ? '' : `; ${scope.sourcedFile} may set it`}`;
};

/** The span of an expansion; an empty one has no span. */
function wrapText(at: At, value: MappedText, note?: Note): TextSpan[] {
  const text = joinSpans(value);
  if (text === '') return [];
  const joined = joinNotes([noteOf(value), note]);
  // A value from the environment is not written in the file.
  const inner = value.every(({ to }) => to > 0) ? { inner: value } : {};
  return [createSpan(at, text, { ...inner, ...(joined && { note: joined }) })];
}

function variable(at: At, name: string, scope: ShellScope): TextSpan[] {
  const found = lookupName(name, scope);
  if (found === undefined) return [unknownSpan(at, describeUnset(name, scope))];
  return 'why' in found ? [unknownSpan(at, found.why)] : wrapText(at, found.value, found.note);
}

function parameter(part: ParameterExpansionPart, scope: ShellScope, source: string): TextSpan[] {
  const { parameter: name, operation, prefix, index } = part;
  if (prefix !== undefined) return [unknownSpan(part, `it is computed by the shell (${part.text})`)];
  if (index !== undefined) return arrayElement(part, index, scope);
  if (operation === undefined) return variable(part, name, scope);
  if (operation.type !== 'Default') return [unknownSpan(part, `it is computed by the shell (${part.text})`)];
  const found = lookupName(name, scope);
  if (found && 'why' in found) return [unknownSpan(part, found.why)];
  const kind = operation.operator.replace(':', '');
  const there = found !== undefined && (!operation.operator.startsWith(':') || joinSpans(found.value) !== '');
  const operand = (): MappedText => expandWord(operation.operand, scope, source);
  if (kind === '+') return there ? wrapText(part, operand()) : [];
  if (there || kind === '?') return variable(part, name, scope);
  // A variable that the script itself emptied does not depend on the environment.
  const note: Note | undefined = scope.variables.has(name)
    ? undefined
    : { environmentDefaults: [/^\d+$/.test(name) ? `$${name}` : name] };
  const value = operand();
  if (kind === '=')
    scope.variables.set(name, { kind: 'text', value: note ? value.map((each) => withNote(each, note)) : value });
  return wrapText(part, value, note);
}

const withNote = (each: TextSpan, note: Note): TextSpan => {
  const joined = joinNotes([each.note, note]);
  return joined ? { ...each, note: joined } : each;
};

function arrayElement(part: ParameterExpansionPart, index: Word, scope: ShellScope): TextSpan[] {
  const found = scope.variables.get(part.parameter);
  if (found?.kind === 'unknown') return [unknownSpan(part, found.reason)];
  if (found?.kind !== 'array' || part.operation)
    return [unknownSpan(part, `it is computed by the shell (${part.text})`)];
  if (index.text === '@' || index.text === '*') {
    return found.items.flatMap(({ value, note }, at) => [
      ...(at > 0 ? [createSpan(part, ' ')] : []),
      ...wrapText(part, value, note),
    ]);
  }
  const item = /^\d+$/.test(index.text) ? found.items[Number(index.text)] : undefined;
  return item
    ? wrapText(part, item.value, item.note)
    : [unknownSpan(part, `it is computed by the shell (${part.text})`)];
}

const operators: Partial<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => Math.trunc(left / right),
  '%': (left, right) => left % right,
  '**': (left, right) => left ** right,
};

/** The result of simple arithmetic on whole numbers and variables, or as a clause for people why it is not known. */
function arithmetic(
  expression: ArithmeticExpression | undefined,
  scope: ShellScope,
): { value: number; note?: Note | undefined } | string {
  if (expression?.type === 'ArithmeticGroup') return arithmetic(expression.expression, scope);
  if (expression?.type === 'ArithmeticWord') {
    const name = /^\$?\{?([A-Za-z_]\w*|\d+)\}?$/.exec(expression.value)?.[1];
    if (name === undefined) return 'it is computed by the shell';
    if (/^\d+$/.test(name)) return { value: Number(name) };
    const found = lookupName(name, scope);
    if (found === undefined) return describeUnset(name, scope);
    if ('why' in found) return found.why;
    const note = joinNotes([noteOf(found.value), found.note]);
    if (note?.unresolvedReason !== undefined) return note.unresolvedReason;
    const value = joinSpans(found.value);
    return /^-?\d+$/.test(value) ? { value: Number(value), note } : 'it is computed by the shell';
  }
  const operate = expression?.type === 'ArithmeticBinary' ? operators[expression.operator] : undefined;
  if (expression?.type !== 'ArithmeticBinary' || !operate) return 'it is computed by the shell';
  const [left, right] = [arithmetic(expression.left, scope), arithmetic(expression.right, scope)];
  if (typeof left === 'string') return left;
  if (typeof right === 'string') return right;
  const value = operate(left.value, right.value);
  return Number.isSafeInteger(value)
    ? { value, note: joinNotes([left.note, right.note]) }
    : 'it is computed by the shell';
}

/** The body of a heredoc; variables in it are expanded unless its delimiter is quoted. */
export function hereDocText({ body, delimiter }: HereDoc, scope: ShellScope, source: string): MappedText {
  if (delimiter?.quoted === true || !body.parts) return literalSpans(body, body.text, body.text);
  return body.parts.flatMap((part) => expandPart(part, scope, source));
}

/** The output of `$(cat <<EOF …)` and of `$(cat file)` with a file that the script wrote; that of other commands is not known. */
function commandOutput(
  part: Extract<WordPart, { type: 'CommandExpansion' }>,
  scope: ShellScope,
  source: string,
): TextSpan[] {
  const statements = part.script?.commands ?? [];
  const command = statements.length === 1 ? statements[0]?.command : undefined;
  const name = command?.type === 'Command' ? command.name?.value : undefined;
  if (command?.type === 'Command' && name === 'cat') {
    const heredoc = command.redirects.find((redirect) => redirect.type === 'HereDoc');
    // The shell drops the newlines at the end.
    if (heredoc) return wrapText(part, trimEnd(hereDocText(heredoc, scope, source)));
    const file = command.args[0];
    const written = file?.type === 'Word' ? scope.files.get(joinSpans(expandWord(file, scope, source))) : undefined;
    if (written) return wrapText(part, trimEnd(written));
  }
  return [unknownSpan(part, `it is the output of a command${name === undefined ? '' : ` (${name})`}`)];
}

/** Removes the line ends at the end, as the shell does with a command's output. */
function trimEnd(mapped: MappedText): MappedText {
  const last = mapped.at(-1);
  if (!last?.exact) return mapped;
  const text = last.text.replace(/\n+$/, '');
  return [...mapped.slice(0, -1), { ...last, text, to: last.from + text.length }];
}

function expandPart(part: WordPart, scope: ShellScope, source: string): TextSpan[] {
  switch (part.type) {
    case 'Literal':
      return literalSpans(part, part.text, part.value);
    case 'SingleQuoted':
      return literalSpans({ pos: part.pos + 1, end: part.end - 1 }, part.value, part.value);
    case 'AnsiCQuoted':
      return part.value === '' ? [] : [createSpan(part, part.value)];
    case 'DoubleQuoted':
    case 'LocaleString':
      return part.parts.flatMap((each) => expandPart(each, scope, source));
    case 'SimpleExpansion':
      return variable(part, part.text.slice(1), scope);
    case 'ParameterExpansion':
      return parameter(part, scope, source);
    case 'CommandExpansion':
      return commandOutput(part, scope, source);
    case 'ArithmeticExpansion': {
      const result = arithmetic(part.expression, scope);
      return [
        typeof result === 'string'
          ? unknownSpan(part, result)
          : createSpan(part, String(result.value), result.note ? { note: result.note } : {}),
      ];
    }
    case 'Glob':
      return literalSpans(part, part.text, part.value);
    case 'BraceExpansion':
      return [unknownSpan(part, 'the shell expands these braces into several words; quotes keep them together')];
    case 'ProcessSubstitution':
    case 'ExtendedGlob':
      return [unknownSpan(part, `it is made by the shell (${part.text})`)];
  }
}

/** Expands a word to one text. */
export function expandWord(word: Word, scope: ShellScope, source: string): MappedText {
  const spans = word.parts
    ? word.parts.flatMap((part) => expandPart(part, scope, source))
    : literalSpans(word, word.text, word.value);
  scope.budget.produced += joinSpans(spans).length;
  if (scope.budget.produced > maxProduced) throw new RangeError('the texts of this script grow too large');
  return spans;
}

/** Whether a part expands to all arguments or elements: `$@`, `${A[@]}`. */
const isAll = (part: WordPart): boolean =>
  (part.type === 'SimpleExpansion' && /^\$[@*]$/.test(part.text)) ||
  (part.type === 'ParameterExpansion' && /^[@*]$/.test(part.index?.text ?? part.parameter));

/** Expands a word to arguments: `"${ARGS[@]}"` to its elements, an unquoted `$OVERRIDES` to its words. */
export function expandArguments(word: Word, scope: ShellScope, source: string): ExpandedWord[] {
  const [outer, ...others] = word.parts ?? [];
  const quoted = outer?.type === 'DoubleQuoted';
  const part = quoted && outer.parts.length === 1 ? outer.parts[0] : outer;
  const wordSpan = { from: word.pos, to: word.pos + word.text.replace(/(?:\\\n)+$/, '').length };
  if (others.length > 0 || !part || (quoted && part === outer))
    return [{ value: expandWord(word, scope, source), wordSpan }];
  if (
    part.type === 'ParameterExpansion' &&
    part.operation?.type === 'Default' &&
    part.operation.operator.endsWith('+')
  ) {
    return scope.variables.has(part.parameter) ? expandArguments(part.operation.operand, scope, source) : [];
  }
  if (isAll(part)) {
    const name = part.type === 'ParameterExpansion' && part.index ? part.parameter : undefined;
    const found = name === undefined ? undefined : scope.variables.get(name);
    if (name === undefined) return [...(scope.args ?? [])];
    if (found?.kind === 'array') return [...found.items];
    return [
      {
        value: found?.kind === 'text' ? found.value : [unknownSpan(part, found?.reason ?? describeUnset(name, scope))],
      },
    ];
  }
  const value = expandWord(word, scope, source);
  const expands = part.type === 'SimpleExpansion' || part.type === 'ParameterExpansion';
  if (quoted || !expands || !/\s/.test(joinSpans(value))) return [{ value, wordSpan }];
  return splitWords(value[0]?.inner ?? value).map((each) => ({ value: each }));
}

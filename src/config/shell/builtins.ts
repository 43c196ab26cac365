/** The commands of the shell itself: what they do to variables, arguments and the flow of the script. */
import { parse } from './parser';
import { emptyText, joinTexts, noteOf, sliceText, unwrittenText } from '../mappedText';
import { evaluate } from './arithmetic';
import { unsetVariables } from './assignments';
import { decideWords } from './conditions';
import { setVariable } from './context';
import { expandOperand } from './expandWords';
import { separators } from './fields';
import { splitText } from './splitText';
import { noteOfWord } from './lookUp';
import { outputOfCommand, sortedArgumentsReason } from './output';
import { describeText, type ShellReader, type Status } from './reader';
import { openArguments, type Ending } from './scope';
import { createItems, type ExpandedWord } from './variables';

/** Runs a builtin with its arguments. */
type Builtin = (args: readonly ExpandedWord[], reader: ShellReader, line: number) => Status;

const leave =
  (ending: Ending): Builtin =>
  (args, { scope }) => {
    scope.ending = ending;
    const code = args[0]?.value.text;
    return code === undefined ? undefined : code === '0';
  };

const succeed: Builtin = () => true;

const shift: Builtin = (args, { scope }) => {
  const count = args[0] && noteOfWord(args[0]) === undefined ? Number(args[0].value.text) : 1;
  const openAt = scope.args.findIndex(({ isOpen }) => isOpen);
  if (!Number.isInteger(count) || count < 0) scope.args = openArguments;
  else scope.args = scope.args.slice(openAt >= 0 ? Math.min(count, openAt) : count);
  return undefined;
};

/** `set -- …` sets the arguments, `set -a` exports what is set from now on. */
const set: Builtin = (args, { scope }) => {
  const texts = args.map(({ value }) => value.text);
  const dashes = texts.indexOf('--');
  const options = dashes < 0 ? texts : texts.slice(0, dashes);
  options.forEach((option, index) => {
    const isOn = option.startsWith('-');
    if (/^[-+]\w*a/.test(option) || (/^[-+]o$/.test(option) && options[index + 1] === 'allexport'))
      scope.exportsAll = isOn;
  });
  const areArguments = args.some((arg) => noteOfWord(arg)?.unresolvedReason === sortedArgumentsReason);
  if (areArguments) scope.args = openArguments;
  else if (dashes >= 0) scope.args = args.slice(dashes + 1);
  else if (args.length > 0 && args[0]?.isOpen !== true && !/^[-+]/.test(texts[0] ?? '-')) scope.args = args;
  return true;
};

const source: Builtin = ([file], reader) => {
  if (!file) return undefined;
  const { files } = reader.scope;
  const written = files.written.get(file.value.text);
  if (written) return reader.readText(written);
  files.sourced = describeText(reader, file.value);
  return true;
};

const evalWords: Builtin = (args, reader) => {
  const words = args.filter(({ isOpen }) => isOpen !== true);
  return reader.readText(
    joinTexts(words.flatMap(({ value }, index) => (index > 0 ? [unwrittenText(' '), value] : [value]))),
  );
};

/** `read` takes a line of a here-string, heredoc or pipe that is known; any other input is known only at run time. */
const read: Builtin = (args, reader, line) => {
  const texts = args.map(({ value }) => value.text);
  const flags = texts.filter((text) => /^-[a-z]+$/.test(text)).join('');
  const names = texts.filter(
    (text, index) => /^[A-Za-z_]\w*$/.test(text) && !/^-\w*[dnptu]$/.test(texts[index - 1] ?? ''),
  );
  const { stdin } = reader;
  const isAll = /d/.test(flags);
  const lineEnd = stdin?.text.indexOf('\n') ?? -1;
  const input = stdin && !isAll && lineEnd >= 0 ? sliceText(stdin, 0, lineEnd) : stdin;
  if (!input || noteOf(input)?.unresolvedReason !== undefined) {
    for (const name of names)
      setVariable(reader, name, { kind: 'unknown', reason: `it is read when the script runs (line ${line})` });
    return undefined;
  }
  // The next `read` of a loop gets the next line.
  reader.stdin = isAll || !stdin || lineEnd < 0 ? emptyText : sliceText(stdin, lineEnd + 1);
  const [first, ...others] = names;
  if (first === undefined) return undefined;
  const pieces = splitText(input, separators(reader)).pieces;
  if (/a/.test(flags))
    setVariable(reader, first, { kind: 'array', items: createItems(pieces.map((value) => ({ value }))) });
  else if (others.length === 0) setVariable(reader, first, { kind: 'text', value: isAll ? input : joinPieces(pieces) });
  else
    names.forEach((name, index) => {
      const value = index < names.length - 1 ? pieces[index] : joinPieces(pieces.slice(index));
      setVariable(reader, name, { kind: 'text', value: value ?? unwrittenText('') });
    });
  return isAll || lineEnd >= 0;
};

const joinPieces = (pieces: readonly Parameters<typeof noteOf>[0][]): Parameters<typeof noteOf>[0] =>
  joinTexts(pieces.flatMap((piece, index) => (index > 0 ? [unwrittenText(' '), piece] : [piece])));

const mapfile: Builtin = (args, reader, line) => {
  const name = args.findLast(({ value }) => /^[A-Za-z_]\w*$/.test(value.text))?.value.text ?? 'MAPFILE';
  const { stdin } = reader;
  const isKnown =
    stdin && noteOf(stdin)?.unresolvedReason === undefined && args.some(({ value }) => value.text === '-t');
  setVariable(
    reader,
    name,
    isKnown
      ? { kind: 'array', items: createItems(splitText(stdin, '\n').pieces.map((value) => ({ value }))) }
      : { kind: 'unknown', reason: `it is read when the script runs (line ${line})` },
  );
  return true;
};

const letWords: Builtin = (args, reader) => {
  let status: Status;
  for (const arg of args) {
    const command = noteOfWord(arg) === undefined ? parse(`((${arg.value.text}))`).commands[0]?.command : undefined;
    if (command?.type !== 'ArithmeticCommand') continue;
    const result = evaluate(command.expression, reader, expandOperand(reader));
    status = 'reason' in result || result.note ? undefined : result.value !== 0;
  }
  return status;
};

/** `printf -v NAME …` sets a variable instead of printing. */
const printfTo: Builtin = (args, reader, line) => {
  const [option, name, ...rest] = args;
  if (option?.value.text !== '-v' || !name) return true;
  const words = [{ value: unwrittenText('printf') }, ...rest];
  const output = outputOfCommand(words, reader);
  setVariable(
    reader,
    name.value.text,
    output === undefined || 'reason' in output
      ? { kind: 'unknown', reason: `it is printed by printf at line ${line}` }
      : { kind: 'text', value: output },
  );
  return true;
};

const getopts: Builtin = (args, reader, line) => {
  const name = args[1]?.value.text;
  for (const each of [name, 'OPTARG'])
    if (each !== undefined) setVariable(reader, each, { kind: 'unknown', reason: `it is an argument (line ${line})` });
  return undefined;
};

const builtins: Readonly<Record<string, Builtin>> = {
  true: succeed,
  ':': succeed,
  false: () => false,
  exit: leave('exit'),
  return: leave('return'),
  break: leave('break'),
  continue: leave('continue'),
  '[': (args, reader) => decideWords(args.slice(0, -1), reader),
  test: decideWords,
  shift,
  set,
  source,
  '.': source,
  eval: evalWords,
  read,
  mapfile,
  readarray: mapfile,
  let: letWords,
  getopts,
  unset: unsetVariables,
  printf: printfTo,
};

/** Commands that usually succeed, so that what follows after `&&` is read as a part of the script. */
const reliable = new Set('cd pushd popd echo mkdir shopt sleep ulimit umask trap wait chmod module conda'.split(' '));

/** The builtin of a name. */
export const builtinOf = (name: string): Builtin | undefined =>
  Object.hasOwn(builtins, name) ? builtins[name] : reliable.has(name) ? succeed : undefined;

/** What commands print, for those whose output follows from their arguments and input. */
import type { ParsedScript } from 'unbash';
import { joinTexts, noteOf, sliceText, unknownMark, unwrittenText, type MappedText } from '../mappedText';
import { expandWord } from './expandWords';
import { noteOfWord } from './lookUp';
import { inSubshell, type ShellReader } from './reader';
import type { OutputCollector } from './scope';
import { createSource, unknownText, type NodeRange } from './source';
import { quoteText } from './transform';
import type { ExpandedWord } from './variables';

/** The output of a command, or why it is not known. */
export type CommandOutput = MappedText | { reason: string };

type Printer = (args: readonly ExpandedWord[], reader: ShellReader) => CommandOutput | undefined;

const textOf = (text: string): MappedText => unwrittenText(text);
const lineEnd = textOf('\n');

/** Texts of arguments one after the other, with a separator. */
function joinWords(words: readonly ExpandedWord[], separator: string): MappedText {
  return joinTexts(
    words.flatMap(({ value, note }, index) => {
      const text = note?.unresolvedReason === undefined ? value : unwrittenText(unknownMark, note);
      return index > 0 ? [textOf(separator), text] : [text];
    }),
  );
}

const echo: Printer = (args) => {
  const from = args.findIndex(({ value }) => !/^-[neE]+$/.test(value.text));
  const options = (from < 0 ? args : args.slice(0, from)).map(({ value }) => value.text.slice(1)).join('');
  const words = from < 0 ? [] : args.slice(from);
  if (/e/.test(options) && words.some(({ value }) => value.text.includes('\\')))
    return { reason: 'it is printed with escapes (echo -e)' };
  return joinTexts([joinWords(words, ' '), ...(options.includes('n') ? [] : [lineEnd])]);
};

const escapes: Partial<Record<string, string>> = { '\\n': '\n', '\\t': '\t', '\\\\': '\\', '%%': '%' };

/** A word in the quotes that `%q` puts around it; one that needs none keeps the place where it is written. */
function quoteWord(word: ExpandedWord): ExpandedWord {
  const quoted = quoteText(word.value.text);
  return quoted === word.value.text || isUnknown(word.value)
    ? word
    : { ...word, value: joinTexts([textOf("'"), ...escapedParts(word.value), textOf("'")]) };
}

/** A text whose single quotes are escaped for a place between single quotes. */
function escapedParts(value: MappedText): MappedText[] {
  const parts: MappedText[] = [];
  let at = 0;
  for (const { index } of value.text.matchAll(/'/g)) {
    parts.push(sliceText(value, at, index), textOf("'\\''"));
    at = index + 1;
  }
  return [...parts, sliceText(value, at)];
}

const printf: Printer = (args) => {
  const [format, ...values] = args[0]?.value.text === '--' ? args.slice(1) : args;
  if (!format || noteOfWord(format) !== undefined) return { reason: 'it is printed by printf' };
  const parts = [...format.value.text.matchAll(/%%|%[sdiq]|\\[nt\\]|[^%\\]+|[\s\S]/g)];
  if (parts.some(({ 0: part }) => part === '%' || (part === '\\' && part.length === 1)))
    return { reason: 'it is printed by printf' };
  const rest = [...values];
  const texts: MappedText[] = [];
  do {
    for (const { 0: part, index } of parts) {
      if (/^%[sdiq]$/.test(part)) {
        const next = rest.shift();
        const missing = part === '%s' ? '' : part === '%q' ? "''" : '0';
        texts.push(next ? joinWords([part === '%q' ? quoteWord(next) : next], '') : textOf(missing));
      } else
        texts.push(
          escapes[part] === undefined ? sliceText(format.value, index, index + part.length) : textOf(escapes[part]),
        );
    }
  } while (rest.length > 0 && parts.some(({ 0: part }) => /^%[sdiq]$/.test(part)));
  return joinTexts(texts);
};

const cat: Printer = (args, reader) => {
  const files = args.filter(({ value }) => !value.text.startsWith('-') || value.text === '-');
  const texts =
    files.length === 0
      ? [reader.stdin]
      : files.map(({ value }) => (value.text === '-' ? reader.stdin : reader.scope.files.written.get(value.text)));
  return texts.every((text) => text !== undefined) ? joinTexts(texts) : undefined;
};

const tee: Printer = (args, reader) => {
  const { written } = reader.scope.files;
  for (const { value } of args.filter((arg) => !arg.value.text.startsWith('-'))) {
    if (reader.stdin) written.set(value.text, reader.stdin);
    else written.delete(value.text);
  }
  return reader.stdin;
};

/** The only operand of a command, if it is known, with a function that cuts its text. */
const cutPath =
  (cut: (path: string, suffix: string) => string): Printer =>
  (args) => {
    const [path, suffix, ...others] = args;
    if (!path || others.length > 0 || path.value.text.startsWith('-')) return undefined;
    const note = noteOfWord(path);
    if (note?.unresolvedReason !== undefined) return { reason: note.unresolvedReason };
    return joinTexts([unwrittenText(cut(path.value.text, suffix?.value.text ?? ''), note), lineEnd]);
  };

const basename = (path: string, suffix: string): string => {
  const name = path.replace(/(?<=.)\/+$/, '').replace(/^.*\/(?=.)/s, '');
  return suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
};

const dirname = (path: string): string => {
  const trimmed = path.replace(/(?<=.)\/+$/, '');
  const at = trimmed.lastIndexOf('/');
  return at < 0 ? '.' : trimmed.slice(0, at).replace(/(?<=.)\/+$/, '') || '/';
};

/** Most numbers that `seq` gives here. */
const maxSequence = 1_000;

const seq: Printer = (args) => {
  const numbers = args.map((arg) =>
    noteOfWord(arg) === undefined && /^-?\d+$/.test(arg.value.text) ? Number(arg.value.text) : NaN,
  );
  const [first, step, last] =
    numbers.length === 1 ? [1, 1, numbers[0]] : numbers.length === 2 ? [numbers[0], 1, numbers[1]] : numbers;
  const count = Math.floor(((last ?? NaN) - (first ?? NaN)) / (step ?? NaN)) + 1;
  if (!Number.isFinite(count) || count > maxSequence) return undefined;
  return textOf(
    Array.from({ length: Math.max(0, count) }, (_, index) => `${(first ?? 0) + index * (step ?? 1)}\n`).join(''),
  );
};

const printers: Partial<Record<string, Printer>> = {
  echo,
  printf,
  cat,
  tee,
  basename: cutPath(basename),
  dirname: cutPath(dirname),
  seq,
};

/** Commands that print nothing to their output. */
const silent = new Set(
  'cd pushd popd mkdir touch rm cp mv ln chmod sleep wait set shopt trap ulimit umask export declare local readonly unset true false : test [ read shift return exit hash'.split(
    ' ',
  ),
);

/** Commands that only show their arguments: overrides in them are not passed to a program. */
export const isPrinting = (name: string): boolean => /^(?:echo|printf|cat|tee|logger|log|print)$/.test(name);

/** Why the output of `getopt` is not known: it is the script's arguments in another order. */
export const sortedArgumentsReason = 'it is what getopt makes of the arguments';

/** What a command prints; undefined if it prints nothing. */
export function outputOfCommand(words: readonly ExpandedWord[], reader: ShellReader): CommandOutput | undefined {
  const [name, ...args] = words;
  const program = name?.value.text ?? '';
  if (silent.has(program)) return undefined;
  if (program === 'getopt') return { reason: sortedArgumentsReason };
  const known = args.some(({ isOpen }) => isOpen)
    ? undefined
    : Object.hasOwn(printers, program)
      ? printers[program]?.(args, reader)
      : undefined;
  return known ?? { reason: `it is the output of a command${/^[\w./-]+$/.test(program) ? ` (${program})` : ''}` };
}

/** Adds what was printed to what a command substitution collects. */
export function print(collector: OutputCollector | undefined, output: CommandOutput | undefined): void {
  if (!collector || output === undefined) return;
  if ('reason' in output) collector.unknownReason ??= output.reason;
  else collector.texts.push(output);
}

/** What a collector has: the text without the line ends at its end, as command substitutions give it. */
function collected({ texts, unknownReason }: OutputCollector, reader: ShellReader, node: NodeRange): MappedText {
  if (unknownReason !== undefined) return unknownText(reader.source, node, unknownReason);
  const whole = joinTexts(texts);
  let { length } = whole.text;
  while (whole.text[length - 1] === '\n') length--;
  return sliceText(whole, 0, length);
}

/** What `$(…)` gives. */
export function readOutput(script: ParsedScript | undefined, node: NodeRange, reader: ShellReader): MappedText {
  const statement = script?.commands.length === 1 ? script.commands[0]?.command : undefined;
  const redirect = statement?.type === 'Command' && !statement.name ? statement.redirects[0] : undefined;
  const collector: OutputCollector = { texts: [], unknownReason: undefined };
  if (redirect?.type === 'Redirect' && redirect.operator === '<' && redirect.target) {
    const text = reader.scope.files.written.get(expandWord(redirect.target, reader).text);
    print(collector, text ?? { reason: 'it is the content of a file' });
    return collected(collector, reader, node);
  }
  const outer = reader.source;
  // Backticks with escapes are a text of their own.
  if (script?.source !== undefined) reader.source = createSource(unwrittenText(script.source));
  inSubshell(reader, () => {
    reader.scope.output = collector;
    reader.readStatements(script?.commands ?? []);
  });
  reader.source = outer;
  return collected(collector, reader, node);
}

/** Whether a text has parts that are not known. */
export const isUnknown = (text: MappedText): boolean => noteOf(text)?.unresolvedReason !== undefined;

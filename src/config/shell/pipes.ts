/** Reads pipelines and redirections: what one command prints and another one reads, and files that a script writes. */
import type { Pipeline, Redirected, Redirection } from 'unbash';
import { joinTexts, unwrittenText, type MappedText } from '../mappedText';
import { expandHereDoc, expandWord } from './expandWords';
import { inSubshell, within, type ShellReader, type Status } from './reader';
import type { OutputCollector } from './scope';

const createCollector = (): OutputCollector => ({ texts: [], unknownReason: undefined });

const textOf = ({ texts, unknownReason }: OutputCollector): MappedText | undefined =>
  unknownReason === undefined ? joinTexts(texts) : undefined;

/** Reads `a | b | c`: each command gets what the one before it prints. */
export function readPipeline(node: Pipeline, reader: ShellReader): Status {
  const isNegated = node.prefixes.filter(({ type }) => type === 'Negation').length % 2 === 1;
  const [only] = node.commands;
  let status: Status;
  if (node.commands.length === 1 && only) status = reader.readNode(only);
  else readParts(node, reader);
  return status === undefined || !isNegated ? status : !status;
}

function readParts({ commands }: Pipeline, reader: ShellReader): void {
  const outer = reader.stdin;
  for (const [index, command] of commands.entries()) {
    const collector = index < commands.length - 1 ? createCollector() : reader.scope.output;
    inSubshell(reader, () => {
      reader.scope.output = collector;
      reader.readNode(command);
    });
    reader.stdin = collector && index < commands.length - 1 ? textOf(collector) : undefined;
  }
  reader.stdin = outer;
}

/** Whether a redirection takes the standard output away: to a file, or to another descriptor. */
function isOutputRedirect(redirect: Redirection): redirect is Extract<Redirection, { type: 'Redirect' }> {
  if (redirect.type !== 'Redirect' || redirect.operator.startsWith('<')) return false;
  const { descriptor } = redirect;
  return descriptor === undefined || (descriptor.type === 'FileDescriptor' && descriptor.value === 1);
}

/** Runs `work` with the redirections of its command: its input, and the file that its output goes to. */
export function withRedirects(redirects: readonly Redirection[], reader: ShellReader, work: () => Status): Status {
  const outer = reader.stdin;
  const input = redirects.findLast(({ type }) => type === 'HereDoc' || type === 'HereString');
  if (input?.type === 'HereDoc') reader.stdin = expandHereDoc(input, reader);
  if (input?.type === 'HereString' && input.target)
    reader.stdin = joinTexts([expandWord(input.target, reader), unwrittenText('\n')]);
  const file = redirects.findLast(
    ({ type, ...rest }) => type === 'Redirect' && 'operator' in rest && rest.operator === '<',
  );
  if (file?.type === 'Redirect' && file.target)
    reader.stdin = reader.scope.files.written.get(expandWord(file.target, reader).text);
  const output = redirects.findLast(isOutputRedirect);
  const status = output ? writeTo(output, reader, work) : work();
  // A command that reads takes lines from the one around it, unless it has an input.
  if (input ?? file) reader.stdin = outer;
  return status;
}

function writeTo(
  { operator, target }: Extract<Redirection, { type: 'Redirect' }>,
  reader: ShellReader,
  work: () => Status,
): Status {
  const collector = createCollector();
  const { scope } = reader;
  const outer = scope.output;
  let status: Status;
  within(reader, scope, () => {
    scope.output = collector;
    status = work();
    scope.output = outer;
  });
  if (!target || operator === '>&' || operator === '<&') return status;
  const path = expandWord(target, reader).text;
  const { written } = scope.files;
  const before = operator === '>>' || operator === '&>>' ? written.get(path) : undefined;
  const text = textOf(collector);
  if (text) written.set(path, before ? joinTexts([before, text]) : text);
  else written.delete(path);
  return status;
}

/** Reads a compound command with redirections: `{ …; } > file`, `while …; done <<EOF`. */
export const readRedirected = ({ command, redirects }: Redirected, reader: ShellReader): Status =>
  withRedirects(redirects, reader, () => reader.readNode(command));

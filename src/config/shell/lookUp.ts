/** The values of names and arguments: what the script sets, else the environment. */
import { emptyText, joinNotes, noteOf, unwrittenText, type MappedText, type Note } from '../mappedText';
import { readVariable, type ShellContext } from './context';
import { allItems, type ExpandedWord, type Variable } from './variables';

/** The value of a name; `unset` if neither the script nor the environment has it. */
export type NameValue =
  | { kind: 'value'; value: MappedText; note?: Note | undefined }
  | { kind: 'unset'; note?: Note | undefined }
  | { kind: 'unknown'; reason: string };

/** Variables that the shell or the system sets anew for each script; those of VS Code are never the script's. */
const shellVariables = new Set(
  (
    'PWD OLDPWD RANDOM SRANDOM SECONDS UID EUID PPID HOSTNAME HOSTTYPE OSTYPE MACHTYPE BASH BASHPID BASH_VERSION BASH_VERSINFO ' +
    'BASH_SOURCE BASH_LINENO BASH_ARGC BASH_ARGV BASH_COMMAND BASH_SUBSHELL BASH_ENV BASHOPTS SHELLOPTS LINENO FUNCNAME ' +
    'EPOCHSECONDS EPOCHREALTIME GROUPS DIRSTACK SHLVL OPTARG OPTIND REPLY PIPESTATUS COLUMNS LINES IFS _'
  ).split(' '),
);

/** Whether the shell sets a variable itself, so that VS Code's value of it says nothing about the run. */
export const isShellVariable = (name: string): boolean => shellVariables.has(name);

const launcherPrefixes = { slurm: 'SLURM_', skypilot: 'SKYPILOT_' } as const;
const launcherNames = { slurm: 'Slurm', skypilot: 'SkyPilot' } as const;

/** Why a name is known only when the script runs; undefined for names that the environment may have. */
function runTimeReason(name: string, { scope: { launcher } }: ShellContext): string | undefined {
  if (/^\W$/.test(name) || name === '0') return `it is known only when the script runs ($${name})`;
  if (shellVariables.has(name)) return `the shell sets it when the script runs ($${name})`;
  return launcher && name.startsWith(launcherPrefixes[launcher])
    ? `${launcherNames[launcher]} sets it when the job starts (${name})`
    : undefined;
}

/** The positional argument of that number, counted from one. */
function lookUpArgument(number: number, { scope: { args } }: ShellContext): NameValue {
  const openAt = args.findIndex(({ isOpen }) => isOpen);
  if (openAt >= 0 && openAt < number) return { kind: 'unset' };
  const argument = args[number - 1];
  return argument ? { kind: 'value', value: argument.value, note: argument.note } : { kind: 'value', value: emptyText };
}

function valueOf(variable: Variable, context: ShellContext): NameValue {
  switch (variable.kind) {
    case 'text':
      return { kind: 'value', value: variable.value, note: variable.note };
    case 'array': {
      const [first] = allItems(variable.items, context.budget);
      return first?.isOpen === true || !first
        ? { kind: 'unset' }
        : { kind: 'value', value: first.value, note: first.note };
    }
    case 'unknown':
      return { kind: 'unknown', reason: variable.reason };
    case 'map':
    case 'reference':
    case 'unset':
      return { kind: 'unset' };
  }
}

/** The value of a name or of a positional argument. */
export function lookUp(name: string, context: ShellContext): NameValue {
  if (/^[1-9]\d*$/.test(name)) return lookUpArgument(Number(name), context);
  if (name === '#') {
    const { args } = context.scope;
    return args.some(({ isOpen }) => isOpen)
      ? { kind: 'unknown', reason: 'it is the number of arguments ($#)' }
      : { kind: 'value', value: unwrittenText(String(args.length)) };
  }
  const variable = readVariable(context, name);
  if (variable && variable.kind !== 'unset') return valueOf(variable, context);
  if (variable) return { kind: 'unset', note: variable.note };
  const reason = runTimeReason(name, context);
  if (reason !== undefined) return { kind: 'unknown', reason };
  const own = Object.hasOwn(context.environment, name) ? context.environment[name] : undefined;
  return own === undefined
    ? { kind: 'unset' }
    : { kind: 'value', value: unwrittenText(own), note: { fromEnvironment: [name] } };
}

/** Why a name without a value is not known, as a clause for people. */
export function unsetReason(name: string, { scope }: ShellContext): string {
  if (/^\d+$/.test(name))
    return scope.locals
      ? `it is given when the function is called ($${name})`
      : `it is given when the script is started ($${name})`;
  // `${{ matrix.n }}` of a workflow.
  if (!/^\w+$/.test(name)) return 'it is filled in before the shell reads it';
  const source = scope.files.sourced === undefined ? '' : `; ${scope.files.sourced} may set it`;
  return `the environment variable ${name} is not set in this file or in VS Code's environment${source}`;
}

/** The arguments or elements of `$@`, `${A[@]}` and `${A[*]}`; undefined if the name is no array. */
export function lookUpItems(name: string, context: ShellContext): readonly ExpandedWord[] | undefined {
  if (name === '@' || name === '*') return context.scope.args;
  const variable = readVariable(context, name);
  if (variable?.kind === 'array') return allItems(variable.items, context.budget);
  return variable?.kind === 'map' ? [...variable.entries.values()] : undefined;
}

/** A word's text with all notes on it. */
export const noteOfWord = ({ value, note }: ExpandedWord): Note | undefined => joinNotes([noteOf(value), note]);

/** What a file that starts runs has: commands as lists of arguments, and scripts as texts. */
import type { FileFormat } from './configFormat';
import { findMakeCommands } from './makefile';
import { exactText, type MappedText } from './mappedText';
import { readNotebook } from './notebook';
import { findPythonCommands } from './python/findCommands';
import type { Environment } from './resolve';
import { ScriptBudgetError, type Budget } from './shell/budget';
import type { ShellCommand } from './shell/reader';
import type { ScriptInput } from './shell/script';
import { createSource, fileOffsets } from './shell/source';
import type { FileText } from './sourceText';
import { findTomlCommands } from './toml';

/** The commands and scripts of a file that is no script itself. */
export interface Launchers {
  commands: readonly ShellCommand[];
  scripts: readonly Pick<ScriptInput, 'text' | 'preset' | 'launcher'>[];
}

/** The formats of programs that start runs. */
export type ProgramFormat = Exclude<FileFormat, 'yaml' | 'json' | 'overrides'>;

/** What starts a run in a program; undefined if finding it takes too many steps. */
export async function findLaunchers(
  format: ProgramFormat,
  file: FileText,
  environment: Environment,
): Promise<Launchers | undefined> {
  const budget: Budget = { steps: 0 };
  try {
    switch (format) {
      case 'toml':
        return findTomlCommands(file.text);
      case 'makefile':
        return findMakeCommands(file.text, environment, budget);
      case 'python':
        return await findInPython(exactText(file.text, 0), file, environment, budget);
      case 'notebook': {
        const { python, scripts } = await readNotebook(file.text);
        const found = await findInPython(python, file, environment, budget);
        return { ...found, scripts: [...found.scripts, ...scripts.map((text) => ({ text }))] };
      }
    }
  } catch (error) {
    // A RangeError is the end of the stack: the program is nested too deep.
    if (!(error instanceof ScriptBudgetError || error instanceof RangeError)) throw error;
    return undefined;
  }
}

function findInPython(
  program: MappedText,
  file: FileText,
  environment: Environment,
  budget: Budget,
): Promise<Launchers> {
  const source = createSource(program);
  const lineOf = (pos: number): number => file.rangeAt(...fileOffsets(source, { pos, end: pos })).startLine + 1;
  return findPythonCommands(source, budget, environment, lineOf, file.text);
}

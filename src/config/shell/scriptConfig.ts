/** Reads a script as a config: the overrides of its command, and what is to be said about them. */
import { rawText } from '../mappedText';
import { formatLine } from '../ranges';
import type { RawValues } from '../rawValues';
import type { FileText } from '../sourceText';
import type { ConfigFinding, EnvironmentHint, RunCommand, TextRange } from '../types';
import { tooEntangledMessage } from './budget';
import { findCandidates, findHiddenOverrides, isCutOff, programOf, rank } from './chooseCommand';
import { readArguments } from './dotlist';
import { environmentHintsOf, environmentOf } from './environment';
import { countEngineArguments, overrideOf } from './overrideWords';
import type { ShellCommand } from './reader';
import { readScript, type ScriptInput, type ScriptReading } from './script';
import { configFileIn } from './unknownWords';

/** The config of a script. */
export interface ScriptConfig {
  rawValues: RawValues;
  command: RunCommand;
  environmentHints: readonly EnvironmentHint[];
  /** Set if the command is SkyRL's, but all its overrides were cut off from it. */
  isCutOff?: boolean;
  /** How well the command fits: training runs first, then by the number of engine arguments. */
  weight: number;
}

/** A config, or findings that say why there is none. */
export type ScriptResult = ScriptConfig | { findings: ConfigFinding[] };

/** Reads commands that are lists of arguments in a file that is no script. The best one is the config, the others are named. */
export async function readCommands(
  commands: readonly ShellCommand[],
  file: FileText,
): Promise<ScriptConfig | undefined> {
  const reading: ScriptReading = { commands, lists: [], texts: [], errors: [], givenUpAt: undefined, steps: 0 };
  const [chosen, ...others] = findCandidates(reading, file);
  return chosen && toConfig(chosen, reading, [], file, others);
}

/** The range of a command's first word. */
const rangeOf = ({ words, from, to }: ShellCommand, file: FileText): TextRange => {
  const span = words[0]?.wordSpan;
  return span ? file.rangeAt(span.from, span.to) : file.rangeAt(from, to);
};

function errorFindings({ errors, givenUpAt }: ScriptReading, file: FileText): ConfigFinding[] {
  const syntax = errors.map(({ message, at }): ConfigFinding => ({
    id: 'config-syntax',
    severity: 'error',
    message: `The shell cannot read this: ${message}.`,
    range: file.rangeAt(at, Math.min(at + 1, file.text.length)),
  }));
  if (givenUpAt === undefined) return syntax;
  const range = file.rangeAt(givenUpAt, Math.min(givenUpAt + 1, file.text.length));
  return [...syntax, { id: 'config-too-entangled', severity: 'warning', message: tooEntangledMessage(), range }];
}

/** One finding for each override that was cut off from its command. */
const cutOffFindings = ({ commands }: ScriptReading, file: FileText): ConfigFinding[] =>
  commands.filter(isCutOff).flatMap((command) =>
    command.words
      .filter(({ value }) => overrideOf(value.text) !== undefined)
      .map(({ wordSpan }) => ({
        id: 'config-not-passed',
        severity: 'warning',
        message:
          'No command gets this override: a comment, a blank line or a missing backslash ends the command before it.',
        range: wordSpan ? file.rangeAt(wordSpan.from, wordSpan.to) : file.rangeAt(command.from, command.to),
      })),
  );

/** The command whose overrides all were cut off: the run gets none of them. */
function findCutOffCommand({ commands }: ScriptReading): ShellCommand | undefined {
  const at = commands.findIndex((command) => isCutOff(command) && countEngineArguments(command.words) > 0);
  return at < 0 ? undefined : commands.slice(0, at).findLast((command) => !isCutOff(command));
}

/**
 * Reads a script. Of several commands with engine overrides a training run is used, else the one with most overrides,
 * else the first; findings name the others. Without such a command the result has findings only, and none if nothing is
 * about SkyRL. A syntax error before the end of the command makes the script unreadable.
 */
export async function readScriptConfig(input: ScriptInput): Promise<ScriptResult> {
  const file: FileText = { text: input.fileText, rangeAt: input.rangeAt };
  const reading = await readScript(input);
  const candidates = findCandidates(reading, file);
  const chosen = candidates[0] ?? findHiddenOverrides(reading);
  const errors = errorFindings(reading, file);
  const cutOff = cutOffFindings(reading, file);
  const isBroken = (command: ShellCommand): boolean => reading.errors.some(({ at }) => at <= command.to);
  if (!chosen || isBroken(chosen)) {
    const stripped = chosen ? undefined : findCutOffCommand(reading);
    if (!stripped || isBroken(stripped)) {
      const isAboutSkyrl = chosen !== undefined || /\bgenerator\.\w[\w.]{0,200}=/.test(input.text.text);
      return { findings: isAboutSkyrl ? errors : [] };
    }
    return { ...(await toConfig(stripped, reading, [...cutOff, ...errors], file)), isCutOff: true };
  }
  return toConfig(chosen, reading, [...cutOff, ...errors], file, candidates.slice(1));
}

async function toConfig(
  chosen: ShellCommand,
  { commands }: ScriptReading,
  findings: readonly ConfigFinding[],
  file: FileText,
  others: readonly ShellCommand[] = [],
): Promise<ScriptConfig> {
  const rawValues = await readArguments(chosen.words, file);
  const configFile = configFileIn(chosen.words);
  const unknownSource = chosen.unknownSource ?? (configFile && rawText(configFile, file.text));
  const command: RunCommand = {
    program: programOf(chosen, file) || 'a list of overrides',
    range: rangeOf(chosen, file),
    otherCommandCount: others.length,
    forwardsArguments: chosen.forwardsArguments,
    ...(unknownSource !== undefined && { unknownSource }),
    environment: environmentOf(chosen.environment),
  };
  const otherCommands = others.map((other): ConfigFinding => ({
    id: 'config-other-command',
    severity: 'info',
    range: rangeOf(other, file),
    message: `This command has overrides too, but those of ${command.program} at ${formatLine(command.range)} are taken.`,
  }));
  rawValues.findings.push(...otherCommands, ...findings);
  const environmentHints = environmentHintsOf(chosen, commands, file);
  return {
    rawValues,
    command,
    environmentHints,
    weight: countEngineArguments(chosen.words) + rank(chosen, file) * 1000,
  };
}

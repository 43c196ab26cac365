/** Chooses the command of a script whose overrides are the run's config. */
import { formatLine } from '../ranges';
import { joinSpans } from '../mappedText';
import type { ConfigFinding, RunCommand } from '../types';
import type { RawValues } from '../rawValues';
import type { ScriptText } from '../sourceText';
import { countEngineArguments, isEngineJson, overrideOf, readArguments } from './dotlist';
import type { Variable } from './scope';
import { readScript, type ShellCommand } from './script';

/** The config of a script. */
export interface ScriptConfig {
  rawValues: RawValues;
  command: RunCommand;
  /** How well the command fits: training runs first, then by the number of engine arguments. */
  weight: number;
}

/** A config, or findings that say why there is none. */
export type ScriptResult = ScriptConfig | { findings: ConfigFinding[] };

/** What a command runs: the module after `-m`, a Python file, or the command's name. */
function programOf({ words }: ShellCommand): string {
  const texts = words.map(({ value }) => joinSpans(value));
  const module = texts.indexOf('-m');
  return (
    (module >= 0 ? texts[module + 1] : undefined) ?? texts.find((text) => /^[\w./-]+\.py$/.test(text)) ?? texts[0] ?? ''
  );
}

/** Training runs rank before servers and one-off generation. */
function rank(command: ShellCommand): number {
  const program = programOf(command);
  if (/\bserve\b|main_generate|generate/.test(program)) return 1;
  return /main|train|tinker|entrypoint/.test(program) ? 2 : 1;
}

/** Whether the command is an override that a comment or a missing backslash cut off from its command. */
const isCutOff = ({ words: [name] }: ShellCommand): boolean =>
  name !== undefined && overrideOf(joinSpans(name.value)) !== undefined;

function cutOffFindings(commands: readonly ShellCommand[], { rangeAt }: ScriptText): ConfigFinding[] {
  return commands.filter(isCutOff).map(({ words: [name], from, to }) => ({
    id: 'config-not-passed',
    severity: 'warning',
    message:
      'No command gets this override: a comment, a blank line or a missing backslash ends the command before it.',
    range: name?.wordSpan ? rangeAt(name.wordSpan.from, name.wordSpan.to) : rangeAt(from, to),
  }));
}

/**
 * Reads a script. Of several commands with engine overrides a training run is used, else the one with most overrides,
 * else the first; findings name the others. Without such a command the result has findings only, and none if nothing is
 * about SkyRL. A syntax error before the end of the command makes the script unreadable.
 */
export async function readScriptConfig(
  script: ScriptText,
  environment: Record<string, string | undefined>,
  preset?: ReadonlyMap<string, Variable>,
): Promise<ScriptResult> {
  const { commands, texts, errors } = await readScript(script.text, environment, preset);
  const seen = new Map<number, ShellCommand>();
  for (const command of commands)
    if (!isCutOff(command) && !seen.has(command.from) && countEngineArguments(command.words) > 0)
      seen.set(command.from, command);
  const found = [...seen.values()].sort(
    (one, other) =>
      rank(other) - rank(one) ||
      countEngineArguments(other.words) - countEngineArguments(one.words) ||
      one.from - other.from,
  );
  const chosen = found[0] ?? findJsonCommand(texts);
  const errorFindings = errors.map(({ message, at }): ConfigFinding => ({
    id: 'config-syntax',
    severity: 'error',
    message: `The shell cannot read this: ${message}.`,
    range: script.rangeAt(at, Math.min(at + 1, script.text.length)),
  }));
  if (!chosen || errors.some(({ at }) => at <= chosen.to))
    return { findings: chosen || /\bgenerator\.\w+[\w.]*=/.test(script.text) ? errorFindings : [] };
  const rawValues = await readArguments(chosen.words, script);
  const range = chosen.words[0]?.wordSpan ?? chosen;
  const command: RunCommand = {
    program: programOf(chosen),
    range: script.rangeAt(range.from, range.to),
    otherCommandCount: found.length - (found.length > 0 ? 1 : 0),
    forwardsArguments: chosen.forwardsArguments,
    environment: Object.fromEntries([...chosen.environment].map(([name, value]) => [name, joinSpans(value)])),
  };
  const others = found.slice(1).map(({ words, from, to }): ConfigFinding => ({
    id: 'config-other-command',
    severity: 'info',
    range: words[0]?.wordSpan ? script.rangeAt(words[0].wordSpan.from, words[0].wordSpan.to) : script.rangeAt(from, to),
    message: `This command has overrides too, but those of ${command.program} at ${formatLine(command.range)} are taken.`,
  }));
  rawValues.findings.push(...others, ...cutOffFindings(commands, script), ...errorFindings);
  return { rawValues, command, weight: countEngineArguments(chosen.words) + rank(chosen) * 1000 };
}

/** A command for JSON in a variable or file that no command shows, because the script passes it on in a way that is not followed. */
function findJsonCommand(texts: readonly ShellCommand['words'][number]['value'][]): ShellCommand | undefined {
  const json = texts.find((text) => isEngineJson(joinSpans(text)));
  const wordSpan = { from: json?.[0]?.from ?? 0, to: json?.at(-1)?.to ?? 0 };
  return json && { ...wordSpan, words: [{ value: json, wordSpan }], environment: new Map(), forwardsArguments: false };
}

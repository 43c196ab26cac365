/** A script → the one command whose overrides make the run's config. */
import { formatLine } from '../ranges';
import { joinSpans } from '../mappedText';
import type { ConfigFinding, RunCommand } from '../types';
import type { RawValues } from '../rawValues';
import type { ScriptText } from '../sourceText';
import { countEngineArguments, isEngineJson, overrideOf, readArguments } from './dotlist';
import type { Variable } from './scope';
import { readScript, type ShellCommand } from './script';

export interface ScriptConfig {
  rawValues: RawValues;
  command: RunCommand;
  /** How many of its arguments are about engines. */
  weight: number;
}

export type ScriptResult = ScriptConfig | { findings: ConfigFinding[] };

/** What a command runs: the module after `-m`, a Python file, or its own name. */
function programOf({ words }: ShellCommand): string {
  const texts = words.map(({ value }) => joinSpans(value));
  const module = texts.indexOf('-m');
  return (
    (module >= 0 ? texts[module + 1] : undefined) ?? texts.find((text) => /^[\w./-]+\.py$/.test(text)) ?? texts[0] ?? ''
  );
}

/** A training run is what metrics are looked at for; servers and one-off generation come after it. */
function rank(command: ShellCommand): number {
  const program = programOf(command);
  if (/\bserve\b|main_generate|generate/.test(program)) return 1;
  return /main|train|tinker|entrypoint/.test(program) ? 2 : 1;
}

/** Arguments that a comment or a missing backslash cut off: the shell takes such a line for a command. */
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
 * Reads a script. Of several commands with overrides of the engines a training run is taken, else the one with most of them, else the first; the others are named.
 * Without one it has findings only, and none at all where nothing is about SkyRL. A syntax error before the command ends makes it unreadable.
 */
export async function readScriptConfig(
  script: ScriptText,
  environment: Record<string, string | undefined>,
  given?: ReadonlyMap<string, Variable>,
): Promise<ScriptResult> {
  const { commands, texts, errors } = await readScript(script.text, environment, given);
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
  const said = errors.map(({ message, at }): ConfigFinding => ({
    id: 'config-syntax',
    severity: 'error',
    message: `The shell cannot read this: ${message}.`,
    range: script.rangeAt(at, Math.min(at + 1, script.text.length)),
  }));
  if (!chosen || errors.some(({ at }) => at <= chosen.to))
    return { findings: chosen || /\bgenerator\.\w+[\w.]*=/.test(script.text) ? said : [] };
  const written = await readArguments(chosen.words, script);
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
  written.findings.push(...others, ...cutOffFindings(commands, script), ...said);
  return { rawValues: written, command, weight: countEngineArguments(chosen.words) + rank(chosen) * 1000 };
}

/** A JSON in a variable or a file that no command shows: the script hands it over in a way that is not followed. */
function findJsonCommand(texts: readonly ShellCommand['words'][number]['value'][]): ShellCommand | undefined {
  const json = texts.find((text) => isEngineJson(joinSpans(text)));
  const place = { from: json?.[0]?.from ?? 0, to: json?.at(-1)?.to ?? 0 };
  return (
    json && { ...place, words: [{ value: json, wordSpan: place }], environment: new Map(), forwardsArguments: false }
  );
}

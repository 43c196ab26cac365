/** A script → the one command whose overrides make the run's config. */
import { lineOf } from '../ranges';
import { textOf } from '../mappedText';
import type { ConfigFinding, RunCommand } from '../types';
import type { WrittenValues } from '../rawValues';
import type { ScriptText } from '../sourceText';
import { engineArguments, isEngineJson, overrideOf, readArguments } from './dotlist';
import type { Variable } from './scope';
import { readScript, type ShellCommand } from './script';

export interface ScriptConfig {
  written: WrittenValues;
  command: RunCommand;
  /** How many of its arguments are about engines. */
  weight: number;
}

export type ScriptResult = ScriptConfig | { findings: ConfigFinding[] };

/** What a command runs: the module after `-m`, a Python file, or its own name. */
function programOf({ words }: ShellCommand): string {
  const texts = words.map(({ value }) => textOf(value));
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
  name !== undefined && overrideOf(textOf(name.value)) !== undefined;

function cutOff(commands: readonly ShellCommand[], { place }: ScriptText): ConfigFinding[] {
  return commands.filter(isCutOff).map(({ words: [name], from, to }) => ({
    id: 'config-not-passed',
    severity: 'warning',
    message:
      'No command gets this override: a comment, a blank line or a missing backslash ends the command before it.',
    range: name?.word ? place(name.word.from, name.word.to) : place(from, to),
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
    if (!isCutOff(command) && !seen.has(command.from) && engineArguments(command.words) > 0)
      seen.set(command.from, command);
  const found = [...seen.values()].sort(
    (one, other) =>
      rank(other) - rank(one) || engineArguments(other.words) - engineArguments(one.words) || one.from - other.from,
  );
  const chosen = found[0] ?? handedOver(texts);
  const said = errors.map(({ message, at }): ConfigFinding => ({
    id: 'config-syntax',
    severity: 'error',
    message: `The shell cannot read this: ${message}.`,
    range: script.place(at, Math.min(at + 1, script.text.length)),
  }));
  if (!chosen || errors.some(({ at }) => at <= chosen.to))
    return { findings: chosen || /\bgenerator\.\w+[\w.]*=/.test(script.text) ? said : [] };
  const written = await readArguments(chosen.words, script);
  const range = chosen.words[0]?.word ?? chosen;
  const command: RunCommand = {
    words: programOf(chosen),
    range: script.place(range.from, range.to),
    others: found.length - (found.length > 0 ? 1 : 0),
    open: chosen.open,
    environment: Object.fromEntries([...chosen.environment].map(([name, value]) => [name, textOf(value)])),
  };
  const others = found.slice(1).map(({ words, from, to }): ConfigFinding => ({
    id: 'config-other-command',
    severity: 'info',
    range: words[0]?.word ? script.place(words[0].word.from, words[0].word.to) : script.place(from, to),
    message: `This command has overrides too, but those of ${command.words} at ${lineOf(command.range)} are taken.`,
  }));
  written.findings.push(...others, ...cutOff(commands, script), ...said);
  return { written, command, weight: engineArguments(chosen.words) + rank(chosen) * 1000 };
}

/** A JSON in a variable or a file that no command shows: the script hands it over in a way that is not followed. */
function handedOver(texts: readonly ShellCommand['words'][number]['value'][]): ShellCommand | undefined {
  const json = texts.find((text) => isEngineJson(textOf(text)));
  const place = { from: json?.[0]?.from ?? 0, to: json?.at(-1)?.to ?? 0 };
  return json && { ...place, words: [{ value: json, word: place }], environment: new Map(), open: false };
}

/** Tells texts that are commands with overrides from sentences that mention an override. */
import { unknownMark } from './mappedText';

/** Matches a text that may be a script with overrides, or hold a JSON config. */
export const overridePattern = /\bgenerator\.\w[\w.]{0,200}=|"generator\./;

/** Programs that start other programs, at the beginning of a command. */
const launcherNames =
  'python[\\d.]*|pip|uvx?|ray|torchrun|accelerate|deepspeed|srun|sbatch|salloc|ba?sh|zsh|source|eval|exec|nohup|env|sudo|timeout|ssh|' +
  'docker|podman|apptainer|singularity|conda|mamba|micromamba|poetry|pixi|pdm|hatch|make|mpirun|numactl|nsys|kubectl|sky|modal|anyscale';
const launcherPattern = new RegExp(
  `(?:^|[\\n;&|({\`])[ \\t]*(?:[A-Za-z_]\\w*=[^\\s;&|({\`]*[ \\t]+)*(?:${launcherNames})\\s`,
);

/** A module, a file of a program, or a path. */
const programPattern =
  /(?:^|\s)-m\s+\S|\w\.(?:py|sh|bash)\b|(?:^|[\s"'=])(?:\.{1,2}|~|\$\{?\w+\}?)?\/\w[\w./-]{0,200}\s/;

/** The end of a command, if it is not in quotes. */
const commandEnd = /(?<!\\)\n|[;|&]|\s[<>#]/;

const isOverride = (word: string): boolean => /^["']?\+{0,2}\w+(?:\.[\w@/-]+)+=/.test(word);

/** A word of a sentence: letters, perhaps with a comma or a full stop. */
const isBareWord = (word: string | undefined): boolean => word !== undefined && /^[A-Za-z]+[,.;:]?$/.test(word);

/** Whether words after an override are a sentence: a bracket, or two words in a row that belong to no option. */
function goesOnAsSentence(text: string): boolean {
  const [command = ''] = text.replace(/"(?:\\.|[^"\\])*"|'[^']*'/g, '_').split(commandEnd, 1);
  const words = command.split(/[\s\\]+/).filter((word) => word !== '');
  return words.some(
    (word, index) =>
      index > 0 &&
      (word.startsWith('(') ||
        (isBareWord(word) && isBareWord(words[index - 1]) && !words[index - 2]?.startsWith('-'))),
  );
}

/** Whether the beginning of a command may be one: an override, a variable, a text that is not known, an assignment. */
function beginsAsCommand(before: string, after: string): boolean {
  const begin = before.split(/(?<!\\)\n|[;|&]/).at(-1) ?? '';
  const words = begin.split(/[\s\\]+/).filter((word) => word !== '');
  const [first] = words;
  if (first === undefined || /^(?:[$"'{+(`]|(?:export\s+)?\w+\+?=)/.test(begin.trimStart())) return true;
  if (first.includes(unknownMark)) return words.slice(1).every((word) => !isBareWord(word));
  // A program of an unusual name: with one override only, or with words after them, it is rather a verb.
  const rest = after.split(commandEnd, 1)[0]?.split(/[\s\\]+/) ?? [];
  const isPlain =
    words.length === 1 &&
    /^[a-z][\w-]*$/.test(first) &&
    !rest.some((word, index) => isBareWord(word) && !rest[index - 1]?.startsWith('-'));
  return isPlain && rest.filter(isOverride).length > 1;
}

/**
 * Whether a text of a program or of a YAML, JSON or TOML file may be a script with overrides. A description, a message
 * or a hint (`Set generator.x=2 to use two engines`) is none. A text that holds a JSON config is not looked at further.
 */
export function isCommandText(text: string): boolean {
  const { index, 0: found } = overridePattern.exec(text) ?? { index: 0, 0: '' };
  if (found === '' || found.startsWith('"')) return found !== '';
  const isLauncher = launcherPattern.test(text);
  if (isLauncher && /[\n;]/.test(text)) return true;
  const after = text.slice(index);
  if (goesOnAsSentence(after)) return false;
  return isLauncher || programPattern.test(text) || beginsAsCommand(text.slice(0, index), after);
}

/** Finds what else may set keys of a command: words that are not known, functions of sourced files, config files. */
import { noteOfWord } from './lookUp';
import { sliceText, type MappedText } from '../mappedText';
import { baseName } from './nestedScripts';
import type { ExpandedWord } from './variables';

const interpreter = /^(?:python[\d.]*|torchrun|deepspeed|(?:ba|z)?sh|uv|uvx|poetry|pixi|conda|accelerate|ray|srun)$/;

/** The index of the program that a command runs: a module, a Python file, or the first operand of an interpreter. */
function programIndex(words: readonly ExpandedWord[]): number {
  const texts = words.map(({ value }) => value.text);
  const named = texts.findIndex((text, index) => texts[index - 1] === '-m' || /\.py$/.test(text));
  if (named >= 0) return named;
  const last = texts.findLastIndex((text) => interpreter.test(baseName(text)));
  return last < 0 ? 0 : texts.findIndex((text, index) => index > last && !text.startsWith('-'));
}

/** A word behind the program that is not known at all, and so may be overrides. The value of an option is none. */
export function unknownWordIn(words: readonly ExpandedWord[]): ExpandedWord | undefined {
  const program = programIndex(words);
  return words.find(
    (word, index) =>
      index > program &&
      program >= 0 &&
      noteOfWord(word)?.unresolvedReason !== undefined &&
      !/[=\w]/.test(word.value.text) &&
      !/^-/.test(words[index - 1]?.value.text ?? ''),
  );
}

/** A word that tells that a program runs a module or a file of Python. */
const launched = /^-m$|\.py$|^(?:python[\d.]*|torchrun)$/;

/** Whether a command's name is no program that is known here: after a file was sourced it may be a function of that. */
export function mayBeFunction(words: readonly ExpandedWord[]): boolean {
  const [name = '', ...others] = words.map(({ value }) => value.text);
  return /^[A-Za-z_][\w-]*$/.test(name) && !interpreter.test(name) && !others.some((text) => launched.test(text));
}

const configOption = /^(?:--config(?:[-_](?:name|path|dir|file))?|-c[npd])(?:=|$)/;

/** The config that SkyRL started from with Hydra, if no option named another one. */
const standardConfig = /^ppo_base_config(?:\.yaml)?$/;

/** The config file or folder that the options of a program name: what the command does not set, that may. */
export function configFileIn(words: readonly ExpandedWord[]): MappedText | undefined {
  const program = programIndex(words);
  const named = words.flatMap(({ value }, index): MappedText[] => {
    const [option] = index > program ? (configOption.exec(value.text) ?? []) : [];
    if (option === undefined) return [];
    const file = option.endsWith('=') ? sliceText(value, option.length) : words[index + 1]?.value;
    return file ? [file] : [];
  });
  return named.find(({ text }) => !standardConfig.test(text));
}

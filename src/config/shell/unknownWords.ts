/** Finds words of a command that may be overrides, though nothing is known of them. */
import { noteOfWord } from './lookUp';
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

/** Finds commands in a TOML file, such as tasks in `pyproject.toml`: texts that are scripts, and arrays of arguments. */
import { isCommandText } from './commandTexts';
import type { Launchers } from './launchers';
import { exactText, mapSpans, type MappedText, type TextSpan } from './mappedText';
import { commandOf } from './shell/chooseCommand';
import { countEngineArguments, overrideOf } from './shell/overrideWords';

interface TomlString {
  text: MappedText;
  /** The array that it is in, counted from one; 0 outside. */
  array: number;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };

/** A string's content, mapped to the file: one span for each stretch without escapes. */
function content(file: string, begin: number, to: number, isLiteral: boolean): MappedText {
  // The line end after the quotes of a text of several lines is no part of it.
  const from = file[begin] === '\n' ? begin + 1 : begin;
  if (isLiteral) return exactText(file.slice(from, to), from);
  const spans: TextSpan[] = [];
  let at = from;
  const stretch = (end: number): void => {
    if (end > at) spans.push({ text: file.slice(at, end), from: at, to: end, exact: true });
  };
  for (const { index, 0: escape, 1: next = '' } of file
    .slice(from, to)
    .matchAll(/\\(\s*\n\s*|u[\da-fA-F]{4}|[^\n])/g)) {
    stretch(from + index);
    at = from + index + escape.length;
    const text = /^u.{4}$/.test(next)
      ? String.fromCharCode(parseInt(next.slice(1), 16))
      : /\s/.test(next)
        ? ''
        : (escapes[next] ?? next);
    spans.push({ text, from: from + index, to: at, exact: false });
  }
  stretch(to);
  return mapSpans(spans);
}

/** All strings of a file, with the array each is in. */
function readStrings(file: string): TomlString[] {
  const strings: TomlString[] = [];
  const token = /#[^\n]*|"""([\s\S]*?)"""(?!")|'''([\s\S]*?)'''(?!')|"((?:\\.|[^"\\\n])*)"|'([^'\n]*)'|=|\[|\]|\n/g;
  let [arrays, depth, isValue] = [0, 0, false];
  for (const match of file.matchAll(token)) {
    const [text, long, longLiteral, short, literal] = match;
    const inner = long ?? longLiteral ?? short ?? literal;
    if (inner !== undefined) {
      const from = match.index + (long === undefined && longLiteral === undefined ? 1 : 3);
      const isLiteral = longLiteral !== undefined || literal !== undefined;
      strings.push({ text: content(file, from, from + inner.length, isLiteral), array: depth > 0 ? arrays : 0 });
    } else if (text === '=') isValue = true;
    else if (text === '\n') isValue &&= depth > 0;
    else if (text === '[' && isValue && depth++ === 0) arrays++;
    else if (text === ']' && depth > 0) depth--;
  }
  return strings;
}

/** The commands and scripts of a TOML file. */
export function findTomlCommands(file: string): Launchers {
  const strings = readStrings(file);
  const byArray = new Map<number, MappedText[]>();
  for (const { text, array } of strings) if (array > 0) byArray.set(array, [...(byArray.get(array) ?? []), text]);
  const commands = [...byArray.values()]
    .map((texts) => texts.map((value) => ({ value })))
    .filter((words) => countEngineArguments(words) > 0)
    .map((words) => ({ ...commandOf(words), isExecuted: true }));
  const scripts = strings
    .filter(({ text }) => /\s/.test(text.text.trim()) && isCommandText(text.text) && !overrideOf(text.text))
    .map(({ text }) => ({ text }));
  return { commands, scripts };
}

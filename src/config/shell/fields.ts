/** Builds the arguments that one word of a script is expanded to. */
import { joinNotes, joinTexts, type MappedText, type Note } from '../mappedText';
import { readVariable, type ShellContext } from './context';
import { splitText } from './splitText';
import type { ExpandedWord } from './variables';

/** Collects arguments: text that is appended, and ends between arguments. */
export interface FieldBuilder {
  /** Appends text to the current argument; `isQuoted` text makes an argument even if it is empty. */
  append(text: MappedText, isQuoted: boolean, note?: Note): void;
  /** Appends the result of an unquoted expansion, which the shell splits into arguments. */
  appendSplit(text: MappedText, note?: Note): void;
  /** Appends list items: the first one to the current argument, the others as arguments. */
  appendItems(items: readonly ExpandedWord[], isQuoted: boolean): void;
  /** The arguments so far. */
  finish(): ExpandedWord[];
}

interface Field {
  texts: MappedText[];
  isQuoted: boolean;
  notes: (Note | undefined)[];
  /** The item that is the whole argument, if nothing else was appended. */
  item?: ExpandedWord;
}

/** The characters that separate arguments: `IFS` if the script sets it, else blanks. */
export function separators(context: ShellContext): string {
  const variable = readVariable(context, 'IFS');
  return variable?.kind === 'text' ? variable.value.text : ' \t\n';
}

/** A builder for one word. */
export function createFieldBuilder(context: ShellContext): FieldBuilder {
  const fields: Field[] = [];
  let current: Field | undefined;

  const open = (): Field => {
    if (!current) {
      current = { texts: [], isQuoted: false, notes: [] };
      fields.push(current);
    }
    return current;
  };
  const append = (text: MappedText, isQuoted: boolean, note?: Note): void => {
    if (text.text === '' && !isQuoted) return;
    const field = open();
    delete field.item;
    field.texts.push(text);
    field.isQuoted ||= isQuoted;
    field.notes.push(note);
  };
  const appendSplit = (text: MappedText, note?: Note): void => {
    const { pieces, startsWithSeparator, endsWithSeparator } = splitText(text, separators(context));
    if (startsWithSeparator) current = undefined;
    pieces.forEach((piece, index) => {
      if (index > 0) current = undefined;
      append(piece, pieces.length > 1 && piece.text === '', note);
    });
    if (endsWithSeparator) current = undefined;
  };
  const appendItems = (items: readonly ExpandedWord[], isQuoted: boolean): void => {
    items.forEach((item, index) => {
      if (index > 0 || item.isOpen === true) current = undefined;
      if (item.isOpen === true) fields.push({ texts: [], isQuoted: true, notes: [], item });
      else if (!isQuoted) appendSplit(item.value, item.note);
      else if (current) append(item.value, true, item.note);
      else {
        const field = open();
        Object.assign(field, { texts: [item.value], isQuoted: true, notes: [item.note], item });
      }
    });
  };
  const finish = (): ExpandedWord[] =>
    fields
      .filter(({ texts, isQuoted }) => isQuoted || texts.some(({ text }) => text !== ''))
      .map(({ texts, notes, item }): ExpandedWord => {
        const note = joinNotes(notes);
        return item ?? { value: joinTexts(texts), ...(note && { note }) };
      });
  return { append, appendSplit, appendItems, finish };
}

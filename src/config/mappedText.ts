/** Text with a source map: the result of the shell's expansion, each span of it mapped back to the script. */

/** Why a span is not known, or which environment variables it depends on. */
export interface Note {
  /** Why it is not known, as a clause for people. */
  unresolvedReason?: string;
  fromEnvironment?: readonly string[];
  environmentDefaults?: readonly string[];
}

/** A stretch of text that comes from one position of the script. */
export interface TextSpan {
  text: string;
  /** Offsets in the script. */
  from: number;
  to: number;
  /** Whether each character of `text` is one of the script's; if not, all of it came from the whole of `from` to `to`. */
  exact: boolean;
  /** The value of the variable that this span is the expansion of, mapped to where that value is written. */
  inner?: MappedText;
  note?: Note;
}

/** A text as a list of spans. */
export type MappedText = readonly TextSpan[];

/** The text of a span that is not known; its note says why. */
export const unknownMark = '\uE000';

/** The plain text. */
export function joinSpans(mapped: MappedText): string {
  return mapped.map(({ text }) => text).join('');
}

/** Combines notes; of several reasons the first is kept. */
export function joinNotes(notes: readonly (Note | undefined)[]): Note | undefined {
  const present = notes.filter((note) => note !== undefined);
  if (present.length <= 1) return present[0];
  const unresolvedReason = present.find((note) => note.unresolvedReason !== undefined)?.unresolvedReason;
  const union = (of: (note: Note) => readonly string[] | undefined): string[] => [
    ...new Set(present.flatMap((note) => of(note) ?? [])),
  ];
  return {
    ...(unresolvedReason !== undefined && { unresolvedReason }),
    fromEnvironment: union((note) => note.fromEnvironment),
    environmentDefaults: union((note) => note.environmentDefaults),
  };
}

/** The text between two offsets of the text. */
export function sliceMappedText(mapped: MappedText, from: number, to = Infinity): MappedText {
  const found: TextSpan[] = [];
  let at = 0;
  for (const span of mapped) {
    const [start, end] = [Math.max(from - at, 0), Math.min(to - at, span.text.length)];
    at += span.text.length;
    if (start >= end) continue;
    if (start === 0 && end === span.text.length) found.push(span);
    else {
      const offsets = span.exact ? { from: span.from + start, to: span.from + end } : {};
      found.push({
        ...span,
        ...offsets,
        text: span.text.slice(start, end),
        ...(span.inner && { inner: sliceMappedText(span.inner, start, end) }),
      });
    }
  }
  return found;
}

/** The offsets in the script of the text between two offsets of the text. */
export function offsetsOf(mapped: MappedText, from: number, to: number): [from: number, to: number] {
  const slice = sliceMappedText(mapped, from, Math.max(to, from + 1));
  const [first, last] = [slice[0], slice.at(-1)];
  if (first && last) return [first.from, to > from ? last.to : first.from];
  const end = mapped.at(-1)?.to ?? 0;
  return [end, end];
}

/** Whether the text between two offsets is written at a range that can be edited without changing other text. */
export function isEditable(mapped: MappedText, from: number, to: number): boolean {
  let at = 0;
  return mapped.every(({ text, exact }) => {
    const end = at + text.length;
    const isInside = (offset: number): boolean => offset > at && offset < end;
    const fits = exact || (!isInside(from) && !isInside(to));
    at = end;
    return fits;
  });
}

/** The notes on the text between two offsets, combined. */
export function noteOf(mapped: MappedText, from = 0, to = Infinity): Note | undefined {
  return joinNotes(sliceMappedText(mapped, from, to).map(({ note }) => note));
}

/** If the text is the expansion of one variable, the variable's value, mapped to where that is written; else the text. */
export function unwrapVariable(mapped: MappedText): MappedText {
  const spans = mapped.filter(({ text }) => text !== '');
  const inner = spans.length === 1 ? spans[0]?.inner : undefined;
  return inner ? unwrapVariable(inner) : mapped;
}

/** The words of an unquoted expansion, which the shell splits at blanks. */
export function splitWords(mapped: MappedText): MappedText[] {
  return [...joinSpans(mapped).matchAll(/\S+/g)].map(({ index, 0: word }) =>
    sliceMappedText(mapped, index, index + word.length),
  );
}

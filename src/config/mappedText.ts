/** Text that knows where each part of it comes from: what the shell makes of quotes, variables and heredocs, mapped back to the file. */

/** What is to be said of a part. */
export interface Note {
  /** In words, why it is not known. */
  unresolvedReason?: string;
  fromEnvironment?: readonly string[];
  environmentDefaults?: readonly string[];
}

export interface TextSpan {
  text: string;
  /** Offsets in the script. */
  from: number;
  to: number;
  /** Each character of `text` stands for one of the script's; else all of it stands for the whole of `from` to `to`. */
  exact: boolean;
  /** What a variable holds, with the places where that is written. */
  inner?: MappedText;
  note?: Note;
}

export type MappedText = readonly TextSpan[];

/** Stands in a text for what is not known; its piece says why. */
export const unknownMark = '\uE000';

export function joinSpans(traced: MappedText): string {
  return traced.map(({ text }) => text).join('');
}

/** All notes as one; of several reasons the first. */
export function joinNotes(notes: readonly (Note | undefined)[]): Note | undefined {
  const there = notes.filter((note) => note !== undefined);
  if (there.length <= 1) return there[0];
  const unresolved = there.find((note) => note.unresolvedReason !== undefined)?.unresolvedReason;
  const union = (of: (note: Note) => readonly string[] | undefined): string[] => [
    ...new Set(there.flatMap((note) => of(note) ?? [])),
  ];
  return {
    ...(unresolved !== undefined && { unresolvedReason: unresolved }),
    fromEnvironment: union((note) => note.fromEnvironment),
    environmentDefaults: union((note) => note.environmentDefaults),
  };
}

/** The part between two offsets of the text. */
export function sliceMappedText(traced: MappedText, from: number, to = Infinity): MappedText {
  const found: TextSpan[] = [];
  let at = 0;
  for (const piece of traced) {
    const [start, end] = [Math.max(from - at, 0), Math.min(to - at, piece.text.length)];
    at += piece.text.length;
    if (start >= end) continue;
    if (start === 0 && end === piece.text.length) found.push(piece);
    else {
      const places = piece.exact ? { from: piece.from + start, to: piece.from + end } : {};
      found.push({
        ...piece,
        ...places,
        text: piece.text.slice(start, end),
        ...(piece.inner && { inner: sliceMappedText(piece.inner, start, end) }),
      });
    }
  }
  return found;
}

/** Where a part is written in the script: from the first character's place to the last one's. */
export function offsetsOf(traced: MappedText, from: number, to: number): [from: number, to: number] {
  const part = sliceMappedText(traced, from, Math.max(to, from + 1));
  const [first, last] = [part[0], part.at(-1)];
  if (first && last) return [first.from, to > from ? last.to : first.from];
  const end = traced.at(-1)?.to ?? 0;
  return [end, end];
}

/** Whether a part begins and ends where pieces of the script do, so that an edit of its place is an edit of it alone. */
export function isEditable(traced: MappedText, from: number, to: number): boolean {
  let at = 0;
  return traced.every(({ text, exact }) => {
    const end = at + text.length;
    const cut = (offset: number): boolean => offset > at && offset < end;
    const whole = exact || (!cut(from) && !cut(to));
    at = end;
    return whole;
  });
}

export function noteOf(traced: MappedText, from = 0, to = Infinity): Note | undefined {
  return joinNotes(sliceMappedText(traced, from, to).map(({ note }) => note));
}

/** What one variable holds, where the whole text is that variable: its own places are nearer to what is meant. */
export function unwrapVariable(traced: MappedText): MappedText {
  const only = traced.filter(({ text }) => text !== '');
  const inner = only.length === 1 ? only[0]?.inner : undefined;
  return inner ? unwrapVariable(inner) : traced;
}

/** The words of an unquoted expansion. */
export function splitWords(traced: MappedText): MappedText[] {
  return [...joinSpans(traced).matchAll(/\S+/g)].map(({ index, 0: word }) =>
    sliceMappedText(traced, index, index + word.length),
  );
}

/** Text with a source map: the result of the shell's expansion, each span of it mapped back to the file. */

/** Why a span is not known, or on what outside the file it depends. */
export interface Note {
  /** Why it is not known, as a clause for people. */
  unresolvedReason?: string;
  /** Environment variables it was expanded with; they are VS Code's. */
  fromEnvironment?: readonly string[];
  /** Variables and arguments that are not set here, so that the default beside them was used. */
  environmentDefaults?: readonly string[];
  /** Whether it is there only if a condition of the script holds. */
  isConditional?: boolean;
}

/** A stretch of text that comes from one position of the file. */
export interface TextSpan {
  text: string;
  /** Offsets in the file; both are 0 if it is not written there. */
  from: number;
  to: number;
  /** Whether each character of `text` is one of the file's; if not, all of it came from the whole of `from` to `to`. */
  exact: boolean;
  /** The value of the variable that this span is the expansion of, mapped to where that value is written. */
  inner?: MappedText;
  /** All notes on the span and on `inner`. */
  note?: Note;
  /** The part of `note` that is not a note on `inner`. */
  ownNote?: Note;
}

/** A text as a list of spans, with the offset of each in the text. */
export interface MappedText {
  readonly text: string;
  readonly spans: readonly TextSpan[];
  readonly starts: readonly number[];
}

/** The text of a span that is not known; its note says why. */
export const unknownMark = '\uE000';

/** Puts spans together; empty ones are dropped, unless they have a note. */
export function mapSpans(all: readonly TextSpan[]): MappedText {
  const spans = all.filter(({ text, note }) => text !== '' || note);
  const starts: number[] = [];
  let length = 0;
  for (const { text } of spans) {
    starts.push(length);
    length += text.length;
  }
  return { text: spans.length === 1 ? (spans[0]?.text ?? '') : spans.map(({ text }) => text).join(''), spans, starts };
}

/** The empty text. */
export const emptyText: MappedText = { text: '', spans: [], starts: [] };

/** A text that the file writes from offset `from` on. */
export const exactText = (text: string, from: number): MappedText =>
  mapSpans([{ text, from, to: from + text.length, exact: true }]);

/** A text that is not written in the file. */
export const unwrittenText = (text: string, note?: Note): MappedText =>
  mapSpans([{ text, from: 0, to: 0, exact: false, ...(note && { note, ownNote: note }) }]);

/** Texts one after the other. */
export const joinTexts = (texts: readonly MappedText[]): MappedText =>
  texts.length === 1 && texts[0] ? texts[0] : mapSpans(texts.flatMap(({ spans }) => spans));

/** Combines notes; of several reasons the first is kept. */
export function joinNotes(notes: readonly (Note | undefined)[]): Note | undefined {
  const present = notes.filter((note) => note !== undefined);
  if (present.length <= 1 || present.every((note) => note === present[0])) return present[0];
  const unresolvedReason = present.find((note) => note.unresolvedReason !== undefined)?.unresolvedReason;
  const union = (of: (note: Note) => readonly string[] | undefined): readonly string[] | undefined => {
    const names = new Set(present.flatMap((note) => of(note) ?? []));
    return names.size > 0 ? [...names] : undefined;
  };
  const fromEnvironment = union((note) => note.fromEnvironment);
  const environmentDefaults = union((note) => note.environmentDefaults);
  return {
    ...(unresolvedReason !== undefined && { unresolvedReason }),
    ...(fromEnvironment && { fromEnvironment }),
    ...(environmentDefaults && { environmentDefaults }),
    ...(present.some((note) => note.isConditional) && { isConditional: true }),
  };
}

/** The same span with a further note. */
export function withNote(span: TextSpan, note: Note | undefined): TextSpan {
  if (!note) return span;
  const [all, own] = [joinNotes([span.note, note]), joinNotes([span.ownNote, note])];
  return { ...span, ...(all && { note: all }), ...(own && { ownNote: own }) };
}

/** The same text with a further note on all of it. */
export const noteText = (mapped: MappedText, note: Note | undefined): MappedText =>
  note ? { ...mapped, spans: mapped.spans.map((span) => withNote(span, note)) } : mapped;

/** The index of the span that the offset is in, or the number of spans. */
function spanAt({ text, starts }: MappedText, offset: number): number {
  if (offset >= text.length) return starts.length;
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The text between two offsets of the text. */
export function sliceText(mapped: MappedText, from: number, to = mapped.text.length): MappedText {
  const end = Math.min(to, mapped.text.length);
  if (from <= 0 && end === mapped.text.length) return mapped;
  if (from >= end) return emptyText;
  const found: TextSpan[] = [];
  for (let index = spanAt(mapped, from); index < mapped.spans.length; index++) {
    const [span, at] = [mapped.spans[index], mapped.starts[index] ?? 0];
    if (!span || at >= end) break;
    found.push(sliceSpan(span, Math.max(from - at, 0), Math.min(end - at, span.text.length)));
  }
  return mapSpans(found);
}

/** A part of a span. The value of a variable is dropped with the rest of it: the part comes from the whole expansion. */
function sliceSpan(span: TextSpan, start: number, end: number): TextSpan {
  if (start === 0 && end === span.text.length) return span;
  const { inner: _inner, ...rest } = span;
  const offsets = span.exact ? { from: span.from + start, to: span.from + end } : {};
  return { ...rest, ...offsets, text: span.text.slice(start, end) };
}

/** The offsets in the file of the text between two offsets of the text; those of what is written, if only a part is. */
export function offsetsOf(mapped: MappedText, from: number, to: number): [from: number, to: number] {
  const { spans, starts, text } = mapped;
  const isUnwritten = (index: number): boolean => spans[index]?.to === 0;
  let last = spanAt(mapped, Math.max(from, Math.min(to, text.length) - 1));
  let first = spanAt(mapped, from);
  while (first < last && isUnwritten(first)) first++;
  while (last > first && isUnwritten(last)) last--;
  const [begin, end] = [spans[first], spans[last]];
  if (!begin) {
    const at = spans.at(-1)?.to ?? 0;
    return [at, at];
  }
  const offsetIn = ({ from: at }: TextSpan, index: number, offset: number): number =>
    at + Math.max(0, offset - (starts[index] ?? 0));
  const start = begin.exact ? offsetIn(begin, first, from) : begin.from;
  if (to <= from || !end) return [start, start];
  const stop = end.exact ? Math.min(end.to, offsetIn(end, last, Math.min(to, text.length))) : end.to;
  return [start, Math.max(start, stop)];
}

/** Whether the text between two offsets is written at a range that can be edited without changing other text. */
export function isEditable(mapped: MappedText, from: number, to: number): boolean {
  const isWhole = (offset: number): boolean => {
    const index = spanAt(mapped, offset);
    return mapped.spans[index]?.exact !== false || mapped.starts[index] === offset || offset >= mapped.text.length;
  };
  return isWhole(from) && isWhole(to);
}

/** The notes on the text between two offsets, combined. */
export function noteOf(mapped: MappedText, from = 0, to = mapped.text.length): Note | undefined {
  const notes: (Note | undefined)[] = [];
  for (let index = from === 0 ? 0 : spanAt(mapped, from); index < mapped.spans.length; index++) {
    if ((mapped.starts[index] ?? 0) >= Math.max(to, 1)) break;
    notes.push(mapped.spans[index]?.note);
  }
  return joinNotes(notes);
}

/** If the text is the expansion of one variable, the variable's value, mapped to where that is written; else the text. */
export function unwrapVariable(mapped: MappedText): MappedText {
  const [span] = mapped.spans;
  return mapped.spans.length === 1 && span?.inner ? unwrapVariable(noteText(span.inner, span.ownNote)) : mapped;
}

/** The text with every variable of several words replaced by its value, for a text that is read as a script or split into words. */
export function unwrapWords(mapped: MappedText): MappedText {
  if (!mapped.spans.some(({ inner, text }) => inner && /\s/.test(text))) return mapped;
  return joinTexts(
    mapped.spans.map((span) =>
      span.inner && /\s/.test(span.text) ? unwrapWords(noteText(span.inner, span.ownNote)) : mapSpans([span]),
    ),
  );
}

/** The text as the file writes it: expansions are not carried out. `file` is the text that offsets refer to. */
export function rawText(mapped: MappedText, file: string): string {
  return mapped.spans
    .map(({ text, exact, from, to }) => (exact || to <= from ? text : file.slice(from, to)))
    .join('')
    .replaceAll(unknownMark, '…');
}

/** The text of a script or of a script inside it, with the mapping of its offsets to the file. */
import {
  exactText,
  mapSpans,
  offsetsOf,
  sliceText,
  unknownMark,
  type MappedText,
  type Note,
  type TextSpan,
} from '../mappedText';

/** A text that the shell's parser reads; the offsets of its syntax tree refer to it. */
export interface ScriptSource {
  readonly text: string;
  /** The text mapped to the file; undefined if it is the file. */
  readonly mapped: MappedText | undefined;
}

/** Offsets of a node of the syntax tree. */
export interface NodeRange {
  readonly pos: number;
  readonly end: number;
}

/** A text from another text, as a script. */
export const createSource = (mapped: MappedText): ScriptSource => ({ text: mapped.text, mapped });

/** The offsets in the file of a node. */
export const fileOffsets = ({ mapped }: ScriptSource, { pos, end }: NodeRange): [from: number, to: number] =>
  mapped ? offsetsOf(mapped, pos, end) : [pos, end];

/** The text between two offsets as it is written there. */
export const writtenText = ({ text, mapped }: ScriptSource, { pos, end }: NodeRange): MappedText =>
  mapped ? sliceText(mapped, pos, end) : exactText(text.slice(pos, end), pos);

/** A span that a node is expanded to. */
export function createSpan(
  source: ScriptSource,
  node: NodeRange,
  text: string,
  rest: Partial<TextSpan> = {},
): TextSpan {
  const [from, to] = fileOffsets(source, node);
  return { text, from, to, exact: false, ...rest };
}

/** A text that a node is expanded to, with a note. */
export const expandedText = (source: ScriptSource, node: NodeRange, text: string, note?: Note): MappedText =>
  mapSpans([createSpan(source, node, text, note && { note, ownNote: note })]);

/** The expansion of a node that is not known. */
export const unknownText = (
  source: ScriptSource,
  node: NodeRange,
  unresolvedReason: string,
  rest: Note = {},
): MappedText => expandedText(source, node, unknownMark, { ...rest, unresolvedReason });

/** A literal without its backslashes: one span for each stretch that the script writes unchanged. */
export function literalText(source: ScriptSource, { pos, end }: NodeRange, written: string, value: string): MappedText {
  if (written === value) return writtenText(source, { pos, end });
  const spans: TextSpan[] = [];
  let [at, taken, start] = [0, 0, 0];
  const flush = (): void => {
    if (at > start) spans.push(...writtenText(source, { pos: pos + start, end: pos + at }).spans);
  };
  while (at < written.length && taken <= value.length) {
    const isKept = written[at] !== '\\' || (value[taken] === '\\' && written[at + 1] !== '\\');
    if (isKept) {
      at++;
      taken++;
      continue;
    }
    flush();
    if (written[at + 1] !== '\n') {
      spans.push(createSpan(source, { pos: pos + at, end: pos + at + 2 }, written[at + 1] ?? ''));
      taken++;
    }
    at += 2;
    start = at;
  }
  flush();
  return mapSpans(spans);
}

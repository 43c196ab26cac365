/** Joins the lines of an export to pieces, in slices, so that no text is as long as the export. */
import { TimeSlice } from './timeSlice';

/** Pieces have about this many characters, and at most one line more. */
export const pieceLength = 1 << 18;

/** After so many lines the clock is looked at. */
const linesPerLook = 64;

/** The pieces. Rejects with what `checkCancelled` throws, which is called between slices. */
export async function* joinLines(lines: Iterable<string>, checkCancelled: () => void): AsyncGenerator<string> {
  const slice = new TimeSlice();
  let piece: string[] = [];
  let [length, count] = [0, 0];
  for (const line of lines) {
    piece.push(line);
    length += line.length;
    if (length >= pieceLength) {
      yield piece.join('');
      piece = [];
      length = 0;
    }
    if (++count % linesPerLook !== 0 || !slice.isOver) continue;
    await slice.next();
    checkCancelled();
  }
  if (length > 0) yield piece.join('');
}

/**
 * Line indexes that are used again. A new one costs the first touch of its memory, and the garbage collection that its
 * end brings about.
 */
import { LineIndex, minLines, roundUp } from './lineIndex';

/** A first response may have more lines, but no more memory is reserved for one. */
const maxExpectedLines = 8 * 1024;
const maxExpectedText = 2 ** 20;
/** About as many as responses are read at the same time. */
const maxPooled = 16;
/** Memory of all indexes in the pool: those of 16 responses of ten engines on Ray whose lines are held whole. */
export const maxPooledBytes = 12 * 2 ** 20;
/** An index with more memory would drive out all that are of use to others. */
const maxIndexBytes = 3 * 2 ** 20;
/** An index is not used for responses that have fewer lines than this share of its room. */
const maxOversize = 4;
/** An index with so little text is used for any response. */
const minTextBytes = 64 * 1024;

const pool: LineIndex[] = [];
/** About the number of lines of the longest first response of late. */
let expectedLines = minLines;
let expectedText = 0;

/** Memory of the indexes that wait to be used again. */
export const pooledBytes = (): number => pool.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);

/**
 * An empty index for a response of about as many lines, with as much text of their own, as the target's last one; of 0
 * lines if there was none.
 */
export function acquireLineIndex(lastLines: number, lastText: number): LineIndex {
  const lines = roundUp(lastLines === 0 ? expectedLines : lastLines);
  const length = lastLines === 0 ? expectedText : lastText;
  const index = pool.findIndex(
    ({ capacity, text }) => fits(capacity, lines) && fits(text.capacity, length, minTextBytes),
  );
  const lineIndex = index === -1 ? new LineIndex(lines) : (pool.splice(index, 1)[0] as LineIndex);
  lineIndex.text.expect(length);
  return lineIndex;
}

/** Whether room is enough, and not far too much. */
const fits = (room: number, needed: number, least = 0): boolean =>
  room >= needed && room <= Math.max(least, maxOversize * needed);

/** Takes back an index that is no longer used. The largest and those that have waited longest are given up. */
export function releaseLineIndex(lineIndex: LineIndex): void {
  lineIndex.clear();
  if (lineIndex.capacity > 0 && lineIndex.memoryBytes <= maxIndexBytes) pool.push(lineIndex);
  // The index that has waited longest fits no response.
  while (pool.length > maxPooled || pooledBytes() > maxPooledBytes) pool.shift();
}

/** Notes the lines of a target's first response and their text, as a guess for the first responses of other targets. */
export function noteFirstLines({ count, text }: LineIndex): void {
  expectedLines = Math.min(maxExpectedLines, Math.max(minLines, count, expectedLines - (expectedLines >> 8)));
  expectedText = Math.min(maxExpectedText, Math.max(text.end, expectedText - (expectedText >> 4)));
}

/**
 * Line indexes that are used again. A new one costs the first touch of its memory, and the garbage collection that its
 * end brings about.
 */
import { LineIndex } from './lineIndex';

const minLines = 256;
/** A first response may have more lines, but no more memory is reserved for one. */
const maxExpectedLines = 8 * 1024;
/** About as many as responses are read at the same time. */
const maxPooled = 16;
/** Memory of all indexes in the pool: those of 16 responses of ten engines on Ray. */
export const maxPooledBytes = 6 * 2 ** 20;
/** An index is not used for responses that have fewer lines than this share of its room. */
const maxOversize = 4;

const pool: LineIndex[] = [];
/** About the number of lines of the longest first response of late. */
let expectedLines = minLines;

/** Memory of the indexes that wait to be used again. */
export const pooledBytes = (): number => pool.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);

/** Rounds a number up in steps of an eighth, so that responses that differ by a few lines fit into the same index. */
function roundUp(lines: number): number {
  const step = 2 ** (Math.floor(Math.log2(lines)) - 3);
  return Math.ceil(lines / step) * step;
}

/** An empty index for a response of about as many lines as the target's last one, `lastLines`; 0 if there was none. */
export function acquireLineIndex(lastLines: number): LineIndex {
  const needed = roundUp(Math.max(minLines, lastLines === 0 ? expectedLines : lastLines));
  const index = pool.findIndex(({ capacity }) => capacity >= needed && capacity <= maxOversize * needed);
  return index === -1 ? new LineIndex(needed) : (pool.splice(index, 1)[0] as LineIndex);
}

/** Takes back an index that is no longer used. The largest and those that have waited longest are given up. */
export function releaseLineIndex(lineIndex: LineIndex): void {
  lineIndex.clear();
  // An index of half the pool's memory would drive out all that are of use to others.
  if (lineIndex.capacity > 0 && lineIndex.memoryBytes <= maxPooledBytes / 2) pool.push(lineIndex);
  // The index that has waited longest fits no response.
  while (pool.length > maxPooled || pooledBytes() > maxPooledBytes) pool.shift();
}

/** Notes the number of lines of a target's first response, as a guess for the first responses of other targets. */
export function noteFirstLines(lines: number): void {
  expectedLines = Math.min(maxExpectedLines, Math.max(minLines, lines, expectedLines - (expectedLines >> 8)));
}

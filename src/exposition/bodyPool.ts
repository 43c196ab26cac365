/**
 * Bodies that are used again. A new one costs the first touch of its memory, and the garbage collection that its end
 * brings about.
 */
import { IndexedBody } from './indexedBody';

const minBytes = 64 * 1024;
/** A first response may be longer, but no more memory is reserved for one. */
const maxExpectedBytes = 1024 * 1024;
/** About as many as responses are read at the same time. */
const maxPooled = 16;
/** Memory of all bodies in the pool, with their line tables: that of 16 responses of two or three engines on Ray. */
export const maxPooledBytes = 16 * 2 ** 20;
/** A body is not used for responses that are shorter than this share of it. */
const maxOversize = 8;

const pool: IndexedBody[] = [];
/** About the length of the longest first response of late. */
let expectedBytes = minBytes;

/** Memory of the bodies that wait to be used again. */
export const pooledBytes = (): number => pool.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);

/** Rounds a length up in steps of an eighth, so that responses that differ by a few bytes fit into the same body. */
function roundUp(length: number): number {
  const step = 2 ** (Math.floor(Math.log2(length)) - 3);
  return Math.ceil(length / step) * step;
}

/** An empty body for a response about as long as the target's last one, `lastLength`; 0 if there was none. */
export function acquireBody(lastLength: number): IndexedBody {
  const needed = roundUp(Math.max(minBytes, lastLength === 0 ? expectedBytes : lastLength + (lastLength >> 4)));
  const index = pool.findIndex(({ capacity }) => capacity >= needed && capacity <= maxOversize * needed);
  return index === -1 ? new IndexedBody(needed) : (pool.splice(index, 1)[0] as IndexedBody);
}

/** Takes back a body that is no longer used. The largest and those that have waited longest are given up. */
export function releaseBody(body: IndexedBody): void {
  body.clear();
  // A body of half the pool's memory would drive out all that are of use to others.
  if (body.capacity > 0 && body.memoryBytes <= maxPooledBytes / 2) pool.push(body);
  // The body that has waited longest fits no response.
  while (pool.length > maxPooled || pooledBytes() > maxPooledBytes) pool.shift();
}

/** Notes the length of a target's first response, as a guess for the first responses of other targets. */
export function noteFirstLength(length: number): void {
  expectedBytes = Math.min(
    maxExpectedBytes,
    Math.max(minBytes, length + (length >> 4), expectedBytes - (expectedBytes >> 8)),
  );
}

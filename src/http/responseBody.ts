/** Reads response bodies: the media type, the size limit, and delivery chunk by chunk. */
import type { IncomingHttpHeaders } from 'node:http';
import { Writable } from 'node:stream';
import { tooLargeError } from './httpErrors';

/**
 * Largest body that is read from a target or a dashboard: far above 64 engines on one node (about 0.2 MB each) or the
 * nodes of a large cluster (a few MB), about ten thousand actors.
 */
export const maxBodyBytes = 32 * 2 ** 20;

/** The media type in lower case without parameters; empty if the response has none. */
export const parseMediaType = (headers: IncomingHttpHeaders): string =>
  String(headers['content-type'] ?? '')
    .split(';')[0]
    ?.trim()
    .toLowerCase() ?? '';

/** Handles a chunk. The next one waits for the returned promise. What it throws ends the response. */
type ChunkHandler = (chunk: Uint8Array) => Promise<void> | void;

/**
 * The stream that undici writes a body to. Fails with `too-large` once more than `maxBytes` have arrived.
 *
 * It never reports that it is full: undici 7 with backpressure throws where it cannot be caught if the other side
 * closes meanwhile (undici issue 5360), and Ray's agents close after every response. Chunks that arrive while the
 * handler's promise is pending wait here. `signal` ends those, too: undici may consider the response complete by then.
 */
export function createBodySink(maxBytes: number, signal: AbortSignal, handleChunk: ChunkHandler): Writable {
  let handledBytes = 0;
  const sink = new Writable({
    signal,
    highWaterMark: Number.MAX_SAFE_INTEGER,
    write: (chunk: Uint8Array, _encoding, done) => {
      try {
        // Waiting chunks, this one among them, count: otherwise an endless body would fill the memory.
        if (handledBytes + sink.writableLength > maxBytes) throw tooLargeError(maxBytes);
        handledBytes += chunk.byteLength;
        const pending = handleChunk(chunk);
        if (pending) pending.then(() => done(), done);
        else done();
      } catch (error) {
        // Chunks that still wait are written after this one and must fail as well.
        handledBytes = Infinity;
        done(error as Error);
      }
    },
  });
  return sink;
}

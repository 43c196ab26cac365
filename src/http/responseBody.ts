/** What an answer's head says of its body, and where the body goes, part by part as it comes. */
import type { IncomingHttpHeaders } from 'node:http';
import { Writable } from 'node:stream';
import { HttpError } from './httpGet';

/** Lower case, without parameters; empty where none was said. */
export const parseMediaType = (headers: IncomingHttpHeaders): string =>
  String(headers['content-type'] ?? '')
    .split(';')[0]
    ?.trim()
    .toLowerCase() ?? '';

export const tooLargeError = (maxBytes: number): HttpError =>
  new HttpError('too-large', `the answer is larger than ${Math.round(maxBytes / 2 ** 20)} MiB`);

/** Takes a part; where it gives a promise, the next part waits for it. What it throws ends the answer. */
export type ChunkHandler = (part: Uint8Array) => Promise<void> | undefined;

/**
 * For `stream` of undici. Fails with `too-large` once more than `maxBytes` have come. Never says that it is full: undici 7, held back while the other
 * side closes, throws where nobody can catch it (its issue 5360), and Ray's agents close behind every answer. What comes within a pause waits here;
 * `signal` ends that, too: to undici the answer may be over by then.
 */
export function createBodySink(maxBytes: number, signal: AbortSignal, take: ChunkHandler): Writable {
  let taken = 0;
  const body = new Writable({
    signal,
    highWaterMark: Number.MAX_SAFE_INTEGER,
    write: (part: Uint8Array, _encoding, done) => {
      try {
        // What waits counts, this part with it: or an answer without end would fill the memory while others are read.
        if (taken + body.writableLength > maxBytes) throw tooLargeError(maxBytes);
        taken += part.byteLength;
        const pause = take(part);
        if (pause) pause.then(() => done(), done);
        else done();
      } catch (error) {
        // Those that wait are still brought here.
        taken = Infinity;
        done(error as Error);
      }
    },
  });
  return body;
}

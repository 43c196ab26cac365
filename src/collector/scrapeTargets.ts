/** One scrape of all targets at once. What reads the bytes is given by the caller. */
import pLimit from 'p-limit';
import { HttpError, type HttpGet } from '../http/httpGet';
import type { Target } from '../discovery/targets';
import { TimeSlice, sliceMs } from '../shared/timeSlice';
import { toHttpError } from '../http/httpErrors';
import { maxBodyBytes } from '../http/responseBody';
import type { Clock } from '../shared/clock';

/** Reads one answer: `begin`, any number of `feed`, `end`. */
export interface BodyReader<Result> {
  begin(): void;
  feed(chunk: Uint8Array): void;
  end(): Result;
}

export interface TargetResponse<Result> {
  target: Target;
  /** Unix ms at which the response began; where there was none, at which the request failed. */
  at: number;
  tookMs: number;
  bytes: number;
  result?: Result;
  error?: HttpError;
}

export interface ScrapeOptions<Result> {
  get: HttpGet;
  reader: (target: Target) => BodyReader<Result>;
  /** Says in words why a complete answer is no good, or undefined. `framed` as in `HttpAnswer`. */
  check: (result: Result, framed: boolean) => string | undefined;
  signal: AbortSignal;
  timeoutMs: number;
  clock: Clock;
}

const metricsTypes = new Set(['', 'text/plain', 'application/openmetrics-text']);
const accept = 'text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1';

/** Requests that are open at a time: a cluster of a thousand does not take a thousand sockets. */
export const maxConcurrency = 64;
/**
 * Requests that begin at once. What more of them send is read no sooner, holds up all else in the window, and has left
 * the processor's caches when it is its turn.
 */
export const baseConcurrency = 16;
/** Who has not answered by then makes room for another, in ms: a slow node delays only itself. */
const slowMs = 100;

/** Reading between two pauses, in ms: receiving what is read costs about as much again, in the same turn. */
const readingMs = sliceMs / 2;

/**
 * Answers in the order of the targets; a target that fails or is slow costs only itself: its deadline begins with its
 * own request. Never rejects.
 */
export function scrapeTargets<Result>(
  targets: readonly Target[],
  options: ScrapeOptions<Result>,
): Promise<TargetResponse<Result>[]> {
  const slice = new TimeSlice(readingMs);
  const limit = pLimit(baseConcurrency);
  return limit.map(targets, async (target) => {
    let more = 0;
    const cancel = options.clock.after(slowMs, () => {
      more = limit.concurrency < maxConcurrency ? 1 : 0;
      limit.concurrency += more;
    });
    const answer = await scrapeTarget(target, options, slice);
    cancel();
    limit.concurrency -= more;
    return answer;
  });
}

/** `slice`: of all targets together, whose bytes may all be there at once. */
async function scrapeTarget<Result>(
  target: Target,
  options: ScrapeOptions<Result>,
  slice: TimeSlice,
): Promise<TargetResponse<Result>> {
  const began = options.clock.now();
  let bytes = 0;
  try {
    const reader = options.reader(target);
    reader.begin();
    const answer = await options.get(target.url, {
      signal: options.signal,
      timeoutMs: options.timeoutMs,
      maxBytes: maxBodyBytes,
      headers: { accept },
      typedByUser: target.typedByUser === true,
      acceptType: (mediaType) => metricsTypes.has(mediaType),
      onChunk: (chunk) => {
        bytes += chunk.byteLength;
        reader.feed(chunk);
      },
      afterChunk: () => (slice.isOver ? slice.next() : undefined),
    });
    const result = reader.end();
    const fault = options.check(result, answer.framed);
    const tookMs = options.clock.now() - began;
    if (fault) return { target, at: answer.at, tookMs, bytes, error: new HttpError('wrong-type', fault) };
    return { target, at: answer.at, tookMs, bytes, result };
  } catch (error) {
    const at = options.clock.now();
    return { target, at, tookMs: at - began, bytes, error: toHttpError(error) };
  }
}

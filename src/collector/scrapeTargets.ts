/** Scrapes targets at once; what reads their bodies is given by the caller. */
import pLimit from 'p-limit';
import type { Target } from '../discovery/targets';
import { toHttpError } from '../http/httpErrors';
import { HttpError, type HttpGet } from '../http/httpGet';
import { maxBodyBytes } from '../http/responseBody';
import type { Clock } from '../shared/clock';
import { sliceMs, TimeSlice } from '../shared/timeSlice';

/** Reads one body: `begin`, any number of `feed`, `end`. */
export interface BodyReader<Result> {
  begin(): void;
  feed(chunk: Uint8Array): void;
  end(): Result;
}

/**
 * How one target answered. By the timer, a target that failed is not asked until its retry is due; until then its last
 * failure is repeated, with the times and bytes of the request that failed.
 */
export interface TargetResponse<Result> {
  target: Target;
  /** When the response began, or when the request failed; Unix ms. */
  at: number;
  tookMs: number;
  bytes: number;
  /** Absent after a failure. */
  result?: Result;
  error?: HttpError;
}

/** How targets are asked, and what reads their bodies. */
export interface ScrapeOptions<Result> {
  get: HttpGet;
  /** The reader of a target. What it throws is that target's failure. */
  reader: (target: Target) => BodyReader<Result>;
  /** Why a complete body is not usable, for people; undefined if it is. `framed`: the end of the body was announced. */
  check: (result: Result, framed: boolean) => string | undefined;
  signal: AbortSignal;
  /** Per request, from its beginning. */
  timeoutMs: number;
  clock: Clock;
}

const metricsTypes = new Set(['', 'text/plain', 'application/openmetrics-text']);
const accept = 'text/plain;version=0.0.4;q=0.9,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1';

/** Open requests at most, so that a cluster of a thousand nodes does not take a thousand sockets. */
export const maxConcurrency = 64;
/**
 * Open requests while all targets are fast. More responses at once would not be read sooner: they would hold up
 * everything else in the extension host, and leave the processor's caches before it is their turn.
 */
export const baseConcurrency = 16;
/** A target that has not answered after this time, in ms, makes room for another one: it delays only itself. */
const slowAfterMs = 100;
/** How long bodies are read between two pauses, in ms: receiving costs about as much again in the same turn. */
const readingSliceMs = sliceMs / 2;

/** One response per target, in their order. Never rejects: a target that fails or is slow affects only itself. */
export function scrapeTargets<Result>(
  targets: readonly Target[],
  options: ScrapeOptions<Result>,
): Promise<TargetResponse<Result>[]> {
  // The bodies of all targets may arrive at the same time, so they share the slice.
  const slice = new TimeSlice(readingSliceMs);
  const limit = pLimit(baseConcurrency);
  return limit.map(targets, async (target) => {
    let extraSlots = 0;
    const cancelTimer = options.clock.after(slowAfterMs, () => {
      extraSlots = limit.concurrency < maxConcurrency ? 1 : 0;
      limit.concurrency += extraSlots;
    });
    const response = await scrapeTarget(target, options, slice);
    cancelTimer();
    limit.concurrency -= extraSlots;
    return response;
  });
}

async function scrapeTarget<Result>(
  target: Target,
  { get, reader: readerOf, check, signal, timeoutMs, clock }: ScrapeOptions<Result>,
  slice: TimeSlice,
): Promise<TargetResponse<Result>> {
  const startedAt = clock.elapsed();
  let bytes = 0;
  try {
    const reader = readerOf(target);
    reader.begin();
    const { at, framed } = await get(target.url, {
      signal,
      timeoutMs,
      maxBytes: maxBodyBytes,
      headers: { accept },
      typedByUser: target.typedByUser === true,
      acceptType: (mediaType) => metricsTypes.has(mediaType),
      onChunk: (chunk) => {
        bytes += chunk.byteLength;
        reader.feed(chunk);
      },
      // Chunks of many targets may arrive in one turn of the event loop.
      beforeChunk: () => (slice.isOver ? slice.next() : undefined),
    });
    const result = reader.end();
    const problem = check(result, framed);
    const tookMs = clock.elapsed() - startedAt;
    if (problem) return { target, at, tookMs, bytes, error: new HttpError('wrong-type', problem) };
    return { target, at, tookMs, bytes, result };
  } catch (error) {
    return { target, at: clock.now(), tookMs: clock.elapsed() - startedAt, bytes, error: toHttpError(error) };
  }
}

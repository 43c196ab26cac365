/** Scrapes given bodies through the product's own source of snapshots. */
import { TargetSource } from '../../src/collector/targetSource';
import type { Discovery } from '../../src/discovery/discover';
import type { Target } from '../../src/discovery/targets';
import { HttpError, type HttpGet } from '../../src/http/httpGet';
import { maxBodyBytes } from '../../src/http/responseBody';
import { catalogIndex } from '../unit/support/catalogIndex';
import { nothingElseKnown } from '../unit/support/nothingElseKnown';

const startAt = 1_795_000_000_000;
const chunkBytes = 64 * 1024;

/** Answers in chunks, as a socket does. */
const answering =
  (bytes: Buffer, now: () => number): HttpGet =>
  async (_url, { onChunk, beforeChunk }) => {
    for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
      if (offset >= maxBodyBytes) throw new HttpError('too-large', 'too large');
      await beforeChunk?.();
      onChunk?.(bytes.subarray(offset, offset + chunkBytes));
      await new Promise(setImmediate);
    }
    return { at: now(), bytes: bytes.length, mediaType: 'text/plain', framed: true };
  };

/** Prepares targets that all answer with a body, and returns a function that scrapes them `rounds` times. */
export function scrapeRounds(body: Buffer, targetCount: number, rounds: number): () => Promise<void> {
  let now = startAt;
  const clock = { now: () => now, elapsed: () => now - startAt, follow: () => 0, after: () => () => undefined };
  const source = new TargetSource(clock, catalogIndex);
  const targets = Array.from({ length: targetCount }, (_, index): Target => ({
    url: `http://192.0.2.1:${index + 1}/metrics`,
    kind: 'ray',
    discoveredBy: 'dashboard',
  }));
  const discovery: Discovery = { targets, reason: '', ray: {} };
  const { signal } = new AbortController();
  const get = answering(body, () => now);
  return async () => {
    for (let round = 0; round < rounds; round++) {
      now += 10_000;
      const evidence = await source.collect({
        trigger: 'api',
        discovery,
        get,
        signal,
        timeoutMs: 60_000,
        intervalMs: 10_000,
        session: undefined,
        rediscover: () => Promise.resolve(discovery),
      });
      await source.evaluate(evidence, {
        trigger: 'api',
        now,
        signal,
        timeoutMs: 60_000,
        ...nothingElseKnown,
      });
    }
  };
}

/** The body of one target as text, asked for outside of a scrape. */
import type { Target } from '../discovery/targets';
import type { HttpGet } from '../http/httpGet';
import type { Clock } from '../shared/clock';
import { scrapeTargets, type BodyReader } from './scrapeTargets';

/** A body, and whether the target was asked for it just now. */
export interface ReadBody {
  text: string;
  /** When the answer began, Unix ms. */
  at: number;
  /** False for the body of the newest scrape. */
  asked: boolean;
}

function textReader(): BodyReader<string> {
  const chunks: Uint8Array[] = [];
  return {
    begin: () => undefined,
    feed: (chunk) => void chunks.push(Uint8Array.from(chunk)),
    end: () => Buffer.concat(chunks).toString('utf8'),
  };
}

/** Asks a target for its body. Rejects with an HttpError. */
export async function readTargetBody(
  target: Target,
  options: { get: HttpGet; timeoutMs: number; signal: AbortSignal; clock: Clock },
): Promise<ReadBody> {
  const [answer] = await scrapeTargets([target], { ...options, reader: textReader, check: () => undefined });
  if (answer?.result === undefined) throw answer?.error ?? new Error(`${target.url} did not answer.`);
  return { text: answer.result, at: answer.at, asked: true };
}

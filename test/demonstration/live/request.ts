/** A request to a simulated engine. */
import type { Random } from './random';

/** Tokens in a block of the KV cache. */
export const blockSize = 16;
/** `max_tokens` of every request. */
export const maxTokens = 3072;

const prefillTokensPerSecond = 24_000;

/** Lengths are in tokens; times are in seconds since the start of the simulation. */
export interface Request {
  arrived: number;
  promptTokens: number;
  /** Tokens of the prompt that are in the prefix cache. */
  cachedTokens: number;
  /** Tokens it will generate. */
  targetTokens: number;
  generatedTokens: number;
  queueSeconds: number;
  prefillSeconds: number;
  /** When its first token came; undefined before. */
  started?: number;
  preemptions: number;
}

/**
 * A request as rollouts send them. Samples of one prompt mostly go to one engine, where the first one fills the cache.
 */
export function createRequest(random: Random, arrived: number): Request {
  const promptTokens = Math.round(160 + 480 * random.uniform());
  const cachedShare = random.uniform() < 0.72 ? 0.95 : 0.12;
  return {
    arrived,
    promptTokens,
    cachedTokens: Math.floor((promptTokens * cachedShare) / blockSize) * blockSize,
    targetTokens: Math.min(maxTokens, Math.max(24, Math.round(820 * random.factor(0.6)))),
    generatedTokens: 0,
    queueSeconds: 0,
    prefillSeconds: 0,
    preemptions: 0,
  };
}

/** Ends a request's waiting, and gives it its first token. `slowness` is a factor of the prefill's duration. */
export function startRequest(
  request: Request,
  random: Random,
  now: number,
  stepSeconds: number,
  slowness: number,
): void {
  const waitedSeconds = now - request.arrived;
  request.queueSeconds = waitedSeconds <= stepSeconds ? 0.004 * random.factor(0.5) : waitedSeconds;
  const computeSeconds = (request.promptTokens - request.cachedTokens) / prefillTokensPerSecond;
  request.prefillSeconds = (0.015 + computeSeconds) * slowness * random.factor(0.2);
  request.started = request.arrived + request.queueSeconds + request.prefillSeconds;
  request.generatedTokens = 1;
}

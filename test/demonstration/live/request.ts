/** One request of the model: how long its prompt is, how much of it is cached, how much it will generate, how long it waited. */
import type { Random } from './random';

/** Tokens in a block of the KV cache. */
export const blockSize = 16;
/** `max_tokens` of every request. */
export const maxTokens = 3072;

const prefillTokensPerSecond = 24_000;

export interface Request {
  /** Seconds since the start of the simulation. */
  arrived: number;
  prompt: number;
  cached: number;
  /** Tokens it will generate. */
  target: number;
  generated: number;
  queueSeconds: number;
  prefillSeconds: number;
  /** When its first token came; absent before. */
  started?: number;
  preemptions: number;
}

/** A request as rollouts send them: samples of one prompt mostly meet on one engine, where the first one pays for the others. */
export function newRequest(random: Random, arrived: number): Request {
  const prompt = Math.round(160 + 480 * random.uniform());
  const share = random.uniform() < 0.72 ? 0.95 : 0.12;
  return {
    arrived,
    prompt,
    cached: Math.floor((prompt * share) / blockSize) * blockSize,
    target: Math.min(maxTokens, Math.max(24, Math.round(820 * random.factor(0.6)))),
    generated: 0,
    queueSeconds: 0,
    prefillSeconds: 0,
    preemptions: 0,
  };
}

/** Admits a request for the first time: its waiting is over and its first token is there. `slowness` stretches the prefill. */
export function admitted(request: Request, random: Random, now: number, stepSeconds: number, slowness: number): void {
  const waited = now - request.arrived;
  request.queueSeconds = waited <= stepSeconds ? 0.004 * random.factor(0.5) : waited;
  const computed = (request.prompt - request.cached) / prefillTokensPerSecond;
  request.prefillSeconds = (0.015 + computed) * slowness * random.factor(0.2);
  request.started = request.arrived + request.queueSeconds + request.prefillSeconds;
  request.generated = 1;
}

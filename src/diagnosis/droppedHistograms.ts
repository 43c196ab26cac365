/** Histograms that Ray’s agent drops, because another engine of the node registered them with other buckets. */
import type { JudgedEngine, TrackedEngine } from './rule';

/** What vLLM observes for each request that finishes, in any case: an engine that has one of them has all. */
const observedAtFinish: readonly string[] = [
  'e2e_request_latency_seconds',
  'request_queue_time_seconds',
  'request_inference_time_seconds',
  'request_decode_time_seconds',
  'request_prefill_time_seconds',
  'request_prompt_tokens',
  'request_generation_tokens',
];
/** What it observes only for some requests. */
const observedAtTimes: readonly string[] = [
  'request_max_num_generation_tokens',
  'request_params_max_tokens',
  'request_params_n',
  'request_prefill_kv_computed_tokens',
];
/** Any request that finishes is counted here. */
const finishCounter = 'request_success';

/** An engine on Ray with everything that is known of it. */
export interface KnownEngine {
  engine: JudgedEngine;
  tracked: TrackedEngine;
  families: ReadonlySet<string>;
}

/** Histograms that one engine lacks and another one of its node has. */
export interface DroppedHistograms {
  other: JudgedEngine;
  /** Bare names. */
  missing: string[];
}

/** What an engine lacks although it finished requests, and which engine of its node has it; undefined if nothing. */
export function findDroppedHistograms(
  { engine, families }: KnownEngine,
  engines: readonly KnownEngine[],
): DroppedHistograms | undefined {
  const hasFinished = families.has(finishCounter) || observedAtFinish.some((family) => families.has(family));
  if (!hasFinished) return undefined;
  for (const other of engines) {
    if (other.engine.id === engine.id || other.engine.node !== engine.node) continue;
    const isMissing = (family: string): boolean => other.families.has(family) && !families.has(family);
    if (!observedAtFinish.some(isMissing)) continue;
    return { other: other.engine, missing: [...observedAtFinish, ...observedAtTimes].filter(isMissing) };
  }
  return undefined;
}

/**
 * A small model of a vLLM engine: requests arrive, start if the KV cache has room, decode together, and end or are
 * preempted.
 */
import type { Random } from './random';
import { increment, observe, type Bounds, type Registry } from './registry';
import { blockSize, createRequest, maxTokens, startRequest, type Request } from './request';
import { countDrafts, countFinish, countStart, tokensPerDraft } from './requestMetrics';
import type { EngineTraits } from './scenario';

/** Size of the KV cache in tokens. */
export const kvCacheTokens = 224_000;
/** vLLM's `max_num_seqs`: the largest number of running requests. */
export const maxNumSeqs = 256;

/** Duration of a decoding step: a base, and a little more for each request in the batch. */
const stepSeconds = { base: 0.012, perRequest: 0.00008 };
/** Factor of a step's duration with drafts. */
const draftingFactor = 1.3;

/** The requests of an engine. */
export interface EngineLoad {
  waiting: Request[];
  running: Request[];
  /** The fraction of a request that has not arrived yet. */
  arriving: number;
}

/** Everything that one step of an engine needs. */
export interface EngineStep {
  traits: EngineTraits;
  load: EngineLoad;
  registry: Registry;
  bounds: Bounds;
  random: Random;
  /** End of the step in seconds since the start of the simulation, and length of the step. */
  now: number;
  seconds: number;
  /** Share of full demand. */
  demand: number;
  /** During a weight sync requests arrive, but none is decoded. */
  isPaused: boolean;
}

/** The load of an engine without requests. */
export const createLoad = (): EngineLoad => ({ waiting: [], running: [], arriving: 0 });

const sizeOf = ({ promptTokens, generatedTokens }: Request): number => promptTokens + generatedTokens;

/** Tokens of the running requests in the KV cache. */
export const usedKvTokens = ({ running }: EngineLoad): number =>
  running.reduce((sum, request) => sum + sizeOf(request), 0);

function addArrivals({ traits, load, random, now, seconds, demand }: EngineStep): void {
  load.arriving += traits.arrivals * demand * seconds * random.factor(0.3);
  for (; load.arriving >= 1; load.arriving -= 1)
    load.waiting.push(createRequest(random, now - seconds * random.uniform()));
}

/** Starts or resumes the requests that fit. Returns the prompt tokens that had to be computed. */
function admit(step: EngineStep): number {
  const { load } = step;
  let used = usedKvTokens(load);
  let computedTokens = 0;
  for (let next = load.waiting[0]; next && load.running.length < maxNumSeqs; next = load.waiting[0]) {
    if (used + sizeOf(next) + blockSize > kvCacheTokens) break;
    load.waiting.shift();
    if (next.started === undefined) {
      const { traits, random, now, seconds } = step;
      startRequest(next, random, now, seconds, traits.slowness * (1 + load.running.length / maxNumSeqs));
      countStart(step, next);
    }
    load.running.push(next);
    used += sizeOf(next);
    computedTokens += next.promptTokens - next.cachedTokens;
  }
  return computedTokens;
}

/** Generates tokens for the running requests. `prefillTokens` were computed in the same step. */
function decode({ traits, load, registry, bounds, random, seconds }: EngineStep, prefillTokens: number): void {
  const { running } = load;
  if (running.length === 0) return;
  const latency =
    (stepSeconds.base + stepSeconds.perRequest * running.length) *
    traits.slowness *
    (traits.speculation ? draftingFactor : 1);
  const tokensPerStep = traits.speculation ? tokensPerDraft : 1;
  const generatedBefore = registry.counters.get('generation_tokens') ?? 0;
  let drafts = 0;
  for (const request of running) {
    const requestLatency = latency * random.factor(0.2);
    const steps = Math.floor(seconds / requestLatency + random.uniform());
    const tokens = Math.min(request.targetTokens - request.generatedTokens, Math.round(steps * tokensPerStep));
    request.generatedTokens += tokens;
    drafts += steps;
    increment(registry, 'generation_tokens', tokens);
    observe(registry, bounds, 'inter_token_latency_seconds', requestLatency, Math.min(steps, tokens));
  }
  if (traits.speculation) countDrafts(registry, drafts);
  const iterations = Math.max(1, Math.round(seconds / latency));
  const tokens = prefillTokens + (registry.counters.get('generation_tokens') ?? 0) - generatedBefore;
  observe(registry, bounds, 'iteration_tokens_total', tokens / iterations, iterations);
}

/** Sends the youngest requests back to the queue until the others fit. */
function preempt({ load, registry }: EngineStep): void {
  let used = usedKvTokens(load);
  while (used > kvCacheTokens) {
    const youngest = load.running.pop();
    if (!youngest) return;
    used -= sizeOf(youngest);
    youngest.preemptions += 1;
    load.waiting.unshift(youngest);
    increment(registry, 'num_preemptions');
  }
}

function removeFinished(step: EngineStep): void {
  const { load } = step;
  for (const request of load.running) {
    if (request.generatedTokens >= request.targetTokens)
      countFinish(step, request, request.targetTokens === maxTokens ? 'length' : 'stop');
  }
  load.running = load.running.filter(({ generatedTokens, targetTokens }) => generatedTokens < targetTokens);
}

function setGauges({ load, registry: { gauges } }: EngineStep): void {
  gauges.set('num_requests_running', load.running.length);
  gauges.set('num_requests_waiting', load.waiting.length);
  gauges.set('num_requests_waiting_by_reason/capacity', load.waiting.length);
  gauges.set('num_requests_waiting_by_reason/deferred', 0);
  gauges.set('kv_cache_usage_perc', Math.min(1, usedKvTokens(load) / kvCacheTokens));
}

/** One step of an engine that is awake. Like vLLM, it sets its gauges only while it has work. */
export function stepEngine(step: EngineStep): void {
  const { load } = step;
  addArrivals(step);
  const hasWork = load.running.length + load.waiting.length > 0;
  if (step.isPaused || !hasWork) return;
  decode(step, admit(step));
  removeFinished(step);
  preempt(step);
  setGauges(step);
}

/** Aborts all requests, as SkyRL does before engines sleep. */
export function abortAll(step: EngineStep): void {
  const { load } = step;
  if (load.running.length + load.waiting.length === 0) return;
  for (const request of [...load.running, ...load.waiting]) countFinish(step, request, 'abort');
  Object.assign(load, createLoad());
  setGauges(step);
}

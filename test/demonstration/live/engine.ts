/** A small model of a vLLM engine: requests arrive, are admitted while the KV cache has room, decode together, are preempted, finish. */
import { count, observe, type Bounds, type Ledger } from './ledger';
import type { Random } from './random';
import { recordDrafts, recordFinish, recordStart, tokensPerDraft } from './record';
import { admitted, blockSize, maxTokens, newRequest, type Request } from './request';
import type { EngineTraits } from './timeline';

export const kvCacheTokens = 224_000;
export const maxNumSeqs = 256;

/** Seconds for one decoding step: a base and a little more for each request in the batch. */
const stepSeconds = { base: 0.012, perRequest: 0.00008 };
/** A drafting step takes this much longer. */
const draftingCost = 1.3;

export interface EngineLoad {
  waiting: Request[];
  running: Request[];
  /** A part of a request that is still to arrive. */
  owed: number;
}

export interface EngineStep {
  traits: EngineTraits;
  load: EngineLoad;
  ledger: Ledger;
  bounds: Bounds;
  random: Random;
  /** Seconds since the start of the simulation at the end of the step, and the length of the step. */
  now: number;
  seconds: number;
  /** Share of full demand. */
  demand: number;
  /** Weights are being synchronised: requests arrive, nothing is decoded. */
  paused: boolean;
}

export const createLoad = (): EngineLoad => ({ waiting: [], running: [], owed: 0 });

const size = ({ prompt, generated }: Request): number => prompt + generated;

/** Tokens that the running requests hold in the KV cache. */
export const kvTokens = ({ running }: EngineLoad): number => running.reduce((sum, request) => sum + size(request), 0);

function arrive({ traits, load, random, now, seconds, demand }: EngineStep): void {
  load.owed += traits.arrivals * demand * seconds * random.factor(0.3);
  for (; load.owed >= 1; load.owed -= 1) load.waiting.push(newRequest(random, now - seconds * random.uniform()));
}

/** Admits what has room; returns the prompt tokens that had to be computed. */
function admit(step: EngineStep): number {
  const { load } = step;
  let used = kvTokens(load);
  let computed = 0;
  for (let next = load.waiting[0]; next && load.running.length < maxNumSeqs; next = load.waiting[0]) {
    if (used + size(next) + blockSize > kvCacheTokens) break;
    load.waiting.shift();
    if (next.started === undefined) {
      const { traits, random, now, seconds } = step;
      admitted(next, random, now, seconds, traits.slowness * (1 + load.running.length / maxNumSeqs));
      recordStart(step, next);
    }
    load.running.push(next);
    used += size(next);
    computed += next.prompt - next.cached;
  }
  return computed;
}

function decode({ traits, load, ledger, bounds, random, seconds }: EngineStep, computed: number): void {
  const { running } = load;
  if (running.length === 0) return;
  const latency =
    (stepSeconds.base + stepSeconds.perRequest * running.length) *
    traits.slowness *
    (traits.speculation ? draftingCost : 1);
  const perChunk = traits.speculation ? tokensPerDraft : 1;
  const before = ledger.counters.get('generation_tokens') ?? 0;
  let drafted = 0;
  for (const request of running) {
    const own = latency * random.factor(0.2);
    const chunks = Math.floor(seconds / own + random.uniform());
    const tokens = Math.min(request.target - request.generated, Math.round(chunks * perChunk));
    request.generated += tokens;
    drafted += chunks;
    count(ledger, 'generation_tokens', tokens);
    observe(ledger, bounds, 'inter_token_latency_seconds', own, Math.min(chunks, tokens));
  }
  if (traits.speculation) recordDrafts(ledger, drafted);
  const steps = Math.max(1, Math.round(seconds / latency));
  const tokens = computed + (ledger.counters.get('generation_tokens') ?? 0) - before;
  observe(ledger, bounds, 'iteration_tokens_total', tokens / steps, steps);
}

/** Sends the youngest requests back to the queue until the rest fit. */
function preempt({ load, ledger }: EngineStep): void {
  let used = kvTokens(load);
  while (used > kvCacheTokens) {
    const youngest = load.running.pop();
    if (!youngest) return;
    used -= size(youngest);
    youngest.preemptions += 1;
    load.waiting.unshift(youngest);
    count(ledger, 'num_preemptions');
  }
}

function finishDone(step: EngineStep): void {
  const { load } = step;
  for (const request of load.running) {
    if (request.generated >= request.target)
      recordFinish(step, request, request.target === maxTokens ? 'length' : 'stop');
  }
  load.running = load.running.filter(({ generated, target }) => generated < target);
}

function setGauges({ load, ledger }: EngineStep): void {
  ledger.gauges.set('num_requests_running', load.running.length);
  ledger.gauges.set('num_requests_waiting', load.waiting.length);
  ledger.gauges.set('num_requests_waiting_by_reason/capacity', load.waiting.length);
  ledger.gauges.set('num_requests_waiting_by_reason/deferred', 0);
  ledger.gauges.set('kv_cache_usage_perc', Math.min(1, kvTokens(load) / kvCacheTokens));
}

/** One step of an engine that is awake. Gauges are set only by an engine that has work, as vLLM does. */
export function stepEngine(step: EngineStep): void {
  const { load } = step;
  arrive(step);
  const busy = load.running.length + load.waiting.length > 0;
  if (step.paused || !busy) return;
  decode(step, admit(step));
  finishDone(step);
  preempt(step);
  setGauges(step);
}

/** Ends everything an engine is doing: what SkyRL does before engines sleep. */
export function abortAll(step: EngineStep): void {
  const { load } = step;
  if (load.running.length + load.waiting.length === 0) return;
  for (const request of [...load.running, ...load.waiting]) recordFinish(step, request, 'abort');
  Object.assign(load, createLoad());
  setGauges(step);
}

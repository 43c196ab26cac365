/** Selectors that the code asks for by name, whatever rows the catalog has. */
import type { SubjectKind } from './catalog';
import type { SubjectSelector } from './selectorRegistry';
import { workCounterFamilies } from './workCounters';

const gauge = (family: string, subject: SubjectKind = 'engine'): SubjectSelector => ({
  family,
  sampleKind: 'gauge',
  subject,
});

const counter = (family: string): SubjectSelector => ({ family, sampleKind: 'counter', subject: 'engine' });

/** By the name that the code uses. */
export const wellKnownSelectors = {
  running: gauge('num_requests_running'),
  waiting: gauge('num_requests_waiting'),
  kvUsage: gauge('kv_cache_usage_perc'),
  /** 0 while the engine sleeps. Like all of `sleepState` it is set on a change only. */
  awake: { ...gauge('engine_sleep_state'), where: { sleep_state: 'awake' } },
  sleepState: gauge('engine_sleep_state'),
  cacheConfig: gauge('cache_config_info'),
  phase: gauge('skyrl_training_phase', 'trainer'),
  outputTokens: counter(workCounterFamilies.outputTokens),
  promptTokens: counter(workCounterFamilies.promptTokens),
  requests: counter(workCounterFamilies.requests),
  /** Counts the steps of the engine. */
  engineSteps: { family: 'iteration_tokens_total', sampleKind: 'count', subject: 'engine' },
  preemptions: counter(workCounterFamilies.preemptions),
  prefixQueries: counter(workCounterFamilies.prefixQueries),
  prefixHits: counter(workCounterFamilies.prefixHits),
  draftTokens: counter(workCounterFamilies.draftTokens),
  acceptedTokens: counter(workCounterFamilies.acceptedTokens),
} satisfies Record<string, SubjectSelector>;

/** A name of a well-known selector. */
export type WellKnownName = keyof typeof wellKnownSelectors;

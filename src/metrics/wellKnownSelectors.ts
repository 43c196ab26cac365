/** Selectors that the code asks for by name, whatever rows the catalog has. */
import type { SubjectKind } from './catalog';
import type { SubjectSelector } from './selectorRegistry';

const gauge = (family: string, subject: SubjectKind = 'engine'): SubjectSelector => ({
  family,
  sampleKind: 'gauge',
  subject,
});

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
} satisfies Record<string, SubjectSelector>;

/** A name of a well-known selector. */
export type WellKnownName = keyof typeof wellKnownSelectors;

/**
 * The event of one generation, field for field as in the `GenerationObservability` schema of Safe-Synthesizer, so that
 * readers of that schema can read it (docs/decisions.md, Generation events).
 */
import type { LoadAverage } from '../discovery/nodeLoads';
import { isNumber, isObject } from '../shared/guards';

/** Measurements of one generation. `null`: not measured. */
export interface GenerationEvent {
  /** Highest GPU memory use during the generation, device-wide, in GiB. */
  peak_vram_gb: number | null;
  /** Fraction of KV-cache blocks in use at the last scrape; of several engines the fullest. */
  kv_cache_usage_perc: number | null;
  /** Fraction of the looked-up prompt tokens that the prefix cache had. 0 is a measurement. */
  prefix_cache_hit_rate: number | null;
  /** Fraction of the drafted tokens that were accepted. 0 is a measurement. */
  spec_accept_rate: number | null;
  loadavg_pre: LoadAverage | null;
  loadavg_post: LoadAverage | null;
  /** The engines' effective config by field; an unknown field is missing. */
  engine_runtime_config: Record<string, unknown>;
  /** Whether a flag has another value in the engine than the config asks for. */
  flag_did_not_engage: boolean;
}

/** An event without measurements. */
export const emptyEvent = (): GenerationEvent => ({
  peak_vram_gb: null,
  kv_cache_usage_perc: null,
  prefix_cache_hit_rate: null,
  spec_accept_rate: null,
  loadavg_pre: null,
  loadavg_post: null,
  engine_runtime_config: {},
  flag_did_not_engage: false,
});

type Guard = (value: unknown) => boolean;
const orNull =
  (guard: Guard): Guard =>
  (value) =>
    value === null || guard(value);
const isLoad: Guard = (value) => Array.isArray(value) && value.length === 3 && value.every(isNumber);

const fields: Record<keyof GenerationEvent, readonly [guard: Guard, description: string]> = {
  peak_vram_gb: [orNull(isNumber), 'a number or null'],
  kv_cache_usage_perc: [orNull(isNumber), 'a number or null'],
  prefix_cache_hit_rate: [orNull(isNumber), 'a number or null'],
  spec_accept_rate: [orNull(isNumber), 'a number or null'],
  loadavg_pre: [orNull(isLoad), 'three numbers or null'],
  loadavg_post: [orNull(isLoad), 'three numbers or null'],
  engine_runtime_config: [isObject, 'an object'],
  flag_did_not_engage: [(value) => typeof value === 'boolean', 'true or false'],
};

/**
 * Checks an event that was read. A missing field gets its default. Throws a TypeError that names a wrong or unknown
 * field.
 */
export function parseEvent(value: unknown): GenerationEvent {
  if (!isObject(value)) throw new TypeError('an event is an object');
  for (const [name, given] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name as keyof GenerationEvent] : undefined;
    if (!field) throw new TypeError(`an event has no field ${JSON.stringify(name)}`);
    const [guard, description] = field;
    if (!guard(given)) throw new TypeError(`${name} is not ${description}`);
  }
  return { ...emptyEvent(), ...value };
}

const loadMinutes = ['1m', '5m', '15m'] as const;

const flattenLoad = (name: string, load: LoadAverage | null): [string, unknown][] =>
  load === null ? [] : loadMinutes.map((minutes, index) => [`${name}_${minutes}`, load[index]]);

/**
 * The event as flat scalars for `wandb.log`: without nulls, load averages as three values each, the engines' config
 * under `engine_runtime/`. Each key begins with `prefix`.
 */
export function toWandbPayload(event: GenerationEvent, prefix = 'vllm_gen'): Record<string, unknown> {
  const { loadavg_pre, loadavg_post, engine_runtime_config, ...scalars } = event;
  const entries: [string, unknown][] = [
    ...Object.entries(scalars),
    ...flattenLoad('loadavg_pre', loadavg_pre),
    ...flattenLoad('loadavg_post', loadavg_post),
    ...Object.entries(engine_runtime_config).map(([name, value]): [string, unknown] => [
      `engine_runtime/${name}`,
      value,
    ]),
  ];
  return Object.fromEntries(
    entries
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [`${prefix}/${name}`, value]),
  );
}

/**
 * One generation's event, field for field the `GenerationObservability` schema of Safe-Synthesizer (research: its page): readers of that
 * schema read these. Every measurement may be null: then it could not be had. What stands beside it is in `record.ts`.
 */

import { isObject } from '../shared/guards';
import type { LoadAverage } from '../discovery/nodeLoads';

export interface GenerationEvent {
  /** GiB, device-wide, the highest of the generation. */
  peak_vram_gb: number | null;
  /** Fraction of KV-cache blocks in use, the last gauge before the end; of several engines the fullest. */
  kv_cache_usage_perc: number | null;
  /** Fraction of the prompt tokens looked up during the generation that were found. 0 is measured; null is not. */
  prefix_cache_hit_rate: number | null;
  /** Fraction of the tokens drafted during the generation that were accepted. 0 is measured; null is not. */
  spec_accept_rate: number | null;
  loadavg_pre: LoadAverage | null;
  loadavg_post: LoadAverage | null;
  /** What engines really run with, by field; a field that nobody could say is missing. */
  engine_runtime_config: Record<string, unknown>;
  /** A flag that the config asks for is another one in the engine. */
  flag_did_not_engage: boolean;
}

/** Name of the structured event in Safe-Synthesizer's logs. */
export const eventName = 'vllm.generation.complete';

/** An event of which nothing could be had. */
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

type Check = (value: unknown) => boolean;
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const isLoad: Check = (value) => Array.isArray(value) && value.length === 3 && value.every(isNumber);

const fields: Record<keyof GenerationEvent, readonly [Check, string]> = {
  peak_vram_gb: [orNull(isNumber), 'a number or null'],
  kv_cache_usage_perc: [orNull(isNumber), 'a number or null'],
  prefix_cache_hit_rate: [orNull(isNumber), 'a number or null'],
  spec_accept_rate: [orNull(isNumber), 'a number or null'],
  loadavg_pre: [orNull(isLoad), 'three numbers or null'],
  loadavg_post: [orNull(isLoad), 'three numbers or null'],
  engine_runtime_config: [isObject, 'an object'],
  flag_did_not_engage: [(value) => typeof value === 'boolean', 'true or false'],
};

/** Reads an event back: unknown fields are refused, missing ones have their default. Throws a TypeError that names the field. */
export function parseEvent(value: unknown): GenerationEvent {
  if (!isObject(value)) throw new TypeError('an event is an object');
  for (const [name, given] of Object.entries(value)) {
    const known = Object.hasOwn(fields, name) ? fields[name as keyof GenerationEvent] : undefined;
    if (!known) throw new TypeError(`an event has no field ${JSON.stringify(name)}`);
    if (!known[0](given)) throw new TypeError(`${name} is not ${known[1]}`);
  }
  return { ...emptyEvent(), ...value };
}

const minutes = ['1m', '5m', '15m'] as const;

function loads(name: string, load: LoadAverage | null): [string, unknown][] {
  return load === null ? [] : minutes.map((length, index) => [`${name}_${length}`, load[index]]);
}

/** The event as flat scalars for `wandb.log`: nulls dropped, load averages unpacked, the engine's config under `engine_runtime/`. */
export function toWandbPayload(event: GenerationEvent, prefix = 'vllm_gen'): Record<string, unknown> {
  const { loadavg_pre, loadavg_post, engine_runtime_config, ...scalars } = event;
  const entries: [string, unknown][] = [
    ...Object.entries(scalars),
    ...loads('loadavg_pre', loadavg_pre),
    ...loads('loadavg_post', loadavg_post),
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

/** Whether the engines run with what the config asks for: intended against effective, field by field. */
import { engineKey, engineKwargsKey } from '../config/keys';
import { asBoolean, asNumber, asText } from '../config/scalars';
import type { ConfigValue, RunConfig } from '../config/types';
import type { EngineConfig, ProbedEngine } from './engineConfig';

export interface ConfigDrift {
  field: DriftField;
  intended: string | number | boolean;
  actual: string | number | boolean;
  /** Engines that run with `actual`. */
  engines: string[];
  /** Where the intended value is written. */
  configValue: ConfigValue;
  /** Names field, intended and actual. */
  message: string;
}

type Read = (value: unknown) => string | number | boolean | undefined;

/** `auto` leaves the choice to the engine, so there is nothing to hold it against. */
const dtype: Read = (value) => {
  const text = asText(value);
  return text === undefined || text.toLowerCase() === 'auto' ? undefined : text;
};

/** The fields that are checked, each with how a written value is read. */
const fieldReaders = {
  max_num_seqs: asNumber,
  max_num_batched_tokens: asNumber,
  enable_chunked_prefill: asBoolean,
  enable_prefix_caching: asBoolean,
  kv_cache_dtype: dtype,
} as const satisfies Partial<Record<keyof EngineConfig, Read>>;

export type DriftField = keyof typeof fieldReaders;
export const driftFields = Object.keys(fieldReaders) as DriftField[];

/** Two names of one type. */
const synonyms: Record<string, string> = { fp8: 'fp8_e4m3' };
const isSameValue = (one: unknown, other: unknown): boolean =>
  one === other ||
  (typeof one === 'string' && typeof other === 'string' && (synonyms[one] ?? one) === (synonyms[other] ?? other));

/** What is written, not defaults; `engine_init_kwargs` is applied last, so it holds. What did not resolve is not known, so it is not there. */
export function intendedConfig(
  config: RunConfig | undefined,
): Map<DriftField, { value: string | number | boolean; source: ConfigValue }> {
  const intended = new Map<DriftField, { value: string | number | boolean; source: ConfigValue }>();
  for (const field of driftFields) {
    const written = [`${engineKwargsKey}.${field}`, `${engineKey}.${field}`].map((key) => config?.values.get(key));
    const source = written.find((value) => value !== undefined && value.value !== null);
    const value = source?.unresolvedReason === undefined ? fieldReaders[field](source?.value) : undefined;
    if (source && value !== undefined) intended.set(field, { value, source });
  }
  return intended;
}

/** Each field on which both sides say something and differ, by what the engines run with instead. */
export function findConfigDrift(config: RunConfig | undefined, probed: readonly ProbedEngine[]): ConfigDrift[] {
  return [...intendedConfig(config)].flatMap(([field, { value: intended, source }]) => {
    const others = new Map<string | number | boolean, string[]>();
    for (const { engine: name, config: effective } of probed) {
      const actual = effective[field];
      if (actual === undefined || isSameValue(actual, intended)) continue;
      others.set(actual, [...(others.get(actual) ?? []), name]);
    }
    return [...others].map(([actual, engines]): ConfigDrift => {
      const whose = engines.length === probed.length && probed.length > 1 ? 'every engine' : engines.join(', ');
      const message = `${field}: intended ${JSON.stringify(intended)}, actual ${JSON.stringify(actual)} (${whose}).`;
      return { field, intended, actual, engines, configValue: source, message };
    });
  });
}

/** `not checked`: nobody was probed, or nothing that was probed is written in the config. */
export type DriftCheck = 'engaged' | 'mismatch' | 'not checked';

export function checkDrift(config: RunConfig | undefined, probed: readonly ProbedEngine[]): DriftCheck {
  if (findConfigDrift(config, probed).length > 0) return 'mismatch';
  const fields = intendedConfig(config).keys();
  return [...fields].some((field) => probed.some(({ config: effective }) => effective[field] !== undefined))
    ? 'engaged'
    : 'not checked';
}

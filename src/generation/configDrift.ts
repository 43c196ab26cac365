/** Compares what the config asks for with what the engines run with, field by field. */
import { engineKey, engineKwargsKey } from '../config/keys';
import { asBoolean, asNumber, asText } from '../config/scalars';
import type { ConfigValue, RunConfig } from '../config/types';
import type { EngineConfig, ProbedEngine } from './engineConfig';

type FieldValue = string | number | boolean;

/** A field that engines run with in another value than the config asks for. */
export interface ConfigDrift {
  field: DriftField;
  intended: FieldValue;
  actual: FieldValue;
  /** Names of the engines that run with `actual`. */
  engines: string[];
  /** Where the intended value is written. */
  configValue: ConfigValue;
  /** One sentence with field, intended and actual value. */
  message: string;
}

type Reader = (value: unknown) => FieldValue | undefined;

/** `auto` leaves the choice to the engine, so there is no intended value. */
const readDtype: Reader = (value) => {
  const text = asText(value);
  return text === undefined || text.toLowerCase() === 'auto' ? undefined : text;
};

/** The fields that are compared, each with how a written value is read. */
const fieldReaders = {
  max_num_seqs: asNumber,
  max_num_batched_tokens: asNumber,
  enable_chunked_prefill: asBoolean,
  enable_prefix_caching: asBoolean,
  kv_cache_dtype: readDtype,
} as const satisfies Partial<Record<keyof EngineConfig, Reader>>;

type DriftField = keyof typeof fieldReaders;
const driftFields = Object.keys(fieldReaders) as DriftField[];

/** Names of the same type. */
const synonyms: Record<string, string> = { fp8: 'fp8_e4m3' };
const isSameValue = (one: unknown, other: unknown): boolean =>
  one === other ||
  (typeof one === 'string' && typeof other === 'string' && (synonyms[one] ?? one) === (synonyms[other] ?? other));

/**
 * The values that the config asks for, by field: written ones only, no defaults and none that could not be resolved.
 * `engine_init_kwargs` counts before the field's own key (docs/decisions.md, engine_init_kwargs).
 */
export function intendedConfig(
  config: RunConfig | undefined,
): Map<DriftField, { value: FieldValue; source: ConfigValue }> {
  const intended = new Map<DriftField, { value: FieldValue; source: ConfigValue }>();
  for (const field of driftFields) {
    const written = [`${engineKwargsKey}.${field}`, `${engineKey}.${field}`].map((key) => config?.values.get(key));
    const source = written.find((value) => value !== undefined && value.value !== null);
    const value = source?.unresolvedReason === undefined ? fieldReaders[field](source?.value) : undefined;
    if (source && value !== undefined) intended.set(field, { value, source });
  }
  return intended;
}

/**
 * One result for each field and differing value. A field that the config or an engine does not have is not compared.
 */
export function findConfigDrift(config: RunConfig | undefined, probed: readonly ProbedEngine[]): ConfigDrift[] {
  return [...intendedConfig(config)].flatMap(([field, { value: intended, source }]) => {
    const enginesByValue = new Map<FieldValue, string[]>();
    for (const { engine, config: effective } of probed) {
      const actual = effective[field];
      if (actual === undefined || isSameValue(actual, intended)) continue;
      enginesByValue.set(actual, [...(enginesByValue.get(actual) ?? []), engine]);
    }
    return [...enginesByValue].map(([actual, engines]): ConfigDrift => {
      const subject = engines.length === probed.length && probed.length > 1 ? 'every engine' : engines.join(', ');
      const message = `${field}: intended ${JSON.stringify(intended)}, actual ${JSON.stringify(actual)} (${subject}).`;
      return { field, intended, actual, engines, configValue: source, message };
    });
  });
}

/** `not checked`: no engine was probed, or the config has none of the probed fields. */
export type DriftCheck = 'engaged' | 'mismatch' | 'not checked';

/** The overall result of the comparison. */
export function checkDrift(config: RunConfig | undefined, probed: readonly ProbedEngine[]): DriftCheck {
  if (findConfigDrift(config, probed).length > 0) return 'mismatch';
  const fields = intendedConfig(config).keys();
  return [...fields].some((field) => probed.some(({ config: effective }) => effective[field] !== undefined))
    ? 'engaged'
    : 'not checked';
}

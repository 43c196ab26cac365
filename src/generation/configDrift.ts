/** Compares what the config asks for with what the engines run with, field by field. */
import type { EngineRole } from '../api';
import { isDisaggregated } from '../config/disaggregation';
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

type Intended = Map<DriftField, { value: FieldValue; source: ConfigValue }>;

const roles = ['prefill', 'decode'] as const satisfies readonly EngineRole[];
const roleKwargsKey = (role: EngineRole): string => `${engineKey}.${role}_init_kwargs`;

/**
 * The values that the config asks for of engines with this role, by field: written ones only, no defaults and none that
 * could not be resolved. `engine_init_kwargs`, or with disaggregation those of the role, count before the field's own
 * key (docs/decisions.md, engine_init_kwargs). Without a role, a field that is written for one role is left out.
 */
export function intendedConfig(config: RunConfig | undefined, role?: EngineRole): Intended {
  const intended: Intended = new Map();
  const isSplit = isDisaggregated(config) === true;
  for (const field of driftFields) {
    const written = (key: string): ConfigValue | undefined => {
      const value = config?.values.get(`${key}.${field}`);
      return value?.value === null ? undefined : value;
    };
    if (isSplit && !role && roles.some((each) => written(roleKwargsKey(each)))) continue;
    const keys = [...(isSplit && role ? [roleKwargsKey(role)] : []), engineKwargsKey, engineKey];
    const source = keys.map(written).find((value) => value !== undefined);
    const value = source?.unresolvedReason === undefined ? fieldReaders[field](source?.value) : undefined;
    if (source && value !== undefined) intended.set(field, { value, source });
  }
  return intended;
}

/**
 * One result for each field, intended value and differing value. A field that the config or an engine does not have is
 * not compared.
 */
export function findConfigDrift(config: RunConfig | undefined, probed: readonly ProbedEngine[]): ConfigDrift[] {
  const intendedByRole = new Map(probed.map(({ role }) => [role, intendedConfig(config, role)]));
  const drifts = new Map<string, Omit<ConfigDrift, 'message'>>();
  for (const field of driftFields) {
    for (const { engine, role, config: effective } of probed) {
      const { value: intended, source } = intendedByRole.get(role)?.get(field) ?? {};
      const actual = effective[field];
      if (intended === undefined || !source || actual === undefined || isSameValue(actual, intended)) continue;
      const key = JSON.stringify([field, intended, actual]);
      const engines = [...(drifts.get(key)?.engines ?? []), engine];
      drifts.set(key, { field, intended, actual, engines, configValue: source });
    }
  }
  return [...drifts.values()].map((drift): ConfigDrift => {
    const { field, intended, actual, engines } = drift;
    const subject = engines.length === probed.length && probed.length > 1 ? 'every engine' : engines.join(', ');
    const message = `${field}: intended ${JSON.stringify(intended)}, actual ${JSON.stringify(actual)} (${subject}).`;
    return { ...drift, message };
  });
}

/** `not checked`: no engine was probed, or the config has none of the probed fields. */
export type DriftCheck = 'engaged' | 'mismatch' | 'not checked';

/** The overall result of the comparison. */
export function checkDrift(config: RunConfig | undefined, probed: readonly ProbedEngine[]): DriftCheck {
  if (findConfigDrift(config, probed).length > 0) return 'mismatch';
  return probed.some(({ role, config: effective }) =>
    [...intendedConfig(config, role).keys()].some((field) => effective[field] !== undefined),
  )
    ? 'engaged'
    : 'not checked';
}

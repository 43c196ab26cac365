/** The effective config of an engine. Each field is read separately, so that a malformed one affects only itself. */
import type { EngineRole } from '../api';
import { isObject } from '../shared/guards';

/**
 * The fields of the event's `engine_runtime_config`. An unknown field is missing. `speculative_method: null`: no
 * speculation.
 */
export interface EngineConfig {
  enable_prefix_caching?: boolean;
  enable_chunked_prefill?: boolean;
  max_num_seqs?: number;
  max_num_batched_tokens?: number;
  kv_cache_dtype?: string;
  speculative_method?: string | null;
}

/** Labels by name. */
export type LabelMap = ReadonlyMap<string, string>;

type EngineField = keyof EngineConfig;
type FieldValue = string | number | boolean;
type Reader = (value: unknown) => FieldValue | undefined;

const readFlag: Reader = (value) => (typeof value === 'boolean' ? value : undefined);
const readCount: Reader = (value) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
/** A longer text is not a name. */
const maxNameLength = 100;
const readName: Reader = (value) =>
  typeof value === 'string' && value !== '' && value.length <= maxNameLength ? value : undefined;

/** Where each field is in `vllm_config`: its section, and its names in vLLM's releases, newest first. */
const fieldLocations: Record<EngineField, readonly [section: string, names: readonly string[], read: Reader]> = {
  enable_prefix_caching: ['cache_config', ['enable_prefix_caching'], readFlag],
  enable_chunked_prefill: ['scheduler_config', ['enable_chunked_prefill', 'chunked_prefill_enabled'], readFlag],
  max_num_seqs: ['scheduler_config', ['max_num_seqs'], readCount],
  max_num_batched_tokens: ['scheduler_config', ['max_num_batched_tokens'], readCount],
  kv_cache_dtype: ['cache_config', ['kv_cache_dtype', 'cache_dtype'], readName],
  speculative_method: ['speculative_config', ['method'], readName],
};

function readFields(read: (field: EngineField) => FieldValue | null | undefined): EngineConfig {
  const entries = (Object.keys(fieldLocations) as EngineField[]).map((field) => [field, read(field)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/**
 * Reads the answer to `/server_info?config_format=json`, of any shape. Its environment data is neither read nor kept.
 */
export function parseServerInfo(answer: unknown): EngineConfig {
  const config = isObject(answer) && isObject(answer['vllm_config']) ? answer['vllm_config'] : {};
  return readFields((field) => {
    const [sectionName, names, read] = fieldLocations[field];
    const section = config[sectionName];
    if (field === 'speculative_method' && section === null) return null;
    if (!isObject(section)) return undefined;
    return names.map((name) => read(section[name])).find((value) => value !== undefined);
  });
}

/** Booleans as Python writes them into labels. */
const pythonBooleans: Record<string, boolean> = { True: true, False: false };

/** Reads the two fields that the labels of `cache_config_info` have. */
export function parseCacheConfig(labels: LabelMap): EngineConfig {
  const caching = pythonBooleans[labels.get('enable_prefix_caching') ?? ''];
  const dtype = labels.get('cache_dtype');
  return {
    ...(caching !== undefined && { enable_prefix_caching: caching }),
    ...(dtype !== undefined && dtype !== 'None' && readName(dtype) !== undefined && { kv_cache_dtype: dtype }),
  };
}

/** The effective config of one engine, and where it was read. */
export interface ProbedEngine {
  /** Name for people: `engine 0`, or the server's URL. */
  engine: string;
  source: 'server_info' | 'cache_config_info';
  /** Its role, if the run has prefill/decode disaggregation and the role is known. */
  role?: EngineRole;
  config: EngineConfig;
}

/** The fields that all engines agree on. A field is left out if two of them differ. */
export function commonConfig(probed: readonly ProbedEngine[]): EngineConfig {
  return readFields((field) => {
    const values = probed.flatMap(({ config }) => (config[field] === undefined ? [] : [config[field]]));
    return values.every((value) => value === values[0]) ? values[0] : undefined;
  });
}

/** What an engine really runs with, read field by field: a malformed one costs itself. Nothing else of an answer is kept. */
import { isObject } from '../shared/guards';

/** The six fields of the event's `engine_runtime_config`. A missing key: nobody said it. `speculative_method: null`: no speculation. */
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

export type EngineField = keyof EngineConfig;

type Read = (value: unknown) => string | number | boolean | undefined;
const flag: Read = (value) => (typeof value === 'boolean' ? value : undefined);
const count: Read = (value) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
/** Longer than any name: then it is something else. */
const longestName = 100;
const name: Read = (value) =>
  typeof value === 'string' && value !== '' && value.length <= longestName ? value : undefined;

/** Where a field stands in `vllm_config`: part, names over vLLM's versions, newest first. */
const fieldLocations: Record<EngineField, readonly [part: string, names: readonly string[], read: Read]> = {
  enable_prefix_caching: ['cache_config', ['enable_prefix_caching'], flag],
  enable_chunked_prefill: ['scheduler_config', ['enable_chunked_prefill', 'chunked_prefill_enabled'], flag],
  max_num_seqs: ['scheduler_config', ['max_num_seqs'], count],
  max_num_batched_tokens: ['scheduler_config', ['max_num_batched_tokens'], count],
  kv_cache_dtype: ['cache_config', ['kv_cache_dtype', 'cache_dtype'], name],
  speculative_method: ['speculative_config', ['method'], name],
};

function collect(read: (field: EngineField) => string | number | boolean | null | undefined): EngineConfig {
  const entries = (Object.keys(fieldLocations) as EngineField[]).map((field) => [field, read(field)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** From the answer to `/server_info?config_format=json`, of whatever shape. Environment data in it is not looked at. */
export function parseServerInfo(answer: unknown): EngineConfig {
  const config = isObject(answer) && isObject(answer['vllm_config']) ? answer['vllm_config'] : {};
  return collect((field) => {
    const [part, names, read] = fieldLocations[field];
    const inside = config[part];
    if (field === 'speculative_method' && inside === null) return null;
    if (!isObject(inside)) return undefined;
    return names.map((each) => read(inside[each])).find((value) => value !== undefined);
  });
}

/** As Python writes them into labels. */
const pythonBooleans: Record<string, boolean> = { True: true, False: false };

/** From the labels of `cache_config_info`: two of the six stand there. */
export function parseCacheConfig(labels: LabelMap): EngineConfig {
  const caching = pythonBooleans[labels.get('enable_prefix_caching') ?? ''];
  const dtype = labels.get('cache_dtype');
  return {
    ...(caching !== undefined && { enable_prefix_caching: caching }),
    ...(dtype !== undefined && dtype !== 'None' && name(dtype) !== undefined && { kv_cache_dtype: dtype }),
  };
}

/** What was found out of one engine, and from where. */
export interface ProbedEngine {
  /** As people read it: `engine 0`, or the server's URL. */
  engine: string;
  source: 'server_info' | 'cache_config_info';
  config: EngineConfig;
}

/** What all of them say alike; a field in which they differ belongs to none. */
export function commonConfig(probed: readonly ProbedEngine[]): EngineConfig {
  return collect((field) => {
    const said = probed.flatMap(({ config }) => (config[field] === undefined ? [] : [config[field]]));
    return said.every((value) => value === said[0]) ? said[0] : undefined;
  });
}

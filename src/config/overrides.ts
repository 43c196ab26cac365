/** Finds values that `engine_init_kwargs` silently overrides (docs/decisions.md, engine_init_kwargs). */
import { engineKey, engineKwargsKey } from './keys';
import type { ConfigValue, RunConfig } from './types';

/** vLLM's argument to the key in SkyRL's config. `enable_chunked_prefill` is missing because SkyRL never passes its own on. */
const overridable: Record<string, string> = {
  dtype: 'model_dtype',
  ...Object.fromEntries(
    [
      'tensor_parallel_size',
      'pipeline_parallel_size',
      'data_parallel_size',
      'enable_prefix_caching',
      'max_num_batched_tokens',
      'enforce_eager',
      'gpu_memory_utilization',
      'max_num_seqs',
      'served_model_name',
      'distributed_executor_backend',
      'speculative_config',
      'fully_sharded_loras',
      'enable_return_routed_experts',
      'language_model_only',
    ].map((name) => [name, name]),
  ),
};

/** The values at and below a key, by the rest of their keys. */
function subtree({ values }: RunConfig, key: string): Map<string, ConfigValue> {
  const found = [...values.values()].filter((value) => value.key === key || value.key.startsWith(`${key}.`));
  return new Map(found.map((value) => [value.key.slice(key.length), value]));
}

function serialize(values: ReadonlyMap<string, ConfigValue>): string {
  return JSON.stringify(
    [...values]
      .map(([name, { value }]): [string, unknown] => [name, value])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

/** Each value that a different one in `engine_init_kwargs` overrides, with the one that wins. */
export function findOverriddenValues(config: RunConfig): { value: ConfigValue; by: ConfigValue }[] {
  const found: { value: ConfigValue; by: ConfigValue }[] = [];
  for (const [argument, name] of Object.entries(overridable)) {
    const written = subtree(config, `${engineKey}.${name}`);
    const kwargs = subtree(config, `${engineKwargsKey}.${argument}`);
    const [value] = written.values();
    const [by] = kwargs.values();
    if (value !== undefined && by !== undefined && serialize(written) !== serialize(kwargs)) found.push({ value, by });
  }
  return found;
}

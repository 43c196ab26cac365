/** Values that `engine_init_kwargs` overrides: it is applied last, without a word (research/metrics.md §5.2). */
import { engineKey, engineKwargsKey } from './keys';
import type { ConfigValue, RunConfig } from './types';

/** Name among vLLM's arguments → name in SkyRL's config. `enable_chunked_prefill` is not here: SkyRL's own is never passed on. */
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

/** The value at a key, or those below it, by what comes after the key. */
function subtree({ values }: RunConfig, key: string): Map<string, ConfigValue> {
  const inside = [...values.values()].filter((value) => value.key === key || value.key.startsWith(`${key}.`));
  return new Map(inside.map((value) => [value.key.slice(key.length), value]));
}

function text(values: ReadonlyMap<string, ConfigValue>): string {
  return JSON.stringify(
    [...values]
      .map(([name, { value }]): [string, unknown] => [name, value])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

/** Each written value that a different one in `engine_init_kwargs` overrides, with that one. */
export function findOverriddenValues(config: RunConfig): { value: ConfigValue; by: ConfigValue }[] {
  const found: { value: ConfigValue; by: ConfigValue }[] = [];
  for (const [argument, name] of Object.entries(overridable)) {
    const own = subtree(config, `${engineKey}.${name}`);
    const kwargs = subtree(config, `${engineKwargsKey}.${argument}`);
    const [value] = own.values();
    const [by] = kwargs.values();
    if (value !== undefined && by !== undefined && text(own) !== text(kwargs)) found.push({ value, by });
  }
  return found;
}

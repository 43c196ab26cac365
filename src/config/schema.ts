/** Types of the keys this extension knows: `InferenceEngineConfig` of SkyRL a9564572 and its legacy keys (research/metrics.md §5.2). */
import { engineKey } from './keys';

export type KeyType = 'bool' | 'int' | 'float' | 'text' | 'list' | 'dict';

/** `?` marks a key that may be null. */
type TypeName = KeyType | `${KeyType}?`;

const engineTypes: Record<string, TypeName> = {
  model_dtype: 'text',
  serialized_weight_sync_mode: 'text?',
  run_engines_locally: 'bool',
  num_engines: 'int',
  backend: 'text',
  weight_sync_backend: 'text',
  weight_transfer_threshold_cuda_ipc_GB: 'float',
  delta_weight_sync: 'dict?',
  tensor_parallel_size: 'int',
  pipeline_parallel_size: 'int',
  expert_parallel_size: 'int',
  data_parallel_size: 'int',
  vllm_v1_disable_multiproc: 'bool',
  enable_prefix_caching: 'bool',
  enable_chunked_prefill: 'bool',
  enable_return_routed_experts: 'bool',
  max_num_batched_tokens: 'int',
  enforce_eager: 'bool',
  fully_sharded_loras: 'bool',
  enable_ray_prometheus_stats: 'bool',
  gpu_memory_utilization: 'float',
  offload_kv_for_weight_sync: 'bool',
  use_expandable_segments: 'bool',
  max_num_seqs: 'int',
  served_model_name: 'text?',
  distributed_executor_backend: 'text',
  language_model_only: 'bool',
  engine_init_kwargs: 'dict',
  speculative_config: 'dict?',
  external_proxy_url: 'text?',
  external_server_urls: 'list?',
  enable_pd: 'bool',
  num_prefill: 'int',
  router_init_kwargs: 'dict',
  async_engine: 'bool',
  remote_urls: 'list?',
  enable_http_endpoint: 'bool',
  http_endpoint_host: 'text',
  http_endpoint_port: 'int',
  override_existing_update_group: 'text',
};

const otherTypes: Record<string, TypeName> = {
  'trainer.enable_ray_gpu_monitor': 'bool',
  'trainer.log_path': 'text',
  'trainer.placement.colocate_all': 'bool',
  'trainer.policy.model.path': 'text?',
  'trainer.project_name': 'text',
  'trainer.run_name': 'text',
};

/** Defaults of `InferenceEngineConfig` since SkyRL 0.3; those of keys that take a mapping are empty ones. */
const engineDefaults: Record<string, unknown> = {
  model_dtype: 'bfloat16',
  run_engines_locally: true,
  num_engines: 1,
  backend: 'vllm',
  weight_sync_backend: 'nccl',
  weight_transfer_threshold_cuda_ipc_GB: 1.0,
  delta_weight_sync: null,
  tensor_parallel_size: 1,
  pipeline_parallel_size: 1,
  expert_parallel_size: 1,
  data_parallel_size: 1,
  vllm_v1_disable_multiproc: true,
  enable_prefix_caching: true,
  enable_chunked_prefill: true,
  enable_return_routed_experts: false,
  max_num_batched_tokens: 8192,
  enforce_eager: false,
  fully_sharded_loras: false,
  enable_ray_prometheus_stats: true,
  gpu_memory_utilization: 0.8,
  offload_kv_for_weight_sync: false,
  use_expandable_segments: false,
  max_num_seqs: 1024,
  served_model_name: null,
  distributed_executor_backend: 'ray',
  language_model_only: false,
  engine_init_kwargs: {},
  speculative_config: null,
  external_proxy_url: null,
  external_server_urls: null,
  enable_pd: false,
  num_prefill: 0,
  router_init_kwargs: {},
};

/** Where the defaults of SkyRL 0.1 and 0.2, which read the legacy layout, are others. */
const olderDefaults: Record<string, unknown> = { enable_ray_prometheus_stats: false, enforce_eager: true };

const otherDefaults: Record<string, unknown> = {
  'trainer.enable_ray_gpu_monitor': true,
  'trainer.log_path': '/tmp/skyrl-logs',
  'trainer.placement.colocate_all': true,
};

export interface KeyDefault {
  key: string;
  value: unknown;
  /** In words, of which SkyRL. */
  description: string;
}

/** What holds for keys that are not written, for a config of that layout; keys in the order they are best read in. */
export function defaultsFor(layout: 'nested' | 'legacy'): KeyDefault[] {
  const engines = Object.entries(engineDefaults).map(([name, value]): KeyDefault => {
    const key = `${engineKey}.${name}`;
    if (!(name in olderDefaults))
      return { key, value, description: layout === 'legacy' ? 'default of SkyRL 0.1 and 0.2' : 'default of SkyRL' };
    return layout === 'legacy'
      ? {
          key,
          value: olderDefaults[name],
          description: `default of SkyRL 0.1 and 0.2; since 0.3 ${JSON.stringify(value)}`,
        }
      : { key, value, description: `default since SkyRL 0.3; before ${JSON.stringify(olderDefaults[name])}` };
  });
  return [
    ...engines,
    ...Object.entries(otherDefaults).map(([key, value]): KeyDefault => ({
      key,
      value,
      description: 'default of SkyRL',
    })),
  ];
}

export interface KeySchema {
  type: KeyType;
  nullable: boolean;
}

function row(name: TypeName): KeySchema {
  return { type: name.replace('?', '') as KeyType, nullable: name.endsWith('?') };
}

/** Type by dotted key of the nested layout. Keys that are not here are not checked: people subclass SkyRL's config. */
export const keySchemas: ReadonlyMap<string, KeySchema> = new Map([
  ...Object.entries(engineTypes).map(([name, type]): [string, KeySchema] => [`${engineKey}.${name}`, row(type)]),
  ...Object.entries(otherTypes).map(([key, type]): [string, KeySchema] => [key, row(type)]),
]);

/** The keys of SkyRL's two config layouts and the map between them (docs/decisions.md, Config layouts). */

/** The section of all generation keys; legacy engine keys are directly in it. */
export const generatorKey = 'generator';
/** The section of the engine keys in the nested layout. */
export const engineKey = 'generator.inference_engine';
/** Arguments that SkyRL passes to vLLM last (docs/decisions.md, engine_init_kwargs). */
export const engineKwargsKey = `${engineKey}.engine_init_kwargs`;

/** Legacy name under `generator` to its name under `generator.inference_engine`; `''` if it is the same. */
const renames = {
  num_inference_engines: 'num_engines',
  inference_engine_tensor_parallel_size: 'tensor_parallel_size',
  inference_engine_pipeline_parallel_size: 'pipeline_parallel_size',
  inference_engine_expert_parallel_size: 'expert_parallel_size',
  inference_engine_data_parallel_size: 'data_parallel_size',
  remote_inference_engine_urls: 'remote_urls',
  model_dtype: '',
  run_engines_locally: '',
  backend: '',
  weight_sync_backend: '',
  weight_transfer_threshold_cuda_ipc_GB: '',
  async_engine: '',
  vllm_v1_disable_multiproc: '',
  enable_prefix_caching: '',
  enable_chunked_prefill: '',
  max_num_batched_tokens: '',
  enforce_eager: '',
  fully_sharded_loras: '',
  enable_ray_prometheus_stats: '',
  gpu_memory_utilization: '',
  max_num_seqs: '',
  enable_http_endpoint: '',
  http_endpoint_host: '',
  http_endpoint_port: '',
  served_model_name: '',
  engine_init_kwargs: '',
  override_existing_update_group: '',
  external_proxy_url: '',
  external_server_urls: '',
  enable_return_routed_experts: '',
  distributed_executor_backend: '',
} as const;

const legacyToNested: ReadonlyMap<string, string> = new Map(
  Object.entries(renames).map(([legacy, nested]) => [legacy, nested === '' ? legacy : nested]),
);

/** Every legacy name, for the byte test of `findConfigs`. */
export const legacyNames: readonly string[] = [...legacyToNested.keys()];

/** Legacy keys without a successor: the model name is now taken from `trainer.policy.model.path`. */
export const obsoleteLegacyKeys: ReadonlySet<string> = new Set([`${generatorKey}.model_name`]);

/** Whether a key in the file's spelling is a legacy engine key or below one. */
export function isLegacyKey(key: string): boolean {
  const [first, name] = key.split('.', 2);
  return first === generatorKey && name !== undefined && legacyToNested.has(name);
}

/** Whether a key, in the spelling of either layout, is an engine key. */
export function isEngineKey(key: string): boolean {
  return isLegacyKey(key) || key === engineKey || key.startsWith(`${engineKey}.`);
}

/** A dotted key in the spelling of the nested layout; keys that are not legacy engine keys are returned unchanged. */
export function toNestedKey(key: string): string {
  if (!isLegacyKey(key)) return key;
  const [, name = '', ...rest] = key.split('.');
  return [engineKey, legacyToNested.get(name) ?? name, ...rest].join('.');
}

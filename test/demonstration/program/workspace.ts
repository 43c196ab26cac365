/**
 * The workspace of the demonstration: a SkyRL config that fits the simulated run, and a setting with the dashboard's
 * address.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { maxNumSeqs } from '../live/engine';
import { modelName } from '../live/names';
import { maxTokens } from '../live/request';
import { bufferSize, miniBatchSize, samplesPerPrompt } from '../live/trainer';

const configFor = (
  engineCount: number,
): string => `# GRPO on GSM8K, fully asynchronous, ${engineCount} vLLM engines. Written for the demonstration run.
data:
  train_data: ["\${oc.env:HOME}/data/gsm8k/train.parquet"]
  val_data: ["\${oc.env:HOME}/data/gsm8k/validation.parquet"]

trainer:
  project_name: gsm8k
  run_name: grpo-qwen2.5-7b-async
  logger: wandb
  log_path: /tmp/skyrl-logs
  strategy: fsdp2
  epochs: 20
  train_batch_size: ${miniBatchSize}
  policy_mini_batch_size: ${miniBatchSize}
  micro_forward_batch_size_per_gpu: 8
  micro_train_batch_size_per_gpu: 4
  eval_interval: 5
  ckpt_interval: 10
  ckpt_path: "\${oc.env:HOME}/ckpts/\${trainer.run_name}"
  enable_ray_gpu_monitor: true
  algorithm:
    advantage_estimator: grpo
    use_kl_loss: true
    kl_loss_coef: 0.001
  fully_async:
    max_staleness_steps: 2
    num_parallel_generation_workers: ${bufferSize}
  placement:
    colocate_all: false
    policy_num_nodes: 1
    policy_num_gpus_per_node: 4
  policy:
    model:
      path: ${modelName}
    optimizer_config:
      lr: 1.0e-6

generator:
  n_samples_per_prompt: ${samplesPerPrompt}
  batched: false
  sampling_params:
    temperature: 1.0
    top_p: 1.0
    max_generate_length: ${maxTokens}
  inference_engine:
    backend: vllm
    num_engines: ${engineCount}
    tensor_parallel_size: 1
    data_parallel_size: 1
    run_engines_locally: true
    weight_sync_backend: nccl
    model_dtype: bfloat16
    served_model_name: \${trainer.policy.model.path}
    # Engine metrics go to Ray's node agents: this is what the extension reads.
    enable_ray_prometheus_stats: true
    enable_prefix_caching: true
    gpu_memory_utilization: 0.85
    max_num_seqs: ${maxNumSeqs}
    max_num_batched_tokens: 8192
    enforce_eager: false
    engine_init_kwargs:
      max_model_len: 6144
      kv_cache_metrics: true

environment:
  env_class: gsm8k
`;

/** Writes the workspace of a run with so many engines into a folder. The dashboard's port was chosen at run time, so a setting must name it. */
export function writeWorkspace(folder: string, dashboardUrl: string, engineCount: number): void {
  const files: Record<string, string> = {
    'config/grpo.yaml': configFor(engineCount),
    '.vscode/settings.json': `${JSON.stringify({ 'skyrl.ray.dashboardUrl': dashboardUrl }, null, 2)}\n`,
  };
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

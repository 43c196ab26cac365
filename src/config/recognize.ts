/** Recognizes SkyRL's configs among files of other programs that have a `generator`, too. */
import { engineKey, isLegacyKey, legacyNames } from './keys';

/** Legacy names that other programs use as well: alone they say nothing about SkyRL. */
const commonNames = new Set([
  'backend',
  'distributed_executor_backend',
  'enable_chunked_prefill',
  'enable_prefix_caching',
  'enforce_eager',
  'gpu_memory_utilization',
  'max_num_batched_tokens',
  'max_num_seqs',
  'model_dtype',
  'served_model_name',
]);

/** Legacy names that only SkyRL has. */
export const distinctNames: readonly string[] = legacyNames.filter((name) => !commonNames.has(name));

/** Keys of SkyRL beside the engines, which tell that a config with common names only is SkyRL's. */
const companions: Readonly<Record<string, readonly string[]>> = {
  trainer: (
    'algorithm bf16 ckpt_interval ckpt_path critic critic_mini_batch_size critic_num_gpus_per_node epochs eval_batch_size ' +
    'eval_before_train eval_interval export_path hf_save_interval log_path max_prompt_length micro_forward_batch_size_per_gpu ' +
    'micro_train_batch_size_per_gpu placement policy policy_mini_batch_size project_name ref resume_mode run_name ' +
    'train_batch_size update_epochs_per_batch'
  ).split(' '),
  generator: (
    'apply_overlong_filtering batched eval_n_samples_per_prompt eval_sampling_params max_input_length max_turns ' +
    'n_samples_per_prompt sampling_params use_conversation_multi_turn zero_reward_on_non_stop'
  ).split(' '),
  environment: ['env_class', 'skyrl_gym'],
  data: ['train_data', 'val_data'],
};

const isCompanion = (key: string): boolean => {
  const [section = '', name = ''] = key.split('.', 2);
  return Object.hasOwn(companions, section) && companions[section]?.includes(name) === true;
};

/**
 * The layout of a config with these keys, in the file's own spelling; undefined if it is not SkyRL's. By SkyRL's own
 * rule one legacy key makes it legacy.
 */
export function layoutOf(keys: readonly string[], hasEngineMapping: boolean): 'nested' | 'legacy' | undefined {
  const legacy = keys.filter(isLegacyKey);
  const isNested = hasEngineMapping || keys.some((key) => key.startsWith(`${engineKey}.`));
  const isDistinct = (key: string): boolean => !commonNames.has(key.split('.', 2)[1] ?? '');
  if (legacy.length === 0) return isNested ? 'nested' : undefined;
  return isNested || legacy.some(isDistinct) || keys.some(isCompanion) ? 'legacy' : undefined;
}

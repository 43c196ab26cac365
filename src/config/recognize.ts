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

/** Keys beside the engines, by section. */
type Keys = Readonly<Record<string, readonly string[]>>;

/** Keys that only SkyRL has: one of them tells that a config with common names is SkyRL's. */
const ownKeys: Keys = {
  trainer: (
    'ckpt_interval critic critic_mini_batch_size critic_num_gpus_per_node eval_before_train hf_save_interval ' +
    'micro_forward_batch_size_per_gpu micro_train_batch_size_per_gpu placement policy policy_mini_batch_size ref ' +
    'resume_mode update_epochs_per_batch'
  ).split(' '),
  generator: (
    'apply_overlong_filtering eval_n_samples_per_prompt eval_sampling_params n_samples_per_prompt ' +
    'use_conversation_multi_turn zero_reward_on_non_stop'
  ).split(' '),
  environment: ['env_class', 'skyrl_gym'],
};

/** Keys that other trainers have as well: only several of them together tell. */
const sharedKeys: Keys = {
  trainer: (
    'algorithm bf16 ckpt_path epochs eval_batch_size eval_interval export_path log_path max_prompt_length ' +
    'project_name run_name train_batch_size'
  ).split(' '),
  generator: ['batched', 'max_input_length', 'max_turns', 'sampling_params'],
  data: ['train_data', 'val_data'],
};

const neededSharedKeys = 3;

/** How many different keys of a table are among those of a config. */
function countKeys(table: Keys, keys: readonly string[]): number {
  const found = keys.flatMap((key) => {
    const [section = '', name = ''] = key.split('.', 2);
    return Object.hasOwn(table, section) && table[section]?.includes(name) === true ? [`${section}.${name}`] : [];
  });
  return new Set(found).size;
}

const hasCompanions = (keys: readonly string[]): boolean =>
  countKeys(ownKeys, keys) > 0 || countKeys(sharedKeys, keys) >= neededSharedKeys;

/**
 * The layout of a config with these keys, in the file's own spelling; undefined if it is not SkyRL's. By SkyRL's own
 * rule one legacy key makes it legacy.
 */
export function layoutOf(keys: readonly string[], hasEngineMapping: boolean): 'nested' | 'legacy' | undefined {
  const legacy = keys.filter(isLegacyKey);
  const isNested = hasEngineMapping || keys.some((key) => key.startsWith(`${engineKey}.`));
  const isDistinct = (key: string): boolean => !commonNames.has(key.split('.', 2)[1] ?? '');
  if (legacy.length === 0) return isNested ? 'nested' : undefined;
  return isNested || legacy.some(isDistinct) || hasCompanions(keys) ? 'legacy' : undefined;
}

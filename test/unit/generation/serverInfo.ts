/** A recorded answer to `/server_info`, and the config that it holds. */
import { readFileSync } from 'node:fs';
import { fixturePath } from '../../demonstration/paths';

interface ServerInfo {
  vllm_config: Record<string, Record<string, unknown> | null>;
  vllm_env: unknown;
  system_env: unknown;
}
/** The answer, parsed anew so that a test may change it. */
export const serverInfo = (): ServerInfo =>
  JSON.parse(readFileSync(fixturePath('vllm-0.32-native', 'get_server_info.json'), 'utf8')) as ServerInfo;

/** What `parseServerInfo` reads from it. */
export const effective = {
  enable_prefix_caching: true,
  enable_chunked_prefill: true,
  max_num_seqs: 16,
  max_num_batched_tokens: 2048,
  kv_cache_dtype: 'auto',
  speculative_method: null,
};

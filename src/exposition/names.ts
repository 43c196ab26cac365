/** One family has four spellings: `vllm:x` natively, `vllm_x`, `ray_vllm_x` on Ray's agents, `ray_vllm:x` on old ones. */

const prefix = /^(?:ray_)?vllm[:_]/;

/** The name without its spelling (`num_requests_running`), or undefined where it is not one of vLLM's. */
export function bareName(name: string): string | undefined {
  const match = prefix.exec(name);
  return match ? name.slice(match[0].length) : undefined;
}

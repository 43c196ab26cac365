/** One family of vLLM has four spellings: `vllm:x` natively, `vllm_x`, `ray_vllm_x` on Ray's agents, `ray_vllm:x` on old ones. */

const vllmPrefix = /^(?:ray_)?vllm[:_]/;

/** The name without its spelling (`num_requests_running`), or undefined where it is not one of vLLM's. */
export function bareName(name: string): string | undefined {
  const match = vllmPrefix.exec(name);
  return match ? name.slice(match[0].length) : undefined;
}

/** Who else's families are read: their names keep whose they are. */
const otherPrefixes: readonly (readonly [spelling: RegExp, canonical: string])[] = [
  [/^ray_skyrl_/, 'skyrl_'],
  [/^ray_node_/, 'node_'],
  [/^lmcache[:_]/, 'lmcache_'],
  [/^dynamo_/, 'dynamo_'],
  [/^http_/, 'http_'],
];

/** The bare name of vLLM's families, one spelling for the others' (`ray_node_x` is `node_x`); undefined where it is nobody's we know. */
export function canonicalName(name: string): string | undefined {
  const bare = bareName(name);
  if (bare !== undefined) return bare;
  for (const [spelling, canonical] of otherPrefixes) if (spelling.test(name)) return name.replace(spelling, canonical);
  return undefined;
}

/**
 * Canonical names of metric families. vLLM's families have four spellings: `vllm:x` on servers, `vllm_x`, `ray_vllm_x`
 * on Ray's agents and `ray_vllm:x` on old ones.
 */

const vllmPrefix = /^(?:ray_)?vllm[:_]/;

/** Families of other exporters keep a prefix that names the exporter. */
const exporterPrefixes: readonly (readonly [spelling: RegExp, canonical: string])[] = [
  [/^ray_skyrl_/, 'skyrl_'],
  [/^ray_node_/, 'node_'],
  // In its multi-process mode LMCache says `lmcache_mp_`.
  [/^lmcache(?:_mp_|[:_])/, 'lmcache_'],
  [/^dynamo_/, 'dynamo_'],
  [/^http_/, 'http_'],
];

/**
 * The canonical name of a family or sample: without any prefix for vLLM (`num_requests_running`), with the exporter's
 * prefix for the others (`ray_node_x` becomes `node_x`). Undefined for names of unknown exporters.
 */
export function canonicalName(name: string): string | undefined {
  if (vllmPrefix.test(name)) return name.replace(vllmPrefix, '');
  for (const [spelling, canonical] of exporterPrefixes)
    if (spelling.test(name)) return name.replace(spelling, canonical);
  return undefined;
}

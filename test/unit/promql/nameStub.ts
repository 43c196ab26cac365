/** A name lookup with fixed answers that remembers the selectors it was asked for. */
import type { NameLookup } from '../../../src/promql/nameLookup';

/** Metrics, labels and values, among them a name with a dot and a value with characters that must be escaped. */
export function nameStub(): NameLookup & { selectors: (string | undefined)[] } {
  const selectors: (string | undefined)[] = [];
  return {
    selectors,
    metrics: () => Promise.resolve(['ray_vllm_kv_cache_usage_perc', 'vllm:e2e', 'a.b']),
    metadata: () =>
      Promise.resolve(new Map([['ray_vllm_kv_cache_usage_perc', { type: 'gauge', help: 'share', unit: '' }]])),
    labels: (selector) => {
      selectors.push(selector);
      return Promise.resolve(['engine', 'WorkerId', 'a.b']);
    },
    values: (_, selector) => {
      selectors.push(selector);
      return Promise.resolve(['0', 'x"\n\\']);
    },
    seriesCount: () => Promise.resolve(1),
  };
}

/** The catalog's PromQL as the Prometheus of a run has the metrics: with Ray's names, or with those of vLLM servers. */

/** What publishes the series of engines: Ray's agents, or the servers themselves. */
export type Reporter = 'ray' | 'server';

/** The labels that tell engines apart. */
export const engineLabels: Record<Reporter, string> = { ray: 'WorkerId', server: 'instance, engine' };

/** The range of rates unless another is chosen. Ray's workers report every 10 s, and Prometheus usually scrapes every 15 s. */
const defaultRange = '1m';

/** A query in the names of a reporter, with a range in place of the catalog's `$w`. */
export const spellPromql = (promql: string, reporter: Reporter, range = defaultRange): string =>
  (reporter === 'server' ? promql.replaceAll('ray_vllm_', 'vllm:') : promql).replaceAll('$w', range);

/** The reporter of an engine by its id, which is a `WorkerId` on Ray, and a URL and a rank on a server. */
export const reporterOf = (engineId: string): Reporter => (engineId.includes('://') ? 'server' : 'ray');

/** The reporters of a run's engines, Ray first. Ray alone if no engine is known. */
export function reportersOf(engines: readonly { id: string }[]): Reporter[] {
  const reporters = new Set(engines.map(({ id }) => reporterOf(id)));
  return reporters.size === 0 ? ['ray'] : (['ray', 'server'] as const).filter((reporter) => reporters.has(reporter));
}

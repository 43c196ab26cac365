/** The PromQL of what a chart shows, as a `.promql` document. */
import { catalog, type CatalogRow } from './catalog';

/** Replaces `$w`. Ray's workers report every 10 s, and Prometheus usually scrapes every 15 s. */
const rateRange = '1m';

/**
 * PromQL of each engine from PromQL over all engines: aggregations get the labels that tell engines apart, such as
 * `WorkerId` on Ray or `instance, engine` on servers.
 */
export function groupByEngine(promql: string, engineLabels = 'WorkerId'): string {
  return promql.replace(
    /\b(sum|max|min|avg)(?: by \(([^)]*)\) )?\(/g,
    (_, name: string, labels?: string) => `${name} by (${[labels, engineLabels].filter(Boolean).join(', ')}) (`,
  );
}

const block = (label: string, promql: string): string => `# ${label}\n${promql.replaceAll('$w', rateRange)}`;

/** Any quantile row of a histogram, given by what its rows' ids begin with. */
function findQuantileRow(histogram: string): CatalogRow | undefined {
  return catalog.find((row) => row.kind === 'quantile' && row.histogram === histogram);
}

/** The buckets that a histogram's quantiles are computed from. */
function bucketBlocks(histogram: string): string[] {
  const row = findQuantileRow(histogram);
  const buckets = /^histogram_quantile\([\d.]+, (.*)\)$/.exec(row?.promql ?? '')?.[1];
  return row && buckets !== undefined ? [block(`${row.label}: buckets`, buckets)] : [];
}

/**
 * A document with a block for each metric (by catalog id) and for the buckets of each histogram, with Ray's names and a
 * range of one minute. `byEngine`: each engine instead of the aggregate. Unknown ids are left out.
 */
export function chartQueries(ids: readonly string[], histograms: readonly string[], byEngine: boolean): string {
  const rows = catalog
    .filter(({ id }) => ids.includes(id))
    .map(({ label, promql, subject }) =>
      block(label, byEngine && subject === 'engine' ? groupByEngine(promql) : promql),
    );
  return [...rows, ...histograms.flatMap(bucketBlocks)].join('\n\n');
}

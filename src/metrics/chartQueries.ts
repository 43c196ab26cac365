import { catalog, type CatalogRow } from './catalog';

/** What stands for `$w`: Ray's agents report every 10 s, Prometheus asks every 15 s or so. */
const rateRange = '1m';

/** Sums, means and extremes over the engines become those of each engine, which `own` tells apart. */
export function groupByEngine(promql: string, own = 'WorkerId'): string {
  return promql.replace(
    /\b(sum|max|min|avg)(?: by \(([^)]*)\) )?\(/g,
    (_, name: string, labels?: string) => `${name} by (${[labels, own].filter(Boolean).join(', ')}) (`,
  );
}

const block = (label: string, promql: string): string => `# ${label}\n${promql.replaceAll('$w', rateRange)}`;

/** The buckets that a quantile is made of. */
function findQuantileRow(histogram: string): CatalogRow | undefined {
  return catalog.find((row) => row.kind === 'quantile' && row.histogram === histogram);
}

/**
 * The PromQL of what a chart shows, a block for each metric, as a `.promql` document: over Ray's names, with a range of one minute.
 * Unknown ids give nothing.
 */
export function chartQueries(measures: readonly string[], histograms: readonly string[], each: boolean): string {
  const rows = catalog
    .filter(({ id }) => measures.includes(id))
    .map(({ label, promql, subject }) => block(label, each && subject === 'engine' ? groupByEngine(promql) : promql));
  const buckets = histograms.flatMap((histogram) => {
    const row = findQuantileRow(histogram);
    const inner = /^histogram_quantile\([\d.]+, (.*)\)$/.exec(row?.promql ?? '')?.[1];
    return row && inner !== undefined ? [block(`${row.label}: buckets`, inner)] : [];
  });
  return [...rows, ...buckets].join('\n\n');
}

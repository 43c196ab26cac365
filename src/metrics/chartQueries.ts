/** The PromQL of what a chart shows, as a `.promql` document. */
import { catalog, type CatalogRow } from './catalog';
import { engineLabels, spellPromql, type Reporter } from './spellPromql';

/**
 * PromQL of each engine from PromQL over all engines: aggregations get the labels that tell engines apart, such as
 * `WorkerId` on Ray or `instance, engine` on servers.
 */
export function groupByEngine(promql: string, labels: string): string {
  return promql.replace(
    /\b(sum|max|min|avg)(?: by \(([^)]*)\) )?\(/g,
    (_, name: string, grouping?: string) => `${name} by (${[grouping, labels].filter(Boolean).join(', ')}) (`,
  );
}

/** What the queries of a chart are written for. */
interface ChartQueryOptions {
  /** Each engine instead of the aggregate. */
  byEngine: boolean;
  /** Of the run's engines; a query whose names differ between them is written for each. */
  reporters: readonly Reporter[];
  /** The rows that queries are made of; by default the catalog's. */
  rows?: readonly CatalogRow[];
}

const reporterNames: Record<Reporter, string> = { ray: 'on Ray', server: 'on servers' };

function blocks(label: string, reporters: readonly Reporter[], queryOf: (reporter: Reporter) => string): string[] {
  const reportersByQuery = new Map(reporters.map((reporter) => [spellPromql(queryOf(reporter), reporter), reporter]));
  const isSplit = reportersByQuery.size > 1;
  return [...reportersByQuery].map(
    ([query, reporter]) => `# ${label}${isSplit ? `, ${reporterNames[reporter]}` : ''}\n${query}`,
  );
}

/** Any quantile row of a histogram, given by what its rows' ids begin with. */
function findQuantileRow(rows: readonly CatalogRow[], histogram: string): CatalogRow | undefined {
  return rows.find((row) => row.kind === 'quantile' && row.histogram === histogram);
}

/** The buckets that a histogram's quantiles are computed from. */
function bucketBlocks(rows: readonly CatalogRow[], histogram: string, reporters: readonly Reporter[]): string[] {
  const row = findQuantileRow(rows, histogram);
  const buckets = /^histogram_quantile\([\d.]+, (.*)\)$/.exec(row?.promql ?? '')?.[1];
  return row && buckets !== undefined ? blocks(`${row.label}: buckets`, reporters, () => buckets) : [];
}

/** A row's query in the names of a run, with a range of one minute. Empty if it has none. */
export const rowQueries = ({ label, promql }: CatalogRow, reporters: readonly Reporter[]): string => {
  if (promql === '') return '';
  const [first = '', ...others] = blocks(label, reporters, () => promql);
  // A single query needs no comment.
  return others.length === 0 ? first.slice(first.indexOf('\n') + 1) : [first, ...others].join('\n\n');
};

/**
 * A document with a block for each metric (by catalog id) and for the buckets of each histogram, with a range of one
 * minute. Ids without a row are left out.
 */
export function chartQueries(
  ids: readonly string[],
  histograms: readonly string[],
  { byEngine, reporters, rows = catalog }: ChartQueryOptions,
): string {
  const rowBlocks = rows
    .filter(({ id, promql }) => ids.includes(id) && promql !== '')
    .flatMap(({ label, promql, subject }) =>
      blocks(label, reporters, (reporter) =>
        byEngine && subject === 'engine' ? groupByEngine(promql, engineLabels[reporter]) : promql,
      ),
    );
  return [...rowBlocks, ...histograms.flatMap((histogram) => bucketBlocks(rows, histogram, reporters))].join('\n\n');
}

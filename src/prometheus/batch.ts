/** Many named queries as a few requests: they are joined by `or`, and their answers told apart by an added label. */
import type { PrometheusClient } from './client';
import { toPrometheusError, type PrometheusError } from './errors';
import type { NamedQuery } from './expressions';
import { quoteString } from './promqlText';
import type { InstantSample, RangeSeries } from './responseData';

/** The label that names a sample's query. */
export const queryIdLabel = 'skyrl_query';
/** The longest query: proxies have limits, and VictoriaMetrics takes 16,384 bytes. */
const maxQueryLength = 16_000;
/** What joining adds to each query: an `or` and a pair of parentheses. */
const joinLength = ' or ()'.length;
/** Requests at a time. */
const maxConcurrency = 4;

/** The answers of a batch. */
export interface BatchResult<Item> {
  /** By the query's id. */
  itemsById: Map<string, Item[]>;
  warnings: string[];
  failures: PrometheusError[];
  /** Requests, of which `failures` failed. */
  queryCount: number;
  bytes: number;
  sampleCount: number;
}

/** Joined as a balanced tree, so that the server compares each sample with few others. */
function joinWithOr(expressions: readonly string[]): string {
  if (expressions.length < 2) return expressions[0] ?? '';
  const middle = expressions.length >> 1;
  return `(${joinWithOr(expressions.slice(0, middle))} or ${joinWithOr(expressions.slice(middle))})`;
}

/** Queries that are sent together. */
type QueryGroup = readonly string[];

/** The queries of a batch, each with its id as a label, in groups that are short enough to be one query. */
function groupQueries(queries: readonly NamedQuery[]): QueryGroup[] {
  const groups: string[][] = [];
  let length = Infinity;
  for (const { id, expression } of queries) {
    const labelled = `label_replace(${expression}, "${queryIdLabel}", ${quoteString(id)}, "", "")`;
    if (length + labelled.length + joinLength > maxQueryLength) {
      groups.push([]);
      length = 0;
    }
    groups.at(-1)?.push(labelled);
    length += labelled.length + joinLength;
  }
  return groups;
}

/** The PromQL queries of a batch. */
export const packQueries = (queries: readonly NamedQuery[]): string[] => groupQueries(queries).map(joinWithOr);

type RunQuery<Item> = (query: string) => Promise<{ items: Item[]; warnings: readonly string[]; bytes: number }>;

async function runBatch<Item extends { labels: Readonly<Record<string, string>> }>(
  queries: readonly NamedQuery[],
  runQuery: RunQuery<Item>,
): Promise<BatchResult<Item>> {
  const pending = groupQueries(queries);
  const batch: BatchResult<Item> = {
    itemsById: new Map(),
    warnings: [],
    failures: [],
    queryCount: pending.length,
    bytes: 0,
    sampleCount: 0,
  };
  const runPending = async (): Promise<void> => {
    for (let group = pending.shift(); group !== undefined; group = pending.shift()) {
      try {
        const { items, warnings, bytes } = await runQuery(joinWithOr(group));
        batch.bytes += bytes;
        batch.sampleCount += items.length;
        batch.warnings.push(...warnings);
        for (const item of items) {
          const id = item.labels[queryIdLabel] ?? '';
          const sameId = batch.itemsById.get(id);
          if (sameId) sameId.push(item);
          else batch.itemsById.set(id, [item]);
        }
      } catch (error) {
        const failure = toPrometheusError(error);
        if (failure.kind !== 'query-too-long' || group.length < 2) {
          batch.failures.push(failure);
          continue;
        }
        const middle = group.length >> 1;
        pending.push(group.slice(0, middle), group.slice(middle));
        batch.queryCount += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: maxConcurrency }, runPending));
  return batch;
}

/**
 * Instant queries at `at`, Unix ms; undefined: the server's now. `timeoutMs`: per request. Never rejects: failures are
 * part of the result.
 */
export function queryBatch(
  client: PrometheusClient,
  queries: readonly NamedQuery[],
  at: number | undefined,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<BatchResult<InstantSample>> {
  return runBatch(queries, async (query) => {
    const { data, warnings, raw } = await client.query(query, at, signal, timeoutMs);
    return { items: data.type === 'vector' ? data.samples : [], warnings, bytes: raw.length };
  });
}

/** Range queries, from and to in Unix ms. `timeoutMs`: per request. Never rejects: failures are part of the result. */
export function queryRangeBatch(
  client: PrometheusClient,
  queries: readonly NamedQuery[],
  range: { from: number; to: number; stepMs: number },
  signal: AbortSignal,
  timeoutMs: number,
): Promise<BatchResult<RangeSeries>> {
  return runBatch(queries, async (query) => {
    const { data, warnings, raw } = await client.queryRange(query, range, signal, timeoutMs);
    return { items: data.type === 'matrix' ? data.series : [], warnings, bytes: raw.length };
  });
}

/** Many named queries as a few requests: they are joined by `or`, and their answers told apart by an added label. */
import { pushTo } from '../shared/pushTo';
import type { PrometheusClient } from './client';
import { toPrometheusError, type PrometheusError } from './errors';
import type { NamedQuery } from './expressions';
import { quoteString } from './promqlText';
import type { InstantSample, LabelSet, RangeSeries } from './responseData';

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
export function joinWithOr(expressions: readonly string[]): string {
  if (expressions.length < 2) return expressions[0] ?? '';
  const middle = expressions.length >> 1;
  return `(${joinWithOr(expressions.slice(0, middle))} or ${joinWithOr(expressions.slice(middle))})`;
}

/** A query of a group: its place there at first, and how it is written. */
interface GroupedQuery extends NamedQuery {
  place: number;
  text: string;
}

/** Queries that are sent together. */
type QueryGroup = readonly GroupedQuery[];

/**
 * Queries in groups that are short enough to be one query. `textOf`: how a query is written at a place of a group.
 * `maxCount`: of a group.
 */
export function groupQueries(
  queries: readonly NamedQuery[],
  textOf: (query: NamedQuery, place: number) => string,
  maxCount = Infinity,
): QueryGroup[] {
  let group: GroupedQuery[] = [];
  const groups = [group];
  let length = 0;
  for (const query of queries) {
    let text = textOf(query, group.length);
    if (group.length >= maxCount || (group.length > 0 && length + text.length + joinLength > maxQueryLength)) {
      groups.push((group = []));
      length = 0;
      text = textOf(query, 0);
    }
    group.push({ ...query, place: group.length, text });
    length += text.length + joinLength;
  }
  return queries.length === 0 ? [] : groups;
}

const withIdLabel = ({ id, expression }: NamedQuery): string =>
  `label_replace(${expression}, "${queryIdLabel}", ${quoteString(id)}, "", "")`;

/** The PromQL queries of a batch. */
export const packQueries = (queries: readonly NamedQuery[]): string[] =>
  groupQueries(queries, withIdLabel).map((group) => joinWithOr(group.map(({ text }) => text)));

/** The answer to one group. */
export interface GroupAnswer<Item> {
  itemsById: ReadonlyMap<string, Item[]>;
  warnings: readonly string[];
  bytes: number;
}

/**
 * Runs the queries of all groups, a few at a time; a group that is too long for the server is halved. Never rejects:
 * failures are part of the result.
 */
export async function runGroups<Item>(
  groups: readonly QueryGroup[],
  runGroup: (group: QueryGroup) => Promise<GroupAnswer<Item>>,
): Promise<BatchResult<Item>> {
  const pending = [...groups];
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
        const { itemsById, warnings, bytes } = await runGroup(group);
        batch.bytes += bytes;
        batch.warnings.push(...warnings);
        for (const [id, items] of itemsById) {
          batch.sampleCount += items.length;
          const known = batch.itemsById.get(id);
          batch.itemsById.set(id, known ? [...known, ...items] : items);
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

/** Several batches as one. Their ids differ. */
export const joinBatches = <Item>(batches: readonly BatchResult<Item>[]): BatchResult<Item> => ({
  itemsById: new Map(batches.flatMap(({ itemsById }) => [...itemsById])),
  warnings: batches.flatMap(({ warnings }) => warnings),
  failures: batches.flatMap(({ failures }) => failures),
  queryCount: batches.reduce((sum, { queryCount }) => sum + queryCount, 0),
  bytes: batches.reduce((sum, { bytes }) => sum + bytes, 0),
  sampleCount: batches.reduce((sum, { sampleCount }) => sum + sampleCount, 0),
});

/** Runs queries that tell their samples' query by a label. */
function runBatch<Item extends { labels: LabelSet }>(
  queries: readonly NamedQuery[],
  runQuery: (query: string) => Promise<{ items: readonly Item[]; warnings: readonly string[]; bytes: number }>,
): Promise<BatchResult<Item>> {
  return runGroups(groupQueries(queries, withIdLabel), async (group) => {
    const { items, ...answer } = await runQuery(joinWithOr(group.map(({ text }) => text)));
    const itemsById = new Map<string, Item[]>();
    for (const item of items) pushTo(itemsById, item.labels[queryIdLabel] ?? '', item);
    return { ...answer, itemsById };
  });
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

/** Many questions as a few: named expressions joined by `or`, several queries at a time, answers by name again. */
import type { PrometheusClient } from './client';
import type { InstantSample, RangeSeries } from './responseData';
import { toPrometheusError, type PrometheusError } from './errors';
import type { NamedQuery } from './expressions';
import { quoteString } from './matchers';

/** Stands in every sample of a batch. */
export const queryIdLabel = 'skyrl_piece';
/** Long enough to be few, short enough for any proxy and any server's patience: VictoriaMetrics takes 16,384 bytes. */
const mostCharacters = 16_000;
/** What joining adds to each: an `or` and a pair of parentheses. */
const joint = ' or ()'.length;
const maxConcurrency = 4;

export interface BatchResult<Item> {
  /** By the piece's id. */
  itemsById: Map<string, Item[]>;
  warnings: string[];
  failures: PrometheusError[];
  queryCount: number;
  bytes: number;
  sampleCount: number;
}

/** `or` of all, as a balanced tree: a server then compares each sample with few others. */
function joinWithOr(expressions: readonly string[]): string {
  if (expressions.length < 2) return expressions[0] ?? '';
  const middle = expressions.length >> 1;
  return `(${joinWithOr(expressions.slice(0, middle))} or ${joinWithOr(expressions.slice(middle))})`;
}

/** The queries of a batch. */
export function packQueries(pieces: readonly NamedQuery[]): string[] {
  const named = pieces.map(
    ({ id, expression }) => `label_replace(${expression}, "${queryIdLabel}", ${quoteString(id)}, "", "")`,
  );
  const groups: string[][] = [];
  let length = Infinity;
  for (const one of named) {
    if (length + one.length + joint > mostCharacters) {
      groups.push([]);
      length = 0;
    }
    groups.at(-1)?.push(one);
    length += one.length + joint;
  }
  return groups.map(joinWithOr);
}

type Ask<Item> = (query: string) => Promise<{ items: Item[]; warnings: readonly string[]; bytes: number }>;

async function askAll<Item extends { labels: Readonly<Record<string, string>> }>(
  pieces: readonly NamedQuery[],
  ask: Ask<Item>,
): Promise<BatchResult<Item>> {
  const batch: BatchResult<Item> = {
    itemsById: new Map(),
    warnings: [],
    failures: [],
    queryCount: 0,
    bytes: 0,
    sampleCount: 0,
  };
  const left = packQueries(pieces);
  batch.queryCount = left.length;
  const worker = async (): Promise<void> => {
    for (let query = left.shift(); query !== undefined; query = left.shift()) {
      try {
        const { items, warnings, bytes } = await ask(query);
        batch.bytes += bytes;
        batch.sampleCount += items.length;
        batch.warnings.push(...warnings);
        for (const item of items) {
          const id = item.labels[queryIdLabel] ?? '';
          const known = batch.itemsById.get(id);
          if (known) known.push(item);
          else batch.itemsById.set(id, [item]);
        }
      } catch (error) {
        batch.failures.push(toPrometheusError(error));
      }
    }
  };
  await Promise.all(Array.from({ length: maxConcurrency }, worker));
  return batch;
}

/** At a moment, in Unix ms; undefined: the server's now. Never rejects: what failed stands in the result. */
export function queryBatch(
  client: PrometheusClient,
  pieces: readonly NamedQuery[],
  at: number | undefined,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<BatchResult<InstantSample>> {
  return askAll(pieces, async (query) => {
    const { data, warnings, raw } = await client.query(query, at, signal, timeoutMs);
    return { items: data.type === 'vector' ? data.samples : [], warnings, bytes: raw.length };
  });
}

/** Over a range. Never rejects. */
export function queryRangeBatch(
  client: PrometheusClient,
  pieces: readonly NamedQuery[],
  range: { from: number; to: number; stepMs: number },
  signal: AbortSignal,
  timeoutMs: number,
): Promise<BatchResult<RangeSeries>> {
  return askAll(pieces, async (query) => {
    const { data, warnings, raw } = await client.queryRange(query, range, signal, timeoutMs);
    return { items: data.type === 'matrix' ? data.series : [], warnings, bytes: raw.length };
  });
}

/** Many questions as a few: named expressions joined by `or`, several queries at a time, answers by name again. */
import type { PrometheusClient } from './client';
import type { InstantSample, RangeSeries } from './responseData';
import { toPrometheusError, type PrometheusError } from './errors';
import type { Piece } from './expressions';
import { quoted } from './matchers';

/** Stands in every sample of a batch. */
export const pieceLabel = 'skyrl_piece';
/** Long enough to be few, short enough for any proxy and any server's patience: VictoriaMetrics takes 16,384 bytes. */
const mostCharacters = 16_000;
/** What joining adds to each: an `or` and a pair of parentheses. */
const joint = ' or ()'.length;
const atOnce = 4;

export interface Batch<Item> {
  /** By the piece's id. */
  found: Map<string, Item[]>;
  warnings: string[];
  failures: PrometheusError[];
  queries: number;
  bytes: number;
  samples: number;
}

/** `or` of all, as a balanced tree: a server then compares each sample with few others. */
function joined(expressions: readonly string[]): string {
  if (expressions.length < 2) return expressions[0] ?? '';
  const middle = expressions.length >> 1;
  return `(${joined(expressions.slice(0, middle))} or ${joined(expressions.slice(middle))})`;
}

/** The queries of a batch. */
export function queriesOf(pieces: readonly Piece[]): string[] {
  const named = pieces.map(
    ({ id, expression }) => `label_replace(${expression}, "${pieceLabel}", ${quoted(id)}, "", "")`,
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
  return groups.map(joined);
}

type Ask<Item> = (query: string) => Promise<{ items: Item[]; warnings: readonly string[]; bytes: number }>;

async function askAll<Item extends { labels: Readonly<Record<string, string>> }>(
  pieces: readonly Piece[],
  ask: Ask<Item>,
): Promise<Batch<Item>> {
  const batch: Batch<Item> = { found: new Map(), warnings: [], failures: [], queries: 0, bytes: 0, samples: 0 };
  const left = queriesOf(pieces);
  batch.queries = left.length;
  const worker = async (): Promise<void> => {
    for (let query = left.shift(); query !== undefined; query = left.shift()) {
      try {
        const { items, warnings, bytes } = await ask(query);
        batch.bytes += bytes;
        batch.samples += items.length;
        batch.warnings.push(...warnings);
        for (const item of items) {
          const id = item.labels[pieceLabel] ?? '';
          const known = batch.found.get(id);
          if (known) known.push(item);
          else batch.found.set(id, [item]);
        }
      } catch (error) {
        batch.failures.push(toPrometheusError(error));
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return batch;
}

/** At a moment, in Unix ms; undefined: the server's now. Never rejects: what failed stands in the result. */
export function askBatch(
  client: PrometheusClient,
  pieces: readonly Piece[],
  at: number | undefined,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Batch<InstantSample>> {
  return askAll(pieces, async (query) => {
    const { data, warnings, raw } = await client.query(query, at, signal, timeoutMs);
    return { items: data.type === 'vector' ? data.samples : [], warnings, bytes: raw.length };
  });
}

/** Over a range. Never rejects. */
export function askRanges(
  client: PrometheusClient,
  pieces: readonly Piece[],
  range: { from: number; to: number; stepMs: number },
  signal: AbortSignal,
  timeoutMs: number,
): Promise<Batch<RangeSeries>> {
  return askAll(pieces, async (query) => {
    const { data, warnings, raw } = await client.queryRange(query, range, signal, timeoutMs);
    return { items: data.type === 'matrix' ? data.series : [], warnings, bytes: raw.length };
  });
}

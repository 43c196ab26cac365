/**
 * Series that a Prometheus has several times, because two jobs scrape one target or two servers are behind one address.
 * Sums would count their engines several times, so that one copy of each is chosen.
 */
import { pushTo } from '../shared/pushTo';
import { queryBatch, queryIdLabel, type BatchResult } from './batch';
import type { PrometheusClient } from './client';
import { durationText } from './duration';
import type { NamedQuery } from './expressions';
import { labelName, oneOf, quoteString } from './promqlText';
import type { InstantSample, LabelSet } from './responseData';
import { selectSeries, type SeriesScope } from './scopes';

/** What tells engines, and the ranks and models of an engine, apart. Any other label is of a copy. */
const engineLabels: Record<SeriesScope['kind'], readonly string[]> = {
  ray: ['WorkerId', 'engine', 'model_name'],
  // A server that federates without `honor_labels` has another server's `instance` under this name.
  native: ['instance', 'exported_instance', 'engine', 'model_name'],
};
/** A copy that is older than the newest one by this time, in ms, or by two intervals, is no longer scraped. */
const leastStaleMs = 30_000;

const countId = ({ kind }: SeriesScope): string => `copies ${kind}`;
const copyQueryIds = { time: 'copy time', value: 'copy value', before: 'copy before' } as const;

/** A counter that every engine has. */
const comparedSeries = (scope: SeriesScope): string[] =>
  selectSeries(scope, { family: 'generation_tokens', sampleKind: 'counter' }, 'engine');

/** How many copies there are of each engine that has several. Their answer is empty as a rule. */
export function duplicateQueries(scopes: readonly SeriesScope[]): NamedQuery[] {
  return scopes.flatMap((scope): NamedQuery[] => {
    const series = comparedSeries(scope).join(' or ');
    if (series === '') return [];
    return [{ id: countId(scope), expression: `count by (${engineLabels[scope.kind].join(', ')}) (${series}) > 1` }];
  });
}

/** Whether the answers of `duplicateQueries` name an engine of this scope. */
export const hasDuplicates = (scope: SeriesScope, { itemsById }: BatchResult<InstantSample>): boolean =>
  (itemsById.get(countId(scope))?.length ?? 0) > 0;

/** One of the series of an engine. */
interface Copy {
  labels: LabelSet;
  /** When it was scraped last, Unix ms. */
  at: number;
  value: number;
  /** Two intervals ago; NaN if it was not there. */
  before: number;
  /** It is still scraped. */
  isFresh: boolean;
}

/** The copies of each engine. */
type Copies = readonly (readonly Copy[])[];

/** How copies are asked for. */
interface CopyOptions {
  client: PrometheusClient;
  /** How often this Prometheus scrapes, in ms. */
  intervalMs: number;
  /** Unix ms; undefined: the server's now. */
  at: number | undefined;
  signal: AbortSignal;
  timeoutMs: number;
}

async function fetchCopies(scope: SeriesScope, options: CopyOptions): Promise<Copies> {
  const { client, intervalMs, at, signal, timeoutMs } = options;
  const offset = durationText(2 * intervalMs);
  const queries = comparedSeries(scope).flatMap((series): NamedQuery[] => [
    { id: copyQueryIds.time, expression: `timestamp(${series})` },
    { id: copyQueryIds.value, expression: `${series} + 0` },
    { id: copyQueryIds.before, expression: `${series} offset ${offset} + 0` },
  ]);
  const { itemsById } = await queryBatch(client, queries, at, signal, timeoutMs);
  const keyOf = ({ [queryIdLabel]: _, ...labels }: LabelSet): string =>
    JSON.stringify(
      Object.keys(labels)
        .sort()
        .map((name) => [name, labels[name]]),
    );
  const valuesOf = (id: string): Map<string, number> =>
    new Map((itemsById.get(id) ?? []).map(({ labels, value = NaN }) => [keyOf(labels), value]));
  const [values, before] = [valuesOf(copyQueryIds.value), valuesOf(copyQueryIds.before)];
  const byEngine = new Map<string, Copy[]>();
  for (const { labels, value: seconds = NaN } of itemsById.get(copyQueryIds.time) ?? []) {
    const { [queryIdLabel]: _, ...own } = labels;
    const key = keyOf(own);
    const engine = JSON.stringify(engineLabels[scope.kind].map((label) => own[label] ?? ''));
    const copy = { labels: own, at: seconds * 1000, value: values.get(key) ?? NaN, before: before.get(key) ?? NaN };
    pushTo(byEngine, engine, { ...copy, isFresh: true });
  }
  const staleMs = Math.max(leastStaleMs, 2 * intervalMs);
  return [...byEngine.values()].map((copies) => {
    const newest = Math.max(...copies.map((copy) => copy.at));
    return copies.map((copy) => ({ ...copy, isFresh: newest - copy.at <= staleMs }));
  });
}

/** A server answers with a copy for five minutes after its last scrape. */
const freshOf = (copies: readonly Copy[]): Copy[] => copies.filter(({ isFresh }) => isFresh);

/**
 * Whether all of these can be one counter, scraped at several times. Several servers may share an `instance` that
 * relabelling made; their counts differ by more than what one of them counts between two scrapes.
 */
function areOneCounter(copies: readonly Copy[]): boolean {
  if (copies.length < 2) return true;
  const values = copies.map(({ value }) => value);
  const most = Math.max(...copies.map(({ value, before }) => value - before));
  return Math.max(...values) - Math.min(...values) <= most;
}

const surplus = (copies: Copies): number => copies.reduce((sum, { length }) => sum + length - 1, 0);

/** Values of a label so that each engine has a fresh series with one of them; the fewest that are found quickly. */
function coveringValues(copies: Copies, label: string): string[] {
  const chosen: string[] = [];
  let uncovered = copies.map((ofEngine) => freshOf(ofEngine).map(({ labels }) => labels[label] ?? ''));
  while (uncovered.length > 0) {
    const counts = new Map<string, number>();
    for (const values of uncovered)
      for (const value of new Set(values)) counts.set(value, (counts.get(value) ?? 0) + 1);
    const [[best] = ['']] = [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
    chosen.push(best);
    uncovered = uncovered.filter((values) => !values.includes(best));
  }
  return chosen;
}

/** Narrows by the one label that leaves the fewest copies; undefined if none leaves fewer. */
function narrowByLabel(copies: Copies): { matcher: string; copies: Copies } | undefined {
  const duplicated = copies.filter(({ length }) => length > 1).flat();
  const names = [...new Set(duplicated.flatMap(({ labels }) => Object.keys(labels)))].sort();
  const choices = names.map((label) => {
    const values = coveringValues(copies, label);
    const left = copies.map((ofEngine) => ofEngine.filter(({ labels }) => values.includes(labels[label] ?? '')));
    return { label, values, copies: left, surplus: surplus(left) };
  });
  const [best] = choices.sort((a, b) => a.surplus - b.surplus || a.values.length - b.values.length);
  if (!best || best.surplus >= surplus(copies)) return undefined;
  return { matcher: `${labelName(best.label)}=~${quoteString(oneOf(best.values))}`, copies: best.copies };
}

/** Which copies count. */
export interface CopyChoice {
  /** Leave one copy of each engine; empty if there is nothing to choose. */
  matchers: string[];
  /** Number of engines that are still there several times. */
  duplicated: number;
}

/** Chooses one copy of each engine, among those that are still scraped. Never rejects. */
export async function chooseCopies(scope: SeriesScope, options: CopyOptions): Promise<CopyChoice> {
  let copies = await fetchCopies(scope, options);
  const matchers: string[] = [];
  if (scope.kind === 'native' && !copies.every((ofEngine) => areOneCounter(freshOf(ofEngine))))
    return { matchers, duplicated: 0 };
  for (let choice = narrowByLabel(copies); choice; choice = narrowByLabel(copies)) {
    matchers.push(choice.matcher);
    copies = choice.copies;
  }
  return { matchers, duplicated: copies.filter((ofEngine) => freshOf(ofEngine).length > 1).length };
}

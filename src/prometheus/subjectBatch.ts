/**
 * Many queries by subject as a few range queries, in which each step is another query: a subject's labels come once for
 * all its values, which makes the answer about a large cluster a fifth as long.
 */
import { pushTo } from '../shared/pushTo';
import { runInSlices, type SlicedWork } from '../shared/timeSlice';
import { groupQueries, joinWithOr, queryBatch, queryIdLabel, runGroups, type BatchResult } from './batch';
import type { PrometheusClient } from './client';
import { PrometheusError } from './errors';
import type { NamedQuery } from './expressions';
import type { InstantSample } from './responseData';

/**
 * The time between two steps, in ms. VictoriaMetrics looks back by a step, five minutes in an instant query; with steps
 * under a minute it also rewrites the newest points.
 */
const stepMs = 300_000;
/** Most steps of a query. VictoriaMetrics moves the ends of ranges with 50 points or more. */
const maxSteps = 48;

/** The first step of a batch about `at`, Unix ms: all steps are in its past, where servers have nothing to change. */
const firstStepOf = (at: number): number => (Math.floor(at / stepMs) - maxSteps) * stepMs;

/**
 * Evaluates a selector at `at`, Unix ms, whatever the step. The quarter of a millisecond is for servers that cut the
 * text off where others round it.
 */
export const atModifierOf = (at: number): string => ` @ ${(at + 0.25) / 1000}`;

/** How queries are made. */
interface BatchOptions {
  client: PrometheusClient;
  /** Unix ms. */
  at: number;
  signal: AbortSignal;
  /** Per request. */
  timeoutMs: number;
}

/** The answers to queries whose selectors have `atModifierOf(at)`. Never rejects: failures are part of the result. */
export function querySteps(
  queries: readonly NamedQuery[],
  { client, at, signal, timeoutMs }: BatchOptions,
): Promise<BatchResult<InstantSample>> {
  const first = firstStepOf(at);
  const range = { from: first, to: first + (maxSteps - 1) * stepMs, stepMs };
  const idsByExpression = new Map<string, string[]>();
  for (const { id, expression } of queries) pushTo(idsByExpression, expression, id);
  const distinct = [...idsByExpression.keys()].map((expression) => ({ id: '', expression }));
  const textOf = ({ expression }: NamedQuery, place: number): string =>
    `((${expression}) and on() (vector(time()) == ${(first + place * stepMs) / 1000}))`;
  return runGroups(groupQueries(distinct, textOf, maxSteps), async (group) => {
    const query = joinWithOr(group.map(({ text }) => text));
    const { data, warnings, raw } = await client.queryRange(query, range, signal, timeoutMs);
    const itemsByStep = new Map(group.map(({ place }): [number, InstantSample[]] => [first + place * stepMs, []]));
    for (const { labels, at: steps, value: values } of data.type === 'matrix' ? data.series : [])
      for (const [index, step] of steps.entries()) {
        const items = itemsByStep.get(step);
        const value = values[index];
        if (!items || value === undefined)
          throw new PrometheusError('not-prometheus', 'It sends steps that it was not asked for.');
        items.push({ labels, at, value });
      }
    const itemsById = new Map<string, InstantSample[]>();
    for (const { expression, place } of group)
      for (const id of idsByExpression.get(expression) ?? [])
        itemsById.set(id, [...(itemsById.get(id) ?? []), ...(itemsByStep.get(first + place * stepMs) ?? [])]);
    return { itemsById, warnings, bytes: raw.length };
  });
}

/** The samples of each query, so that those of two batches can be compared. */
function* comparable({ itemsById }: BatchResult<InstantSample>): SlicedWork<Map<string, number | undefined>> {
  const values = new Map<string, number | undefined>();
  for (const [id, items] of itemsById)
    for (const { labels, value } of items) {
      const { [queryIdLabel]: _, ...own } = labels;
      values.set(JSON.stringify([id, ...Object.entries(own).sort(([a], [b]) => (a < b ? -1 : 1))]), value);
      yield;
    }
  return values;
}

/** Whether values are equal to nine digits: servers add in any order. */
const areClose = (a = NaN, b = NaN): boolean =>
  Object.is(a, b) || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

function* haveEqualSamples(a: BatchResult<InstantSample>, b: BatchResult<InstantSample>): SlicedWork<boolean> {
  const [ofA, ofB] = [yield* comparable(a), yield* comparable(b)];
  return ofA.size === ofB.size && [...ofA].every(([key, value]) => ofB.has(key) && areClose(value, ofB.get(key)));
}

/** The queries by subject of one snapshot. */
export type SubjectQueries = (atModifier: string) => readonly NamedQuery[];

/**
 * Asks one server about subjects. Not all servers know what steps need, or evaluate it alike, so they are used only
 * after they gave the same as instant queries once, rates among it, and until they fail.
 */
export class SubjectQuerier {
  private steps: 'untried' | 'equal' | 'unusable' = 'untried';

  /** Never rejects: failures are part of the result. */
  async query(queries: SubjectQueries, options: BatchOptions): Promise<BatchResult<InstantSample>> {
    const { client, at, signal, timeoutMs } = options;
    if (this.steps === 'equal') {
      const batch = await querySteps(queries(atModifierOf(at)), options);
      if (batch.failures.length > 0 && !signal.aborted) this.steps = 'unusable';
      return batch;
    }
    const instant = queries('');
    const batch = await queryBatch(client, instant, at, signal, timeoutMs);
    const hasRates = instant.some(({ id, expression }) => expression.includes('rate(') && batch.itemsById.has(id));
    if (this.steps === 'untried' && hasRates && batch.failures.length === 0)
      this.steps = await this.compareWithSteps(batch, queries, options);
    return batch;
  }

  private async compareWithSteps(
    batch: BatchResult<InstantSample>,
    queries: SubjectQueries,
    options: BatchOptions,
  ): Promise<'untried' | 'equal' | 'unusable'> {
    const stepped = await querySteps(queries(atModifierOf(options.at)), options);
    if (options.signal.aborted) return 'untried';
    const areEqual = stepped.failures.length === 0 && (await runInSlices(haveEqualSamples(batch, stepped)));
    return areEqual ? 'equal' : 'unusable';
  }
}

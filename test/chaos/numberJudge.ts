/** Compares the measures of engines with the truth. */
import type { Engine, Measure } from '../../src/api';
import type { Bounds } from '../demonstration/live/registry';
import type { ServedBodies, ServedBody } from './servedBodies';
import { grownBy, trueBucket, trueGauges, trueQuantiles, trueRates, trueRatios, trueSpan } from './trueNumbers';

/** A number that is shown and not true. */
export interface WrongNumber {
  what: string;
  shown: unknown;
  truth: unknown;
}

type WrongNumbers = Generator<WrongNumber, void>;

/** What the judge of numbers knows. */
export interface NumberFacts {
  served: ServedBodies;
  bounds: Bounds;
  /** The true time of a time that is shown. */
  toTrue: (shown: number) => number;
  /** Relative error of rates that the times' errors explain; 0 if the clock is the simulation's. */
  rateTolerance: number;
}

/** Relative, for sums and for times that are no whole ms. */
const tolerance = 1e-8;
/** Relative, for rates of values: SkyRL divides by seconds since 1970, which a float holds to less than a microsecond. */
const valueTolerance = 1e-6;
const isAtMost = (low: number, high: number): boolean => low <= high * (1 + tolerance) + tolerance;
const isClose = (a: number, b: number): boolean => isAtMost(a, b) && isAtMost(b, a);

/** The body of exactly this moment; undefined if the node was not asked then, or lied. */
function bodyOf({ served }: NumberFacts, node: number, at: number): ServedBody | undefined {
  const body = served.newestAt(node, at);
  return body?.at === at ? body : undefined;
}

const isTrusted = ({ honesty }: ServedBody): boolean => honesty === 'true' || honesty === 'part';

function* gaugeErrors({ id }: Engine, name: string, measure: Measure, body: ServedBody, key: string): WrongNumbers {
  const truth = body.workers.get(id)?.gauges.get(key);
  if (truth === undefined || !isClose(measure.value, truth))
    yield { what: `${name} of ${id}`, shown: measure.value, truth };
}

/** The bodies of a node from one moment to another; undefined if either was not asked for. */
function bodiesBetween(facts: NumberFacts, node: number, { from, to }: Measure): ServedBody[] | undefined {
  if (from === undefined) return undefined;
  const [first, last] = [facts.toTrue(from), facts.toTrue(to)];
  if (!bodyOf(facts, node, first) || !bodyOf(facts, node, last)) return undefined;
  return facts.served.between(node, first, last);
}

function* spanErrors(facts: NumberFacts, engine: Engine, node: number, name: string, measure: Measure): WrongNumbers {
  const bodies = bodiesBetween(facts, node, measure);
  const what = `${name} of ${engine.id}`;
  if (!bodies) {
    yield { what, shown: `from ${measure.from} to ${measure.to}`, truth: 'no answers at these times' };
    return;
  }
  const span = trueSpan(engine.id, bodies);
  if (!span) return;
  // A body with missing lines leaves its part of the time out of a ratio or a distribution.
  const isWhole = bodies.every(({ honesty }) => honesty === 'true');
  const { value, bucket } = measure;
  const counters = trueRates[name];
  if (counters) {
    const grown = grownBy(span, counters);
    const [least, most] = [grown / Math.max(span.ms, span.reportedMs), grown / Math.min(span.movingMs, span.ms)];
    const slack = 1 + facts.rateTolerance;
    const isRight =
      grown === 0 ? value === 0 : isAtMost(least, (value / 1000) * slack) && isAtMost(value / 1000, most * slack);
    if (isWhole && !isRight) yield { what, shown: value, truth: `${least * 1000} to ${most * 1000}` };
  }
  const ratio = trueRatios[name];
  if (ratio && isWhole) {
    const truth = grownBy(span, [ratio[0]]) / grownBy(span, [ratio[1]]);
    if (!isClose(value, truth)) yield { what, shown: value, truth };
  }
  const quantile = trueQuantiles[name];
  if (quantile && isWhole) {
    const truth = trueBucket(span, ...quantile, facts.bounds);
    const shown = { from: bucket?.from, to: bucket?.to ?? Infinity };
    if (!truth || truth.from !== shown.from || truth.to !== shown.to)
      yield { what: `the bucket of ${what}`, shown, truth };
  }
}

/** The wrong measures of an engine on a node. */
export function* measureErrors(facts: NumberFacts, engine: Engine, node: number): WrongNumbers {
  for (const [name, measure] of Object.entries(engine.measures)) {
    const key = trueGauges[name];
    if (key !== undefined) {
      const body = bodyOf(facts, node, facts.toTrue(measure.to));
      if (!body) yield { what: `${name} of ${engine.id}`, shown: `measured at ${measure.to}`, truth: 'no answer then' };
      else if (isTrusted(body)) yield* gaugeErrors(engine, name, measure, body, key);
    } else if (name in trueRates || name in trueRatios || name in trueQuantiles)
      yield* spanErrors(facts, engine, node, name, measure);
  }
}

/**
 * The values that SkyRL would log, against what each node served now and at the scrape before. `alternating`: nodes at
 * whose address another process answered meanwhile; no rate counts them in (docs/metrics.md, Where values differ).
 */
export function* valueErrors(
  values: Readonly<Record<string, number>>,
  current: readonly ServedBody[],
  previous: ReadonlyMap<number, ServedBody>,
  alternating: ReadonlySet<number>,
  rateTolerance: number,
): WrongNumbers {
  const gauges = (key: string): number[] =>
    current.flatMap(({ workers }) => [...workers.values()].flatMap(({ gauges: own }) => own.get(key) ?? []));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  const running = gauges('num_requests_running');
  const usage = gauges('kv_cache_usage_perc');
  const truths: [string, number | undefined, number][] = [
    ['vllm/num_requests_running', running.length > 0 ? sum(running) : undefined, valueTolerance],
    ['vllm/kv_cache_usage_perc', usage.length > 0 ? sum(usage) / usage.length : undefined, valueTolerance],
  ];
  const compared = current.filter(({ node }) => !alternating.has(node));
  const rate = valueRate(compared, previous, 'generation_tokens');
  if (rate !== undefined) truths.push(['vllm/generation_throughput_tok_s', rate, valueTolerance + rateTolerance]);
  for (const [key, truth, tolerated] of truths) {
    const shown = values[key];
    if (shown === undefined ? truth !== undefined : truth === undefined || Math.abs(shown - truth) > tolerated * truth)
      yield { what: key, shown, truth };
  }
}

/**
 * A counter's rate over all series of the nodes that have a body to compare with; undefined where it is not simple: a
 * series is new, gone or smaller, or no node has such a body.
 */
function valueRate(
  current: readonly ServedBody[],
  previous: ReadonlyMap<number, ServedBody>,
  key: string,
): number | undefined {
  let rate: number | undefined;
  for (const body of current) {
    const before = previous.get(body.node);
    const ids = new Set([...body.workers.keys(), ...(before?.workers.keys() ?? [])]);
    for (const id of before ? ids : []) {
      const [from, to] = [before?.workers.get(id)?.counters.get(key), body.workers.get(id)?.counters.get(key)];
      if (from === undefined && to === undefined) continue;
      if (from === undefined || to === undefined || to < from) return undefined;
      rate = (rate ?? 0) + (to - from) / ((body.at - (before?.at ?? NaN)) / 1000);
    }
  }
  return rate;
}

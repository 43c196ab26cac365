/** Hints on a single metric of a query, as a table of rules. */
import type { Tree } from '@lezer/common';
import { durationMs } from '../prometheus/duration';
import type { Hint, ServerMetrics } from './hint';
import { metadataOfName } from './nameLookup';
import { isInsideCall, type QueryWord } from './queryWords';
import { ancestorsOf, descendantsOf, metricNameOf } from './syntaxNodes';

/** A query that is checked. */
export interface CheckedQuery {
  text: string;
  /** With its variables masked. */
  tree: Tree;
}

type Rule = (word: QueryWord, server: ServerMetrics, query: CheckedQuery) => Hint | undefined;

const rateFunctions = new Set(['rate', 'irate', 'increase', 'resets']);
/** Functions whose argument is a range. */
const rangeFunctions =
  /_over_time$|^(?:rate|irate|increase|resets|changes|delta|idelta|deriv|predict_linear|double_exponential_smoothing)$/;
/** Functions for which a counter's level does not matter. */
const levelFreeFunctions = /^(?:absent|timestamp|count|group)$/;

/** Without metadata the name decides: OpenMetrics counters end with `_total`. */
function isCounter(name: string, { metadata }: ServerMetrics): boolean {
  const type = metadataOfName(metadata, name)?.type;
  return type === undefined || type === 'unknown' ? /_total$/.test(name) : /^counter/.test(type);
}

/** Other spellings of a name, the likeliest first: Ray and vLLM differ in the prefix, OpenMetrics adds `_total`. */
function otherSpellings(name: string): string[] {
  const bareName = name.replace(/^(?:ray_)?vllm[:_]/, '');
  const prefixes = bareName === name ? [''] : ['ray_vllm_', 'vllm:', 'vllm_', 'ray_vllm:'];
  const suffixed = [bareName, `${bareName}_total`, bareName.replace(/_total$/, '')];
  return prefixes.flatMap((prefix) => suffixed.map((rest) => prefix + rest)).filter((spelling) => spelling !== name);
}

const unknownMetric: Rule = ({ name, from, to }, { metrics }) => {
  if (metrics.size === 0 || metrics.has(name)) return undefined;
  const spelling = otherSpellings(name).find((candidate) => metrics.has(candidate));
  if (spelling !== undefined) {
    return {
      from,
      to,
      severity: 'warning',
      message: `This server has no ${name}, but ${spelling}`,
      fix: { title: `Use ${spelling}`, edits: [{ from, to, text: spelling }] },
    };
  }
  const reason = /kv_block_|_reuse_gap/.test(name) ? ': vLLM publishes it only with --kv-cache-metrics' : '';
  return { from, to, severity: 'warning', message: `This server has no ${name}${reason}` };
};

/**
 * Whether a metric is an operand whose other operand is the same metric at another time: `x - x offset 5m` is a
 * difference already.
 */
function isComparedWithItsPast(name: string, offset: number, { text, tree }: CheckedQuery): boolean {
  return ancestorsOf(tree.resolveInner(offset, 1))
    .filter((node) => node.name === 'BinaryExpr')
    .some((operation) => {
      const times = descendantsOf(operation, 'VectorSelector')
        .filter((selector) => metricNameOf(selector, text) === name)
        .map(({ to }) => timeBehind(text.slice(to)).replace(/\s/g, ''));
      return new Set(times).size > 1;
    });
}

/** The `offset` and `@` behind a selector. By text, because the grammar takes them for those of a whole operation. */
const timeBehind = (rest: string): string =>
  /^(?:\s*(?:offset\s*[-+]?(?:[\w$]+|\$\{\w+\})|@\s*(?:(?:start|end)\s*\(\s*\)|[-+\w.]+)))*/i.exec(rest)?.[0] ?? '';

const counterWithoutRate: Rule = ({ name, from, selectorTo, range, calls }, server, { text, tree }) => {
  if (range || !isCounter(name, server)) return undefined;
  if (calls.some((call) => rangeFunctions.test(call.name) || levelFreeFunctions.test(call.name))) return undefined;
  if (isComparedWithItsPast(name, from, { text, tree })) return undefined;
  const to = selectorTo ?? from + name.length;
  const time = timeBehind(text.slice(to));
  return {
    from,
    to,
    severity: 'info',
    message: `${name} is a counter, which only grows. Its rate shows what happens now`,
    fix: {
      title: 'Put rate around it',
      edits: [{ from, to: to + time.length, text: `rate(${text.slice(from, to)}[$__rate_interval]${time})` }],
    },
  };
};

const rateOfGauge: Rule = ({ name, from, calls, range }, { metadata }) => {
  const call = calls.at(-1);
  if (!range || !call || !rateFunctions.has(call.name)) return undefined;
  if (metadataOfName(metadata, name)?.type !== 'gauge') return undefined;
  return {
    from,
    to: from + name.length,
    severity: 'warning',
    message: `${name} is a gauge: ${call.name} takes each fall for a restart. Use deriv, delta or max_over_time`,
  };
};

const bucketsWithoutQuantile: Rule = (word) => {
  const { name, from, to } = word;
  if (!name.endsWith('_bucket') || word.calls.some((call) => call.name === 'absent')) return undefined;
  if (isInsideCall(word, 'histogram_quantile') || isInsideCall(word, 'histogram_fraction')) return undefined;
  return {
    from,
    to,
    severity: 'info',
    message:
      'Buckets are cumulative counts by le. histogram_quantile(0.95, sum by (le) (rate(…))) makes one number of them',
  };
};

const shortRange: Rule = ({ range, calls }, { scrapeIntervalMs }) => {
  const rangeMs = range && durationMs(range.text.trim());
  const call = calls.at(-1);
  if (!range || !rangeMs || scrapeIntervalMs === undefined || !call || !rateFunctions.has(call.name)) return undefined;
  if (rangeMs >= 2 * scrapeIntervalMs) return undefined;
  const { from, to } = range;
  return {
    from,
    to,
    severity: 'warning',
    message: `Prometheus scrapes every ${scrapeIntervalMs / 1000} s here. ${call.name} needs two samples, and this range may hold only one`,
    fix: { title: 'Use $__rate_interval', edits: [{ from, to, text: '[$__rate_interval]' }] },
  };
};

const rules: readonly Rule[] = [unknownMetric, counterWithoutRate, rateOfGauge, bucketsWithoutQuantile, shortRange];

/** What the rules say about the metrics of a query that `words` were parsed from. */
export function metricHints(words: readonly QueryWord[], server: ServerMetrics, query: CheckedQuery): Hint[] {
  return words
    .filter(({ kind }) => kind === 'metric')
    .flatMap((word) => rules.flatMap((rule) => rule(word, server, query) ?? []));
}

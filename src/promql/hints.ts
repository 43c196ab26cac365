/** Advice on a query that is valid: what it will not show, and the edit that mends it. Rules are a table. */
import { durationMs } from '../prometheus/responseData';
import type { MetricMetadata } from '../prometheus/responseData';
import { metadataOfName } from './nameLookup';
import type { Problem } from './problems';
import { scanQuery } from './scanQuery';
import { parseWords, type QueryWord } from './queryWords';
import { usesOf } from './variables';

export interface Edit {
  from: number;
  to: number;
  text: string;
}

export interface Hint extends Problem {
  severity: 'warning' | 'info';
  fix?: { title: string; edits: Edit[] };
}

/** What is known of the server. */
export interface ServerMetrics {
  /** Empty: nothing is known, and no name is said to be missing. */
  metrics: ReadonlySet<string>;
  metadata: ReadonlyMap<string, MetricMetadata>;
  scrapeIntervalMs: number | undefined;
}

const rates = new Set(['rate', 'irate', 'increase', 'resets']);
const overTime =
  /_over_time$|^(?:rate|irate|increase|resets|changes|delta|idelta|deriv|predict_linear|double_exponential_smoothing)$/;

const isInsideCall = (word: QueryWord, name: string): boolean =>
  word.calls.some((call) => call.name.toLowerCase() === name);

function isCounter(name: string, { metadata }: ServerMetrics): boolean {
  const type = metadataOfName(metadata, name)?.type;
  return type === undefined || type === 'unknown' ? /_total$/.test(name) : /^counter/.test(type);
}

/** Other spellings of a name, the likeliest first. */
function spellings(name: string): string[] {
  const bare = name.replace(/^(?:ray_)?vllm[:_]/, '');
  const isVllm = bare !== name;
  const prefixes = isVllm ? ['ray_vllm_', 'vllm:', 'vllm_', 'ray_vllm:'] : [''];
  const suffixed = [bare, `${bare}_total`, bare.replace(/_total$/, '')];
  return prefixes.flatMap((prefix) => suffixed.map((rest) => prefix + rest)).filter((other) => other !== name);
}

type Rule = (word: QueryWord, known: ServerMetrics, text: string) => Hint | undefined;

const missing: Rule = ({ name, from, to }, { metrics }) => {
  if (metrics.size === 0 || metrics.has(name)) return undefined;
  const other = spellings(name).find((spelling) => metrics.has(spelling));
  if (other !== undefined) {
    return {
      from,
      to,
      severity: 'warning',
      message: `this server has no ${name}, but ${other}`,
      fix: { title: `Use ${other}`, edits: [{ from, to, text: other }] },
    };
  }
  const why = /kv_block_|_reuse_gap/.test(name) ? ': vLLM publishes it only with --kv-cache-metrics' : '';
  return { from, to, severity: 'warning', message: `this server has no ${name}${why}` };
};

const counterAsIs: Rule = ({ name, from, selectorTo, range, calls }, known, text) => {
  if (
    range ||
    !isCounter(name, known) ||
    calls.some((call) => overTime.test(call.name) || /^(?:absent|timestamp|count|group)$/.test(call.name))
  )
    return undefined;
  const to = selectorTo ?? from + name.length;
  // A subtraction of itself, as in `x - x offset 5m`, is a difference already.
  if (/\boffset\b/.test(text)) return undefined;
  return {
    from,
    to,
    severity: 'info',
    message: `${name} is a counter: it only grows; its rate says what happens now`,
    fix: {
      title: 'Put rate around it',
      edits: [{ from, to, text: `rate(${text.slice(from, to)}[$__rate_interval])` }],
    },
  };
};

const rateOfGauge: Rule = ({ name, from, calls, range }, { metadata }) => {
  const call = calls.at(-1);
  if (!range || !call || !rates.has(call.name) || metadataOfName(metadata, name)?.type !== 'gauge') return undefined;
  return {
    from,
    to: from + name.length,
    severity: 'warning',
    message: `${name} is a gauge: ${call.name} takes each fall for a restart; deriv, delta or max_over_time fit`,
  };
};

const bucketAsIs: Rule = (word) => {
  const { name, from, to } = word;
  if (
    !name.endsWith('_bucket') ||
    isInsideCall(word, 'histogram_quantile') ||
    isInsideCall(word, 'histogram_fraction') ||
    word.calls.some((call) => call.name === 'absent')
  )
    return undefined;
  return {
    from,
    to,
    severity: 'info',
    message:
      'buckets are cumulative counts by le; histogram_quantile(0.95, sum by (le) (rate(…))) makes a number of them',
  };
};

const shortRange: Rule = ({ range, calls }, { scrapeIntervalMs }) => {
  const ms = range && durationMs(range.text.trim());
  const call = calls.at(-1);
  if (!range || !ms || scrapeIntervalMs === undefined || !call || !rates.has(call.name) || ms >= 2 * scrapeIntervalMs)
    return undefined;
  return {
    from: range.from,
    to: range.to,
    severity: 'warning',
    message: `Prometheus scrapes every ${scrapeIntervalMs / 1000} s here: ${call.name} needs two samples, and this range may hold one`,
    fix: { title: 'Use $__rate_interval', edits: [{ from: range.from, to: range.to, text: '[$__rate_interval]' }] },
  };
};

const rules: readonly Rule[] = [missing, counterAsIs, rateOfGauge, bucketAsIs, shortRange];

/** `sum by (engine) (rate(x_bucket[…]))` inside histogram_quantile: le is dropped before it is needed. */
function droppedLe(words: readonly QueryWord[], text: string): Hint[] {
  return words
    .filter(({ kind }) => kind === 'aggregation')
    .flatMap((word): Hint[] => {
      if (!isInsideCall(word, 'histogram_quantile')) return [];
      const inner = words.some(
        ({ kind, name, calls }) =>
          kind === 'metric' &&
          name.endsWith('_bucket') &&
          calls.some(({ name: by, parenOffset }) => by === word.name && parenOffset >= word.to),
      );
      if (!inner) return [];
      const grouping = /^\s*(by|without)\s*\(([^)]*)\)/i.exec(text.slice(word.to));
      const message = 'histogram_quantile needs le, which this drops';
      if (!grouping) {
        const behind = /^\s*\((?:[^()]|\([^()]*\))*\)\s*(?:by|without)\b/i.test(text.slice(word.to));
        return behind
          ? []
          : [
              {
                from: word.from,
                to: word.to,
                severity: 'warning',
                message,
                fix: { title: 'Keep le', edits: [{ from: word.to, to: word.to, text: ' by (le) ' }] },
              },
            ];
      }
      const labels = (grouping[2] ?? '')
        .split(',')
        .map((label) => label.trim())
        .filter((label) => label !== '');
      const keeps = grouping[1]?.toLowerCase() === 'by' ? labels.includes('le') : !labels.includes('le');
      if (keeps) return [];
      const from = word.to + grouping[0].indexOf('(') + 1;
      const to = word.to + grouping[0].length - 1;
      const kept = grouping[1]?.toLowerCase() === 'by' ? ['le', ...labels] : labels.filter((label) => label !== 'le');
      return [
        {
          from,
          to,
          severity: 'warning',
          message,
          fix: { title: 'Keep le', edits: [{ from, to, text: kept.join(', ') }] },
        },
      ];
    });
}

function meanOfQuantiles(words: readonly QueryWord[]): Hint[] {
  return words
    .filter(
      ({ kind, name, calls }) =>
        kind === 'function' &&
        /^(?:histogram_quantile|quantile_over_time)$/.test(name) &&
        calls.some((call) => /^(?:avg|avg_over_time|sum)$/i.test(call.name)),
    )
    .map(({ from, to }) => ({
      from,
      to,
      severity: 'info',
      message: 'a mean or sum of quantiles is no quantile: sum the buckets first, then take the quantile once',
    }));
}

/** `node="$node"` matches one value, and a run has several. */
function equalsSeveral(text: string): Hint[] {
  return scanQuery(text)
    .filter(({ kind }) => kind === 'string')
    .flatMap(({ from, to }): Hint[] => {
      const operator = /(=|!=)\s*$/.exec(text.slice(0, from));
      const named = usesOf(text).some((use) => use.from >= from && use.to <= to && use.variable?.kind === 'text');
      if (!operator || !named) return [];
      const at = from - operator[0].length;
      const wanted = operator[1] === '=' ? '=~' : '!~';
      return [
        {
          from: at,
          to,
          severity: 'warning',
          message: `the variable may stand for several values: ${wanted}`,
          fix: { title: `Use ${wanted}`, edits: [{ from: at, to: from, text: wanted }] },
        },
      ];
    });
}

/** All advice on one block's text. */
export function hints(text: string, known: ServerMetrics): Hint[] {
  const { words } = parseWords(text);
  const ofWords = words
    .filter(({ kind }) => kind === 'metric')
    .flatMap((word) => rules.flatMap((rule) => rule(word, known, text) ?? []));
  return [...ofWords, ...droppedLe(words, text), ...meanOfQuantiles(words), ...equalsSeveral(text)].sort(
    (a, b) => a.from - b.from,
  );
}

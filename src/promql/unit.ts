/** The unit of a query's result, as far as its text tells: by the names of its metrics and what is done with them. */
import { formatValue, type Unit } from '../shared/format';
import { scanQuery } from './scanQuery';

/**
 * The query without strings, comments, label lists and groupings: metrics, functions, numbers and operators are left.
 */
function withoutLabels(query: string): string {
  const code = scanQuery(query)
    .filter(({ kind }) => kind === 'code')
    .map(({ from, to }) => query.slice(from, to))
    .join('');
  return code
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
}

/** Functions whose result has no unit, or one that has no name here. */
const unitlessFunctions =
  /\b(?:count|count_values|group|stdvar|stdvar_over_time|count_over_time|changes|resets|timestamp|time|absent|absent_over_time|present_over_time|sgn|ln|log2|log10|exp|deriv|scalar|vector)\s*\(/;
const rateFunctions = /\b(?:rate|irate)\s*\(/;

const unitsBySuffix: readonly [RegExp, Unit][] = [
  [/_seconds(?:_sum|_total)?$/, 'seconds'],
  [/_(?:perc|ratio|fraction)$/, 'fraction'],
  [/num_requests_(?:running|waiting)$/, 'requests'],
];

/** The unit of a query's result. Undefined if it is a plain number or unknown. */
export function unitOf(query: string): Unit | undefined {
  const code = withoutLabels(query);
  if (unitlessFunctions.test(code)) return undefined;
  // A name before a parenthesis is a function; of the other words, metrics are those with a `_` or a `:`.
  const metrics = [...code.matchAll(/[a-zA-Z_:][\w:]*(?!\w*\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => /[_:]/.test(name) && !/^\d/.test(name));
  if (/\bhistogram_quantile\s*\(/.test(code))
    return metrics.length === 1 && /_seconds_bucket$/.test(metrics[0] ?? '') ? 'seconds' : undefined;
  if (/[*/%^]/.test(code)) return unitOfQuotient(metrics, code);
  if (rateFunctions.test(code))
    return metrics.length > 0 && metrics.every((name) => /tokens(?:_total)?$/.test(name)) ? 'tokens/s' : undefined;
  const units = new Set(metrics.map((name) => unitsBySuffix.find(([suffix]) => suffix.test(name))?.[1]));
  return units.size === 1 ? [...units][0] : undefined;
}

/**
 * The unit of an arithmetic expression: `…_seconds_sum / …_seconds_count` is seconds, hits divided by queries of the
 * same cache are a fraction. Undefined for any other.
 */
function unitOfQuotient([numerator = '', denominator = '', third]: readonly string[], code: string): Unit | undefined {
  if (third !== undefined || !code.includes('/') || /[*%^]/.test(code)) return undefined;
  if (/_seconds_sum$/.test(numerator) && numerator.replace(/_sum$/, '_count') === denominator) return 'seconds';
  return /_hits(?:_total)?$/.test(numerator) && numerator.replace(/_hits(_total)?$/, '_queries$1') === denominator
    ? 'fraction'
    : undefined;
}

/** A sample for people: formatted with its unit if that is known, else as Prometheus writes it, to eight digits. */
export function sampleText(value: number, unit: Unit | undefined): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (unit) return formatValue(value, unit);
  return String(Number(value.toPrecision(8)));
}

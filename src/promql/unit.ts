/** In which unit a query's result is, as far as its text says: by the names it asks for and what is done with them. */
import { formatValue, type Unit } from '../shared/format';
import { scanQuery } from './scanQuery';

/** Strings, comments, label lists and groupings taken away: what is left are metrics, functions, numbers and operators. */
function skeleton(query: string): string {
  const code = scanQuery(query)
    .filter(({ kind }) => kind === 'code')
    .map(({ from, to }) => query.slice(from, to))
    .join('');
  return code
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
}

/** What loses a unit, or makes another one that has no name here. */
const unitless =
  /\b(?:count|count_values|group|stdvar|stdvar_over_time|count_over_time|changes|resets|timestamp|time|absent|absent_over_time|present_over_time|sgn|ln|log2|log10|exp|deriv|scalar|vector)\s*\(/;
const perSecond = /\b(?:rate|irate)\s*\(/;

const bySuffix: readonly [RegExp, Unit][] = [
  [/_seconds(?:_sum|_total)?$/, 'seconds'],
  [/_(?:perc|ratio|fraction)$/, 'fraction'],
  [/num_requests_(?:running|waiting)$/, 'requests'],
];

/** Undefined: a plain number, or nobody can tell. */
export function unitOf(query: string): Unit | undefined {
  const code = skeleton(query);
  if (unitless.test(code)) return undefined;
  // A name before a parenthesis is a function; what is left and holds a `_` or a `:` is a metric.
  const metrics = [...code.matchAll(/[a-zA-Z_:][\w:]*(?!\w*\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => /[_:]/.test(name) && !/^\d/.test(name));
  if (/\bhistogram_quantile\s*\(/.test(code))
    return metrics.length === 1 && /_seconds_bucket$/.test(metrics[0] ?? '') ? 'seconds' : undefined;
  if (/[*/%^]/.test(code)) return unitOfQuotient(metrics, code);
  if (perSecond.test(code))
    return metrics.length > 0 && metrics.every((name) => /tokens(?:_total)?$/.test(name)) ? 'tokens/s' : undefined;
  const units = new Set(metrics.map((name) => bySuffix.find(([pattern]) => pattern.test(name))?.[1]));
  return units.size === 1 ? [...units][0] : undefined;
}

/** `…_seconds_sum / …_seconds_count` is seconds, hits by queries of one kind a fraction; other arithmetic says nothing. */
function unitOfQuotient([numerator = '', denominator = '', more]: readonly string[], code: string): Unit | undefined {
  if (more !== undefined || !code.includes('/') || /[*%^]/.test(code)) return undefined;
  if (/_seconds_sum$/.test(numerator) && numerator.replace(/_sum$/, '_count') === denominator) return 'seconds';
  return /_hits(?:_total)?$/.test(numerator) && numerator.replace(/_hits(_total)?$/, '_queries$1') === denominator
    ? 'fraction'
    : undefined;
}

/** A sample as people read it: with its unit where that is known, else as Prometheus writes it. */
export function sampleText(value: number, unit: Unit | undefined): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (unit) return formatValue(value, unit);
  return String(Number(value.toPrecision(8)));
}

/** Hints on quantiles: a dropped `le`, and a mean or sum of quantiles. */
import type { Edit, Hint } from './hint';
import { isInsideCall, type QueryWord } from './queryWords';

/**
 * Aggregations inside `histogram_quantile` that drop `le` before it is needed: `sum by (engine) (rate(x_bucket[5m]))`.
 */
export function droppedLeHints(words: readonly QueryWord[], text: string): Hint[] {
  return words
    .filter((word) => word.kind === 'aggregation' && isInsideCall(word, 'histogram_quantile'))
    .filter((word) => aggregatesBuckets(word, words))
    .flatMap((word) => droppedLeHint(word, text) ?? []);
}

const aggregatesBuckets = (aggregation: QueryWord, words: readonly QueryWord[]): boolean =>
  words.some(
    ({ kind, name, calls }) =>
      kind === 'metric' &&
      name.endsWith('_bucket') &&
      calls.some((call) => call.name === aggregation.name && call.parenOffset >= aggregation.to),
  );

function droppedLeHint({ from, to }: QueryWord, text: string): Hint | undefined {
  const rest = text.slice(to);
  const grouping = /^\s*(by|without)\s*\(([^)]*)\)/i.exec(rest);
  if (!grouping) {
    const groupingFollows = /^\s*\((?:[^()]|\([^()]*\))*\)\s*(?:by|without)\b/i.test(rest);
    return groupingFollows ? undefined : keepLe({ from, to }, { from: to, to, text: ' by (le) ' });
  }
  const isBy = grouping[1]?.toLowerCase() === 'by';
  const labels = (grouping[2] ?? '')
    .split(',')
    .map((label) => label.trim())
    .filter((label) => label !== '');
  if (labels.includes('le') === isBy) return undefined;
  const inside = { from: to + grouping[0].indexOf('(') + 1, to: to + grouping[0].length - 1 };
  const wanted = isBy ? ['le', ...labels] : labels.filter((label) => label !== 'le');
  return keepLe(inside, { ...inside, text: wanted.join(', ') });
}

const keepLe = ({ from, to }: { from: number; to: number }, edit: Edit): Hint => ({
  from,
  to,
  severity: 'warning',
  message: 'histogram_quantile needs le, which this drops',
  fix: { title: 'Keep le', edits: [edit] },
});

/** Quantiles that are averaged or added up. */
export function meanOfQuantilesHints(words: readonly QueryWord[]): Hint[] {
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
      message: 'A mean or sum of quantiles is not a quantile. Sum the buckets first, then take the quantile once',
    }));
}

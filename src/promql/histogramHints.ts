/** Hints on quantiles: a dropped `le`, and a mean or sum of quantiles. */
import type { SyntaxNode, Tree } from '@lezer/common';
import { stringValue } from '../prometheus/promqlText';
import type { Edit, Hint } from './hint';
import type { QueryWord } from './queryWords';
import { ancestorsOf, callNameOf, childrenOf, descendantsOf, metricNameOf, textOf } from './syntaxNodes';

/** Functions that read the label `le` of buckets. */
const bucketFunctions = /^histogram_(?:quantile|quantiles|fraction)$/;
/** Aggregations that keep the series as they are, with all labels. */
const selectingAggregations = /^(?:topk|bottomk|limitk|limit_ratio)$/;

/**
 * Aggregations inside `histogram_quantile` that drop `le` before it is needed: `sum by (engine) (rate(x_bucket[5m]))`.
 */
export function droppedLeHints(tree: Tree, query: string): Hint[] {
  return descendantsOf(tree.topNode, 'AggregateExpr')
    .filter((node) => !selectingAggregations.test(callNameOf(node, query).toLowerCase()))
    .filter((node) => ancestorsOf(node).some((ancestor) => bucketFunctions.test(callNameOf(ancestor, query))))
    .filter((node) =>
      descendantsOf(node, 'VectorSelector').some((selector) => metricNameOf(selector, query)?.endsWith('_bucket')),
    )
    .flatMap((node) => droppedLeHint(node, query) ?? []);
}

function droppedLeHint(aggregation: SyntaxNode, query: string): Hint | undefined {
  const operator = aggregation.getChild('AggregateOp');
  const body = aggregation.getChild('FunctionCallBody');
  if (!operator || !body) return undefined;
  const modifier = aggregation.getChild('AggregateModifier');
  const grouping = modifier?.getChild('GroupingLabels');
  if (!modifier || !grouping) return keepLe(operator, { from: operator.to, to: body.from, text: ' by (le) ' });
  const labels = childrenOf(grouping).map((label) => ({ text: textOf(label, query), isLe: isLe(label, query) }));
  const isBy = modifier.getChild('By') !== null;
  if (labels.some((label) => label.isLe) === isBy) return undefined;
  const kept = isBy
    ? ['le', ...labels.map(({ text }) => text)]
    : labels.flatMap(({ text, isLe: le }) => (le ? [] : text));
  return keepLe(grouping, { from: grouping.from, to: grouping.to, text: `(${kept.join(', ')})` });
}

function isLe(label: SyntaxNode, query: string): boolean {
  const text = textOf(label, query);
  return (label.name === 'QuotedLabelName' ? stringValue(text) : text) === 'le';
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

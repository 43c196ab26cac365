/** The unit of a query's result, derived along its syntax tree. */
import type { SyntaxNode } from '@lezer/common';
import type { Unit } from '../shared/format';
import { parseQuery } from './grammar';
import { metricUnits } from './metricUnits';
import { callNameOf, childrenOf, depthOf, maxDepth, metricNameOf, textOf } from './syntaxNodes';
import {
  aggregationRules,
  functionRules,
  operatorRules,
  unknownQuantity,
  withoutCounter,
  type Quantity,
} from './unitRules';
import { maskVariables } from './variables';

function quantityOfMetric(name: string | undefined): Quantity {
  if (name === undefined) return unknownQuantity;
  const metric = metricUnits(name);
  const { kind, unit, observed, isTime } = metric;
  return {
    unit,
    observed,
    ...(isTime && { isTime }),
    ...(kind !== 'bucket' && { counter: { metric, applied: '' } }),
  };
}

function quantityOfCall(node: SyntaxNode, query: string, rules: typeof functionRules): Quantity {
  const name = callNameOf(node, query).toLowerCase();
  const body = node.getChild('FunctionCallBody');
  const args = body ? childrenOf(body).map((argument) => quantityOf(argument, query)) : [];
  return rules.get(name)?.(args, name) ?? unknownQuantity;
}

function quantityOfOperation(node: SyntaxNode, query: string): Quantity {
  const children = childrenOf(node);
  const [left, operator, right] = [children[0], children[1], children.at(-1)];
  const rule = operator && operatorRules[operator.name];
  if (!left || !right || !rule || node.getChild('BoolModifier')) return unknownQuantity;
  return rule(quantityOf(left, query), quantityOf(right, query));
}

function quantityOf(node: SyntaxNode, query: string): Quantity {
  const children = childrenOf(node);
  const [first, last] = [children[0], children.at(-1)];
  switch (node.name) {
    case 'NumberDurationLiteral':
      return { literal: textOf(node, query) };
    case 'VectorSelector':
      return quantityOfMetric(metricNameOf(node, query));
    case 'FunctionCall':
      return quantityOfCall(node, query, functionRules);
    case 'AggregateExpr':
      return quantityOfCall(node, query, aggregationRules);
    case 'BinaryExpr':
      return quantityOfOperation(node, query);
    case 'UnaryExpr': {
      const { literal, ...quantity } = withoutCounter(last ? quantityOf(last, query) : unknownQuantity);
      return literal === undefined ? quantity : { literal: `-${literal}` };
    }
    // A range, a subquery, `offset`, `@` and the like say when, not what.
    case 'AnchoredExpr':
    case 'MatrixSelector':
    case 'OffsetExpr':
    case 'ParenExpr':
    case 'SmoothedExpr':
    case 'StepInvariantExpr':
    case 'SubqueryExpr':
      return first ? quantityOf(first, query) : unknownQuantity;
    default:
      return unknownQuantity;
  }
}

/** The unit of a query's result. Undefined if it is a plain number or unknown, also of what cannot be parsed. */
export function unitOf(query: string): Unit | undefined {
  const { tree } = parseQuery(maskVariables(query));
  const [expression] = childrenOf(tree.topNode);
  return expression && depthOf(tree) <= maxDepth ? quantityOf(expression, query).unit : undefined;
}

/**
 * What becomes of units in a query, as tables over PromQL's functions, aggregations and operators. What has no row has
 * no unit: its result is a plain number, or a unit without a name here.
 */
import type { Unit } from '../shared/format';
import { perSecond, unitOfPair, type MetricUnits } from './metricUnits';

/** What is known about the values of an expression. */
export interface Quantity {
  unit?: Unit | undefined;
  /** Unit of what a histogram observed, if the values are histograms or buckets. */
  observed?: Unit | undefined;
  /** Text of a number in the query, empty if computed. It has the unit of what it is added to or compared with. */
  literal?: string;
  /** The values are Unix times. */
  isTime?: boolean;
  /**
   * The metric whose sums, rates or increases these are, and the functions that were applied to it: a quotient of two
   * metrics to which the same was done may have a unit, such as a histogram's sum divided by its count.
   */
  counter?: { metric: MetricUnits; applied: string } | undefined;
}

/** Nothing is known, or the values are plain numbers. */
export const unknownQuantity: Quantity = {};
const unixTime: Quantity = { isTime: true };

/** The same values after something was done to them that leaves their unit. */
export const withoutCounter = ({ counter: _, ...quantity }: Quantity): Quantity => quantity;

/** A result by the quantities of all arguments, scalars and strings included. */
type CallRule = (args: readonly Quantity[], name: string) => Quantity;

/** Values of the argument at an index, counted from the last if negative, or others of their kind. */
const keep =
  (index: number): CallRule =>
  (args) =>
    withoutCounter(args.at(index) ?? unknownQuantity);

const always =
  (quantity: Quantity): CallRule =>
  () =>
    quantity;

const observedOf =
  (index: number): CallRule =>
  (args) => ({ unit: args[index]?.observed });

const applied = ({ counter }: Quantity, name: string): Pick<Quantity, 'counter'> =>
  counter ? { counter: { ...counter, applied: `${counter.applied} ${name}` } } : {};

const rate: CallRule = ([range = unknownQuantity], name) => ({
  unit: perSecond(range.unit),
  observed: range.observed,
  ...applied(range, name),
});

/** Shares and Unix times have no total. */
const isAdditive = ({ unit, isTime = false }: Quantity): boolean => unit !== 'fraction' && !isTime;

const total: CallRule = (args, name) => {
  const vector = args.at(-1) ?? unknownQuantity;
  const { unit, observed } = vector;
  return isAdditive(vector) ? { unit, observed, ...applied(vector, name) } : unknownQuantity;
};

/** Rules by the names that they are of. */
const table = (rows: readonly (readonly [CallRule, string])[]): ReadonlyMap<string, CallRule> =>
  new Map(rows.flatMap(([rule, names]) => names.split(' ').map((name) => [name, rule] as const)));

/** By name of the function. */
export const functionRules = table([
  [keep(0), 'abs ceil clamp clamp_max clamp_min floor round scalar vector'],
  [keep(0), 'info label_join label_replace sort sort_by_label sort_by_label_desc sort_desc'],
  [keep(0), 'avg_over_time first_over_time last_over_time mad_over_time max_over_time min_over_time stddev_over_time'],
  [keep(0), 'delta idelta double_exponential_smoothing predict_linear'],
  [keep(1), 'quantile_over_time'],
  [rate, 'deriv irate rate'],
  [total, 'histogram_sum increase'],
  [observedOf(0), 'histogram_avg histogram_quantiles histogram_stddev'],
  [observedOf(1), 'histogram_quantile'],
  [always({ unit: 'fraction' }), 'histogram_fraction'],
  [always({ unit: 'seconds' }), 'range step'],
  [always(unixTime), 'end start start_timestamp time timestamp'],
  [always(unixTime), 'ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time'],
]);

/** By name of the aggregation, in lower case. */
export const aggregationRules = table([
  [total, 'sum'],
  [keep(-1), 'avg bottomk limit_ratio limitk max min quantile stddev topk'],
]);

type OperatorRule = (left: Quantity, right: Quantity) => Quantity;

const isConstant = ({ literal }: Quantity): boolean => literal !== undefined;
const isDuration = ({ unit, literal }: Quantity): boolean => unit === 'seconds' || literal !== undefined;

/** What both operands are. */
function common(left: Quantity, right: Quantity): Quantity {
  if (isConstant(left) && isConstant(right)) return { literal: '' };
  if (isConstant(left)) return right;
  if (isConstant(right)) return left;
  if (left.isTime && right.isTime) return unixTime;
  return {
    unit: left.unit === right.unit ? left.unit : undefined,
    observed: left.observed === right.observed ? left.observed : undefined,
  };
}

const add: OperatorRule = (left, right) => {
  if (left.isTime || right.isTime) return isDuration(left) || isDuration(right) ? unixTime : unknownQuantity;
  const sum = common(left, right);
  return isAdditive(sum) ? withoutCounter(sum) : unknownQuantity;
};

const subtract: OperatorRule = (left, right) => {
  if (left.isTime && right.isTime) return { unit: 'seconds' };
  if (left.isTime || right.isTime) return left.isTime && isDuration(right) ? unixTime : unknownQuantity;
  const difference = withoutCounter(common(left, right));
  const isShare = difference.unit === 'fraction' && (isConstant(left) || isConstant(right));
  // `1 - x` is the other share; any other number has no part in one.
  return isShare && Number(left.literal) !== 1 ? unknownQuantity : difference;
};

const divide: OperatorRule = (left, right) => {
  if (isConstant(left) && isConstant(right)) return { literal: '' };
  const [numerator, denominator] = [left.counter, right.counter];
  if (!numerator || !denominator || numerator.applied !== denominator.applied) return unknownQuantity;
  return { unit: unitOfPair(numerator.metric, denominator.metric) };
};

const constantOnly: OperatorRule = (left, right) =>
  isConstant(left) && isConstant(right) ? { literal: '' } : unknownQuantity;
const keepLeft: OperatorRule = (left) => left;
/** A comparison is a filter: it keeps the values of the vector. */
const filter: OperatorRule = (left, right) => (isConstant(left) ? right : left);

/** By name of the operator's node in the grammar. A comparison with `bool` is none of them. */
export const operatorRules: Readonly<Record<string, OperatorRule>> = {
  Add: add,
  Sub: subtract,
  Mul: constantOnly,
  Div: divide,
  Mod: constantOnly,
  Pow: constantOnly,
  Atan2: constantOnly,
  Eql: filter,
  Neq: filter,
  Gtr: filter,
  Gte: filter,
  Lss: filter,
  Lte: filter,
  And: keepLeft,
  Unless: keepLeft,
  Or: common,
  TrimUpper: keepLeft,
  TrimLower: keepLeft,
};

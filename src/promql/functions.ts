/** One line of help for each function, aggregation and keyword of PromQL: for completion, hover and signature help. */

/** Name, parameters and help of a function or aggregation. */
export interface FunctionDoc {
  name: string;
  kind: 'function' | 'aggregation';
  /** Parameters as shown: `…` repeats the one before, `?` marks an optional one. */
  parameters: readonly string[];
  help: string;
}

const v = 'v instant-vector';
const r = 'v range-vector';
const b = 'b instant-vector';
const optionalVector = 'v instant-vector?';

type Row = readonly [name: string, parameters: readonly string[], help: string];

const functions: readonly Row[] = [
  ['abs', [v], 'Each value without its sign.'],
  ['absent', [v], '1 if the vector is empty, else nothing. For alerts on missing series.'],
  ['absent_over_time', [r], '1 if there was no sample in the whole range, else nothing.'],
  ['acos', [v], 'Arc cosine, in radians.'],
  ['acosh', [v], 'Inverse hyperbolic cosine.'],
  ['asin', [v], 'Arc sine, in radians.'],
  ['asinh', [v], 'Inverse hyperbolic sine.'],
  ['atan', [v], 'Arc tangent, in radians.'],
  ['atanh', [v], 'Inverse hyperbolic tangent.'],
  ['avg_over_time', [r], 'Mean of the samples in the range. For gauges.'],
  ['ceil', [v], 'Each value rounded up.'],
  ['changes', [r], 'How often the value changed in the range.'],
  ['clamp', [v, 'min scalar', 'max scalar'], 'Each value, no lower than min and no higher than max.'],
  ['clamp_max', [v, 'max scalar'], 'Each value, no higher than max.'],
  ['clamp_min', [v, 'min scalar'], 'Each value, no lower than min.'],
  ['cos', [v], 'Cosine of radians.'],
  ['cosh', [v], 'Hyperbolic cosine.'],
  ['count_over_time', [r], 'How many samples there were in the range.'],
  ['day_of_month', [optionalVector], 'Day of the month of each Unix time, 1 to 31, in UTC.'],
  ['day_of_week', [optionalVector], 'Day of the week of each Unix time, 0 is Sunday, in UTC.'],
  ['day_of_year', [optionalVector], 'Day of the year of each Unix time, in UTC.'],
  ['days_in_month', [optionalVector], 'Days that the month of each Unix time has, in UTC.'],
  ['deg', [v], 'Radians as degrees.'],
  [
    'delta',
    [r],
    'Difference of the last and the first value, extrapolated to the whole range. For gauges; ignores counter resets.',
  ],
  ['deriv', [r], 'Slope per second by linear regression. For gauges.'],
  [
    'double_exponential_smoothing',
    [r, 'sf scalar', 'tf scalar'],
    'Value smoothed with a factor for the level (sf) and one for the trend (tf). Experimental.',
  ],
  ['end', [], 'The end of the query’s range, as Unix time. Experimental.'],
  ['exp', [v], 'e to the power of each value.'],
  ['first_over_time', [r], 'The oldest sample in the range. Experimental.'],
  ['floor', [v], 'Each value rounded down.'],
  ['histogram_avg', [v], 'Mean of the observations of native histograms.'],
  ['histogram_count', [v], 'Number of observations of native histograms.'],
  [
    'histogram_fraction',
    ['lower scalar', 'upper scalar', b],
    'Share of observations between two bounds, from buckets.',
  ],
  [
    'histogram_quantile',
    ['φ scalar', b],
    'The value that a share φ (0 to 1) of observations is at or below, from buckets: take their rate, sum by (le, …), then this. Linear within a bucket.',
  ],
  [
    'histogram_quantiles',
    [b, 'label string', 'φ scalar', '…'],
    'Several quantiles at once, told apart by a label. Experimental.',
  ],
  ['histogram_stddev', [v], 'Standard deviation of native histograms.'],
  ['histogram_stdvar', [v], 'Variance of native histograms.'],
  ['histogram_sum', [v], 'Sum of the observations of native histograms.'],
  ['hour', [optionalVector], 'Hour of the day of each Unix time, in UTC.'],
  ['idelta', [r], 'Difference of the last two samples. For gauges.'],
  [
    'increase',
    [r],
    'How much a counter grew in the range, across resets, extrapolated to the whole range: rate times the seconds of the range.',
  ],
  ['info', [v, 'selector?'], 'Adds the labels of matching info metrics. Experimental.'],
  ['irate', [r], 'Growth per second between the last two samples of a counter. Reacts at once, but is noisy.'],
  [
    'label_join',
    [v, 'dst string', 'separator string', 'src string', '…'],
    'Sets a label to the values of others, joined.',
  ],
  [
    'label_replace',
    [v, 'dst string', 'replacement string', 'src string', 'regex string'],
    'Sets a label if the whole value of another label matches; $1 is the first group.',
  ],
  ['last_over_time', [r], 'The newest sample in the range: fills gaps.'],
  ['ln', [v], 'Natural logarithm.'],
  ['log10', [v], 'Decimal logarithm.'],
  ['log2', [v], 'Binary logarithm.'],
  ['mad_over_time', [r], 'Median of the distances from the median in the range. Experimental.'],
  ['max_over_time', [r], 'Highest sample in the range, also between steps.'],
  ['min_over_time', [r], 'Lowest sample in the range.'],
  ['minute', [optionalVector], 'Minute of the hour of each Unix time, in UTC.'],
  ['month', [optionalVector], 'Month of each Unix time, 1 to 12, in UTC.'],
  ['pi', [], 'π.'],
  ['predict_linear', [r, 't scalar'], 'Value t seconds from now by linear regression. For gauges.'],
  ['present_over_time', [r], '1 for each series that had a sample in the range.'],
  ['quantile_over_time', ['φ scalar', r], 'Quantile of the samples in the range. For gauges; not for buckets.'],
  ['rad', [v], 'Degrees as radians.'],
  ['range', [], 'The query’s range in seconds. Experimental.'],
  [
    'rate',
    [r],
    'Growth per second of a counter over the range, across resets, extrapolated to the whole range. Rate first, then sum.',
  ],
  ['resets', [r], 'How often a counter was reset in the range, such as by a restart.'],
  ['round', [v, 'to scalar?'], 'Each value rounded to the nearest multiple of to, 1 by default.'],
  ['scalar', [v], 'The value of a vector with a single series, else NaN.'],
  ['sgn', [v], '1, 0 or −1 by the sign.'],
  ['sin', [v], 'Sine of radians.'],
  ['sinh', [v], 'Hyperbolic sine.'],
  ['sort', [v], 'Series by value, lowest first. For tables only.'],
  ['sort_by_label', [v, 'label string', '…'], 'Series by labels. Experimental.'],
  ['sort_by_label_desc', [v, 'label string', '…'], 'Series by labels, in reverse order. Experimental.'],
  ['sort_desc', [v], 'Series by value, highest first. For tables only.'],
  ['sqrt', [v], 'Square root.'],
  ['start', [], 'The beginning of the query’s range, as Unix time. Experimental.'],
  ['start_timestamp', [v], 'When each counter began, as Unix time. Experimental.'],
  ['stddev_over_time', [r], 'Standard deviation of the samples in the range.'],
  ['stdvar_over_time', [r], 'Variance of the samples in the range.'],
  ['step', [], 'The query’s step in seconds. Experimental.'],
  ['sum_over_time', [r], 'Sum of the samples in the range.'],
  ['tan', [v], 'Tangent of radians.'],
  ['tanh', [v], 'Hyperbolic tangent.'],
  ['time', [], 'The moment of evaluation, as Unix time.'],
  ['timestamp', [v], 'When each sample was taken, as Unix time: `time() - timestamp(x)` is its age.'],
  ['ts_of_first_over_time', [r], 'When the oldest sample in the range was taken. Experimental.'],
  ['ts_of_last_over_time', [r], 'When the newest sample in the range was taken. Experimental.'],
  ['ts_of_max_over_time', [r], 'When the highest sample in the range was taken. Experimental.'],
  ['ts_of_min_over_time', [r], 'When the lowest sample in the range was taken. Experimental.'],
  [
    'vector',
    ['s scalar'],
    'A scalar as a vector of one series without labels: `or vector(0)` replaces an empty result.',
  ],
  ['year', [optionalVector], 'Year of each Unix time, in UTC.'],
];

const aggregations: readonly Row[] = [
  ['avg', [v], 'Mean over the series. Not for quantiles.'],
  ['bottomk', ['k scalar', v], 'The k lowest series, with their labels.'],
  ['count', [v], 'Number of series.'],
  ['count_values', ['label string', v], 'Number of series by value, the value as a label.'],
  ['group', [v], '1 for each group: lists label values.'],
  ['limit_ratio', ['ratio scalar', v], 'A share of the series, picked by hash. Experimental.'],
  ['limitk', ['k scalar', v], 'Any k of the series. Experimental.'],
  ['max', [v], 'Highest over the series, such as the fullest engine.'],
  ['min', [v], 'Lowest over the series.'],
  ['quantile', ['φ scalar', v], 'Quantile over the series: `quantile(0.5, x)` is the median engine.'],
  ['stddev', [v], 'Standard deviation over the series: how unequal they are.'],
  ['stdvar', [v], 'Variance over the series.'],
  ['sum', [v], 'Sum over the series. `sum by (engine)` keeps one label.'],
  ['topk', ['k scalar', v], 'The k highest series, with their labels.'],
];

const docs = (rows: readonly Row[], kind: FunctionDoc['kind']): FunctionDoc[] =>
  rows.map(([name, parameters, help]) => ({ name, kind, parameters, help }));

/** Help for every function and aggregation that the grammar knows. */
export const functionDocs: readonly FunctionDoc[] = [
  ...docs(functions, 'function'),
  ...docs(aggregations, 'aggregation'),
];

const docsByName = new Map(functionDocs.map((doc) => [doc.name, doc]));

/** Help for a name, undefined if it is not a function. Functions are case-sensitive, aggregations are not. */
export function functionDoc(name: string): FunctionDoc | undefined {
  return (
    docsByName.get(name) ??
    (docsByName.get(name.toLowerCase())?.kind === 'aggregation' ? docsByName.get(name.toLowerCase()) : undefined)
  );
}

/** The signature as it is written: `sum by|without (label, …) (v instant-vector)`. */
export function signatureText({ name, kind, parameters }: FunctionDoc): string {
  return `${name}${kind === 'aggregation' ? ' by|without (label, …) ' : ''}(${parameters.join(', ')})`;
}

/** Help by keyword, in lower case. */
export const keywordHelp: Readonly<Record<string, string>> = {
  by: 'Keeps these labels, drops the rest.',
  without: 'Drops these labels, keeps the rest.',
  on: 'Matches the series of both sides by these labels only.',
  ignoring: 'Matches the series of both sides by all labels but these.',
  group_left: 'Several series on the left may match one on the right.',
  group_right: 'Several series on the right may match one on the left.',
  bool: 'Makes a comparison return 0 or 1 instead of filtering.',
  offset: 'Evaluates as of this long ago.',
  and: 'Series on the left that are also on the right.',
  or: 'Series on the left, and those on the right that are not on the left.',
  unless: 'Series on the left that are not on the right.',
  atan2: 'Arc tangent of left by right, in radians.',
};

/** Completion of metrics, labels, values, functions and operators, by Prometheus's own completion. */
import { CompletionContext, type Completion } from '@codemirror/autocomplete';
import { newCompleteStrategy, type PrometheusClient } from '@prometheus-io/codemirror-promql';
import { Eql, EqlRegex, EqlSingle, Neq, NeqRegex } from '@prometheus-io/lezer-promql';
import { escapeInQuotes, labelName, quoteString, seriesSelector } from '../prometheus/promqlText';
import { parseQuery } from './grammar';
import type { NameLookup } from './nameLookup';
import { closers, scanQuery } from './scanQuery';
import { maskVariables } from './variables';

/** One completion. */
export interface Suggestion {
  label: string;
  kind: 'metric' | 'label' | 'value' | 'function' | 'aggregation' | 'operator';
  /** Offsets of the text that it replaces. */
  from: number;
  to: number;
  /** Type of a metric. */
  detail?: string;
  help?: string;
  /** The text to insert, if it differs from the label. */
  insert?: string;
}

const operators: Record<number, string> = {
  [EqlSingle]: '=',
  [Eql]: '=',
  [Neq]: '!=',
  [EqlRegex]: '=~',
  [NeqRegex]: '!~',
};

interface TypedMatcher {
  type: number;
  name: string;
  value: string;
}

/**
 * The selector of a metric with the matchers typed so far. Leaves out the matcher of the label that is being completed,
 * empty ones, and those with a variable. Undefined if nothing is left, which means all series.
 */
function selectorOf(
  metric: string | undefined,
  matchers: readonly TypedMatcher[] = [],
  completedLabel?: string,
): string | undefined {
  const complete = matchers
    .filter(({ name, value }) => name !== completedLabel && name !== '' && value !== '' && !value.includes('$'))
    .filter(({ type }) => operators[type] !== undefined)
    .map(({ name, type, value }) => `${labelName(name)}${operators[type]}${quoteString(value)}`);
  if (!metric && complete.length === 0) return undefined;
  return metric ? seriesSelector(metric, complete) : `{${complete.join(', ')}}`;
}

/**
 * The client that codemirror-promql asks for names. It remembers whether metrics were asked for, because a suggestion
 * does not say whether it is a metric or a label.
 */
function completionClient(names: NameLookup): PrometheusClient & { askedMetrics: boolean } {
  return {
    askedMetrics: false,
    async metricNames() {
      this.askedMetrics = true;
      return [...(await names.metrics())];
    },
    async metricMetadata() {
      return Object.fromEntries(
        [...(await names.metadata())].map(([name, { type, help }]) => [name, [{ type, help }]]),
      );
    },
    labelNames: async (metric?: string) => [...(await names.labels(selectorOf(metric)))],
    labelValues: async (label: string, metric?: string, matchers?: TypedMatcher[]) => [
      ...(await names.values(label, selectorOf(metric, matchers, label))),
    ],
    series: () => Promise.resolve([]),
    flags: () => Promise.resolve({}),
  };
}

/** The quote of the string that an offset is in, if any. */
function quoteAt(text: string, offset: number): string | undefined {
  return scanQuery(text).find(
    ({ kind, from, to, closed }) =>
      kind === 'string' && from < offset && (offset < to || (closed === false && offset === to)),
  )?.quote;
}

/** A name outside of quotes; one that is not an identifier is quoted. */
const nameText = (label: string, kind: Suggestion['kind']): string =>
  kind === 'metric' ? seriesSelector(label) : kind === 'label' ? labelName(label) : label;

/** Completions at an offset of a query, in the order of Prometheus's completion. Empty in a comment. */
export async function complete(text: string, offset: number, names: NameLookup): Promise<Suggestion[]> {
  const query = maskVariables(text);
  const head = query.slice(0, offset);
  if (scanQuery(head).at(-1)?.kind === 'comment') return [];
  // The grammar needs closing brackets and quotes, which are usually not typed yet.
  const parsedText = closers(query) === '' ? query : head + closers(head);
  const { state } = parseQuery(parsedText);
  const client = completionClient(names);
  const result = await newCompleteStrategy({ remote: client }).promQL(new CompletionContext(state, offset, true));
  if (!result) return [];
  const from = Math.min(result.from, offset);
  const to = Math.max(offset, Math.min(result.to ?? offset, text.length));
  const quote = quoteAt(text, offset);
  return result.options
    .filter(({ apply }) => typeof apply !== 'function')
    .flatMap((option) => toSuggestion(option, { from, to }, client.askedMetrics, quote) ?? []);
}

const kinds: Record<string, Suggestion['kind']> = { function: 'function', keyword: 'aggregation', text: 'value' };

function toSuggestion(
  { label, type, detail, info }: Completion,
  range: { from: number; to: number },
  askedMetrics: boolean,
  quote: string | undefined,
): Suggestion | undefined {
  const kind = type === 'constant' ? (askedMetrics ? 'metric' : 'label') : (kinds[type ?? ''] ?? 'operator');
  const insert = quote === undefined ? nameText(label, kind) : escapeInQuotes(label, quote);
  if (insert === undefined) return undefined;
  return {
    label,
    kind,
    ...range,
    ...(detail !== undefined && { detail }),
    ...(typeof info === 'string' && { help: info }),
    ...(insert !== label && { insert }),
  };
}

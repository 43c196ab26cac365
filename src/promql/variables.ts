/** Variables in queries, such as `$__rate_interval` and `$node`: where they are, and the text with their values. */
import { escapeInQuotes, oneOf } from '../prometheus/promqlText';
import { durationText } from '../prometheus/duration';
import { scanQuery } from './scanQuery';

/** What the values of variables are derived from. */
export interface VariableContext {
  /** How often Prometheus scrapes the engines, in ms. */
  scrapeIntervalMs: number;
  /** Step and range of a plot, in ms. */
  stepMs: number;
  rangeMs: number;
  /** Label values of the current run; empty if there is none. */
  nodes: readonly string[];
  engines: readonly string[];
  sessions: readonly string[];
}

interface Variable {
  /** Without the `$`. */
  name: string;
  /** A duration is written in the query itself, a text between the quotes of a label. */
  kind: 'duration' | 'text';
  help: string;
  value: (context: VariableContext) => string;
}

/** Grafana's rule: long enough for `rate` to survive a failed scrape. */
const rateInterval = ({ stepMs, scrapeIntervalMs }: VariableContext): number =>
  Math.max(stepMs + scrapeIntervalMs, 4 * scrapeIntervalMs);

/** All variables, in the order of completion. */
export const variables: readonly Variable[] = [
  {
    name: '__rate_interval',
    kind: 'duration',
    help: 'Range in which rate survives a failed scrape: the step plus one scrape interval, at least four intervals',
    value: (context) => durationText(rateInterval(context)),
  },
  { name: '__interval', kind: 'duration', help: 'Step of the plot', value: ({ stepMs }) => durationText(stepMs) },
  {
    name: '__range',
    kind: 'duration',
    help: 'Whole range of the plot',
    value: ({ rangeMs }) => durationText(rangeMs),
  },
  { name: 'node', kind: 'text', help: 'Nodes of the current run, for =~', value: ({ nodes }) => oneOf(nodes) },
  {
    name: 'engine',
    kind: 'text',
    help: 'Engines of the current run, for =~: WorkerId on Ray, the label engine on servers',
    value: ({ engines }) => oneOf(engines),
  },
  {
    name: 'session',
    kind: 'text',
    help: 'Ray session of the current run, for =~',
    value: ({ sessions }) => oneOf(sessions),
  },
];

const variablesByName = new Map(variables.map((variable) => [variable.name, variable]));

interface VariableUse {
  name: string;
  /** Offsets, including the `$` and braces. */
  from: number;
  to: number;
  /** Undefined if no such variable exists. */
  variable?: Variable | undefined;
  /** Quote of the string that it is in; undefined outside of strings. */
  quote?: string | undefined;
}

const usePattern = /\$(?:\{(\w+)\}|(\w+))/g;

/** The variables of a query, also unknown ones; but in a string an unknown `$name` is part of a regular expression. */
export function usesOf(text: string): VariableUse[] {
  return scanQuery(text)
    .filter(({ kind }) => kind !== 'comment')
    .flatMap(({ kind, from, to, quote }) =>
      [...text.slice(from, to).matchAll(usePattern)].flatMap((match) => {
        const name = match[1] ?? match[2] ?? '';
        const variable = variablesByName.get(name);
        if (kind === 'string' && !variable) return [];
        const useFrom = from + match.index;
        return [{ name, from: useFrom, to: useFrom + match[0].length, variable, quote }];
      }),
    );
}

/** A query with the values of its variables. */
export interface Substitution {
  text: string;
  /** Maps an offset in `text` to the text as typed; an offset within a value to the beginning of its variable. */
  originalOffset: (offset: number) => number;
  /** Each variable once, in the order of its first use. */
  usedVariables: { name: string; value: string }[];
}

/** The query as it is sent. Unknown variables stay, and the server reports them as errors. */
export function substitute(text: string, context: VariableContext): Substitution {
  const values: { from: number; to: number; originalFrom: number; originalTo: number }[] = [];
  const usedValues = new Map<string, string>();
  let result = '';
  let copiedTo = 0;
  for (const { name, from, to, variable, quote } of usesOf(text)) {
    if (!variable) continue;
    const value = variable.value(context);
    usedValues.set(name, value);
    result += text.slice(copiedTo, from);
    const valueFrom = result.length;
    result += quote === undefined ? value : (escapeInQuotes(value, quote) ?? value);
    values.push({ from: valueFrom, to: result.length, originalFrom: from, originalTo: to });
    copiedTo = to;
  }
  result += text.slice(copiedTo);
  const originalOffset = (offset: number): number => {
    const value = values.findLast(({ from }) => from <= offset);
    if (!value) return offset;
    return offset < value.to ? value.originalFrom : value.originalTo + (offset - value.to);
  };
  return { text: result, originalOffset, usedVariables: [...usedValues].map(([name, value]) => ({ name, value })) };
}

/**
 * The text with a duration of the same length in place of each variable outside of strings, so that a grammar can parse
 * it.
 */
export function maskVariables(text: string): string {
  let masked = text;
  for (const { from, to, quote } of usesOf(text)) {
    if (quote === undefined) masked = `${masked.slice(0, from)}${'1'.repeat(to - from - 1)}m${masked.slice(to)}`;
  }
  return masked;
}

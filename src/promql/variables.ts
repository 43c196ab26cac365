/** Variables in a query: `$__rate_interval`, `$node` and their like, put in before it is sent; offsets lead back to the text as typed. */
import { durationText } from '../prometheus/responseData';
import { oneOf } from '../prometheus/matchers';
import { scanQuery } from './scanQuery';

/** What the variables of a query are resolved from. */
export interface VariableContext {
  /** How often Prometheus scrapes the engines, in ms. */
  scrapeIntervalMs: number;
  /** Step and range of a plot, in ms. */
  stepMs: number;
  rangeMs: number;
  /** Of the present run; empty where there is none. */
  nodes: readonly string[];
  engines: readonly string[];
  sessions: readonly string[];
}

interface Variable {
  name: string;
  /** A duration stands in the query itself, a text in a label's quotes. */
  kind: 'duration' | 'text';
  help: string;
  value: (context: VariableContext) => string;
}

/** Grafana's rule: long enough for `rate` to survive a failed scrape. */
const rateInterval = ({ stepMs, scrapeIntervalMs }: VariableContext): number =>
  Math.max(stepMs + scrapeIntervalMs, 4 * scrapeIntervalMs);

export const variables: readonly Variable[] = [
  {
    name: '__rate_interval',
    kind: 'duration',
    help: 'a range that rate survives a failed scrape in: the step and a scrape, four scrapes at least',
    value: (context) => durationText(rateInterval(context)),
  },
  { name: '__interval', kind: 'duration', help: 'the step of the plot', value: ({ stepMs }) => durationText(stepMs) },
  {
    name: '__range',
    kind: 'duration',
    help: 'the whole range of the plot',
    value: ({ rangeMs }) => durationText(rangeMs),
  },
  { name: 'node', kind: 'text', help: 'the nodes of the present run, for =~', value: ({ nodes }) => oneOf(nodes) },
  {
    name: 'engine',
    kind: 'text',
    help: 'the WorkerIds (on servers of their own: engine labels) of the present run, for =~',
    value: ({ engines }) => oneOf(engines),
  },
  {
    name: 'session',
    kind: 'text',
    help: 'the Ray session of the present run, for =~',
    value: ({ sessions }) => oneOf(sessions),
  },
];

const byName = new Map(variables.map((variable) => [variable.name, variable]));

export interface VariableUse {
  name: string;
  from: number;
  to: number;
  /** Undefined: there is no such variable. */
  variable?: Variable | undefined;
  /** The quote it stands in. */
  quote?: string | undefined;
}

const pattern = /\$(?:\{(\w+)\}|(\w+))/g;

/** Where variables stand. In a string an unknown one is no variable: `$` ends a regular expression there. */
export function usesOf(text: string): VariableUse[] {
  return scanQuery(text)
    .filter(({ kind }) => kind !== 'comment')
    .flatMap(({ kind, from, to, quote }) =>
      [...text.slice(from, to).matchAll(pattern)].flatMap((match) => {
        const name = match[1] ?? match[2] ?? '';
        const variable = byName.get(name);
        if (kind === 'string' && !variable) return [];
        const at = from + match.index;
        return [{ name, from: at, to: at + match[0].length, variable, quote }];
      }),
    );
}

export interface Substitution {
  text: string;
  /** The offset in the text as typed of one in `text`; within a value it is the variable's beginning. */
  originalOffset: (offset: number) => number;
  usedVariables: { name: string; value: string }[];
}

const quoted = (value: string, quote: string): string =>
  quote === '`' ? value : value.replace(/[\\"']/g, (char) => (char === '\\' || char === quote ? `\\${char}` : char));

/** The query as it is sent. Unknown variables stay, and the server refuses them in its own words. */
export function substitute(text: string, context: VariableContext): Substitution {
  const shifts: { from: number; to: number; original: number; end: number }[] = [];
  const used = new Map<string, string>();
  let result = '';
  let at = 0;
  for (const { name, from, to, variable, quote } of usesOf(text)) {
    if (!variable) continue;
    const value = variable.value(context);
    used.set(name, value);
    result += text.slice(at, from);
    const start = result.length;
    result += quote === undefined ? value : quoted(value, quote);
    shifts.push({ from: start, to: result.length, original: from, end: to });
    at = to;
  }
  result += text.slice(at);
  const original = (offset: number): number => {
    const shift = shifts.findLast(({ from }) => from <= offset);
    if (!shift) return offset;
    return offset < shift.to ? shift.original : shift.end + (offset - shift.to);
  };
  return { text: result, originalOffset: original, usedVariables: [...used].map(([name, value]) => ({ name, value })) };
}

/** The text with a duration of the same length in each duration's place: a grammar reads it, and every offset stays. */
export function maskVariables(text: string): string {
  let result = text;
  for (const { from, to, quote } of usesOf(text)) {
    if (quote === undefined) result = `${result.slice(0, from)}${'1'.repeat(to - from - 1)}m${result.slice(to)}`;
  }
  return result;
}

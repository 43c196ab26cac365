/**
 * PromQL's grammar and completion, Prometheus's own (codemirror-promql, lezer-promql), without an editor.
 * A bundle of its own: it is loaded at the first PromQL document.
 */
import { CompletionContext, type Completion } from '@codemirror/autocomplete';
import { ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { Tree } from '@lezer/common';
import {
  LanguageType,
  promQLLanguage,
  PromQLExtension,
  newCompleteStrategy,
  type PrometheusClient,
} from '@prometheus-io/codemirror-promql';
import { Eql, EqlRegex, EqlSingle, Neq, NeqRegex } from '@prometheus-io/lezer-promql';
import type { NameLookup } from './nameLookup';
import { prettify } from './prettify';
import { closers, scanQuery } from './scanQuery';
import { brackets, type Problem } from './problems';
import { maskVariables } from './variables';

export interface Suggestion {
  label: string;
  kind: 'metric' | 'label' | 'value' | 'function' | 'aggregation' | 'operator';
  from: number;
  to: number;
  detail?: string;
  help?: string;
  /** What is put in, where it is not the label. */
  insert?: string;
}

const language = promQLLanguage(LanguageType.PromQL);
const linter = new PromQLExtension().getLinter();
/** Far more than any query takes: half a tree would tell of mistakes that are none. */
const parseMs = 5000;

function stateOf(text: string): { state: EditorState; tree: Tree } {
  const begun = EditorState.create({ doc: text, extensions: [language] });
  ensureSyntaxTree(begun, text.length, parseMs);
  // A state shows the tree it was made with, which may be half; the next one takes what was parsed since.
  const { state } = begun.update({});
  return { state, tree: syntaxTree(state) };
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

/** Series of a metric with the matchers that are typed already; the one that is being typed and empty ones say nothing. */
export function selectorOf(
  metric: string | undefined,
  matchers: readonly TypedMatcher[] = [],
  but?: string,
): string | undefined {
  const typed = matchers.filter(
    ({ name, value, type }) =>
      name !== but && name !== '' && value !== '' && operators[type] !== undefined && !value.includes('$'),
  );
  if (!metric && typed.length === 0) return undefined;
  return `${metric ?? ''}${typed.length === 0 ? '' : `{${typed.map(({ name, type, value }) => `${name}${operators[type]}${JSON.stringify(value)}`).join(',')}}`}`;
}

/** The names as codemirror-promql asks for them; remembers whether metrics were asked for, which it does not say of a suggestion. */
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

/** The quote that an offset stands within, if any. */
function quoteAt(text: string, offset: number): string | undefined {
  return scanQuery(text).find(
    ({ kind, from, to, closed }) =>
      kind === 'string' && from < offset && (offset < to || (closed === false && offset === to)),
  )?.quote;
}

const escapes: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A label's value as it stands between quotes of that kind. */
export function quotedValue(value: string, quote: string): string {
  return quote === '`'
    ? value
    : value.replace(/[\\"'\n\r\t]/g, (char) => escapes[char] ?? (char === quote ? `\\${char}` : char));
}

const kinds: Record<string, Suggestion['kind']> = { function: 'function', keyword: 'aggregation', text: 'value' };

/** What may stand at an offset of a query. Empty in a comment. */
export async function complete(text: string, offset: number, names: NameLookup): Promise<Suggestion[]> {
  const query = maskVariables(text);
  const head = query.slice(0, offset);
  if (scanQuery(head).at(-1)?.kind === 'comment') return [];
  // Completion looks for closing brackets and quotes that nobody has typed yet.
  const doc = closers(query) === '' ? query : head + closers(head);
  const { state } = stateOf(doc);
  const source = completionClient(names);
  const result = await newCompleteStrategy({ remote: source }).promQL(new CompletionContext(state, offset, true));
  if (!result) return [];
  const from = Math.min(result.from, offset);
  const to = Math.max(offset, Math.min(result.to ?? offset, text.length));
  const quote = quoteAt(text, offset);
  return result.options
    .filter(({ apply }) => typeof apply !== 'function')
    .map((option) => suggestion(option, { from, to }, source.askedMetrics, quote));
}

function suggestion(
  { label, type, detail, info }: Completion,
  range: { from: number; to: number },
  askedMetrics: boolean,
  quote: string | undefined,
): Suggestion {
  const kind = type === 'constant' ? (askedMetrics ? 'metric' : 'label') : (kinds[type ?? ''] ?? 'operator');
  const insert = quote === undefined ? unquoted(label, kind) : quotedValue(label, quote);
  return {
    label,
    kind,
    ...range,
    ...(detail !== undefined && { detail }),
    ...(typeof info === 'string' && { help: info }),
    ...(insert !== label && { insert }),
  };
}

/** A name that is no plain word is written in quotes. */
function unquoted(label: string, kind: Suggestion['kind']): string {
  if (kind === 'metric' && !/^[a-zA-Z_:][\w:]*$/.test(label)) return `{${JSON.stringify(label)}}`;
  return kind === 'label' && !/^[a-zA-Z_]\w*$/.test(label) ? JSON.stringify(label) : label;
}

/** What the grammar finds wrong, at once and without a server, which has the last word. */
export function checkSyntax(text: string): Problem[] {
  const unpaired = brackets(text);
  // Where a bracket is missing the grammar complains of everything behind it.
  if (unpaired.length > 0) return unpaired;
  const { state, tree } = stateOf(maskVariables(text));
  const found: Problem[] = [];
  const problems = linter.promQL.call(linter)({ state } as unknown as EditorView);
  if (Array.isArray(problems))
    for (const { from, to, message } of problems as readonly Problem[]) found.push({ from, to, message });
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError && !found.some((one) => one.from <= from && to <= one.to))
        found.push({
          from,
          to,
          message: from === to ? 'something is missing here' : `unexpected ${text.slice(from, to).trim().slice(0, 40)}`,
        });
    },
  });
  return distinct(found.map((one) => widened(one, text)));
}

/** An empty place is seen on the character before it. */
function widened({ from, to, message }: Problem, text: string): Problem {
  if (to > from) return { from, to, message };
  const start = Math.max(0, text.slice(0, from).trimEnd().length - 1);
  return { from: Math.min(start, from), to: Math.max(start + 1, Math.min(to, text.length)), message };
}

function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()].sort(
    (a, b) => a.from - b.from,
  );
}

/** The query laid out as Prometheus lays it out, comments kept; undefined where it does not parse. */
export function format(text: string): string | undefined {
  if (checkSyntax(text).length > 0) return undefined;
  const { tree } = stateOf(maskVariables(text));
  return prettify(tree, text);
}

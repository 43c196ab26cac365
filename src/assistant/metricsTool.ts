/** The tool that gives the numbers of the newest scrape: SkyRL's values and the true measures. */
import * as z from 'zod/mini';
import type { Measure, Snapshot } from '../api';
import { categories, catalog, curatedRows, type CatalogRow } from '../metrics/catalog';
import { escapeControlChars } from '../promql/textTable';
import { formatDuration, formatValue } from '../shared/format';
import { fitRows, maxAnswerChars, type AnswerRow } from './budget';
import { describe, metricId } from './inputSchema';
import { requireRows } from './requireRows';
import { defineTool, ToolError, type ToolHost } from './tool';

interface Subject {
  id: string;
  name: string;
  measures: Readonly<Record<string, Measure>>;
}

/** What a row is about: the engines, or the nodes, GPUs, servers or the trainer. */
function subjectsOf({ engines, parts = [] }: Snapshot, row: CatalogRow): readonly Subject[] {
  return row.subject === 'engine' ? engines : parts.filter(({ kind }) => kind === row.subject);
}

const rounded = (value: number): number => Number(value.toPrecision(6));

/** A measure without what is the same for all: its unit is the row's. */
function measureData(host: ToolHost, measure: Measure, nameOf: (id: string) => string): Record<string, unknown> {
  const { value, from, to, lowest, highest, counted, of, bounds, bucket } = measure;
  return {
    value: rounded(value),
    ageSeconds: Math.max(0, Math.round((host.now() - to) / 1000)),
    ...(from !== undefined && { windowSeconds: Math.round((to - from) / 1000) }),
    ...(lowest && { lowest: { subject: nameOf(lowest.engine), value: rounded(lowest.value) } }),
    ...(highest && { highest: { subject: nameOf(highest.engine), value: rounded(highest.value) } }),
    ...(counted !== undefined && of !== undefined && counted < of && { counted, of }),
    ...(bounds && { bounds }),
    ...(bucket && { bucket }),
  };
}

function metricRow(host: ToolHost, snapshot: Snapshot, row: CatalogRow, perEngine: boolean): AnswerRow | undefined {
  const subjects = subjectsOf(snapshot, row);
  const nameOf = (id: string): string => subjects.find((one) => one.id === id)?.name ?? id;
  const aggregate = snapshot.measures[row.id];
  const skyrl = snapshot.values[`vllm/${row.id}`];
  const each = subjects.flatMap(({ name, measures }) => {
    const measure = measures[row.id];
    return measure
      ? [
          {
            data: { name, value: rounded(measure.value) },
            text: `${name} ${formatValue(rounded(measure.value), row.unit)}`,
          },
        ]
      : [];
  });
  if (!aggregate && skyrl === undefined && each.length === 0) return undefined;
  const spread =
    aggregate?.lowest && aggregate.highest && (aggregate.counted ?? 2) > 1
      ? ` (${nameOf(aggregate.lowest.engine)} ${formatValue(aggregate.lowest.value, row.unit)}, ${nameOf(aggregate.highest.engine)} ${formatValue(aggregate.highest.value, row.unit)})`
      : '';
  const counted =
    aggregate?.counted !== undefined && aggregate.of !== undefined && aggregate.counted < aggregate.of
      ? `, ${aggregate.counted} of ${aggregate.of} count`
      : '';
  const window = aggregate?.from === undefined ? '' : ` over ${formatDuration(aggregate.to - aggregate.from)}`;
  const showsEach = perEngine || !aggregate;
  const shown = fitRows(showsEach ? each : [], 'skyrl_get_history takes names of engines.', maxAnswerChars / 2);
  const line = [
    `${row.id}: ${aggregate ? formatValue(aggregate.value, row.unit) : 'no aggregate'}${window}${spread}${counted}`,
    ...(skyrl === undefined ? [] : [`SkyRL logs ${formatValue(skyrl, row.unit)}`]),
    ...shown.lines,
    row.help,
  ].join('; ');
  return {
    data: {
      id: row.id,
      unit: row.unit,
      help: row.help,
      ...(aggregate && measureData(host, aggregate, nameOf)),
      ...(skyrl !== undefined && { skyrlValue: rounded(skyrl) }),
      ...(showsEach && { each: shown.data }),
      ...(shown.omitted > 0 && { omittedSubjects: shown.omitted }),
    },
    text: escapeControlChars(line),
  };
}

const categoryIds = categories.map(({ id }) => id);

/** Values and measures, by category or id, of all engines together and of each. */
export const metricsTool = defineTool({
  name: 'skyrl_get_metrics',
  title: 'Get vLLM Engine Metrics',
  modelDescription: `Numbers of the newest scrape of the vLLM engines of a SkyRL run, with unit, rate window and help. Without arguments: the eight metrics that SkyRL logs. "value" is what is true over the rate window; "skyrlValue" is what SkyRL itself would log, which can differ. A metric that is missing was not reported: it is unknown, never zero. A fraction is between 0 and 1. Categories: ${categories.map(({ id, label }) => `${id} (${label})`).join(', ')}.`,
  input: z.strictObject({
    category: z.optional(describe(z.enum(categoryIds), 'All metrics of this category.')),
    ids: z.optional(
      describe(z.array(metricId).check(z.maxLength(50)), 'Ids of metrics, such as "kv_cache_usage_perc".'),
    ),
    perEngine: z.optional(describe(z.boolean(), 'True: also the value of each engine, node or GPU.')),
  }),
  run: (host, { category, ids, perEngine = false }) => {
    const { snapshot } = host;
    if (!snapshot) throw new ToolError('No scrape yet. Call skyrl_scrape_now, then ask again.');
    const rows = ids?.length
      ? requireRows(ids)
      : category === undefined
        ? curatedRows
        : catalog.filter((row) => row.category === category);
    const answered = rows.flatMap((row) => metricRow(host, snapshot, row, perEngine) ?? []);
    const present = new Set(answered.map(({ data }) => data['id']));
    const absent = rows.map(({ id }) => id).filter((id) => !present.has(id));
    const { data, lines, omitted } = fitRows(answered, 'Ask for fewer ids, or without perEngine.');
    const age = formatDuration(host.now() - snapshot.at);
    return {
      text: [
        `Scraped ${age} ago.`,
        ...lines,
        ...(absent.length > 0
          ? [`Not reported, so unknown: ${absent.slice(0, 40).join(', ')}${absent.length > 40 ? ', …' : ''}.`]
          : []),
      ].join('\n'),
      data: {
        ageSeconds: Math.max(0, Math.round((host.now() - snapshot.at) / 1000)),
        metrics: data,
        ...(absent.length > 0 && { absent }),
        ...(omitted > 0 && { omitted }),
      },
    };
  },
});

/** The tool that runs a PromQL query, after the person has agreed. */
import * as z from 'zod/mini';
import type { QueryData } from '../prometheus/responseData';
import { escapeControlChars, labelText } from '../promql/textTable';
import { fitRows, maxAsideChars, type AnswerRow } from './budget';
import { describe } from './inputSchema';
import { defineTool, ToolError } from './tool';

/** Most points of a series in an answer. */
const maxPoints = 60;

function thin<T>(items: readonly T[]): T[] {
  const step = Math.ceil(items.length / maxPoints);
  return items.filter((_, index) => (items.length - 1 - index) % step === 0);
}

const finite = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

function dataRows(data: QueryData): AnswerRow[] {
  if (data.type === 'vector')
    return data.samples.map(({ labels, value: number }) => {
      const value = number === undefined ? 'a histogram' : finite(number);
      return { data: { labels, value }, text: escapeControlChars(`${labelText(Object.entries(labels))}: ${value}`) };
    });
  if (data.type === 'matrix')
    return data.series.map(({ labels, at, value }) => {
      const points = thin(at.map((time, index) => [time / 1000, finite(value[index] ?? NaN)] as const));
      return {
        data: { labels, points },
        text: escapeControlChars(
          `${labelText(Object.entries(labels))}: ${points.map(([time, one]) => `${time} ${one}`).join(', ')}`,
        ),
      };
    });
  const value = data.type === 'scalar' ? finite(data.value) : data.text;
  return [{ data: { value }, text: escapeControlChars(String(value)) }];
}

/** A query or range query. */
export const prometheusTool = defineTool({
  name: 'skyrl_query_prometheus',
  title: 'Query Prometheus',
  modelDescription:
    'Runs a PromQL query on the Prometheus that is configured in VS Code (skyrl.prometheus.url), now or over the last minutes. The person is asked before it runs. On a Ray cluster vLLM metrics are named ray_vllm_…, on plain vLLM servers vllm:…. Use it only for what skyrl_get_metrics and skyrl_get_history do not have. An empty result means that no series matches.',
  asksFirst: true,
  input: z.strictObject({
    query: describe(z.string().check(z.minLength(1), z.maxLength(5_000)), 'PromQL.'),
    minutes: z.optional(
      describe(
        z.number().check(z.positive(), z.maximum(10_080)),
        'Absent: the value now. Else a range query over the last minutes.',
      ),
    ),
    stepSeconds: z.optional(
      describe(
        z.number().check(z.minimum(1), z.maximum(86_400)),
        'Step of the range query; default: a sixtieth of the range.',
      ),
    ),
  }),
  run: async (host, { query, minutes, stepSeconds }, signal) => {
    if (host.prometheusUrl === undefined)
      throw new ToolError('No Prometheus is configured. Ask the person to run "SkyRL: Select Prometheus" in VS Code.');
    const to = host.now();
    const range =
      minutes === undefined
        ? undefined
        : {
            from: to - minutes * 60_000,
            to,
            stepMs: Math.max(1_000, stepSeconds === undefined ? (minutes * 60_000) / maxPoints : stepSeconds * 1_000),
          };
    const { data, warnings } = await host.queryPrometheus(query, range, signal);
    const { data: rows, lines, omitted } = fitRows(dataRows(data), 'Aggregate in the query, such as by topk or sum.');
    const shownWarnings = fitRows(
      warnings.map((warning) => ({ data: { warning }, text: escapeControlChars(`Warning: ${warning}`) })),
      'The first ones say the most.',
      maxAsideChars,
    );
    return {
      text: [...(lines.length > 0 ? lines : ['No series matches.']), ...shownWarnings.lines].join('\n'),
      data: {
        type: data.type,
        rows,
        ...(warnings.length > 0 && { warnings: warnings.slice(0, shownWarnings.data.length) }),
        ...(omitted > 0 && { omitted }),
      },
    };
  },
});

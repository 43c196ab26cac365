/**
 * Snapshots from Prometheus for many engines, with answers prepared in memory, so that only our code's time is
 * measured.
 */
import type { EvaluationContext, SourceRequest } from '../../src/collector/snapshotSource';
import { createPrometheusClient } from '../../src/prometheus/client';
import { PrometheusSource } from '../../src/prometheus/prometheusSource';
import type { PrometheusRequest, PrometheusResponse } from '../../src/prometheus/sender';
import { loadRecording } from '../demonstration/replay/recording';
import { catalogIndex } from '../unit/support/catalogIndex';
import { nothingElseKnown } from '../unit/support/nothingElseKnown';

const session = 'session_2026-11-22_18-23-48_940991_25161';
const bounds = [
  '0.001',
  '0.005',
  '0.01',
  '0.02',
  '0.04',
  '0.06',
  '0.08',
  '0.1',
  '0.25',
  '0.5',
  '0.75',
  '1',
  '2.5',
  '5',
  '7.5',
  '10',
  '20',
  '40',
  '80',
  '+Inf',
];

/** The names of all metrics of the recording. */
function metricNames(): string[] {
  const { bodies = [] } = loadRecording('ray-2.57').steps[4] ?? {};
  return [
    ...new Set(
      bodies.flatMap(({ bytes }) =>
        [...bytes.toString('utf8').matchAll(/^(ray_(?:vllm|skyrl|node)_\w+)\{/gm)].map(([, name = '']) => name),
      ),
    ),
  ];
}

/** One sample of a query's answer: its labels and its value. */
type Sample = readonly [labels: Record<string, string>, value: string];

/** A count, a quantile or a rate, with as many digits as these have; another one for each query and engine. */
function valueOf(query: number, engine: number): string {
  const count = 1 + ((query * 7919 + engine * 104_729) % 9973);
  return String([count, count / 1000, count / 997][query % 3]);
}

/** The samples that a server would answer to a query: one in all, one per bucket, or one per engine. */
function samplesOf(id: string, expression: string, workers: readonly string[], at: number): Sample[] {
  // How many parentheses are of the expression, and how many of what joins it to others, is not told here.
  const value = (engine: number): string => valueOf(expression.replace(/^\(+/, '').length, engine);
  if (/^sum by \(le\)|^count by \(le\)/.test(expression))
    return bounds.map((le, index) => [{ le }, id.startsWith('bounds') ? String(workers.length) : String(index + 1)]);
  // A counter that did not fall has no answer, nor what is looked for only where it is missing now.
  if (expression.endsWith(')) > 0') || expression.includes(' unless ')) return [];
  const isTime = id.startsWith('who');
  if (isTime || /by \((?:le, )?WorkerId/.test(expression))
    return workers.map((WorkerId, index) => {
      const node = `192.0.2.${index >> 3}`;
      const more = {
        NodeAddress: node,
        Version: '2.57.0',
        SessionName: session,
        model_name: 'm',
        instance: `${node}:1`,
      };
      return [{ WorkerId, ...(isTime && more) }, isTime ? String(at / 1000) : value(index)];
    });
  return [[{}, value(0)]];
}

/** The answer to a combined query whose members are told apart by a label. */
function vectorOf(query: string, workers: readonly string[], at: number): object {
  const members = [...query.matchAll(/label_replace\((.*?), "skyrl_query", "([^"]+)"/g)];
  const result = members.flatMap(([, expression = '', id = '']) =>
    samplesOf(id, expression, workers, at).map(([labels, value]) => ({
      metric: { skyrl_query: id, ...labels },
      value: [at / 1000, value],
    })),
  );
  return { resultType: 'vector', result };
}

/** The answer to a combined query whose members are told apart by their step. */
function matrixOf(query: string, workers: readonly string[], at: number): object {
  const series = new Map<string, { metric: Record<string, string>; values: [number, string][] }>();
  for (const [, expression = '', step = ''] of query.matchAll(
    /\(\((.*?)\) and on\(\) \(vector\(time\(\)\) == (\d+)\)\)/g,
  ))
    for (const [metric, value] of samplesOf('', expression.replaceAll(/ @ [\d.]+/g, ''), workers, at)) {
      const key = metric['WorkerId'] ?? '';
      const known = series.get(key) ?? { metric, values: [] };
      known.values.push([Number(step), value]);
      series.set(key, known);
    }
  return { resultType: 'matrix', result: [...series.values()] };
}

interface SourceBench {
  /** Makes a snapshot, and resolves to the number of its engines' measures. */
  snapshot(): Promise<number>;
  /** Of the answers for the newest snapshot. */
  samples: number;
  bytes: number;
  queries: number;
}

/** A source of snapshots for a number of engines. */
export function prometheusSource(engines: number): SourceBench {
  const workers = Array.from({ length: engines }, (_, index) => String(index).padStart(56, 'a'));
  const answers = new Map<string, string>();
  const now = 1_795_000_000_000;
  const state: SourceBench = { samples: 0, bytes: 0, queries: 0, snapshot: async () => 0 };
  const json = (data: unknown): string => JSON.stringify({ status: 'success', data });
  const namesAnswer = json(metricNames());
  const send = async ({ url, form = '' }: PrometheusRequest): Promise<PrometheusResponse> => {
    if (url.includes('/label/')) return { status: 200, mediaType: 'application/json', body: Buffer.from(namesAnswer) };
    const query = new URLSearchParams(form).get('query') ?? '';
    let text = answers.get(query);
    state.queries += 1;
    if (text === undefined) {
      text = json((url.endsWith('query_range') ? matrixOf : vectorOf)(query, workers, now));
      answers.set(query, text);
    }
    return { status: 200, mediaType: 'application/json', body: Buffer.from(text) };
  };
  const client = createPrometheusClient({
    send,
    base: 'http://192.0.2.1:9090',
    typedByUser: true,
    now: () => now,
    headers: () => Promise.resolve({}),
  });
  const source = new PrometheusSource({
    catalogIndex,
    getClient: () => client,
    readIntervalMs: () => Promise.resolve(15_000),
    now: () => now,
  });
  const discovery = { targets: [], reason: '', ray: { version: '2.57.0', session } };
  const request: SourceRequest = {
    trigger: 'timer',
    discovery,
    get: () => Promise.reject(new Error('only Prometheus is asked')),
    signal: new AbortController().signal,
    timeoutMs: 5000,
    intervalMs: 10_000,
    session,
    rediscover: () => Promise.resolve(discovery),
  };
  const context: Omit<EvaluationContext, 'now'> = {
    trigger: 'timer',
    signal: request.signal,
    timeoutMs: request.timeoutMs,
    ...nothingElseKnown,
    rayVersion: '2.57.0',
    expectedEngines: engines,
  };
  state.snapshot = async () => {
    state.queries = 0;
    const { snapshot } = await source.evaluate(await source.collect(request), { ...context, now });
    const {
      engines: all,
      targets: [target],
    } = snapshot;
    state.samples = target?.samples ?? 0;
    state.bytes = target?.bytes ?? 0;
    return all.reduce((sum, { measures }) => sum + Object.keys(measures).length, 0);
  };
  return state;
}

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

/**
 * The samples that a server would answer to one of the combined queries: one in all, one per bucket, or one per engine.
 */
function samplesOf(id: string, expression: string, workers: readonly string[], at: number): object[] {
  const sample = (labels: Record<string, string>, value: string): object => ({
    metric: { skyrl_query: id, ...labels },
    value: [at / 1000, value],
  });
  const value = id.startsWith('who') ? String(at / 1000) : '0.734375';
  if (/^sum by \(le\)|^count by \(le\)/.test(expression))
    return bounds.map((le, index) =>
      sample({ le }, id.startsWith('bounds') ? String(workers.length) : String(index + 1)),
    );
  const isWide = id.startsWith('who') || id.endsWith('config');
  if (isWide || /by \((?:le, )?WorkerId/.test(expression))
    return workers.map((WorkerId, index) => {
      const node = `192.0.2.${index >> 3}`;
      return sample(
        {
          WorkerId,
          ...(isWide && {
            NodeAddress: node,
            Version: '2.57.0',
            SessionName: session,
            model_name: 'm',
            instance: `${node}:1`,
          }),
        },
        value,
      );
    });
  return [sample({}, value)];
}

interface SourceBench {
  /** Makes a snapshot, and resolves to the number of its engines' measures. */
  snapshot(): Promise<number>;
  /** Of the answers for one snapshot. */
  samples: number;
  bytes: number;
}

/** A source of snapshots for a number of engines. */
export function prometheusSource(engines: number): SourceBench {
  const workers = Array.from({ length: engines }, (_, index) => String(index).padStart(56, 'a'));
  const answers = new Map<string, string>();
  let now = 1_795_000_000_000;
  const state: SourceBench = { samples: 0, bytes: 0, snapshot: async () => 0 };
  const json = (data: unknown): string => JSON.stringify({ status: 'success', data });
  const namesAnswer = json(metricNames());
  const send = async ({ url, form = '' }: PrometheusRequest): Promise<PrometheusResponse> => {
    if (url.includes('/label/')) return { status: 200, mediaType: 'application/json', body: Buffer.from(namesAnswer) };
    const query = new URLSearchParams(form).get('query') ?? '';
    let text = answers.get(query);
    if (text === undefined) {
      const pieces = [...query.matchAll(/label_replace\((.*?), "skyrl_query", "([^"]+)"/g)];
      const samples = pieces.flatMap(([, expression = '', id = '']) => samplesOf(id, expression, workers, now));
      text = json({ resultType: 'vector', result: samples });
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
    now += 15_000;
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

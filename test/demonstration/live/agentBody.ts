/** The `/metrics` body of a simulated node's agent, in the form of the recorded ones. */
import { kvCacheTokens } from './engine';
import { formatHead, formatNumber, formatSample, withLabels, type Family, type Labels } from './exposition';
import { modelName, nodeAddress } from './names';
import { nodeSystemFamilies } from './nodeSystemFamilies';
import { extraLabels, sumOfMidpoints, type Bounds } from './registry';
import { blockSize } from './request';
import type { Simulation } from './simulation';
import type { Template, WorkerFamily } from './template';
import { gaugesAt, type Worker } from './worker';

/** Labels of `cache_config_info` that describe the simulated cache; the others are the recorded ones. */
const cacheConfig: Readonly<Record<string, string>> = {
  block_size: String(blockSize),
  effective_attention_block_size: String(blockSize),
  gpu_memory_utilization: '0.85',
  kv_cache_max_concurrency: '36.46',
  kv_cache_memory_bytes: 'None',
  kv_cache_size_tokens: String(kvCacheTokens),
  num_gpu_blocks: String(kvCacheTokens / blockSize),
  num_gpu_blocks_override: 'None',
  user_specified_block_size: 'False',
};

/** The recorded labels of a family with the names of a worker; `extraValue` is the value of its extra label. */
function labelsOf({ family, key }: WorkerFamily, worker: Worker, session: string, extraValue?: string): Labels {
  const extraLabel = extraLabels[key];
  const recorded = (family.samples[0]?.labels ?? []).filter(([name]) => name !== 'le' && name !== extraLabel);
  const hasModelName = recorded.some(([name]) => name === 'model_name');
  return withLabels(recorded, {
    NodeAddress: nodeAddress(worker.node),
    SessionName: session,
    WorkerId: worker.workerId,
    ...(hasModelName ? { model_name: modelName } : {}),
    ...(key === 'cache_config_info' ? cacheConfig : {}),
    ...(extraValue === undefined ? {} : { [extraLabel ?? '']: extraValue }),
  });
}

/** Names and labels of the lines about a worker, which never change: formatting them is most of the work of a body. */
type LineStarts = WeakMap<Worker, Map<string, string>>;

/** The line of a sample up to its value. */
function lineStart(
  starts: LineStarts,
  workerFamily: WorkerFamily,
  suffix: string,
  worker: Worker,
  session: string,
  extra?: { le: string } | { value: string },
): string {
  let ofWorker = starts.get(worker);
  if (!ofWorker) starts.set(worker, (ofWorker = new Map()));
  const key = `${workerFamily.key}${suffix}/${extra ? Object.values(extra).join() : ''}`;
  let start = ofWorker.get(key);
  if (start === undefined) {
    const labels = labelsOf(workerFamily, worker, session, extra && 'value' in extra ? extra.value : undefined);
    const allLabels = extra && 'le' in extra ? withLabels(labels, { le: extra.le }) : labels;
    start = formatSample(workerFamily.family.name + suffix, allLabels, '').trimEnd();
    ofWorker.set(key, start);
  }
  return start;
}

function histogramLines(
  starts: LineStarts,
  histogram: WorkerFamily,
  worker: Worker,
  session: string,
  buckets: readonly number[],
  bounds: readonly number[],
): string {
  let cumulative = 0;
  // The lines of buckets differ in bound and value only.
  const [before = '', after = ''] = lineStart(starts, histogram, '_bucket', worker, session, { le: '?' }).split('?');
  let lines = '';
  buckets.forEach((observations, index) => {
    cumulative += observations;
    const bound = bounds[index];
    lines += `${before}${bound === undefined ? '+Inf' : formatNumber(bound)}${after} ${formatNumber(cumulative)}\n`;
  });
  const count = `${lineStart(starts, histogram, '_count', worker, session)} ${formatNumber(cumulative)}\n`;
  const sum = formatNumber(sumOfMidpoints(buckets, bounds));
  return `${lines}${count}${lineStart(starts, histogram, '_sum', worker, session)} ${sum}\n`;
}

/** A histogram of all workers; empty if none of them has observations. */
function histogramText(
  starts: LineStarts,
  histogram: WorkerFamily,
  workers: readonly Worker[],
  session: string,
  bounds: Bounds,
): string {
  const { key, family } = histogram;
  const lines = workers.flatMap((worker) => {
    const buckets = worker.reported.histograms.get(key);
    return buckets ? [histogramLines(starts, histogram, worker, session, buckets, bounds[key] ?? [])] : [];
  });
  return lines.length === 0 ? '' : formatHead(family) + lines.join('');
}

/** Values of counters or gauges of a worker, by the name of their family. */
type ValuesByFamily = ReadonlyMap<string, readonly (readonly [extraValue: string | undefined, value: number])[]>;

function valuesByFamily(values: Iterable<readonly [key: string, value: number]>): ValuesByFamily {
  const byFamily = new Map<string, [string | undefined, number][]>();
  for (const [key, value] of values) {
    const slash = key.indexOf('/');
    const family = slash < 0 ? key : key.slice(0, slash);
    const ofFamily = byFamily.get(family) ?? [];
    byFamily.set(family, ofFamily);
    ofFamily.push([slash < 0 ? undefined : key.slice(slash + 1), value]);
  }
  return byFamily;
}

/** What a node's agent has of a worker's counters and gauges. */
interface WorkerValues {
  worker: Worker;
  counters: ValuesByFamily;
  gauges: ValuesByFamily;
}

/** A counter or gauge of all workers; empty if none of them has it. */
function valueText(
  starts: LineStarts,
  workerFamily: WorkerFamily,
  workers: readonly WorkerValues[],
  session: string,
): string {
  const { key, family } = workerFamily;
  const lines = workers.flatMap(({ worker, counters, gauges }) =>
    ((family.type === 'counter' ? counters : gauges).get(key) ?? []).map(([extraValue, value]) => {
      const extra = extraValue === undefined ? undefined : { value: extraValue };
      return `${lineStart(starts, workerFamily, '', worker, session, extra)} ${formatNumber(value)}\n`;
    }),
  );
  return lines.length === 0 ? '' : formatHead(family) + lines.join('');
}

function familiesText(families: readonly Family[]): string {
  return families
    .map((family) => {
      const lines = family.samples.map(({ name, labels, value }) => formatSample(name, labels, value));
      return formatHead(family) + lines.join('');
    })
    .join('');
}

/** A function that formats the body of a node at the simulation's time. What never changes is formatted once. */
export function createBodyFormatter(template: Template, simulation: Simulation): (node: number) => Buffer {
  const { recorded, histograms, values, bounds, internals } = template;
  const { session } = simulation;
  const simulatedNames = new Set(nodeSystemFamilies(simulation, 0).map(({ name }) => name));
  const internalTexts = Array.from({ length: simulation.scenario.nodes }, (_, node) => {
    // The recording has two nodes; all but the head are like its second one.
    const { before, after } = internals[Math.min(node, internals.length - 1)] as Template['internals'][number];
    const format = (families: readonly Family[]): string =>
      familiesText(families.filter(({ name }) => !simulatedNames.has(name)))
        .replaceAll(recorded.session, session)
        .replaceAll(`"${recorded.address}"`, `"${nodeAddress(node)}"`);
    return { before: format(before), after: format(after) };
  });
  const starts: LineStarts = new WeakMap();
  return (node) => {
    const workers = [...simulation.workers, simulation.trainer.worker].filter((worker) => worker.node === node);
    const workerValues = workers.map((worker): WorkerValues => ({
      worker,
      counters: valuesByFamily(worker.reported.counters),
      gauges: valuesByFamily(gaugesAt(worker, simulation.now).map(([key, { value }]) => [key, value] as const)),
    }));
    return Buffer.from(
      [
        internalTexts[node]?.before ?? '',
        ...histograms.map((histogram) => histogramText(starts, histogram, workers, session, bounds)),
        internalTexts[node]?.after ?? '',
        familiesText(nodeSystemFamilies(simulation, node)),
        ...values.map((value) => valueText(starts, value, workerValues, session)),
      ].join(''),
    );
  };
}

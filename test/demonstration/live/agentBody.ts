/** The `/metrics` body of a simulated node's agent, in the form of the recorded ones. */
import { kvCacheTokens } from './engine';
import { formatHead, formatNumber, formatSample, withLabels, type Family, type Labels } from './exposition';
import { modelName, nodeAddresses } from './names';
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
    NodeAddress: nodeAddresses[worker.node] ?? '',
    SessionName: session,
    WorkerId: worker.workerId,
    ...(hasModelName ? { model_name: modelName } : {}),
    ...(key === 'cache_config_info' ? cacheConfig : {}),
    ...(extraValue === undefined ? {} : { [extraLabel ?? '']: extraValue }),
  });
}

function histogramLines(name: string, labels: Labels, buckets: readonly number[], bounds: readonly number[]): string {
  let cumulative = 0;
  // The lines of buckets differ in bound and value only.
  const [before = '', after = ''] = formatSample(`${name}_bucket`, withLabels(labels, { le: '?' }), '')
    .trimEnd()
    .split('?');
  const lines = buckets.map((observations, index) => {
    cumulative += observations;
    const bound = bounds[index];
    return `${before}${bound === undefined ? '+Inf' : formatNumber(bound)}${after} ${formatNumber(cumulative)}\n`;
  });
  lines.push(formatSample(`${name}_count`, labels, formatNumber(cumulative)));
  lines.push(formatSample(`${name}_sum`, labels, formatNumber(sumOfMidpoints(buckets, bounds))));
  return lines.join('');
}

/** A histogram of all workers; empty if none of them has observations. */
function histogramText(histogram: WorkerFamily, workers: readonly Worker[], session: string, bounds: Bounds): string {
  const { key, family } = histogram;
  const lines = workers.flatMap((worker) => {
    const buckets = worker.reported.histograms.get(key);
    return buckets
      ? [histogramLines(family.name, labelsOf(histogram, worker, session), buckets, bounds[key] ?? [])]
      : [];
  });
  return lines.length === 0 ? '' : formatHead(family) + lines.join('');
}

/** A counter or gauge of all workers; empty if none of them has it. */
function valueText(workerFamily: WorkerFamily, workers: readonly Worker[], session: string, now: number): string {
  const { key, family } = workerFamily;
  const lines = workers.flatMap((worker) => {
    const values: [key: string, value: number][] =
      family.type === 'counter'
        ? [...worker.reported.counters]
        : gaugesAt(worker, now).map(([gaugeKey, { value }]) => [gaugeKey, value]);
    return values
      .filter(([valueKey]) => valueKey === key || valueKey.startsWith(`${key}/`))
      .map(([valueKey, value]) => {
        const extraValue = valueKey === key ? undefined : valueKey.slice(key.length + 1);
        return formatSample(family.name, labelsOf(workerFamily, worker, session, extraValue), formatNumber(value));
      });
  });
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
  const internalTexts = internals.map(({ before, after }, node) => {
    const format = (families: readonly Family[]): string =>
      familiesText(families.filter(({ name }) => !simulatedNames.has(name)))
        .replaceAll(recorded.session, session)
        .replaceAll(`"${recorded.address}"`, `"${nodeAddresses[node]}"`);
    return { before: format(before), after: format(after) };
  });
  return (node) => {
    const workers = [...simulation.workers, simulation.trainer.worker].filter((worker) => worker.node === node);
    return Buffer.from(
      [
        internalTexts[node]?.before ?? '',
        ...histograms.map((histogram) => histogramText(histogram, workers, session, bounds)),
        internalTexts[node]?.after ?? '',
        familiesText(nodeSystemFamilies(simulation, node)),
        ...values.map((value) => valueText(value, workers, session, simulation.now)),
      ].join(''),
    );
  };
}

/** Writes a node's body of the live run in the form of the recorded ones. */
import { formatHead, formatNumber, formatSample, withLabels, type Family, type Sample } from './exposition';
import { kvCacheTokens } from './engine';
import { extraLabels, sumOfMidpoints, type Bounds } from './ledger';
import { modelName, nodeAddresses } from './names';
import { blockSize } from './request';
import type { Simulation } from './simulation';
import { systemFamilies } from './systemFamilies';
import type { Template, WorkerFamily } from './template';
import { liveGauges, type Worker } from './worker';

/** What the engines of the live run say of their cache; the other labels are the recorded ones. */
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

type Labels = Sample['labels'];

function labelsOf({ family, key }: WorkerFamily, worker: Worker, session: string, extra: string | undefined): Labels {
  const plain = (family.samples[0]?.labels ?? []).filter(([name]) => name !== 'le' && name !== extraLabels[key]);
  const names = new Set(plain.map(([name]) => name));
  return withLabels(plain, {
    NodeAddress: nodeAddresses[worker.node] ?? '',
    SessionName: session,
    WorkerId: worker.workerId,
    ...(names.has('model_name') ? { model_name: modelName } : {}),
    ...(key === 'cache_config_info' ? cacheConfig : {}),
    ...(extra === undefined ? {} : { [extraLabels[key] ?? '']: extra }),
  });
}

function histogramLines(name: string, labels: Labels, buckets: readonly number[], limits: readonly number[]): string {
  let total = 0;
  // One line of a bucket differs from the next by its bound and its value only.
  const [before = '', after = ''] = formatSample(`${name}_bucket`, withLabels(labels, { le: '?' }), '')
    .trimEnd()
    .split('?');
  const lines = buckets.map((times, index) => {
    total += times;
    const limit = limits[index];
    return `${before}${limit === undefined ? '+Inf' : formatNumber(limit)}${after} ${formatNumber(total)}\n`;
  });
  lines.push(formatSample(`${name}_count`, labels, formatNumber(total)));
  lines.push(formatSample(`${name}_sum`, labels, formatNumber(sumOfMidpoints(buckets, limits))));
  return lines.join('');
}

function histogramText(each: WorkerFamily, workers: readonly Worker[], session: string, bounds: Bounds): string {
  const lines = workers.map((worker) => {
    const buckets = worker.published.histograms.get(each.key);
    return buckets
      ? histogramLines(each.family.name, labelsOf(each, worker, session, undefined), buckets, bounds[each.key] ?? [])
      : '';
  });
  const text = lines.join('');
  return text === '' ? '' : formatHead(each.family) + text;
}

function valueText(each: WorkerFamily, workers: readonly Worker[], session: string, now: number): string {
  const { key, family } = each;
  const lines = workers.flatMap((worker) => {
    const all: [string, number][] =
      family.type === 'counter'
        ? [...worker.published.counters]
        : liveGauges(worker.published, now).map(([name, { value }]) => [name, value]);
    const own = all.filter(([name]) => name === key || name.startsWith(`${key}/`));
    return own.map(([name, value]) => {
      const extra = name === key ? undefined : name.slice(key.length + 1);
      return formatSample(family.name, labelsOf(each, worker, session, extra), formatNumber(value));
    });
  });
  return lines.length === 0 ? '' : formatHead(family) + lines.join('');
}

function renderInternals(families: readonly Family[], overridden: ReadonlySet<string>): string {
  return families
    .filter(({ name }) => !overridden.has(name))
    .map(
      (family) =>
        formatHead(family) +
        family.samples.map(({ name, labels, value }) => formatSample(name, labels, value)).join(''),
    )
    .join('');
}

/** Makes the function that writes a node's body at the simulation's time. What never changes is written once. */
export function createRenderer(template: Template, simulation: Simulation): (node: number) => Buffer {
  const { recorded, histograms, values, bounds, internals } = template;
  const { session } = simulation;
  const overridden = new Set(systemFamilies(simulation, 0).map(({ name }) => name));
  const fixed = internals.map((parts, node) => {
    const relocated = (text: string): string =>
      text.replaceAll(recorded.session, session).replaceAll(`"${recorded.address}"`, `"${nodeAddresses[node]}"`);
    return {
      before: relocated(renderInternals(parts.before, overridden)),
      after: relocated(renderInternals(parts.after, overridden)),
    };
  });
  return (node) => {
    const workers = [...simulation.workers, simulation.trainer.worker].filter((worker) => worker.node === node);
    return Buffer.from(
      [
        fixed[node]?.before ?? '',
        ...histograms.map((each) => histogramText(each, workers, session, bounds)),
        fixed[node]?.after ?? '',
        renderInternals(systemFamilies(simulation, node), new Set()),
        ...values.map((each) => valueText(each, workers, session, simulation.now)),
      ].join(''),
    );
  };
}

/** Rows of machines and their GPUs as Ray reports them. They cover everything that runs there, the trainer included. */
import { gauge, quotient } from './rowBuilders';
import type { CatalogRow, GaugeRow } from './types';

const category = 'nodes';
const mebibyte = 2 ** 20;
const fromPercent = 0.01;

type NodeRowFields = Partial<GaugeRow> & Pick<GaugeRow, 'id' | 'label' | 'shortLabel' | 'unit' | 'help'>;

const nodeGauge = (family: string, fields: NodeRowFields): GaugeRow =>
  gauge({ ...fields, selector: family, category, subject: 'node' });
const gpuGauge = (family: string, fields: NodeRowFields): GaugeRow =>
  gauge({ ...fields, selector: family, category, subject: 'gpu' });

const memoryUsed = nodeGauge('node_mem_used', {
  id: 'node_memory_used',
  label: 'Memory used',
  shortLabel: 'memory',
  unit: 'bytes',
  worst: 'high',
  help: 'Memory in use, over all nodes.',
});
const memoryTotal = nodeGauge('node_mem_total', {
  id: 'node_memory_total',
  label: 'Memory',
  shortLabel: 'memory',
  unit: 'bytes',
  help: 'Memory of all nodes, or of their containers.',
});
/** Ray's help text says bytes, but the number is MiB (docs/metrics.md, Nodes and GPUs). */
const vramUsed = gpuGauge('node_gram_used', {
  id: 'gpu_memory_used',
  scale: mebibyte,
  label: 'GPU memory used',
  shortLabel: 'VRAM',
  unit: 'bytes',
  worst: 'high',
  help: 'GPU memory in use, over all GPUs.',
});
const vramFree = gpuGauge('node_gram_available', {
  id: 'gpu_memory_free',
  scale: mebibyte,
  label: 'GPU memory free',
  shortLabel: 'VRAM free',
  unit: 'bytes',
  worst: 'low',
  help: 'GPU memory that is free, over all GPUs.',
});

export const nodes: readonly CatalogRow[] = [
  gpuGauge('node_gpus_utilization', {
    id: 'gpu_utilization',
    scale: fromPercent,
    aggregate: 'mean',
    label: 'GPU utilisation',
    shortLabel: 'GPU',
    unit: 'fraction',
    worst: 'low',
    help: 'Share of the time in which a GPU did anything, mean of the GPUs.',
  }),
  vramUsed,
  vramFree,
  quotient({
    id: 'gpu_memory_share',
    numerator: vramUsed,
    denominator: [vramUsed, vramFree],
    aggregate: 'max',
    label: 'GPU memory, fullest',
    shortLabel: 'VRAM',
    unit: 'fraction',
    category,
    worst: 'high',
    help: 'Share of its memory that the fullest GPU uses.',
  }),
  gpuGauge('node_gpu_power_milliwatts', {
    id: 'gpu_power',
    scale: 0.001,
    label: 'GPU power',
    shortLabel: 'power',
    unit: 'W',
    help: 'Power of all GPUs.',
  }),
  gpuGauge('node_gpu_temperature_celsius', {
    id: 'gpu_temperature',
    aggregate: 'max',
    label: 'GPU temperature, hottest',
    shortLabel: 'temperature',
    unit: '°C',
    least: -Infinity,
    worst: 'high',
    help: 'Temperature of the hottest GPU.',
  }),
  nodeGauge('node_cpu_utilization', {
    id: 'node_cpu',
    scale: fromPercent,
    aggregate: 'mean',
    label: 'CPU',
    shortLabel: 'CPU',
    unit: 'fraction',
    worst: 'high',
    help: 'Share of the CPUs in use, mean of the nodes.',
  }),
  nodeGauge('node_cpu_count', {
    id: 'node_cpus',
    label: 'CPUs',
    shortLabel: 'CPUs',
    unit: 'count',
    help: 'CPUs of all nodes.',
  }),
  nodeGauge('node_swap_used', {
    id: 'node_swap_used',
    label: 'Swap used',
    shortLabel: 'swap',
    unit: 'bytes',
    worst: 'high',
    help: 'Swap in use, over all nodes; only where Ray reports it, with RAY_count_swap_in_memory_monitor=1.',
  }),
  nodeGauge('node_swap_total', {
    id: 'node_swap_total',
    label: 'Swap',
    shortLabel: 'swap total',
    unit: 'bytes',
    help: 'Swap of all nodes, or of their containers.',
  }),
  nodeGauge('node_swap_utilization', {
    id: 'node_swap_share',
    scale: fromPercent,
    aggregate: 'max',
    label: 'Swap, fullest',
    shortLabel: 'swap share',
    unit: 'fraction',
    worst: 'high',
    help: 'Share of its swap that the fullest node uses.',
  }),
  nodeGauge('node_load_average_1m', {
    id: 'node_load',
    sticky: true,
    aggregate: 'max',
    label: 'Load, highest',
    shortLabel: 'load',
    unit: 'number',
    worst: 'high',
    help: 'Load average of the last minute on the busiest node, from Ray’s dashboard; no series has it.',
    promql: '',
  }),
  memoryUsed,
  memoryTotal,
  quotient({
    id: 'node_memory_share',
    numerator: memoryUsed,
    denominator: [memoryTotal],
    aggregate: 'max',
    label: 'Memory, fullest',
    shortLabel: 'memory',
    unit: 'fraction',
    category,
    worst: 'high',
    help: 'Share of its memory that the fullest node uses.',
  }),
  nodeGauge('node_disk_utilization_percentage', {
    id: 'node_disk',
    scale: fromPercent,
    aggregate: 'max',
    label: 'Disk, fullest',
    shortLabel: 'disk',
    unit: 'fraction',
    worst: 'high',
    help: 'Share of the fullest node’s disk in use.',
  }),
  nodeGauge('node_disk_io_read_speed', {
    id: 'node_disk_read',
    label: 'Disk read',
    shortLabel: 'read',
    unit: 'bytes/s',
    help: 'Bytes read from disk per second, over all nodes.',
  }),
  nodeGauge('node_disk_io_write_speed', {
    id: 'node_disk_write',
    label: 'Disk written',
    shortLabel: 'written',
    unit: 'bytes/s',
    help: 'Bytes written to disk per second, over all nodes.',
  }),
  nodeGauge('node_network_receive_speed', {
    id: 'node_network_received',
    label: 'Network received',
    shortLabel: 'received',
    unit: 'bytes/s',
    help: 'Bytes received per second, over all nodes.',
  }),
  nodeGauge('node_network_send_speed', {
    id: 'node_network_sent',
    label: 'Network sent',
    shortLabel: 'sent',
    unit: 'bytes/s',
    help: 'Bytes sent per second, over all nodes.',
  }),
];

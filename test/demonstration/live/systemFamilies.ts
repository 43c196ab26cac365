/** A node's system in Ray's own families; GPU memory in MB, although the help says bytes. */
import { formatNumber, type Family } from './exposition';
import { nodeAddresses } from './names';
import type { Simulation } from './simulation';
import { systemOf, type Gpu } from './system';

const scope = {
  otel_scope_name: 'ray._private.telemetry.open_telemetry_metric_recorder',
  otel_scope_schema_url: '',
  otel_scope_version: '',
};

type Value = readonly [value: number, gpu?: number];

/** Families of one node at the simulation's time. */
export function systemFamilies(simulation: Simulation, node: number): Family[] {
  const { session, now, startedAt } = simulation;
  const { cpu, cpuCount, memoryUsed, memoryTotal, gpus } = systemOf(simulation, node);
  const perGpu = (pick: (gpu: Gpu) => number): Value[] => gpus.map((gpu, index) => [pick(gpu), index]);
  const head = node === 0;
  const labels = {
    IsHeadNode: String(head),
    RayNodeType: head ? 'head' : 'worker',
    SessionName: session,
    Version: '2.57.0',
    ip: nodeAddresses[node] ?? '',
    ...scope,
  };
  const family = (name: string, help: string, values: readonly Value[]): Family => ({
    name,
    help,
    type: 'gauge',
    samples: values.map(([value, gpu]) => ({
      name,
      labels: Object.entries(
        gpu === undefined ? labels : { GpuDeviceName: gpus[gpu]?.name ?? '', GpuIndex: String(gpu), ...labels },
      ),
      value: formatNumber(value),
    })),
  });
  const plain = (name: string, help: string, type: string, value: number): Family => ({
    name,
    help,
    type,
    samples: [{ name, labels: [], value: formatNumber(value) }],
  });
  return [
    plain(
      'process_start_time_seconds',
      'Start time of the process since unix epoch in seconds.',
      'gauge',
      Math.round(startedAt / 10) / 100 - 55,
    ),
    plain(
      'process_cpu_seconds_total',
      'Total user and system CPU time spent in seconds.',
      'counter',
      Math.round((now - startedAt) / 200) / 100 + 4.41,
    ),
    family('ray_node_cpu_utilization', 'Total CPU usage on a ray node', [[cpu]]),
    family('ray_node_cpu_count', 'Total CPUs available on a ray node', [[cpuCount]]),
    family('ray_node_mem_used', 'Memory usage on a ray node', [[memoryUsed]]),
    family('ray_node_mem_available', 'Memory available on a ray node', [[memoryTotal - memoryUsed]]),
    family('ray_node_mem_total', 'Total memory on a ray node', [[memoryTotal]]),
    family(
      'ray_node_gpus_available',
      'Total GPUs available on a ray node',
      perGpu(() => 1),
    ),
    family(
      'ray_node_gpus_utilization',
      'Total GPUs usage on a ray node',
      perGpu(({ utilization }) => utilization),
    ),
    family(
      'ray_node_gram_used',
      'Total GPU RAM usage on a ray node',
      perGpu(({ used }) => used),
    ),
    family(
      'ray_node_gram_available',
      'Total GPU RAM available on a ray node',
      perGpu(({ used, total }) => total - used),
    ),
  ];
}

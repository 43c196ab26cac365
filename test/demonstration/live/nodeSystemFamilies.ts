/** The system of a simulated node in Ray's own families. GPU memory is in MB, although Ray's help says otherwise. */
import { formatNumber, type Family } from './exposition';
import { nodeAddress } from './names';
import { nodeSystem, type Gpu } from './nodeSystem';
import type { Simulation } from './simulation';

const scopeLabels = {
  otel_scope_name: 'ray._private.telemetry.open_telemetry_metric_recorder',
  otel_scope_schema_url: '',
  otel_scope_version: '',
};

type IndexedValue = readonly [value: number, gpuIndex?: number];

/** The families of one node at the simulation's time. */
export function nodeSystemFamilies(simulation: Simulation, node: number): Family[] {
  const { session, now, startedAt } = simulation;
  const { cpuPercent, cpuCount, memoryUsedBytes, memoryTotalBytes, gpus } = nodeSystem(simulation, node);
  const isHead = node === 0;
  const labels = {
    IsHeadNode: String(isHead),
    RayNodeType: isHead ? 'head' : 'worker',
    SessionName: session,
    Version: '2.57.0',
    ip: nodeAddress(node),
    ...scopeLabels,
  };
  const gauge = (name: string, help: string, values: readonly IndexedValue[]): Family => ({
    name,
    help,
    type: 'gauge',
    samples: values.map(([value, gpuIndex]) => ({
      name,
      labels: Object.entries(
        gpuIndex === undefined
          ? labels
          : { GpuDeviceName: gpus[gpuIndex]?.name ?? '', GpuIndex: String(gpuIndex), ...labels },
      ),
      value: formatNumber(value),
    })),
  });
  const gpuGauge = (name: string, help: string, valueOf: (gpu: Gpu) => number): Family =>
    gauge(
      name,
      help,
      gpus.map((gpu, index) => [valueOf(gpu), index]),
    );
  const processFamily = (name: string, help: string, type: string, value: number): Family => ({
    name,
    help,
    type,
    samples: [{ name, labels: [], value: formatNumber(value) }],
  });
  return [
    processFamily(
      'process_start_time_seconds',
      'Start time of the process since unix epoch in seconds.',
      'gauge',
      Math.round(startedAt / 10) / 100 - 55,
    ),
    processFamily(
      'process_cpu_seconds_total',
      'Total user and system CPU time spent in seconds.',
      'counter',
      Math.round((now - startedAt) / 200) / 100 + 4.41,
    ),
    gauge('ray_node_cpu_utilization', 'Total CPU usage on a ray node', [[cpuPercent]]),
    gauge('ray_node_cpu_count', 'Total CPUs available on a ray node', [[cpuCount]]),
    gauge('ray_node_mem_used', 'Memory usage on a ray node', [[memoryUsedBytes]]),
    gauge('ray_node_mem_available', 'Memory available on a ray node', [[memoryTotalBytes - memoryUsedBytes]]),
    gauge('ray_node_mem_total', 'Total memory on a ray node', [[memoryTotalBytes]]),
    gpuGauge('ray_node_gpus_available', 'Total GPUs available on a ray node', () => 1),
    gpuGauge('ray_node_gpus_utilization', 'Total GPUs usage on a ray node', (gpu) => gpu.utilizationPercent),
    gpuGauge('ray_node_gram_used', 'Total GPU RAM usage on a ray node', (gpu) => gpu.usedMb),
    gpuGauge('ray_node_gram_available', 'Total GPU RAM available on a ray node', (gpu) => gpu.totalMb - gpu.usedMb),
  ];
}

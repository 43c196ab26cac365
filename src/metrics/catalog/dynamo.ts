/** Rows of Dynamo: what its frontend and its workers count, apart from their engines' own series. */
import { histogram } from './histogramRows';
import { gauge, rate } from './rowBuilders';
import type { CatalogRow, GaugeRow } from './types';

const common = { category: 'dynamo', subject: 'server' } as const;

const serverGauge = (id: string, label: string, help: string, overrides: Partial<GaugeRow> = {}): CatalogRow =>
  gauge({ ...common, id, selector: id, label, shortLabel: label, unit: 'requests', help, ...overrides });
const perSecond = (
  id: string,
  family: string,
  label: string,
  unit: CatalogRow['unit'],
  help: string,
  worst: CatalogRow['worst'] = 'neither',
): CatalogRow => rate({ ...common, id, selector: family, label, shortLabel: label, unit, help, worst });
const serverHistogram = (
  base: string,
  label: string,
  unit: CatalogRow['unit'],
  help: string,
  worst: CatalogRow['worst'] = 'high',
): CatalogRow[] => histogram({ ...common, base, family: base, label, shortLabel: label, unit, help, worst });

/** Workers of Dynamo 1.x name these without `kvstats`, which the rows keep in their ids; the old names are read as the new ones. */
const kvStats = (name: string): GaugeRow['selector'] => ({ family: `dynamo_component_${name}`, sampleKind: 'gauge' });

export const dynamo: readonly CatalogRow[] = [
  perSecond(
    'dynamo_frontend_requests_s',
    'dynamo_frontend_requests',
    'Frontend requests',
    'requests/s',
    'Requests that the frontend receives per second.',
  ),
  serverGauge(
    'dynamo_frontend_inflight_requests',
    'Frontend in flight',
    'Requests between the frontend and its workers.',
  ),
  serverGauge('dynamo_frontend_queued_requests', 'Frontend queued', 'Requests that wait in the frontend.', {
    worst: 'high',
  }),
  serverGauge('dynamo_frontend_router_queue_pending_requests', 'Router queue', 'Requests that wait for the router.', {
    worst: 'high',
  }),
  serverGauge(
    'dynamo_frontend_disconnected_clients',
    'Clients gone',
    'Clients that disconnected before their response was complete.',
    {
      worst: 'high',
      unit: 'count',
    },
  ),
  perSecond(
    'dynamo_frontend_output_tokens_s',
    'dynamo_frontend_output_tokens',
    'Frontend output',
    'tokens/s',
    'Output tokens that leave the frontend per second.',
  ),
  ...serverHistogram(
    'dynamo_frontend_time_to_first_token_seconds',
    'Frontend TTFT',
    'seconds',
    'From a request’s arrival at the frontend to its first token; not to be added to the engines’ own.',
  ),
  ...serverHistogram(
    'dynamo_frontend_inter_token_latency_seconds',
    'Frontend ITL',
    'seconds',
    'Between two tokens that leave the frontend.',
  ),
  ...serverHistogram(
    'dynamo_frontend_request_duration_seconds',
    'Frontend request',
    'seconds',
    'From a request’s arrival at the frontend to its end.',
  ),
  ...serverHistogram(
    'dynamo_frontend_input_sequence_tokens',
    'Frontend prompt length',
    'tokens',
    'Prompt tokens of a request.',
    'neither',
  ),
  ...serverHistogram(
    'dynamo_frontend_output_sequence_tokens',
    'Frontend output length',
    'tokens',
    'Output tokens of a request.',
    'neither',
  ),
  perSecond(
    'dynamo_frontend_migrations_s',
    'dynamo_frontend_model_migration',
    'Migrations',
    '/s',
    'Requests per second that moved to another worker.',
    'high',
  ),
  serverGauge(
    'dynamo_frontend_model_workers',
    'Workers of the model',
    'Workers that the frontend knows for its models.',
    {
      worst: 'low',
      unit: 'count',
    },
  ),
  serverGauge('dynamo_component_inflight_requests', 'Worker in flight', 'Requests that workers are processing.'),
  perSecond(
    'dynamo_component_requests_s',
    'dynamo_component_requests',
    'Worker requests',
    'requests/s',
    'Requests that workers receive per second.',
  ),
  perSecond(
    'dynamo_component_errors_s',
    'dynamo_component_errors',
    'Worker errors',
    '/s',
    'Errors of workers per second.',
    'high',
  ),
  ...serverHistogram(
    'dynamo_component_request_duration_seconds',
    'Worker request',
    'seconds',
    'How long a worker took to process a request.',
  ),
  serverGauge(
    'dynamo_component_kvstats_gpu_cache_usage_percent',
    'Worker KV cache, fullest',
    'Share of KV-cache blocks in use on the fullest worker; the name says percent, the number is a fraction.',
    {
      selector: kvStats('gpu_cache_usage_percent'),
      unit: 'fraction',
      aggregate: 'max',
      worst: 'high',
      thresholds: { warning: 0.9, error: 0.98, source: 'vLLM’s own dashboards (overview, KV cache)' },
    },
  ),
  serverGauge(
    'dynamo_component_kvstats_gpu_prefix_cache_hit_rate',
    'Worker prefix-cache hits',
    'Share of prefix-cache hits as the workers report it, mean of the workers.',
    { selector: kvStats('kv_cache_hit_rate'), unit: 'fraction', aggregate: 'mean', worst: 'low' },
  ),
  serverGauge(
    'dynamo_component_kvstats_active_blocks',
    'Worker blocks in use',
    'KV-cache blocks in use, over all workers.',
    {
      unit: 'blocks',
    },
  ),
  serverGauge('dynamo_component_kvstats_total_blocks', 'Worker blocks', 'KV-cache blocks of all workers.', {
    selector: kvStats('total_blocks'),
    unit: 'blocks',
  }),
];

/** Rows of LMCache. Series of one metric that differ in role or worker are summed. */
import { histogram } from './histogramRows';
import { gauge, rate } from './rowBuilders';
import type { CatalogRow, GaugeRow } from './types';

const common = { category: 'lmcache', subject: 'server' } as const;

const serverGauge = (name: string, label: string, help: string, overrides: Partial<GaugeRow> = {}): CatalogRow =>
  gauge({
    ...common,
    id: `lmcache_${name}`,
    selector: `lmcache_${name}`,
    label,
    shortLabel: label,
    unit: 'bytes',
    help,
    ...overrides,
  });
const perSecond = (
  name: string,
  label: string,
  unit: CatalogRow['unit'],
  help: string,
  worst: CatalogRow['worst'] = 'neither',
): CatalogRow =>
  rate({
    ...common,
    id: `lmcache_${name}_s`,
    selector: `lmcache_${name}`,
    label,
    shortLabel: label,
    unit,
    help,
    worst,
  });
const serverHistogram = (
  name: string,
  label: string,
  unit: CatalogRow['unit'],
  help: string,
  worst: CatalogRow['worst'],
): CatalogRow[] =>
  histogram({
    ...common,
    base: `lmcache_${name}`,
    family: `lmcache_${name}`,
    label,
    shortLabel: label,
    unit,
    help,
    worst,
  });

const meanShare = { unit: 'fraction', aggregate: 'mean', worst: 'low' } as const;

export const lmcache: readonly CatalogRow[] = [
  serverGauge(
    'retrieve_hit_rate',
    'Retrieve hits',
    'Share of the tokens asked for that were retrieved, as LMCache reports it.',
    meanShare,
  ),
  serverGauge(
    'lookup_hit_rate',
    'Lookup hits',
    'Share of the tokens looked up that were there, as LMCache reports it.',
    meanShare,
  ),
  perSecond('num_retrieve_requests', 'Retrievals', '/s', 'Retrievals per second.'),
  perSecond('num_store_requests', 'Stores', '/s', 'Stores per second.'),
  perSecond('num_lookup_requests', 'Lookups', '/s', 'Lookups per second.'),
  perSecond('num_retrieved_tokens', 'Tokens retrieved', 'tokens/s', 'Tokens retrieved per second.'),
  perSecond('num_stored_tokens', 'Tokens stored', 'tokens/s', 'Tokens stored per second.'),
  perSecond('num_remote_read_bytes', 'Remote read', 'bytes/s', 'Bytes read from the remote store per second.'),
  perSecond('num_remote_write_bytes', 'Remote written', 'bytes/s', 'Bytes written to the remote store per second.'),
  perSecond('local_cpu_evict_count', 'Evictions', '/s', 'Evictions from host memory per second.', 'high'),
  perSecond(
    'local_cpu_evict_failed_count',
    'Evictions failed',
    '/s',
    'Evictions from host memory that failed, per second.',
    'high',
  ),
  perSecond(
    'remote_ping_errors',
    'Remote pings failed',
    '/s',
    'Pings of the remote store that failed, per second.',
    'high',
  ),
  serverGauge('local_cache_usage', 'Host memory used', 'Bytes of host memory in use.'),
  serverGauge('remote_cache_usage', 'Remote store used', 'Bytes of the remote store in use.'),
  serverGauge('local_storage_usage', 'Disk used', 'Bytes of disk in use.'),
  serverGauge('remote_ping_latency', 'Remote ping', 'Time to the remote store and back, slowest server.', {
    unit: 'seconds',
    scale: 0.001,
    aggregate: 'max',
    worst: 'high',
  }),
  ...serverHistogram('time_to_retrieve', 'Time to retrieve', 'seconds', 'How long a retrieval took.', 'high'),
  ...serverHistogram('time_to_store', 'Time to store', 'seconds', 'How long a store took.', 'high'),
  ...serverHistogram('retrieve_speed', 'Retrieve speed', 'tokens/s', 'Tokens per second of a retrieval.', 'low'),
  ...serverHistogram('store_speed', 'Store speed', 'tokens/s', 'Tokens per second of a store.', 'low'),
];

/** Rows of NIXL, which moves KV blocks between engines, for example from prefill to decode engines. Other ways share its category. */
import { histogram } from './histogramRows';
import { rate } from './rowBuilders';
import type { CatalogRow } from './types';

const category = 'nixl';

/** Any failure is a warning, one per second an error. */
const failureThresholds = { warning: 0.000_001, error: 1, source: 'any is one too many' };

/** The row of a counter of failures of any way in which KV blocks leave an engine. */
export const failureRate = (id: string, family: string, label: string, help: string): CatalogRow =>
  rate({
    id,
    selector: family,
    label,
    shortLabel: label,
    unit: '/s',
    category,
    worst: 'high',
    help,
    thresholds: failureThresholds,
  });

export const nixl: readonly CatalogRow[] = [
  rate({
    id: 'nixl_transfers_s',
    selector: { family: 'nixl_xfer_time_seconds', sampleKind: 'count' },
    label: 'KV transfers',
    shortLabel: 'transfers',
    unit: '/s',
    category,
    help: 'KV transfers per second, over all engines.',
  }),
  rate({
    id: 'nixl_bytes_s',
    selector: { family: 'nixl_bytes_transferred', sampleKind: 'sum' },
    label: 'KV transfer rate',
    shortLabel: 'bytes',
    unit: 'bytes/s',
    category,
    help: 'Bytes of KV blocks transferred per second, over all engines.',
  }),
  ...histogram({
    base: 'nixl_xfer_seconds',
    family: 'nixl_xfer_time_seconds',
    label: 'Transfer time',
    shortLabel: 'transfer',
    unit: 'seconds',
    category,
    help: 'How long a KV transfer took.',
  }),
  ...histogram({
    base: 'nixl_post_seconds',
    family: 'nixl_post_time_seconds',
    label: 'Post time',
    shortLabel: 'post',
    unit: 'seconds',
    category,
    help: 'How long it took to hand a KV transfer over.',
  }),
  ...histogram({
    base: 'nixl_bytes',
    family: 'nixl_bytes_transferred',
    label: 'Bytes of a transfer',
    shortLabel: 'size',
    unit: 'bytes',
    category,
    worst: 'neither',
    help: 'Bytes of one KV transfer.',
  }),
  ...histogram({
    base: 'nixl_descriptors',
    family: 'nixl_num_descriptors',
    label: 'Descriptors of a transfer',
    shortLabel: 'descriptors',
    unit: 'count',
    category,
    worst: 'neither',
    help: 'Descriptors of one KV transfer.',
  }),
  failureRate(
    'nixl_failed_transfers_s',
    'nixl_num_failed_transfers',
    'Failed transfers',
    'KV transfers that failed, per second.',
  ),
  failureRate(
    'nixl_failed_notifications_s',
    'nixl_num_failed_notifications',
    'Failed notifications',
    'Notifications of KV transfers that failed, per second.',
  ),
  failureRate(
    'nixl_expired_s',
    'nixl_num_kv_expired_reqs',
    'Expired requests',
    'Requests per second whose KV blocks expired on the prefill side before they were fetched.',
  ),
  failureRate(
    'nixl_late_notifications_s',
    'nixl_num_notifications_after_expiry',
    'Notifications after expiry',
    'Notifications per second that came after the blocks had expired.',
  ),
];

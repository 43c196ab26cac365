/** Rows of the other ways in which KV blocks leave an engine: UMBP transfers and the 3FS file system. */
import { histogram } from './histogramRows';
import { failureRate } from './nixl';
import { rate } from './rowBuilders';
import type { CatalogRow } from './types';

const category = 'nixl';

const perSecond = (id: string, family: string, label: string, help: string): CatalogRow =>
  rate({ id, selector: family, label, shortLabel: label, unit: '/s', category, help });

const duration = (operation: 'load' | 'save', help: string): CatalogRow[] =>
  histogram({
    base: `hf3fs_${operation}_seconds`,
    family: `hf3fs_${operation}_duration_seconds`,
    label: `3FS ${operation}`,
    shortLabel: operation,
    unit: 'seconds',
    category,
    help,
  });

export const kvStores: readonly CatalogRow[] = [
  rate({
    id: 'umbp_bytes_s',
    selector: 'umbp_transfer_bytes',
    label: 'UMBP transfer rate',
    shortLabel: 'bytes',
    unit: 'bytes/s',
    category,
    help: 'Bytes of KV blocks in completed UMBP transfers per second, over all engines.',
  }),
  perSecond(
    'umbp_submitted_s',
    'umbp_transfer_submitted',
    'UMBP objects submitted',
    'KV objects handed to UMBP per second, over all engines.',
  ),
  perSecond(
    'umbp_completed_s',
    'umbp_transfer_completed',
    'UMBP objects completed',
    'KV objects that UMBP transferred per second, over all engines.',
  ),
  failureRate(
    'umbp_failed_s',
    'umbp_transfer_failed',
    'UMBP objects failed',
    'KV objects whose UMBP transfer failed, per second.',
  ),
  ...duration('load', 'How long it took to load KV blocks from 3FS.'),
  ...duration('save', 'How long it took to save KV blocks to 3FS.'),
  failureRate(
    'hf3fs_failed_load_s',
    'hf3fs_num_failed_load',
    '3FS loads failed',
    'Loads from 3FS that failed, per second.',
  ),
  failureRate(
    'hf3fs_failed_save_s',
    'hf3fs_num_failed_save',
    '3FS saves failed',
    'Saves to 3FS that failed, per second.',
  ),
];

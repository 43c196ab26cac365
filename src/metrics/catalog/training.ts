/** Rows of training: the gauges of SkyRL's trainer, and the weight updates and sleeps of the engines. */
import { histogram } from './histogramRows';
import { gauge, quotient } from './rowBuilders';
import type { CatalogRow } from './types';

const category = 'training';
const trainer = { category, subject: 'trainer' } as const;
const server = { category, subject: 'server' } as const;

const bufferedGroups = gauge({
  ...trainer,
  id: 'gen_buffer_qsize',
  selector: 'skyrl_gen_buffer_qsize',
  sticky: true,
  label: 'Groups in the buffer',
  shortLabel: 'buffer',
  unit: 'count',
  worst: 'low',
  help: 'Finished groups of samples that wait for training.',
});
const bufferSize = gauge({
  ...trainer,
  id: 'gen_buffer_maxsize',
  selector: 'skyrl_gen_buffer_maxsize',
  sticky: true,
  label: 'Room in the buffer',
  shortLabel: 'room',
  unit: 'count',
  help: 'How many groups of samples the buffer between generation and training holds.',
});

const inFlightGauge = (id: string, family: string, label: string, help: string): CatalogRow =>
  gauge({ ...server, id, selector: family, label, shortLabel: label, unit: 'count', help });

export const training: readonly CatalogRow[] = [
  bufferedGroups,
  bufferSize,
  quotient({
    ...trainer,
    id: 'gen_buffer_fill',
    numerator: bufferedGroups,
    denominator: [bufferSize],
    label: 'Buffer filled',
    shortLabel: 'filled',
    unit: 'fraction',
    worst: 'low',
    help: 'Share of the buffer between generation and training in use. Empty: training waits. Full: generation waits.',
  }),
  gauge({
    ...trainer,
    id: 'gen_group_keep_rate',
    selector: 'skyrl_gen_group_keep_rate',
    sticky: true,
    aggregate: 'mean',
    label: 'Groups kept',
    shortLabel: 'kept',
    unit: 'fraction',
    worst: 'low',
    help: 'Share of the generated groups that training kept.',
  }),
  gauge({
    ...trainer,
    id: 'mini_batch_size',
    selector: 'skyrl_mini_batch_size',
    sticky: true,
    label: 'Mini-batch size',
    shortLabel: 'mini-batch',
    unit: 'count',
    help: 'Groups that one training step takes.',
  }),
  inFlightGauge(
    'rl_weight_updates_in_flight',
    'rl_weight_update_operations_in_flight',
    'Weight updates under way',
    'Weight-update operations that have not finished.',
  ),
  ...histogram({
    ...server,
    base: 'rl_weight_update_seconds',
    family: 'rl_weight_update_operation_duration_seconds',
    label: 'Weight-update operation',
    shortLabel: 'weight update',
    unit: 'seconds',
    help: 'How long an operation of a weight update took.',
  }),
  inFlightGauge(
    'sleep_operations_in_flight',
    'sleep_mode_operations_in_flight',
    'Sleep operations under way',
    'Sleep and wake operations that have not finished.',
  ),
  ...histogram({
    ...server,
    base: 'sleep_operation_seconds',
    family: 'sleep_mode_operation_duration_seconds',
    label: 'Sleep or wake',
    shortLabel: 'sleep',
    unit: 'seconds',
    help: 'How long an engine took to fall asleep or to wake.',
  }),
];

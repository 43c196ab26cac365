/**
 * What the Engine metrics tree shows of a snapshot: findings, the training phase, the last rollout, SkyRL's eight, the
 * engines, then the other categories.
 */
import type { Snapshot } from '../../api';
import { curatedRows } from '../../metrics/catalog/index';
import { formatDuration } from '../../shared/format';
import type { Rollout } from '../../shared/rollout';
import type { TreeRow } from '../shared/treeRow';
import { categoryRows } from './categoryRows';
import { enginesRow } from './enginesRow';
import { findingRows } from './findingRows';
import { metricRow } from './metricRow';
import { otherCategoryRows } from './otherRow';
import { rolloutRows } from './rolloutRows';

/** What SkyRL's phases mean for the engines. */
const phaseDescriptions: Readonly<Record<string, string>> = {
  wait_for_generation_buffer: 'Training waits for finished samples.',
  convert_to_training_input: 'Samples become training input.',
  run_training: 'The trainer trains.',
  sync_weights: 'New weights go to the engines; requests are aborted or paused.',
  eval: 'The engines generate for an evaluation.',
  save_checkpoints: 'A checkpoint is saved.',
  save_hf_model: 'The model is saved.',
};

function phaseRows({ phase }: Snapshot, now: number): TreeRow[] {
  if (!phase) return [];
  return [
    {
      id: 'phase',
      label: 'Training phase',
      description: `${phase.name} · ${formatDuration(now - phase.since)}`,
      tooltip: [
        phaseDescriptions[phase.name] ?? phase.name,
        `First seen ${formatDuration(now - phase.since)} ago, last reported ${formatDuration(now - phase.at)} ago. SkyRL reports a phase when it begins.`,
        'Family: skyrl_training_phase',
      ],
      icon: { name: 'mortar-board' },
      context: 'phase',
      children: [],
    },
  ];
}

/**
 * All rows; empty without an engine, so that the view shows its welcome. `expected`: how many engines the config asks
 * for, undefined if unknown. `now` is Unix ms. `rollouts`: oldest first.
 */
export function metricsTreeRows(
  snapshot: Snapshot | undefined,
  expected: number | undefined,
  now: number,
  rollouts: readonly Rollout[] = [],
): TreeRow[] {
  if (!snapshot || snapshot.engines.length === 0) return [];
  return [
    ...findingRows(snapshot, now),
    ...phaseRows(snapshot, now),
    ...rolloutRows(rollouts, now),
    ...curatedRows.map((row) => metricRow(row, snapshot, now)),
    enginesRow(snapshot, expected, now),
    ...categoryRows(snapshot, now),
    ...otherCategoryRows(snapshot, now),
  ];
}

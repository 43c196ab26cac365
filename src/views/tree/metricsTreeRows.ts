/** What the metrics tree shows, as plain rows: findings, the training phase, SkyRL's eight, the engines, then what else was measured. */
import type { Snapshot } from '../../api';
import { catalogRow, curatedRows } from '../../metrics/catalog/index';
import { isLiving } from '../../metrics/engineState';
import { formatDuration, formatValue } from '../../shared/format';
import { categoryRows } from './categoryRows';
import { enginesRow } from './enginesRow';
import { findingRows } from './findingRows';
import { metricRow } from './metricRow';
import type { TreeRow } from '../shared/treeRow';
import { oldAfterMs } from './formatMeasure';

export type { TreeRow as Row } from '../shared/treeRow';

/** What SkyRL's phases mean to somebody who watches the engines. */
const phaseDescriptions: Readonly<Record<string, string>> = {
  wait_for_generation_buffer: 'Training waits for finished samples.',
  convert_to_training_input: 'Samples become training input.',
  run_training: 'The trainer trains.',
  sync_weights: 'New weights go to the engines; requests are aborted or paused.',
  eval: 'The engines generate for an evaluation.',
  save_checkpoints: 'A checkpoint is saved.',
  save_hf_model: 'The model is saved.',
};

function phaseRow({ phase }: Snapshot, now: number): TreeRow[] {
  if (!phase) return [];
  return [
    {
      id: 'phase',
      label: 'Training phase',
      description: `${phase.name} · ${formatDuration(now - phase.since)}`,
      tooltip: [
        phaseDescriptions[phase.name] ?? phase.name,
        `Seen first ${formatDuration(now - phase.since)} ago, confirmed ${formatDuration(now - phase.at)} ago: SkyRL says a phase when it begins.`,
        'Family: skyrl_training_phase',
      ],
      icon: { name: 'mortar-board' },
      context: 'phase',
      children: [],
    },
  ];
}

/** All rows; empty while there is no engine, so that the view's welcome can speak. `now` is Unix ms. */
export function metricsTreeRows(snapshot: Snapshot | undefined, expected: number | undefined, now: number): TreeRow[] {
  if (!snapshot || snapshot.engines.length === 0) return [];
  return [
    ...findingRows(snapshot, now),
    ...phaseRow(snapshot, now),
    ...curatedRows.map((row) => metricRow(row, snapshot, now)),
    enginesRow(snapshot, expected, now),
    ...categoryRows(snapshot, now),
  ];
}

/** `$(database) KV 91% · 118 running · 3/4`, without the icon. Stable in width: numbers are padded, what is absent is a dash. */
export function statusBarText(snapshot: Snapshot, expected: number | undefined, now: number): string {
  const pad = (text: string, width: number): string => text.padStart(width, '\u2007');
  const kv = snapshot.measures[catalogRow('kv_cache_usage_perc').id];
  const running = snapshot.measures['num_requests_running'];
  const there = snapshot.engines.filter(isLiving).length;
  const parts = [
    `KV ${kv ? `${pad(String(Math.round(kv.value * 100)), 2)}%` : '–'}`,
    `${running ? pad(formatValue(running.value, 'requests'), 2) : '–'} running`,
    expected === undefined ? String(there) : `${there}/${expected}`,
  ];
  const age = now - snapshot.at;
  return [...parts, ...(age > oldAfterMs ? [formatDuration(age)] : [])].join(' · ');
}

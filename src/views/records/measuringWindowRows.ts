/** A measuring window as a row of the metrics tree. */
import { formatDuration, formatLocalTime } from '../../shared/format';
import { commandIds } from '../shared/ids';
import type { TreeRow } from '../shared/treeRow';

/** An open window. */
export interface MeasuringWindowSummary {
  /** Unix ms. */
  from: number;
  /** How long it has been running without the pauses, in ms. */
  unpausedMs: number;
  paused: boolean;
}

/** An open window, or why it ended without a stop. */
export type MeasuringWindowState = MeasuringWindowSummary | { ended: string };

const rowActions = {
  stop: { command: commandIds.stopWindow, title: 'Stop Measuring Window' },
  dismiss: { command: commandIds.stopWindow, title: 'Dismiss' },
};

function endedRow(reason: string): TreeRow {
  return {
    id: 'window',
    label: 'Measuring window ended',
    description: reason,
    tooltip: [reason, 'Click to dismiss.'],
    icon: { name: 'warning', colour: 'charts.yellow' },
    context: 'window-ended',
    command: rowActions.dismiss,
    children: [],
  };
}

function openRow({ from, unpausedMs, paused }: MeasuringWindowSummary, now: number): TreeRow {
  const hasPaused = now - from - unpausedMs >= 1000;
  const duration = `${formatDuration(unpausedMs)}${hasPaused ? ` of ${formatDuration(now - from)}` : ''}`;
  return {
    id: 'window',
    label: 'Measuring window',
    description: `${paused ? 'paused' : 'open'} · ${duration} · since ${formatLocalTime(from).slice(11)}`,
    tooltip: [
      `Measures what the engines count from ${formatLocalTime(from)} until you stop it, as SkyRL’s sync trainer measures a generation. Throughput is over the time without pauses.`,
      paused ? 'Paused: this time does not count.' : 'Running.',
      'Click to stop it and show its values. Reloading VS Code ends it.',
    ],
    icon: { name: paused ? 'debug-pause' : 'watch', colour: 'charts.blue' },
    context: paused ? 'window-paused' : 'window-open',
    command: rowActions.stop,
    children: [],
  };
}

/** The row of a measuring window, none without one; a click stops or dismisses it. `now` is Unix ms. */
export function measuringWindowRows(state: MeasuringWindowState | undefined, now: number): TreeRow[] {
  if (!state) return [];
  return ['ended' in state ? endedRow(state.ended) : openRow(state, now)];
}

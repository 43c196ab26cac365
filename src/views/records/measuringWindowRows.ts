/** An explicit window as a row of the tree, and its values as a document. */
import { measuringWindowUnit } from '../../collector/measuringWindowKeys';
import type { MeasuringWindowReport } from '../../collector/measuringWindowReport';
import { formatDuration } from '../../shared/format';
import { codeSpan } from '../connection/connectionReport';
import { commandIds } from '../shared/ids';
import { formatLocalTime } from './recordRows';
import type { TreeRow } from '../shared/treeRow';

/** A window that is open: Unix ms, and the ms that were not paused. */
export interface MeasuringWindowSummary {
  from: number;
  unpausedMs: number;
  paused: boolean;
}

/** What there is to show: an open window, or why one is not open any more. */
export type MeasuringWindowState = MeasuringWindowSummary | { ended: string };

const rowActions = {
  stop: { command: commandIds.stopWindow, title: 'Stop the measuring window' },
  dismiss: { command: commandIds.stopWindow, title: 'Take note' },
};

/** The row of a window; none where there is none. A click stops it. */
export function measuringWindowRows(facts: MeasuringWindowState | undefined, now: number): TreeRow[] {
  if (!facts) return [];
  if ('ended' in facts) {
    return [
      {
        id: 'window',
        label: 'Window ended',
        description: facts.ended,
        tooltip: [facts.ended, 'A click takes this row away.'],
        icon: { name: 'warning', colour: 'charts.yellow' },
        context: 'window-ended',
        command: rowActions.dismiss,
        children: [],
      },
    ];
  }
  const { from, unpausedMs, paused } = facts;
  const since = `since ${formatLocalTime(from).slice(11)}`;
  return [
    {
      id: 'window',
      label: 'Window',
      description: `${paused ? 'paused' : 'open'} · ${formatDuration(unpausedMs)}${now - from - unpausedMs >= 1000 ? ` of ${formatDuration(now - from)}` : ''} · ${since}`,
      tooltip: [
        `What the engines count from ${formatLocalTime(from)} to the stop, as SkyRL’s sync trainer measures a generation; throughput is over the time that is not paused.`,
        paused ? 'Paused: the time that runs does not count.' : 'The time runs.',
        'A click stops it and shows its values. A reload of the window ends it.',
      ],
      icon: { name: paused ? 'debug-pause' : 'watch', colour: 'charts.blue' },
      context: paused ? 'window-paused' : 'window-open',
      command: rowActions.stop,
      children: [],
    },
  ];
}

const formatSeconds = (value: number): string => `${value.toFixed(1)} s`;

/** The document, in markdown. `engines`: how many the snapshot of the stop lists. */
export function measuringWindowText(
  { from, to, seconds: unpaused, secondsInAll, values, absent, notes }: MeasuringWindowReport,
  { engines, replayed }: { engines: number; replayed: boolean },
): string {
  const line = (key: string, value: string, unit: string): string =>
    `| ${key.padEnd(36)} | ${value.padStart(10)} | ${unit} |`;
  const rows = Object.entries(values).map(([key, value]) =>
    line(key, String(Number(value.toPrecision(7))), measuringWindowUnit(key)),
  );
  const missing = Object.entries(absent).map(([key, why]) => `- ${key}: ${why}`);
  const said = [...(replayed ? ['These are recorded scrapes, and times are the recording’s.'] : []), ...notes].map(
    (note) => `- ${codeSpan(note)}`,
  );
  return [
    '# SkyRL measuring window\n',
    `${formatLocalTime(from)} to ${formatLocalTime(to)}: ${formatSeconds(unpaused)} un-paused, ${formatSeconds(secondsInAll)} in all. ${engines} ${engines === 1 ? 'engine' : 'engines'}.\n`,
    'SkyRL’s sync trainer logs the same of its own windows, as `vllm/train/…` and `vllm/eval/…`.\n',
    ...(rows.length > 0
      ? [`${line('key', 'value', 'unit')}\n${line('---', '---:', '---')}\n${rows.join('\n')}\n`]
      : []),
    ...(missing.length > 0 ? [`## Absent\n\n${missing.join('\n')}\n`] : []),
    ...(said.length > 0 ? [`## To know\n\n${said.join('\n')}\n`] : []),
  ].join('\n');
}

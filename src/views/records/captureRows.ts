/** The recording of scrapes that runs, as a row of the Connection view. */
import type { CaptureResult } from '../../capture/captureWriter';
import { commandIds } from '../shared/ids';
import type { TreeRow } from '../shared/treeRow';

/** One row while scrapes are recorded; a click stops it. */
export function captureRows(progress: CaptureResult | undefined): TreeRow[] {
  if (!progress) return [];
  const { folder, scrapes, bytes } = progress;
  return [
    {
      id: 'scrapes',
      label: 'Recording scrapes',
      description: `${scrapes} scrapes, ${(bytes / 1e6).toFixed(1)} MB`,
      tooltip: [`Into ${folder}`, 'Click to stop.'],
      icon: { name: 'record', colour: 'charts.red' },
      context: 'connection',
      command: { command: commandIds.stopScrapes, title: 'Stop Recording Scrapes' },
      children: [],
    },
  ];
}

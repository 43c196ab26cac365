/** What a person can do during a replay, as rows above its metrics. */
import type { CaptureReplay } from '../../capture/captureReplay';
import { commandIds } from '../shared/ids';
import type { TreeRow } from '../shared/treeRow';

const row = (label: string, icon: string, command: string, tooltip: string): TreeRow => ({
  id: `replay/${command}`,
  label,
  description: '',
  tooltip: [tooltip],
  icon: { name: icon },
  context: 'text',
  command: { command, title: label },
  children: [],
});

/** A row that ends the replay; once the recorded run has ended, one that plays it again. Empty without a replay. */
export function replayRows(replay: Pick<CaptureReplay, 'example' | 'stepIndex' | 'stepCount'> | undefined): TreeRow[] {
  if (!replay) return [];
  if (!replay.example) return [row('Back to Live Run', 'debug-disconnect', commandIds.showLive, 'Ends the replay')];
  const hasEnded = replay.stepIndex + 1 >= replay.stepCount;
  return [
    row('End Recorded Run', 'debug-stop', commandIds.showLive, 'Shows your own run again, if there is one'),
    ...(hasEnded
      ? [row('Play Again', 'debug-restart', commandIds.tryRecordedRun, 'Plays the recorded run again')]
      : []),
  ];
}

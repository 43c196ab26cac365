/** The row that says where the metrics come from; a click selects another source. */
import type { SourceReport } from '../../collector/snapshotSource';
import { commandIds } from '../shared/ids';
import type { TreeRow } from '../shared/treeRow';
import { connectionRow, formatKilobytes, type ConnectionFacts } from './connectionRow';

const sourceStateText: Record<SourceReport['state'], string> = {
  ok: 'answers',
  empty: 'has no series of this run',
  old: 'has no recent samples',
  partial: 'answers in part',
  failed: 'did not answer',
};

/** The targets, or Prometheus with its state and what it answered. */
export function sourceRow({ round, targets }: ConnectionFacts): TreeRow {
  const command = { command: commandIds.selectSource, title: 'Select Source' };
  const report = round?.sourceReport;
  if (!report) return { ...connectionRow('source', 'Source', 'the targets', 'cloud-download'), command };
  const { url, state, message, matchReason } = report;
  const answers = targets
    .filter((target) => target.url === url)
    .map(({ samples, bytes, tookMs }) =>
      connectionRow(
        'source/answers',
        'Answers',
        `${samples} samples, ${formatKilobytes(bytes)}, ${Math.round(tookMs)} ms`,
        'list-tree',
      ),
    );
  return {
    ...connectionRow(
      'source',
      'Source',
      `Prometheus, which ${sourceStateText[state]} · ${url}`,
      state === 'ok' ? 'database' : 'warning',
      [url, ...(message === '' ? [] : [message]), 'No target is scraped.'],
    ),
    children: [
      ...(message === '' ? [] : [connectionRow('source/words', 'Message', message, 'warning')]),
      ...(matchReason === '' ? [] : [connectionRow('source/matched', 'Series of this run', matchReason, 'filter')]),
      ...answers,
    ],
    command,
  };
}

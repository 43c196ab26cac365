/** Findings as rows: the message, and below it engine, duration and advice in short lines. */
import type { Finding, Snapshot } from '../../api';
import { formatDuration } from '../../shared/format';
import { oldAfterMs } from '../shared/oldAfterMs';
import { textRows } from '../shared/textRows';
import type { TreeRow } from '../shared/treeRow';

const severityIcons = {
  info: { name: 'info' },
  warning: { name: 'warning', colour: 'charts.yellow' },
  error: { name: 'error', colour: 'charts.red' },
} as const;

/** `duplicates`: how many findings above this one have the same rule and engine. */
function findingRow(
  { id, engine: engineId, severity, message, since, advice }: Finding,
  duplicates: number,
  { engines }: Snapshot,
  now: number,
): TreeRow {
  const rowId = `finding/${id}/${engineId ?? ''}${duplicates > 0 ? `/${duplicates}` : ''}`;
  const engine = engines.find((each) => each.id === engineId);
  const duration = since === undefined ? undefined : formatDuration(now - since);
  return {
    id: rowId,
    label: message,
    description: since === undefined || now - since < oldAfterMs ? '' : `for ${duration}`,
    tooltip: [
      message,
      ...(duration === undefined ? [] : [`For ${duration}`]),
      ...(advice === undefined ? [] : [advice]),
    ],
    icon: severityIcons[severity],
    context: 'finding',
    children: [
      ...textRows(`${rowId}/message`, 'quote', message),
      ...(engine
        ? [
            {
              id: `${rowId}/engine`,
              label: engine.name,
              description: [engine.state, engine.node].filter(Boolean).join(' · '),
              tooltip: [engine.id],
              icon: { name: 'server-process' },
              context: 'text',
              children: [],
            },
          ]
        : []),
      ...(duration === undefined ? [] : textRows(`${rowId}/since`, 'clock', `For ${duration}`)),
      ...(advice === undefined ? [] : textRows(`${rowId}/advice`, 'lightbulb', advice)),
    ],
  };
}

/** The findings of a snapshot in its order. `now` is Unix ms. */
export function findingRows(snapshot: Snapshot, now: number): TreeRow[] {
  const { findings } = snapshot;
  return findings.map((finding, index) => {
    const duplicates = findings
      .slice(0, index)
      .filter(({ id, engine }) => id === finding.id && engine === finding.engine).length;
    return findingRow(finding, duplicates, snapshot, now);
  });
}

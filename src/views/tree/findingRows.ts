/** Findings as rows: the message, and below it engine, duration and advice in short lines. */
import type { Finding, Snapshot } from '../../api';
import { groupFindings, isFindingGroup, type FindingGroup } from '../../diagnosis/findingGroups';
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

/** The findings of one rule as a row, with each of them below. */
function groupRow(group: FindingGroup, rows: readonly TreeRow[], now: number): TreeRow {
  const { id, severity, label, since, advice } = group;
  const rowId = `finding/${id}`;
  const duration = since === undefined ? undefined : formatDuration(now - since);
  return {
    id: rowId,
    label,
    description: since === undefined || now - since < oldAfterMs ? '' : `for ${duration}`,
    tooltip: [
      label,
      ...(duration === undefined ? [] : [`The first one for ${duration}`]),
      ...(advice === undefined ? [] : [advice]),
    ],
    icon: severityIcons[severity],
    context: 'finding',
    children: [...rows, ...(advice === undefined ? [] : textRows(`${rowId}/advice`, 'lightbulb', advice))],
  };
}

/** The findings of a snapshot in its order, those of one rule as one row. `now` is Unix ms. */
export function findingRows(snapshot: Snapshot, now: number): TreeRow[] {
  const seen = new Map<string, number>();
  const toRow = (finding: Finding): TreeRow => {
    const key = `${finding.id} ${finding.engine ?? ''}`;
    const duplicates = seen.get(key) ?? 0;
    seen.set(key, duplicates + 1);
    return findingRow(finding, duplicates, snapshot, now);
  };
  return groupFindings(snapshot.findings).map((entry) =>
    isFindingGroup(entry) ? groupRow(entry, entry.findings.map(toRow), now) : toRow(entry),
  );
}

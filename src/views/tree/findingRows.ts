/** Findings as rows: the message, and below it the whole of it in short lines, since a tree cuts what is wider than its view. */
import type { Finding, Snapshot } from '../../api';
import { formatDuration } from '../../shared/format';
import type { TreeRow } from '../shared/treeRow';
import { oldAfterMs } from './formatMeasure';

/** Letters that fit a side bar of 300 pixels, below a row. */
const maxLineLength = 30;

const severityIcons = {
  info: { name: 'info' },
  warning: { name: 'warning', colour: 'charts.yellow' },
  error: { name: 'error', colour: 'charts.red' },
} as const;

/** A text as lines of whole words; a longer word has a line of its own. */
export function wrapText(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > maxLineLength) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** A text in rows, its icon before the first; each row's tooltip has it in one. */
export function textRows(id: string, icon: string, text: string): TreeRow[] {
  return wrapText(text).map((label, index) => ({
    id: `${id}/${index}`,
    label,
    description: '',
    tooltip: [text],
    icon: { name: index === 0 ? icon : 'blank' },
    context: 'text',
    children: [],
  }));
}

function findingRow(
  { id, engine, severity, message, since, advice }: Finding,
  twin: number,
  { engines }: Snapshot,
  now: number,
): TreeRow {
  const own = `finding/${id}/${engine ?? ''}${twin > 0 ? `/${twin}` : ''}`;
  const about = engines.find((each) => each.id === engine);
  const held = since === undefined ? undefined : formatDuration(now - since);
  return {
    id: own,
    label: message,
    description: since === undefined || now - since < oldAfterMs ? '' : `for ${held}`,
    tooltip: [message, ...(held === undefined ? [] : [`For ${held}.`]), ...(advice === undefined ? [] : [advice])],
    icon: severityIcons[severity],
    context: 'finding',
    children: [
      ...textRows(`${own}/message`, 'quote', message),
      ...(about
        ? [
            {
              id: `${own}/engine`,
              label: about.name,
              description: [about.state, about.node].filter(Boolean).join(' · '),
              tooltip: [about.id],
              icon: { name: 'server-process' },
              context: 'text',
              children: [],
            },
          ]
        : []),
      ...(held === undefined ? [] : textRows(`${own}/since`, 'clock', `For ${held}`)),
      ...(advice === undefined ? [] : textRows(`${own}/advice`, 'lightbulb', advice)),
    ],
  };
}

/** The findings of a snapshot, in its order. Those of one rule that are of no engine are told apart by their order. */
export function findingRows(snapshot: Snapshot, now: number): TreeRow[] {
  const { findings } = snapshot;
  return findings.map((finding, index) => {
    const twin = findings
      .slice(0, index)
      .filter(({ id, engine }) => id === finding.id && engine === finding.engine).length;
    return findingRow(finding, twin, snapshot, now);
  });
}

/** The values of a measuring window as a Markdown document. */
import { measuringWindowUnit } from '../../collector/measuringWindowKeys';
import type { MeasuringWindowReport } from '../../collector/measuringWindowReport';
import { formatLocalTime } from '../../shared/format';
import { codeSpan } from '../shared/codeSpan';

const formatSeconds = (value: number): string => `${value.toFixed(1)} s`;

const tableLine = (key: string, value: string, unit: string): string =>
  `| ${key.padEnd(36)} | ${value.padStart(10)} | ${unit} |`;

function valueTable(values: MeasuringWindowReport['values']): string {
  const lines = Object.entries(values).map(([key, value]) =>
    tableLine(key, String(Number(value.toPrecision(7))), measuringWindowUnit(key)),
  );
  return [tableLine('key', 'value', 'unit'), tableLine('---', '---:', '---'), ...lines].join('\n');
}

/** `engines`: how many the last snapshot lists. `replayed`: the scrapes are recorded ones. */
export function measuringWindowText(
  { from, to, seconds: unpausedSeconds, secondsInAll, values, absent, notes }: MeasuringWindowReport,
  { engines, replayed }: { engines: number; replayed: boolean },
): string {
  const absentLines = Object.entries(absent).map(([key, reason]) => `- ${key}: ${reason}`);
  const noteLines = [...(replayed ? ['These are recorded scrapes, and times are the recording’s.'] : []), ...notes].map(
    (note) => `- ${codeSpan(note)}`,
  );
  return [
    '# SkyRL measuring window\n',
    `${formatLocalTime(from)} to ${formatLocalTime(to)}: ${formatSeconds(unpausedSeconds)} un-paused, ${formatSeconds(secondsInAll)} in all. ${engines} ${engines === 1 ? 'engine' : 'engines'}.\n`,
    'SkyRL’s sync trainer logs the same of its own windows, as `vllm/train/…` and `vllm/eval/…`.\n',
    ...(Object.keys(values).length > 0 ? [`${valueTable(values)}\n`] : []),
    ...(absentLines.length > 0 ? [`## Absent\n\n${absentLines.join('\n')}\n`] : []),
    ...(noteLines.length > 0 ? [`## Notes\n\n${noteLines.join('\n')}\n`] : []),
  ].join('\n');
}

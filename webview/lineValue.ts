/** The value of a line at the cursor, or its newest one. */
import { formatValue, type Unit } from '../src/shared/format';
import type { Frame } from './frame';
import type { Line } from './lines';
import { indexAt, newestIndex } from './seriesLookup';

/** The row that is read: at the cursor, else the newest. Undefined if nothing was measured there. */
function readIndex({ series }: Line, { cursor, isLive, to }: Frame): number | undefined {
  if (cursor !== undefined) return indexAt(series, cursor);
  return isLive ? newestIndex(series) : indexAt(series, to);
}

/** The value of a line with its unit, or lowest and highest value of a band; `–` if nothing was measured. */
export function lineValueText(line: Line, unit: Unit, frame: Frame): string {
  const index = readIndex(line, frame);
  const { value, lowest, highest } = line.series;
  if (line.column === 'value') return formatValue(index === undefined ? undefined : (value[index] ?? undefined), unit);
  const [low, high] = index === undefined ? [] : [lowest?.[index], highest?.[index]];
  if (typeof low !== 'number' || typeof high !== 'number') return '–';
  return rangeText(formatValue(low, unit), formatValue(high, unit));
}

/** `12 – 97 %`: the unit once if both values have the same. */
export function rangeText(low: string, high: string): string {
  const suffix = / \S+$/.exec(high)?.[0] ?? '';
  return `${suffix !== '' && low.endsWith(suffix) ? low.slice(0, -suffix.length) : low} – ${high}`;
}

/** Reads a gauge row of one subject. */
import type { IndexedRow } from './indexedRows';
import { gaugeStaleAfterMs } from './gaugeValues';
import type { RowValue } from './rowValue';
import type { SubjectState } from './subjectState';

/**
 * Fills `into` with a subject's gauge; false if it has none, or one of its series has an impossible value. Several series of the gauge are summed; of fractions, and
 * where the row says so, the highest counts.
 *
 * A gauge that its own target has not shown for 20 s is gone. If the target itself does not answer, the gauge keeps its
 * last value and grows old. A sticky gauge stays.
 */
export function readGauge(
  { row, selector }: Extract<IndexedRow, { kind: 'gauge' }>,
  { gauges, seriesIndex, impossible, seenAt = 0 }: SubjectState,
  into: RowValue,
): boolean {
  const { sticky = false, fromLabel, highest = row.unit === 'fraction', scale = 1 } = row;
  const { values, at } = gauges;
  const slots = seriesIndex.slotsOf(selector);
  if (impossible && slots.some((slot) => impossible.has(slot))) return false;
  const hasValue = (slot: number): boolean =>
    !Number.isNaN(values[slot] ?? NaN) && (sticky || seenAt - (at[slot] ?? NaN) < gaugeStaleAfterMs);
  let newest = -Infinity;
  for (const slot of slots) if (hasValue(slot)) newest = Math.max(newest, at[slot] ?? NaN);
  if (newest === -Infinity) return false;
  let combined = highest ? -Infinity : 0;
  let isCounted = false;
  for (const slot of slots) {
    // A sticky gauge that was set anew with other labels has an old and a new series.
    if (!hasValue(slot) || (sticky && at[slot] !== newest)) continue;
    const number =
      fromLabel === undefined ? (values[slot] ?? NaN) : Number(seriesIndex.metas[slot]?.labels.get(fromLabel) || NaN);
    if (Number.isNaN(number)) continue;
    isCounted = true;
    combined = highest ? Math.max(combined, number) : combined + number;
  }
  if (!isCounted) return false;
  into.value = into.numerator = combined * scale;
  into.denominator = 1;
  into.from = NaN;
  into.to = newest;
  into.seenAt = sticky ? Infinity : newest;
  return true;
}

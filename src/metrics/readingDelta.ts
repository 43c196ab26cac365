/** What counters did from one reading of a subject to the next. SkyRL's values and the measures need the same. */
import { counterDelta, type CounterDelta } from './counterDelta';
import type { SubjectReading } from './targetReader';

interface KnownDelta {
  before: Float64Array | undefined;
  answeredBefore: boolean;
  delta: CounterDelta;
}

const known = new WeakMap<SubjectReading, KnownDelta>();

/**
 * The same as `counterDelta` of a reading's values, computed once for the same values before. For as long as the reading
 * is the newest one and its series have not been marked as seen.
 */
export function readingDelta(
  reading: SubjectReading,
  before: Float64Array | undefined,
  answeredBefore: boolean,
): CounterDelta {
  const last = known.get(reading);
  if (last && last.before === before && last.answeredBefore === answeredBefore) {
    // It is asked for twice. The values before are not held for longer than they are needed.
    known.delete(reading);
    return last.delta;
  }
  const delta = counterDelta(reading.seriesIndex, before, reading.values, answeredBefore);
  known.set(reading, { before, answeredBefore, delta });
  return delta;
}

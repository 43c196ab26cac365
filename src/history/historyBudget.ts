/** Keeps a history within its bytes: old numbers are rounded, and when that is not enough, the oldest are dropped. */
import type { SignificantBits } from './packedNumbers';
import type { PackingBudget } from './packingBudget';
import type { SubjectHistory } from './subjectHistory';

/**
 * How numbers are rounded, in this order, the oldest first: points to seven decimal digits, then minutes by at most
 * 0.003 %, 0.025 %, 0.1 % and 0.4 %.
 */
const roundings: readonly { of: 'points' | 'minutes'; digits: SignificantBits }[] = [
  { of: 'points', digits: 24 },
  { of: 'minutes', digits: 16 },
  { of: 'minutes', digits: 13 },
  { of: 'minutes', digits: 11 },
  { of: 'minutes', digits: 9 },
];

/**
 * Rounds the oldest chunks of these subjects, at most `limit` of them, until the budget has no more than `bytes` in use
 * or nothing can be rounded further. What is packed from now on is rounded as the first of these roundings say. False if
 * nothing was rounded.
 */
export function roundOldest(
  histories: readonly SubjectHistory[],
  budget: PackingBudget,
  bytes: number,
  limit: number,
): boolean {
  budget.pointDigits = 24;
  budget.minuteDigits = 16;
  let left = limit;
  for (const { of, digits } of roundings) {
    const chunks = histories
      .flatMap((history) =>
        of === 'points'
          ? history.points.endsAbove(digits).map((key) => ({ history, key }))
          : history.minutes.startsAbove(digits).map((key) => ({ history, key })),
      )
      .sort((a, b) => a.key - b.key);
    for (const { history, key } of chunks) {
      if (budget.bytes <= bytes || left-- <= 0) return left < limit;
      history[of].round(key, digits);
    }
  }
  return left < limit;
}

/** Bytes of a packed minute, by digits: of measures as engines have them, with some more. */
const bytesPerMinute: readonly [digits: SignificantBits, bytes: number][] = [
  [24, 7],
  [16, 5],
  [13, 4],
  [11, 3.5],
  [9, 3],
];
const bytesPerPoint = 5;

/**
 * Chooses how what is restored from disk is packed, so that so many points and minutes need about `bytes`: rounding all
 * of it later would take long.
 */
export function expectRows(budget: PackingBudget, bytes: number, points: number, minutes: number): void {
  const room = bytes - points * bytesPerPoint;
  const fitting = bytesPerMinute.find(([, each]) => minutes * each <= room);
  budget.minuteDigits = fitting?.[0] ?? 9;
  budget.pointDigits = budget.minuteDigits === 24 ? 53 : 24;
}

/**
 * Drops the oldest hours of minutes, then the oldest points, of these subjects until `fits` or nothing can be dropped.
 */
export function dropOldestUntil(histories: readonly SubjectHistory[], fits: () => boolean): void {
  while (!fits()) {
    const starts = histories.flatMap(({ minutes }) => minutes.oldestMinute ?? []);
    const chunkEnds = histories.flatMap(({ points }) => points.oldestChunkEnd ?? []);
    if (starts.length > 0) {
      const oldest = Math.min(...starts);
      for (const { minutes } of histories) if (minutes.oldestMinute === oldest) minutes.dropOldest();
    } else if (chunkEnds.length > 0) {
      const oldest = Math.min(...chunkEnds);
      for (const { points } of histories) if (points.oldestChunkEnd === oldest) points.dropOldest();
    } else return;
  }
}

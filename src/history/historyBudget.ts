/** Keeps a history within its bytes. */
import type { SubjectHistory } from './subjectHistory';

/**
 * Drops the oldest hours of minutes, then the oldest points, of these subjects until `fits` or nothing can be dropped.
 */
export function dropOldestUntil(histories: readonly SubjectHistory[], fits: () => boolean): void {
  while (!fits()) {
    const hours = histories.flatMap(({ minutes }) => minutes.oldestHour ?? []);
    const chunkEnds = histories.flatMap(({ points }) => points.oldestChunkEnd ?? []);
    if (hours.length > 0) {
      const oldest = Math.min(...hours);
      for (const { minutes } of histories) if (minutes.oldestHour === oldest) minutes.dropBefore(oldest + 1);
    } else if (chunkEnds.length > 0) {
      const oldest = Math.min(...chunkEnds);
      for (const { points } of histories) if (points.oldestChunkEnd === oldest) points.dropOldest();
    } else return;
  }
}

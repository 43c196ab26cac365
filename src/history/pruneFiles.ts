/** Removes history files that are no longer needed. */
import { fullRateMs } from './history';
import { parseFileName, segmentMs, type FileKind } from './historyFile';
import type { HistoryStorage } from './historyStorage';

/** Most MiB of all files of a workspace. */
export const maxFileMib = 256;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Removes files that are too old or, from a wrong clock, too far in the future, and beyond `maxBytes` the oldest of the
 * rest. Other files stay. `now` is Unix ms; `hours` is how long minutes are kept. Returns how many were removed that were
 * not too old. Rejects if the storage does.
 */
export async function pruneFiles(
  storage: HistoryStorage,
  now: number,
  hours: number,
  maxBytes = maxFileMib * 2 ** 20,
): Promise<number> {
  const keptMs: Record<FileKind, number> = { points: fullRateMs, minutes: hours * hourMs };
  const files = (await storage.list()).flatMap(({ name, bytes }) => {
    const file = parseFileName(name);
    if (!file) return [];
    const { kind, from } = file;
    const isExpired = from + segmentMs[kind] + keptMs[kind] < now || from > now + dayMs;
    return [{ name, bytes, from, isExpired }];
  });
  let removed = 0;
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  for (const file of files.sort((a, b) => Number(b.isExpired) - Number(a.isExpired) || a.from - b.from)) {
    if (!file.isExpired && bytes <= maxBytes) break;
    await storage.remove(file.name);
    bytes -= file.bytes;
    if (!file.isExpired) removed += 1;
  }
  return removed;
}

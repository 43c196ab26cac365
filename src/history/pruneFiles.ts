/** Removes history files that are no longer needed. */
import { fullRateMs } from './history';
import { parseFileName, segmentMs, type FileKind } from './historyFile';
import type { HistoryStorage } from './historyStorage';

/** Most bytes of all files of a workspace. */
const defaultMaxBytes = 256 * 2 ** 20;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * Removes files that are too old or, from a wrong clock, too far in the future, and beyond `maxBytes` the oldest of the
 * rest. Other files stay. `now` is Unix ms; `hours` is how long minutes are kept. Rejects if the storage does.
 */
export async function pruneFiles(
  storage: HistoryStorage,
  now: number,
  hours: number,
  maxBytes = defaultMaxBytes,
): Promise<void> {
  const keptMs: Record<FileKind, number> = { points: fullRateMs, minutes: hours * hourMs };
  const files = (await storage.list()).flatMap(({ name, bytes }) => {
    const file = parseFileName(name);
    if (!file) return [];
    const { kind, from } = file;
    const isExpired = from + segmentMs[kind] + keptMs[kind] < now || from > now + dayMs;
    return [{ name, bytes, from, isExpired }];
  });
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  for (const file of files.sort((a, b) => Number(b.isExpired) - Number(a.isExpired) || a.from - b.from)) {
    if (!file.isExpired && bytes <= maxBytes) return;
    await storage.remove(file.name);
    bytes -= file.bytes;
  }
}

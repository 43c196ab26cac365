/** Writes a history to its files: what is new, each minute. What cannot be written waits, in bounds, and is tried again. */
import { encodeEntry, fileMagic } from './codec';
import { fileName, parseFileName, segmentMs, type FileKind, type HistoryStorage } from './files';
import { fullRateMs, type History } from './history';
import { minuteOf } from './minuteTier';
import { toBucketsEntry, takeMinuteEntries, takePointsEntry } from './journalEntry';

/** All files of a workspace together; the oldest go first. */
export const maxDiskBytes = 256 * 2 ** 20;
/** What waits for a disk that takes nothing; the oldest go first. */
const maxPendingBytes = 16 * 2 ** 20;
const dayMs = 24 * 3_600_000;

export interface JournalOptions {
  storage: HistoryStorage;
  /** As `runFile` makes it. */
  run: string;
  /** Of this journal, and no other's. */
  writer: string;
}

interface PendingEntry {
  kind: FileKind;
  bytes: Uint8Array;
}

export class Journal {
  private pendingEntries: PendingEntry[] = [];
  private sequence = 0;

  constructor(private readonly options: JournalOptions) {}

  /** Takes what is new in the history; at the end the minute that runs, too. `now`: Unix ms. */
  async take(history: History, now: number, atEnd = false): Promise<void> {
    const { unwrittenBands } = history.bandHistory;
    const bands = [...unwrittenBands].map((band) => ({ ...band }));
    unwrittenBands.clear();
    const points = takePointsEntry(history, now);
    const before = atEnd ? Infinity : minuteOf(history.newestAt);
    const minutes = takeMinuteEntries(history, now, before);
    const buckets = toBucketsEntry(history.distributionHistory.takeRows(), now);
    const minuteBuckets = toBucketsEntry(history.distributionHistory.takeUnwrittenMinutes(before), now);
    for (const one of [points, buckets]) if (one) await this.wait('points', one.header, one.body);
    for (const one of [...minutes, minuteBuckets]) if (one) await this.wait('minutes', one.header, one.body);
    if (bands.length > 0) await this.wait('minutes', { kind: 'marks', at: now, bands }, new Float32Array());
  }

  /** Appends what waits. Rejects where the disk does not take it; then it waits on. */
  async write(now: number): Promise<void> {
    for (const kind of ['points', 'minutes'] as const) {
      const ready = this.pendingEntries.filter((one) => one.kind === kind);
      if (ready.length === 0) continue;
      const { run, writer, storage } = this.options;
      const name = fileName({ run, kind, from: Math.floor(now / segmentMs[kind]) * segmentMs[kind], writer });
      // With a head each time, half an append, of a disk that was full, costs nothing that comes after it.
      await storage.append(name, Buffer.concat([fileMagic, ...ready.map(({ bytes }) => bytes)]));
      this.pendingEntries = this.pendingEntries.filter((one) => !ready.includes(one));
    }
  }

  private async wait(kind: FileKind, header: object, body: Float64Array | Float32Array): Promise<void> {
    const sequence = this.sequence++;
    this.pendingEntries.push({ kind, bytes: await encodeEntry({ ...header, sequence }, body) });
    let bytes = this.pendingEntries.reduce((sum, one) => sum + one.bytes.length, 0);
    while (bytes > maxPendingBytes) bytes -= this.pendingEntries.shift()?.bytes.length ?? bytes;
  }
}

/** Removes files that are too old, from a clock that was wrong, or, the oldest first, beyond `maxBytes` in all. Files of no meaning to us are let be. */
export async function pruneFiles(
  storage: HistoryStorage,
  now: number,
  hours: number,
  maxBytes = maxDiskBytes,
): Promise<void> {
  const keepMs: Record<FileKind, number> = { points: fullRateMs, minutes: hours * 3_600_000 };
  const files = (await storage.list()).flatMap(({ name, bytes }) => {
    const file = parseFileName(name);
    return file
      ? [
          {
            name,
            bytes,
            from: file.from,
            old: file.from + segmentMs[file.kind] + keepMs[file.kind] < now || file.from > now + dayMs,
          },
        ]
      : [];
  });
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  for (const file of files.sort((a, b) => Number(b.old) - Number(a.old) || a.from - b.from)) {
    if (!file.old && bytes <= maxBytes) return;
    await storage.remove(file.name);
    bytes -= file.bytes;
  }
}

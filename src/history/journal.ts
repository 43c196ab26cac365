/** Writes what is new in a history to its files. What cannot be written is kept, within limits, and tried again. */
import { encodeEntry, fileMagic } from './codec';
import type { History } from './history';
import { fileName, segmentMs, type FileKind } from './historyFile';
import type { HistoryStorage } from './historyStorage';
import { takeMinuteEntries, takePointsEntry, toBucketsEntry } from './journalEntry';
import { minuteOf } from './minuteTier';
import { takeWorkEntry } from './workEntry';

/** Most bytes that are kept while the disk cannot be written; the oldest entries are dropped. */
const maxPendingBytes = 16 * 2 ** 20;

interface JournalOptions {
  storage: HistoryStorage;
  /** As `runFileKey` returns it. */
  run: string;
  /** Identifies this journal in file names; no other journal may use it. */
  writer: string;
}

interface PendingEntry {
  kind: FileKind;
  bytes: Uint8Array;
}

/** The journal of one run in one VS Code window. */
export class Journal {
  private pendingEntries: PendingEntry[] = [];
  private sequence = 0;

  constructor(private readonly options: JournalOptions) {}

  /**
   * Takes what is new in the history, to be written next. The minute in progress is taken only at the end of the
   * window. `now`: Unix ms.
   */
  async take(history: History, now: number, atEnd = false): Promise<void> {
    const { bandHistory, distributionHistory } = history;
    const bands = [...bandHistory.unwrittenBands].map((band) => ({ ...band }));
    bandHistory.unwrittenBands.clear();
    const points = takePointsEntry(history, now);
    const before = atEnd ? Infinity : minuteOf(history.newestAt);
    const minutes = takeMinuteEntries(history, now, before);
    const buckets = toBucketsEntry(distributionHistory.takeRows(), now);
    const work = takeWorkEntry(history, now, atEnd);
    const minuteBuckets = toBucketsEntry(distributionHistory.takeUnwrittenMinutes(before), now);
    for (const entry of [points, buckets]) if (entry) await this.addEntry('points', entry.header, entry.body);
    for (const entry of [...minutes, minuteBuckets, work])
      if (entry) await this.addEntry('minutes', entry.header, entry.body);
    if (bands.length > 0) await this.addEntry('minutes', { kind: 'marks', at: now, bands }, new Float32Array());
  }

  /** Appends what was taken to the files. Rejects if that fails; what was not written stays. */
  async write(now: number): Promise<void> {
    const { run, writer, storage } = this.options;
    for (const kind of ['points', 'minutes'] as const) {
      const entries = this.pendingEntries.filter((entry) => entry.kind === kind);
      if (entries.length === 0) continue;
      const from = Math.floor(now / segmentMs[kind]) * segmentMs[kind];
      // Each append begins with the magic number, so that half an append, of a full disk, costs nothing after it.
      const bytes = Buffer.concat([fileMagic, ...entries.map((entry) => entry.bytes)]);
      await storage.append(fileName({ run, kind, from, writer }), bytes);
      this.pendingEntries = this.pendingEntries.filter((entry) => !entries.includes(entry));
    }
  }

  private async addEntry(kind: FileKind, header: object, body: Float64Array | Float32Array): Promise<void> {
    const sequence = this.sequence++;
    this.pendingEntries.push({ kind, bytes: await encodeEntry({ ...header, sequence }, body) });
    let bytes = this.pendingEntries.reduce((sum, entry) => sum + entry.bytes.length, 0);
    while (bytes > maxPendingBytes) bytes -= this.pendingEntries.shift()?.bytes.length ?? bytes;
  }
}

/** The names of engines, which never change; only what had not been written when a window was killed may be lost. */
import type { Snapshot } from '../../src/api';
import type { WrongNumber } from './numberJudge';

/** Names are written each minute, in ms, and the write takes a moment. */
export const writtenAfterMs = 75_000;

/** The names that engines were first shown with. Times are ms of a clock that is never set. */
export class EngineNames {
  private readonly byId = new Map<string, { name: string; shownAt: number }>();
  private diskFaultAt: number | undefined;
  /** Named before files were damaged: what is left of these may have another name than the files after them. */
  private readonly ambiguousIds = new Set<string>();

  /** Engines that have another name than before. */
  *errors({ engines }: Snapshot, now: number): Generator<WrongNumber, void> {
    for (const { id, name, measures } of engines) {
      // The history keeps the names of engines that it has a number of.
      if (Object.keys(measures).length === 0 || this.ambiguousIds.has(id)) continue;
      const known = this.byId.get(id);
      if (!known) this.byId.set(id, { name, shownAt: now });
      else if (name !== known.name) yield { what: `the name of ${id}`, shown: name, truth: known.name };
    }
  }

  /** What was shown from `since` on may not be in the files. */
  noteDiskFault(since: number): void {
    this.diskFaultAt = Math.min(since, this.diskFaultAt ?? since);
  }

  /** Files were damaged. */
  noteDamage(): void {
    for (const id of this.byId.keys()) this.ambiguousIds.add(id);
    this.byId.clear();
  }

  /** A window ended without writing, or while its files could not be written. */
  forgetUnwritten(now: number): void {
    const writtenUntil = Math.min(now, this.diskFaultAt ?? now) - writtenAfterMs;
    for (const [id, { shownAt }] of this.byId) if (shownAt > writtenUntil) this.byId.delete(id);
  }
}

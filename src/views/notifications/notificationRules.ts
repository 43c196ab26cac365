/** Decides what a person who looks elsewhere is told about the run, and that it is told once. */
import type { Finding, Snapshot, Status } from '../../api';
import { isLiving } from '../../metrics/engineState';
import type { NotifyMode } from '../shared/settings';

/** How long something lasts, unseen, before it is told. */
const patienceMs = 60_000;
/** What is gone for so long is a new one when it comes back. */
const forgetAfterMs = 10 * 60_000;

/** States in which no living engine means that the run is over: what would know of one has answered, or is gone itself. */
const endStates = new Set<Status['state']>(['fresh', 'no-run-found', 'no-engine-series', 'refused']);

/** What is decided from. */
export interface NotificationFacts {
  mode: NotifyMode;
  isFocused: boolean;
  /** Unix ms. */
  now: number;
  snapshot: Snapshot | undefined;
  status: Pick<Status, 'state'>;
}

/** Something that lasts. */
interface Ongoing {
  /** When it was first seen, and when last. */
  since: number;
  seenAt: number;
  isTold: boolean;
}

const findingKey = ({ id, engine = '' }: Finding): string => `${id} ${engine}`;
const endKey = 'end';

/**
 * The end of a run whose engines were seen alive, as a sentence; undefined while it is not over. A cluster that cannot
 * be reached, as by a proxy that ended, has lost the connection and not the run.
 */
function endText({ snapshot, status }: NotificationFacts): string | undefined {
  if (!snapshot || snapshot.engines.some(isLiving)) return undefined;
  if (snapshot.engines.some(({ state }) => state === 'dead')) return 'Every engine of the run is dead.';
  return endStates.has(status.state)
    ? 'No engine reports any more: the run has ended, or nothing leads to it.'
    : undefined;
}

/** Decides at each update; one for each run that is watched. */
export class NotificationRules {
  private readonly ongoing = new Map<string, Ongoing>();
  private hadLivingEngines = false;
  /** Since when the window is out of focus; undefined while it has it. */
  private unseenSince: number | undefined;

  /** What to tell now, as one text; undefined for nothing. */
  update(facts: NotificationFacts): string | undefined {
    const { mode, isFocused, now, snapshot } = facts;
    this.unseenSince = isFocused ? undefined : (this.unseenSince ?? now);
    if (snapshot?.engines.some(isLiving)) this.hadLivingEngines = true;
    const errors = snapshot?.findings.filter(({ severity }) => severity === 'error') ?? [];
    for (const finding of errors) this.note(findingKey(finding), now);
    const end = this.hadLivingEngines ? endText(facts) : undefined;
    if (end !== undefined) this.note(endKey, now);
    else this.ongoing.delete(endKey);
    this.forget(now);
    if (mode === 'off') return undefined;
    const texts = [
      ...(end !== undefined && mode === 'errors and run end' && this.take(endKey, now) ? [end] : []),
      ...errors.filter((finding) => this.take(findingKey(finding), now)).map(({ message }) => message),
    ];
    const [first, ...more] = texts;
    if (first === undefined) return undefined;
    const others = more.length === 1 ? 'one more error' : `${more.length} more errors`;
    return more.length === 0 ? first : `${first} And ${others}.`;
  }

  /** Another run is watched, of which nothing is told yet. */
  reset(): void {
    this.ongoing.clear();
    this.hadLivingEngines = false;
  }

  private note(key: string, now: number): void {
    const known = this.ongoing.get(key);
    if (known) known.seenAt = now;
    else this.ongoing.set(key, { since: now, seenAt: now, isTold: false });
  }

  private forget(now: number): void {
    for (const [key, { seenAt }] of this.ongoing) if (now - seenAt > forgetAfterMs) this.ongoing.delete(key);
  }

  /** Whether it is due now; it is then told, and not again. */
  private take(key: string, now: number): boolean {
    const ongoing = this.ongoing.get(key);
    if (!ongoing || ongoing.isTold || this.unseenSince === undefined) return false;
    if (now - Math.max(ongoing.since, this.unseenSince) < patienceMs) return false;
    ongoing.isTold = true;
    return true;
  }
}

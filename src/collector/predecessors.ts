/** Which engine a new engine follows: one that has ended and has no successor yet. */

import type { Actor } from '../discovery/actors';

/** An engine that has ended. */
export interface EndedEngine {
  key: string;
  node: string;
  /** Only an engine that started later can follow it, Unix ms; absent if any new engine can. */
  endedAt?: number | undefined;
}

/** An engine that is known, or new in this scrape. */
interface Candidate {
  key: string;
  node: string;
  follows?: string | undefined;
}

/**
 * The engines that have ended and have no successor. `hasEnded` tells of a key whether an earlier scrape saw its end.
 * Scrapes may be minutes apart, or begin late: a death and the restart after it can be seen in the same scrape.
 */
export function endedEngines(
  engines: readonly Candidate[],
  hasEnded: (key: string) => boolean,
  actors: ReadonlyMap<string, Actor> | undefined,
): EndedEngine[] {
  const followed = new Set(engines.map(({ follows }) => follows));
  return engines.flatMap(({ key, node }): EndedEngine[] => {
    if (followed.has(key)) return [];
    if (hasEnded(key)) return [{ key, node }];
    const actor = actors?.get(key);
    const endedAt = actor?.state === 'DEAD' ? actor.endedAt : undefined;
    return endedAt === undefined ? [] : [{ key, node, endedAt }];
  });
}

/** Candidates in order of their end. Those before `next` are taken. */
interface Queue {
  candidates: EndedEngine[];
  next: number;
}

const endOf = ({ endedAt = -Infinity }: EndedEngine): number => endedAt;

/** The ended engines of one scrape, each of which gets one successor. A choice takes no search. */
export class Predecessors {
  private readonly all: Queue;
  private readonly byNode = new Map<string, Queue>();
  private readonly taken = new Set<string>();

  /** `ended`: engines that have ended and have no successor. Of equals the first one is followed first. */
  constructor(ended: readonly EndedEngine[]) {
    const candidates = ended
      .map((engine, index) => ({ engine, index }))
      // A difference would be NaN for two that any engine can follow.
      .sort((a, b) =>
        endOf(a.engine) === endOf(b.engine) ? a.index - b.index : endOf(a.engine) < endOf(b.engine) ? -1 : 1,
      )
      .map(({ engine }) => engine);
    this.all = { candidates, next: 0 };
    for (const candidate of candidates) {
      const queue = this.byNode.get(candidate.node) ?? { candidates: [], next: 0 };
      queue.candidates.push(candidate);
      this.byNode.set(candidate.node, queue);
    }
  }

  /**
   * The key of the engine whose place a new engine takes: on the same node if there is one. Undefined if there is none.
   * `startedAt`: Unix ms, if it is known.
   */
  take(node: string, startedAt?: number): string | undefined {
    const own = this.byNode.get(node);
    return (own && this.takeFrom(own, startedAt)) ?? this.takeFrom(this.all, startedAt);
  }

  private takeFrom(queue: Queue, startedAt = -Infinity): string | undefined {
    while (this.taken.has(queue.candidates[queue.next]?.key ?? '')) queue.next += 1;
    const first = queue.candidates[queue.next];
    if (!first || endOf(first) > startedAt) return undefined;
    this.taken.add(first.key);
    return first.key;
  }
}

/** Which process answers at each target: whether it was restarted, or several take turns behind one address. */
import type { Finding } from '../api';
import type { TargetReading } from '../metrics/targetReader';
import { CounterHistory } from './counterHistory';

/** `restarted`: the process began anew; `alternating`: it is one of several that answer in turn. */
export type ProcessChange = 'restarted' | 'alternating';

/** After this time without a change of process, an address is that of one process again. */
const alternationMs = 10 * 60_000;
/**
 * A process that restarted began after the answer before; one that began longer before it, in seconds, is another
 * server. Two machines' clocks may differ by less.
 */
const clockSkewSeconds = 300;
/** A start longer ago than this, in seconds, is of a machine whose clock was not set yet. */
const longestLifeSeconds = 365 * 86_400;
/** Start times that are remembered per target. */
const maxStarts = 32;

interface TargetProcess {
  /** Unix s; undefined if its answers have no start time. */
  current: number | undefined;
  /** When it answered last, Unix ms. */
  answeredAt: number;
  earlier: number[];
  counters: CounterHistory;
  /** When a process last answered again that had been followed by another one, Unix ms, and what showed that. */
  alternation?: { at: number; shownBy: 'counters' | 'start times' };
}

/** Follows which processes answer at the targets of one run. */
export class TargetProcesses {
  private readonly byUrl = new Map<string, TargetProcess>();

  /**
   * Notes which process gave an answer; undefined if it is the one of the answer before. A restarted process began
   * after that answer, so that one that began before it, or was seen before, means several processes. Where start times
   * do not differ or are missing, as those of a server with several API processes, counters that return to an older
   * state tell.
   */
  note(reading: TargetReading): ProcessChange | undefined {
    const { url, at, processStart } = reading;
    const known = this.byUrl.get(url) ?? {
      current: processStart,
      answeredAt: at,
      earlier: [],
      counters: new CounterHistory(),
    };
    this.byUrl.set(url, known);
    const hasChanged = processStart !== undefined && noteStart(known, processStart, at);
    if (known.counters.continuesAnother(reading) && !hasChanged) known.alternation = { at, shownBy: 'counters' };
    known.answeredAt = at;
    if (alternationOf(known, at)) return 'alternating';
    return hasChanged ? 'restarted' : undefined;
  }

  /** Moves the times that are kept by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    for (const known of this.byUrl.values()) {
      known.answeredAt += ms;
      if (known.alternation) known.alternation.at += ms;
    }
  }

  /** Findings about targets, at `now` (Unix ms). */
  findings(now: number): Finding[] {
    return [...this.byUrl].flatMap(([url, known]): Finding[] => {
      const alternation = alternationOf(known, now);
      if (!alternation) return [];
      return [
        {
          id: 'alternating-processes',
          severity: 'warning',
          message: `Several servers answer at ${url} in turn: their ${alternation.shownBy} go back and forth. Each answer is of one of them, and there are no rates.`,
          advice: 'Name the servers one by one instead of the address of a load balancer.',
        },
      ];
    });
  }

  /** Forgets targets that are no longer listed. */
  forgetUnlisted(listedUrls: ReadonlySet<string>): void {
    for (const url of this.byUrl.keys()) if (!listedUrls.has(url)) this.byUrl.delete(url);
  }
}

/** The alternation of a target, as long as it counts. */
function alternationOf({ alternation }: TargetProcess, now: number): TargetProcess['alternation'] {
  return alternation && now - alternation.at < alternationMs ? alternation : undefined;
}

/** Notes the start time of an answer; whether it is another one than before. */
function noteStart(known: TargetProcess, processStart: number, at: number): boolean {
  const { current, earlier, answeredAt } = known;
  known.current = processStart;
  if (current === undefined || current === processStart) return false;
  const ageSeconds = answeredAt / 1000 - processStart;
  const wasThereBefore = processStart < current || (ageSeconds > clockSkewSeconds && ageSeconds < longestLifeSeconds);
  if (wasThereBefore || earlier.includes(processStart)) known.alternation = { at, shownBy: 'start times' };
  known.earlier = [...earlier.filter((start) => start !== processStart), current].slice(-maxStarts);
  return true;
}

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
/** What shows that several servers answer, for people. */
const evidenceTexts = {
  counters: 'their counters go back and forth',
  'start times': 'their start times go back and forth',
  jump: 'more was counted between two answers than one engine can do',
} as const;
/** Start times that are remembered per target. */
const maxStarts = 32;

/** The start times that a target's answers had, in Unix s. */
interface StartTimes {
  /** Undefined if no answer had one. */
  current: number | undefined;
  earlier: number[];
}

interface TargetProcess {
  /** By `process_start_time_seconds`. */
  started: StartTimes;
  /** By the time at which the first counter was created, which two servers never share. */
  created: StartTimes;
  /** When it answered last, Unix ms. */
  answeredAt: number;
  counters: CounterHistory;
  /** When a process last answered again that had been followed by another one, Unix ms, and what showed that. */
  alternation?: { at: number; shownBy: keyof typeof evidenceTexts };
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
    const { url, at, processStart, created = [] } = reading;
    const known: TargetProcess = this.byUrl.get(url) ?? {
      started: { current: undefined, earlier: [] },
      created: { current: undefined, earlier: [] },
      answeredAt: at,
      counters: new CounterHistory(),
    };
    this.byUrl.set(url, known);
    const hasStarted = processStart !== undefined && noteStart(known, 'started', processStart, at);
    const wasCreated = created.length > 0 && noteStart(known, 'created', Math.min(...created), at);
    const hasChanged = hasStarted || wasCreated;
    if (known.counters.isImpossible(reading) && !hasChanged) known.alternation = { at, shownBy: 'jump' };
    if (known.counters.continuesAnother(reading) && !hasChanged) known.alternation = { at, shownBy: 'counters' };
    known.answeredAt = at;
    if (alternationOf(known, at)) return 'alternating';
    return hasChanged ? 'restarted' : undefined;
  }

  /** Moves the times that are kept by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    for (const known of this.byUrl.values()) {
      known.answeredAt += ms;
      known.counters.moveTimes(ms);
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
          message: `Several servers answer at ${url} in turn: ${evidenceTexts[alternation.shownBy]}. Each answer is of one of them, and there are no rates.`,
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

/** Notes a start time of an answer; whether it is another one than before. */
function noteStart(known: TargetProcess, evidence: 'started' | 'created', start: number, at: number): boolean {
  const { current, earlier } = known[evidence];
  known[evidence].current = start;
  if (current === undefined || current === start) return false;
  const ageSeconds = known.answeredAt / 1000 - start;
  const wasThereBefore = start < current || (ageSeconds > clockSkewSeconds && ageSeconds < longestLifeSeconds);
  if (wasThereBefore || earlier.includes(start)) known.alternation = { at, shownBy: 'start times' };
  known[evidence].earlier = [...earlier.filter((time) => time !== start), current].slice(-maxStarts);
  return true;
}

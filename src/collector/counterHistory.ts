/** Tells by its counters that an answer goes on where an older one of another process ended. */
import { sumSlots } from '../metrics/counterDelta';
import type { TargetReading } from '../metrics/targetReader';
import type { WellKnownName } from '../metrics/wellKnownSelectors';

/** Counters that every engine has and that grow with any work. */
const comparedCounters = [
  'outputTokens',
  'promptTokens',
  'requests',
  'engineSteps',
] as const satisfies readonly WellKnownName[];
/** The most that an engine can do in a second: the fastest take some hundred steps, and give some 10,000 tokens. */
const mostPerSecond: Partial<Record<(typeof comparedCounters)[number], number>> = {
  engineSteps: 2_000,
  outputTokens: 1_000_000,
};
/** An answer may show more than was counted between the moments at which two answers began, in s. */
const slackSeconds = 5;
/** As many answers are remembered: behind one address there are a few servers. */
const maxAnswers = 8;

/** What the engines of one answer have counted, by engine and counter. */
type Totals = ReadonlyMap<string, number>;

/** The counters of engines on servers. On Ray an agent answers for them. */
function totalsOf({ engines }: TargetReading): Totals {
  const totals = new Map<string, number>();
  for (const { key, meta, seriesIndex, values } of engines.values()) {
    if (meta.workerId !== undefined) continue;
    for (const counter of comparedCounters) {
      const total = sumSlots(values, seriesIndex.slotsOf(seriesIndex.catalogIndex.wellKnown[counter]));
      if (total !== undefined) totals.set(`${key}\n${counter}`, total);
    }
  }
  return totals;
}

/** The last answers of one target. */
export class CounterHistory {
  private answers: Totals[] = [];
  /** When the last of them began, Unix ms. */
  private answeredAt = NaN;

  /**
   * Whether an engine would have done more since the answer before than any engine can: another process answers, which
   * has worked for longer. Not to be asked after `continuesAnother`, which notes the answer.
   */
  isImpossible(reading: TargetReading): boolean {
    const last = this.answers.at(-1);
    const seconds = Math.max(0, reading.at - this.answeredAt) / 1000 + slackSeconds;
    if (!last || Number.isNaN(seconds)) return false;
    return [...totalsOf(reading)].some(([key, total]) => {
      const most = mostPerSecond[key.slice(key.lastIndexOf('\n') + 1) as (typeof comparedCounters)[number]];
      return most !== undefined && total - (last.get(key) ?? Infinity) > most * seconds;
    });
  }

  /** Moves the time that is kept by `ms`, because the machine's clock was set. */
  moveTimes(ms: number): void {
    this.answeredAt += ms;
  }

  /**
   * Notes an answer. True if some counters fell, and yet it has the same engines as an answer before the last one and no
   * counter is below what it was there: a process that restarted begins at 0, while one of several that take turns goes
   * on where it was.
   */
  continuesAnother(reading: TargetReading): boolean {
    const totals = totalsOf(reading);
    if (totals.size === 0) return false;
    const last = this.answers.at(-1);
    const fallen = new Set([...totals].filter(([key, total]) => total < (last?.get(key) ?? 0)).map(([key]) => key));
    const canFollow = (earlier: Totals): boolean =>
      earlier.size === totals.size &&
      [...totals].every(([key, total]) => {
        const before = earlier.get(key) ?? Infinity;
        return before <= total && (before > 0 || !fallen.has(key));
      });
    const isBack = fallen.size > 0 && this.answers.some(canFollow);
    this.answers = [...this.answers, totals].slice(-maxAnswers);
    this.answeredAt = reading.at;
    return isBack;
  }
}

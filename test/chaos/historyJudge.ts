/** Compares the points of the history, in memory and as it was read from its files, with what was shown before. */
import type { Snapshot } from '../../src/api';
import type { History } from '../../src/history/history';
import type { WrongNumber } from './numberJudge';
import { comparedMeasures } from './trueNumbers';

/** The history keeps seven digits, rounded. */
const precision = 1e-6;
const minuteMs = 60_000;
/** Numbers that were shown longer ago, in ms, are forgotten. Every point is kept for an hour, and dropped in chunks. */
const keptMs = 90 * minuteMs;

/** What was shown of one measure of one subject, by its time, in the order in which it was shown. */
type Shown = Map<number, { values: number[]; notedAt: number }>;

/** Remembers what snapshots showed. */
export class HistoryJudge {
  private readonly bySeries = new Map<string, Shown>();
  /** How many points were compared. */
  compared = 0;

  /** Notes what a snapshot shows. `now`: ms of a clock that is never set. */
  note({ engines, measures }: Snapshot, now: number): void {
    const subjects = [{ id: '', measures }, ...engines];
    for (const { id, measures: own } of subjects)
      for (const measure of comparedMeasures) {
        const shown = own[measure];
        if (!shown) continue;
        const key = `${id} ${measure}`;
        const series: Shown = this.bySeries.get(key) ?? new Map();
        this.bySeries.set(key, series);
        const values = [...(series.get(shown.to)?.values ?? []), shown.value];
        series.delete(shown.to);
        series.set(shown.to, { values, notedAt: now });
        for (const [time, { notedAt }] of series) {
          if (now - notedAt < keptMs) break;
          series.delete(time);
        }
      }
  }

  /** Points that no snapshot showed. */
  *judge(history: History): Generator<WrongNumber, void> {
    const range = { measures: comparedMeasures, from: history.newestAt - 60 * minuteMs, to: Infinity };
    for (const engines of ['aggregate', 'each'] as const)
      for (const { measure, engine, at, value, lowest, highest } of history.query({ ...range, engines }).series) {
        const series = this.bySeries.get(`${engine?.id ?? ''} ${measure}`);
        for (const [index, point] of value.entries()) {
          const time = at[index] ?? NaN;
          if (point === null) continue;
          this.compared += 1;
          const exact = series?.get(time)?.values;
          // A point, or the mean of a minute, which is in its middle.
          const isRight = exact?.some((shown) => isClose(shown, point)) ?? false;
          if (isRight || isInMinute(series, time, point)) continue;
          yield {
            what: `a point of ${measure} of ${engine?.id ?? 'all'} at ${time}`,
            shown: `${point} (${lowest?.[index]} to ${highest?.[index]})`,
            truth: exact ?? 'not shown then',
          };
        }
      }
  }
}

const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= precision * Math.max(Math.abs(a), Math.abs(b));

/** Whether it is the mean of a minute, within what was shown in it. */
function isInMinute(series: Shown | undefined, time: number, mean: number): boolean {
  if (time % minuteMs !== minuteMs / 2) return false;
  const minute = Math.floor(time / minuteMs);
  const shown = [...(series ?? [])].flatMap(([at, { values }]) => (Math.floor(at / minuteMs) === minute ? values : []));
  return mean >= Math.min(...shown) * (1 - precision) && mean <= Math.max(...shown) * (1 + precision);
}

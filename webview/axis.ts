import { formatDuration, formatValue, type Unit } from '../src/shared/format';

const minute = 60_000;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const shortClock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** `14:03:20`, in the reader's own time zone. */
export function clockTime(at: number): string {
  return clock.format(at);
}

/** `4 min ago`, `now`. */
export function ago(at: number, now: number): string {
  return now - at < 1000 ? 'now' : `${formatDuration(now - at)} ago`;
}

/** Times for the labels of a window: the ends, and between them whole minutes as far as they fit. */
export function timeTicks(from: number, to: number, width: number): number[] {
  const span = to - from;
  const parts = [5, 3, 2, 1].find((count) => width / count >= 60 && Number.isInteger(span / count / minute)) ?? 1;
  return Array.from({ length: parts + 1 }, (_, index) => from + (span * index) / parts);
}

/**
 * A label of the time axis: relative while the plot follows, by the clock when it stands still, where "ago" would grow.
 * Only the first one says the unit: there is little room.
 */
export function timeLabel(at: number, { from, to, follows }: { from: number; to: number; follows: boolean }): string {
  if (!follows) return shortClock.format(at);
  if (at === to) return 'now';
  return `−${Math.round((to - at) / minute)}${at === from ? ' min' : ''}`;
}

/** An axis number: as everywhere, without the unit where the plot's title has it, and without zeros after the point. */
export function tickLabel(value: number, unit: Unit): string {
  const [number = '', ...rest] = formatValue(value, unit).split(' ');
  const short = number.replace(/(\.\d*?)0+(?=\D|$)/, '$1').replace(/\.(?=\D|$)/, '');
  return unit === 'requests' || unit === 'tokens/s' ? short : [short, ...rest].join(' ');
}

/** The unit that a plot's title says, because its axis does not. */
export function titleUnit(unit: Unit): string {
  return unit === 'tokens/s' ? 'tok/s' : '';
}

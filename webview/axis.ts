import { formatDuration, formatValue, type Unit } from '../src/shared/format';
import type { TimeRange } from '../src/shared/protocol';

const minute = 60_000;

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const shortClock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

/** `14:03:20`, in the reader's own time zone. */
export function clockTime(at: number): string {
  return clock.format(at);
}

/** `4 min ago`, `now`. */
export function timeAgo(at: number, now: number): string {
  return now - at < 1000 ? 'now' : `${formatDuration(now - at)} ago`;
}

/** Steps between clock times on an axis, in ms. */
const steps = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200].map(
  (seconds) => seconds * 1000,
);

/**
 * Times for the labels of an axis. Of one that follows: its ends, and between them equal parts in whole minutes, as far as they fit.
 * Of one that stands still: round times by the clock.
 */
export function timeTicks({ from, to, isLive }: TimeRange & { isLive: boolean }, width: number): number[] {
  const span = to - from;
  if (isLive) {
    // Two labels would lie upon one another.
    if (width < 90) return [from];
    const parts =
      [6, 5, 4, 3, 2, 1].find((count) => width / count >= 60 && Number.isInteger(span / count / minute)) ?? 1;
    return Array.from({ length: parts + 1 }, (_, index) => from + (span * index) / parts);
  }
  const step = steps.find((each) => (each / span) * width >= 64) ?? 86_400_000;
  const offset = new Date(from).getTimezoneOffset() * minute;
  const first = Math.ceil((from - offset) / step) * step + offset;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step);
}

/**
 * A label of the time axis: relative while the plot follows, by the clock when it stands still, where "ago" would grow.
 * Only the first one says the unit: there is little room.
 */
export function timeLabel(at: number, { from, to, isLive }: TimeRange & { isLive: boolean }): string {
  if (!isLive) return (at % minute === 0 ? shortClock : clock).format(at);
  if (at === to) return 'now';
  const [size, name] = to - from > 2 * 60 * minute ? [60 * minute, 'h'] : [minute, 'min'];
  return `−${Math.round(((to - at) / size) * 10) / 10}${at === from ? ` ${name}` : ''}`;
}

/** What of a value a plot's title says instead of its axis: there is little room. */
const titled: Partial<Record<Unit, string>> = {
  'tokens/s': 'tok/s',
  tokens: 'tok',
  'requests/s': 'req/s',
  '/s': '/s',
  'bytes/s': '/s',
  W: 'W',
  '°C': '°C',
  'FLOP/s': 'FLOP/s',
};

/** An axis number: as everywhere, without what the plot's title says, and without zeros after the point. */
export function tickLabel(value: number, unit: Unit): string {
  const said = formatValue(value, unit);
  const end = titled[unit];
  const short = (end !== undefined && said.endsWith(end) ? said.slice(0, -end.length) : said).trim();
  return short.replace(/(\.\d*?)0+(?=\D|$)/, '$1').replace(/\.(?=\D|$)/, '');
}

/** The unit that a plot's title says, because its axis does not. */
export function titleUnit(unit: Unit): string {
  return unit === 'bytes/s' ? 'per second' : (titled[unit] ?? '');
}

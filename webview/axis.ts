/** Labels of the axes: times, and values with their unit. */
import { formatDuration, formatValue, type Unit } from '../src/shared/format';
import type { TimeRange } from '../src/shared/protocol';

const minuteMs = 60_000;

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const clockWithoutSeconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** `14:03:20`, in local time. */
export function clockTime(at: number): string {
  return clock.format(at);
}

/** `4 min ago`, `now`. */
export function timeAgo(at: number, now: number): string {
  return now - at < 1000 ? 'now' : `${formatDuration(now - at)} ago`;
}

/** Steps between clock times on an axis. */
const clockStepsMs = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200].map(
  (seconds) => seconds * 1000,
);
const dayMs = 86_400_000;
/** Room for a label, in CSS pixels: a relative one, one by the clock, and two at the ends of an axis. */
const relativeLabelWidth = 60;
const clockLabelWidth = 64;
const twoLabelsWidth = 90;

type AxisRange = TimeRange & { isLive: boolean };

/**
 * Times of the labels on an axis of a width in CSS pixels. For a live range they divide it equally, else they are
 * round.
 */
export function timeTicks(range: AxisRange, width: number): number[] {
  return range.isLive ? equalTicks(range, width) : clockTicks(range, width);
}

/** The ends, and in between as many equal parts of whole minutes as fit. */
function equalTicks({ from, to }: TimeRange, width: number): number[] {
  if (width < twoLabelsWidth) return [from];
  const span = to - from;
  const parts =
    [6, 5, 4, 3, 2, 1].find(
      (count) => width / count >= relativeLabelWidth && Number.isInteger(span / count / minuteMs),
    ) ?? 1;
  return Array.from({ length: parts + 1 }, (_, index) => from + (span * index) / parts);
}

/** Round times in local time. */
function clockTicks({ from, to }: TimeRange, width: number): number[] {
  const step = clockStepsMs.find((stepMs) => (stepMs / (to - from)) * width >= clockLabelWidth) ?? dayMs;
  const timezoneOffset = new Date(from).getTimezoneOffset() * minuteMs;
  const first = Math.ceil((from - timezoneOffset) / step) * step + timezoneOffset;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, index) => first + index * step);
}

/**
 * The label at a time. For a live range it is relative to now, and only the first label has a unit, because there is
 * little room. For a fixed range it is a clock time, because a relative one would change.
 */
export function timeLabel(at: number, { from, to, isLive }: AxisRange): string {
  if (!isLive) return (at % minuteMs === 0 ? clockWithoutSeconds : clock).format(at);
  if (at === to) return 'now';
  const [unitMs, unit] = to - from > 2 * 60 * minuteMs ? [60 * minuteMs, 'h'] : [minuteMs, 'min'];
  return `−${Math.round(((to - at) / unitMs) * 10) / 10}${at === from ? ` ${unit}` : ''}`;
}

/** Parts of a unit that are in the plot's title instead of on its axis, where there is little room. */
const titleUnits: Partial<Record<Unit, string>> = {
  'tokens/s': 'tok/s',
  tokens: 'tok',
  'requests/s': 'req/s',
  '/s': '/s',
  'bytes/s': '/s',
  W: 'W',
  '°C': '°C',
  'FLOP/s': 'FLOP/s',
};

/** A formatted value without trailing zeros: `10 ms`, not `10.0 ms`. */
export function trimZeros(text: string): string {
  return text.replace(/(\.\d*?)0+(?=\D|$)/, '$1').replace(/\.(?=\D|$)/, '');
}

/** A label of the value axis: formatted as elsewhere, but without what the title says and without trailing zeros. */
export function tickLabel(value: number, unit: Unit): string {
  const text = formatValue(value, unit);
  const suffix = titleUnits[unit];
  const withoutSuffix = suffix !== undefined && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
  return trimZeros(withoutSuffix.trim());
}

/** The unit in a plot's title; empty if the axis has it. */
export function titleUnit(unit: Unit): string {
  return unit === 'bytes/s' ? 'per second' : (titleUnits[unit] ?? '');
}

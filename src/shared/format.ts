/** Formats numbers and durations for people; shared by host and page, so that both show the same. */

/** Unit of a metric. A value in `fraction` is shown in per cent; all others are shown in their own unit. */
export type Unit =
  | 'requests'
  | 'requests/s'
  | 'fraction'
  | 'tokens'
  | 'tokens/s'
  | 'seconds'
  | 'bytes'
  | 'bytes/s'
  | 'blocks'
  | 'count'
  | 'number'
  | '/s'
  | 'W'
  | '°C'
  | 'FLOP/s';

/** About three significant digits, without an exponent for common values. */
function digits(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && size < 0.01) return value.toPrecision(2);
  if (size < 10) return value.toFixed(2);
  return size < 100 ? value.toFixed(1) : value.toFixed(0);
}

const formatCount = (value: number): string => (Number.isInteger(value) ? String(value) : digits(value));

/**
 * The power of `step` with which a value has at least 1 before the decimal point, at most `highest`. Rounded first,
 * because 999,960 is 1.00 million and not 1000 thousand.
 */
function powerOf(value: number, step: number, highest: number): number {
  const size = Math.abs(Number(value.toPrecision(3)));
  let power = 0;
  while (power < highest && size >= step ** (power + 1)) power += 1;
  return power;
}

/** With the largest prefix that leaves at least 1 before the decimal point. */
function formatWithPrefix(value: number, step: number, units: readonly string[]): string {
  const power = powerOf(value, step, units.length - 1);
  return `${formatCount(value / step ** power)} ${units[power]}`;
}

const shortSuffixes = ['', 'k', 'M', 'B', 'T'];
/** No engine counts that far. */
const firstWithoutSuffix = 1e18;

/** From a size on with a suffix and three significant digits, `1.91M`; smaller values as `format` has them. */
const shortFrom =
  (size: number, format: (value: number) => string) =>
  (value: number): string => {
    if (Math.abs(value) < size) return format(value);
    if (Math.abs(value) >= firstWithoutSuffix) return value.toExponential(2);
    const power = powerOf(value, 1000, shortSuffixes.length - 1);
    return `${digits(value / 1000 ** power)}${shortSuffixes[power]}`;
  };

/** Counts that a person may want to compare exactly. */
const exactCount = shortFrom(1e6, formatCount);
const shortCount = shortFrom(10_000, formatCount);
const shortNumber = shortFrom(10_000, digits);

const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

const formats: Record<Unit, (value: number) => string> = {
  requests: exactCount,
  count: exactCount,
  number: shortFrom(1e6, digits),
  blocks: shortCount,
  tokens: (value) => `${shortCount(value)} tok`,
  'requests/s': (value) => `${shortNumber(value)} req/s`,
  '/s': (value) => `${shortNumber(value)} /s`,
  bytes: (value) => formatWithPrefix(value, 1024, byteUnits),
  'bytes/s': (value) => `${formatWithPrefix(value, 1024, byteUnits)}/s`,
  W: (value) => `${digits(value)} W`,
  '°C': (value) => `${digits(value)} °C`,
  'FLOP/s': (value) => formatWithPrefix(value, 1000, ['FLOP/s', 'kFLOP/s', 'MFLOP/s', 'GFLOP/s', 'TFLOP/s', 'PFLOP/s']),
  fraction: (value) => `${(value * 100).toFixed(value !== 0 && Math.abs(value) < 0.1 ? 1 : 0)} %`,
  'tokens/s': (value) => `${shortNumber(value)} tok/s`,
  seconds: (value) => (Math.abs(value) < 1 ? `${digits(value * 1000)} ms` : `${digits(value)} s`),
};

/** A value with its unit: `91 %`, `828 tok/s`, `12.4 ms`; `–` for undefined and NaN. */
export function formatValue(value: number | undefined, unit: Unit): string {
  return value === undefined || Number.isNaN(value) ? '–' : formats[unit](value);
}

/** A duration in ms as `4 s`, `3 min` or `2 h`. A negative one, as of clocks that disagree, counts as 0. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-25 21:15:07`, in the time zone of this machine. `at` is Unix ms. */
export function formatLocalTime(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

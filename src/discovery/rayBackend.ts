/** Ray's metrics back-end by version, which decides how gauges can be read (docs/decisions.md, Ray versions). */

/**
 * `opencensus` (≤ 2.51), `one-reader`: OpenTelemetry that hands a gauge to one reader only (2.52 to 2.56), or
 * `open-telemetry`: gauges stay for 20 s (≥ 2.57).
 */
export type Backend = 'opencensus' | 'one-reader' | 'open-telemetry';

/** The back-end of a version such as `2.57.0`; undefined if it is not a version. */
export function backendOf(version: string | undefined): Backend | undefined {
  const match = /^(\d+)\.(\d+)/.exec(version ?? '');
  if (!match) return undefined;
  const order = Number(match[1]) * 1000 + Number(match[2]);
  if (order < 2052) return 'opencensus';
  return order < 2057 ? 'one-reader' : 'open-telemetry';
}

/** What Ray's version says about reading its gauges (research: recordings of 2.51, 2.56 and 2.57). */

/** OpenCensus (≤ 2.51), OpenTelemetry that hands a gauge to one reader (2.52 to 2.56), OpenTelemetry with 20 s of life (≥ 2.57). */
export type Backend = 'opencensus' | 'one-reader' | 'open-telemetry';

/** The back-end of a version like `2.57.0`; undefined where it is none. */
export function backendOf(version: string | undefined): Backend | undefined {
  const match = /^(\d+)\.(\d+)/.exec(version ?? '');
  if (!match) return undefined;
  const order = Number(match[1]) * 1000 + Number(match[2]);
  if (order < 2052) return 'opencensus';
  return order < 2057 ? 'one-reader' : 'open-telemetry';
}

/** Ray's metrics back-end by version, which decides how gauges can be read (docs/decisions.md, Ray versions). */
import { isOlderRelease, releaseOf } from '../shared/version';

/**
 * `opencensus` (≤ 2.51), `one-reader`: OpenTelemetry that hands a gauge to one reader only (2.52 to 2.56), or
 * `open-telemetry`: gauges stay for 20 s (≥ 2.57).
 */
export type Backend = 'opencensus' | 'one-reader' | 'open-telemetry';

/** The back-end of a version such as `2.57.0`, of a release not known yet that of the newest; undefined if it is not a version. */
export function backendOf(version: string | undefined): Backend | undefined {
  if (version === undefined || releaseOf(version) === undefined) return undefined;
  if (isOlderRelease(version, '2.52')) return 'opencensus';
  return isOlderRelease(version, '2.57') ? 'one-reader' : 'open-telemetry';
}

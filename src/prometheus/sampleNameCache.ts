/** The sample names that a Prometheus has, looked up once a minute. */
import type { PrometheusClient } from './client';
import { oldestSampleMs } from './lastSample';

/** How long an answer is used, in ms; a new name is noticed within this time. */
const maxAgeMs = 60_000;

/** Names by server and matchers. */
export class SampleNameCache {
  private readonly lookups = new Map<string, { at: number; names: Promise<string[]> }>();

  /** `now`: Unix ms. */
  constructor(private readonly now: () => number) {}

  /**
   * The sample names of series that match. Rejects with a PrometheusError; a failed lookup is made again the next time.
   */
  async namesOf(client: PrometheusClient, matchers: readonly string[], signal: AbortSignal): Promise<string[]> {
    const selector = `{${matchers.join(',')}}`;
    const key = `${client.base} ${selector}`;
    const known = this.lookups.get(key);
    const now = this.now();
    if (known && now - known.at < maxAgeMs && now >= known.at) return known.names;
    const names = client.labelValues('__name__', [selector], signal, now - oldestSampleMs);
    this.lookups.set(key, { at: now, names });
    names.catch(() => this.lookups.delete(key));
    return names;
  }

  /** Forgets all names: the next lookup is made. */
  clear(): void {
    this.lookups.clear();
  }
}

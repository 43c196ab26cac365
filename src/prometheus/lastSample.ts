/** When a run that has ended was scraped last, if that is longer ago than an instant query looks back. */
import type { PrometheusClient } from './client';
import { durationText } from './duration';

/** How a search is made. */
interface SearchOptions {
  client: PrometheusClient;
  signal: AbortSignal;
  timeoutMs: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;
/** How far back single instants are searched first, in ms. */
const recentMs = 10 * minute;
/** Then, from short to long, so that most searches read few samples: how far back, and in which steps, in ms. */
const searches = [
  { rangeMs: day, stepMs: 4 * minute },
  { rangeMs: 30 * day, stepMs: 120 * minute },
] as const;
/** Number of instants in which a range is searched. */
const instants = 600;
/** How long a result is used, in ms: nothing new comes of a run that has ended. */
const maxAgeMs = minute;

/** How far back samples are searched, in ms. Some servers look names up within a day unless they are told otherwise. */
export const oldestSampleMs = 30 * day;

async function highest(query: string, at: number | undefined, options: SearchOptions): Promise<number | undefined> {
  const { data } = await options.client.query(query, at, options.signal, options.timeoutMs);
  const seconds = data.type === 'vector' ? data.samples[0]?.value : undefined;
  return seconds === undefined ? undefined : Math.round(seconds * 1000);
}

/** The newest sample of a range of time that ends at `at`, seen at some hundred instants. */
function newestOf(
  series: readonly string[],
  rangeMs: number,
  at: number | undefined,
  options: SearchOptions,
): Promise<number | undefined> {
  const range = `${durationText(rangeMs)}:${durationText(Math.max(1000, rangeMs / instants))}`;
  const times = series.map((one) => `max_over_time(max(timestamp(${one}))[${range}])`);
  return highest(`max(${times.join(' or ')})`, at, options);
}

/**
 * The time of the newest sample of these series, Unix ms; undefined if there is none within 30 days. A target that is
 * lost ends its series at once, so that steps are searched as a whole: an instant between two of them shows nothing.
 */
async function searchLastSample(series: readonly string[], options: SearchOptions): Promise<number | undefined> {
  const recent = await newestOf(series, recentMs, undefined, options);
  if (recent !== undefined) return recent;
  for (const { rangeMs, stepMs } of searches) {
    const [range, step] = [durationText(rangeMs), durationText(stepMs)];
    const stepEnds = series.map(
      (one) => `max_over_time(max(timestamp(present_over_time(${one}[${step}])))[${range}:${step}])`,
    );
    const stepEnd = await highest(`max(${stepEnds.join(' or ')})`, undefined, options);
    if (stepEnd !== undefined) return (await newestOf(series, stepMs, stepEnd, options)) ?? stepEnd;
  }
  return undefined;
}

/** Searches for last samples, once a minute for the same series. */
export class LastSampleCache {
  private newest: { key: string; at: number; result: number | undefined } | undefined;

  /** `now`: Unix ms. */
  constructor(private readonly now: () => number) {}

  /**
   * The time of the newest sample of these series, Unix ms; undefined if there is none within 30 days. Rejects with a
   * PrometheusError.
   */
  async find(series: readonly string[], options: SearchOptions): Promise<number | undefined> {
    if (series.length === 0) return undefined;
    const key = `${options.client.base} ${series.join(' ')}`;
    const now = this.now();
    const { newest } = this;
    if (newest?.key === key && now - newest.at < maxAgeMs && now >= newest.at) return newest.result;
    const result = await searchLastSample(series, options);
    this.newest = { key, at: now, result };
    return result;
  }

  /** The next search is made. */
  clear(): void {
    this.newest = undefined;
  }
}

/** The wait of a scrape for the config that it is about. */
import { createSleep, type Clock } from '../shared/clock';

/** Longest wait, in ms: a workspace of 20,000 files is searched in a second or two, and a person waits for the result. */
export const maxInputWaitMs = 10_000;

/**
 * Waits until `ready` resolves, at most 10 s. Resolves to false if it did not wait for the end. Rejects only when the
 * signal aborts.
 */
export async function waitForInput(ready: Promise<void>, clock: Clock, signal: AbortSignal): Promise<boolean> {
  const over = new AbortController();
  const isReady = await Promise.race([
    ready.then(() => true).catch(() => true),
    createSleep(clock)(maxInputWaitMs, AbortSignal.any([signal, over.signal])).then(() => false),
  ]);
  over.abort();
  signal.throwIfAborted();
  return isReady;
}

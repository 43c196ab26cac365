/** Lets everything happen that is due at a moment of the simulated time. */
import type { VirtualMachineTime } from './virtualClock';
import type { WatchedCore } from './watchedCore';

/** A wait of this many ms within a scrape is skipped as soon as nothing else is going on. */
const shortWaitMs = 8_500;

/** One turn of the event loop. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Resolves when the scrape that runs has ended and the history has written what it has to write. Short waits within a
 * scrape take no real time. `openOperations`: of the storage.
 */
export async function settleScrape(
  time: VirtualMachineTime,
  core: WatchedCore,
  openOperations: () => number,
): Promise<void> {
  const waitsForReal = (): boolean => core.openRequests > 0 || openOperations() > 0 || time.hasDeadline;
  let idleTurns = 0;
  while (idleTurns < 3) {
    await turn();
    const isWorking = core.collector.busy;
    idleTurns = isWorking || waitsForReal() ? 0 : idleTurns + 1;
    if (!isWorking || waitsForReal()) continue;
    for (let turns = 0; turns < 4; turns += 1) await turn();
    if (core.collector.busy && !waitsForReal() && time.untilNext <= shortWaitMs) time.advance(time.untilNext);
  }
}

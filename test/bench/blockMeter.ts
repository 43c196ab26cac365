/** Measures how long each turn of the event loop keeps it from other work. */
import { readFileSync } from 'node:fs';

/** What was measured, in ms. */
export interface Blocks {
  longest: number;
  /** 95th percentile of the turns that took at least a millisecond; 0 if none did. */
  p95: number;
  /** Number of those turns. */
  count: number;
  /** All turns together. */
  total: number;
}

const schedstat = '/proc/thread-self/schedstat';

/** The clock in ms: processor time of this thread, so that a busy machine changes nothing, or else wall time. */
function chooseClock(): () => number {
  const cpuTime = (): number => Number(readFileSync(schedstat, 'utf8').split(' ')[0]) / 1e6;
  try {
    return cpuTime() > 0 ? cpuTime : () => performance.now();
  } catch {
    return () => performance.now();
  }
}

/** Runs `work` and measures the turns of the event loop until it is done. Rejects with what it rejects with. */
export async function measureBlocks(work: () => unknown): Promise<Blocks> {
  const clock = chooseClock();
  const turns: number[] = [];
  let isDone = false;
  let before = clock();
  const takeTurn = (): void => {
    const now = clock();
    turns.push(now - before);
    before = now;
  };
  const watch = (): void => {
    takeTurn();
    if (!isDone) setImmediate(watch);
  };
  setImmediate(watch);
  try {
    await work();
  } finally {
    isDone = true;
    takeTurn();
  }
  const long = turns.filter((ms) => ms >= 1).sort((a, b) => a - b);
  return {
    longest: Math.max(...turns.slice(-1), ...long.slice(-1)),
    p95: long[Math.min(long.length - 1, Math.floor(0.95 * long.length))] ?? 0,
    count: long.length,
    total: turns.reduce((sum, ms) => sum + ms, 0),
  };
}

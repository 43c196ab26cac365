/** How much memory is in use, for programs that run with `--expose-gc`. */
import { yieldToEventLoop } from '../../src/shared/timeSlice';

/** Bytes in use after garbage collection. */
export async function bytesHeld(): Promise<number> {
  // Buffers are given back by finalizers, which run between two collections.
  for (let round = 0; round < 3; round += 1) {
    (globalThis as { gc?: () => void }).gc?.();
    await yieldToEventLoop();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

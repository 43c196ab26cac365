/** Skips tests with a reason, which the test run prints. */
import type { Context } from 'mocha';

/**
 * Skips the running test, or its suite if called in a `before` hook, since something is not available: `skip(this, 'no
 * nvidia-smi')`.
 */
export function skip(context: Context, reason: string): never {
  const running = context.test;
  const isHook = running !== undefined && 'type' in running && running.type === 'hook';
  const skipped = isHook ? running.parent?.tests : [running];
  // Mocha's JSON has no other field for a reason than a pending test's error.
  for (const test of skipped ?? []) Object.assign(test ?? {}, { err: new Error(reason) });
  return context.skip();
}

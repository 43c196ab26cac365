/** Ends everything this process started, however it ends. */
import { within } from './waiting.mjs';

/** @type {Set<() => unknown>} */
const endings = new Set();
const allowedMs = 10_000;
let ending = false;

/**
 * Registers what is to be done at the end; what was started last ends first.
 * @param {() => unknown} end
 * @returns {() => void} takes it back
 */
export function atEnd(end) {
  endings.add(end);
  return () => endings.delete(end);
}

/** Ends everything registered, each within a bounded time; a failure does not keep the others from ending. */
export async function endAll() {
  for (const end of [...endings].reverse()) {
    endings.delete(end);
    await within(Promise.resolve().then(end), allowedMs, 'ending a process').catch((error) => console.error(String(error)));
  }
}

/** Whether this process was asked to end; what fails from then on fails because of it. */
export function isEnding() {
  return ending;
}

/** Ctrl-C and `kill` end what was started, then this process. `npm` passes Ctrl-C on, so a second one is expected. */
export function endOnSignals() {
  for (const [signal, number] of /** @type {const} */ ([['SIGINT', 2], ['SIGTERM', 15], ['SIGHUP', 1]])) {
    process.on(signal, () => {
      if (ending) return;
      ending = true;
      void endAll().finally(() => process.exit(128 + number));
    });
  }
}

/**
 * The frame of every script: runs `main`, ends what it started, exits with its code.
 * @param {() => Promise<number>} main
 */
export async function runScript(main) {
  endOnSignals();
  let code = 1;
  try {
    code = await main();
  } catch (error) {
    // What was ended on a signal complains about it.
    if (!ending) console.error(error instanceof Error ? error.message : error);
  }
  if (ending) return;
  await endAll();
  process.exit(code);
}
